"""Servers on loopback that answer by a quirk and are honest otherwise, and what a run at each of them costs.

A quirk is a function of a conversation and a command; it says whether it has answered. One child process
tries all servers of a kind, one after the other, and measures each: seconds of the wall clock, growth of
memory, outcome.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from random import Random

from helpdesk_mailchannel.mailcore import connect, flow
from helpdesk_mailchannel.mailcore.connect.imap.imap_responses import expanded
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.report import RunReport
from helpdesk_mailchannel.mailcore.run.run import Run
from helpdesk_mailchannel.mailcore.settings import (
	AfterProcessing,
	ChannelSettings,
	ConnectionSettings,
	FolderRoute,
	HostPolicy,
	MappingRow,
	Protocol,
	ReadingSettings,
	Security,
	Source,
	TicketSettings,
)
from tests.core.memory import CHANNEL, MemoryLedger, MemoryTicketing
from tests.hostile.figures import note
from tests.hostile.measure import ROOT, _forget_peak, _peak

TIMEOUT = 0.5
"""Seconds for an answer; a channel's is thirty."""
SECONDS = 20.0
"""For a run at any of them: the figure that fails is generous, the figures that are printed are small."""
MEGABYTES = 200
PATIENCE = 300
PRIVATE = "Private words"

BLOCK = b"x" * 65536


class Ended(Exception):
	"""The client has left."""


class Talk:
	"""One connection, seen from the server."""

	def __init__(self, server: Server, connection: socket.socket) -> None:
		self.server, self.connection = server, connection
		self.lines = connection.makefile("rb")
		self.commands = 0
		self.tag = b""
		"""Of the IMAP command that is being answered."""
		self.gone: set[int] = set()
		"""Numbers of the mails that POP3 deletes at QUIT."""

	def send(self, octets: bytes) -> None:
		try:
			self.connection.sendall(octets)
		except OSError:
			raise Ended from None

	def line(self) -> bytes:
		try:
			line = self.lines.readline()
		except OSError:
			raise Ended from None
		if not line:
			raise Ended
		return line.rstrip(b"\r\n")

	def flood(self, octets: bytes) -> None:
		"""Send the same until the client has had enough."""
		block = octets * max(1, 65536 // len(octets))
		while True:
			self.send(block)

	def drip(self, octets: bytes, seconds: float = 0.1) -> None:
		"""Send the same, a little at a time, until the client has had enough."""
		while True:
			self.send(octets)
			time.sleep(seconds)

	def stall(self) -> None:
		"""Say nothing until the client leaves."""
		self.line()

	def close(self) -> None:
		"""End the connection at once."""
		self.connection.close()
		raise Ended


Quirk = Callable[[Talk, str], bool]


class Server:
	"""Honest but for its quirk; holds three mails, the second of which most quirks are about."""

	def __init__(self, quirk: Quirk, serve: Callable[[Talk], None]) -> None:
		self.quirk, self.serve = quirk, serve
		self.mails: dict[int, bytes] = {
			number: (
				f"From: c{number}@customer.example\r\nTo: support@desk.example\r\n"
				f"Subject: {PRIVATE} {number}\r\nMessage-ID: <{number}@customer.example>\r\n\r\nHelp\r\n"
			).encode()
			for number in (1, 2, 3)
		}
		self.listener = socket.create_server(("127.0.0.1", 0))
		self.port = self.listener.getsockname()[1]
		threading.Thread(target=self._accept, daemon=True).start()

	def _accept(self) -> None:
		with contextlib.suppress(OSError):
			while True:
				connection, _ = self.listener.accept()
				threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

	def _talk(self, connection: socket.socket) -> None:
		with connection, contextlib.suppress(Ended, OSError, ValueError):
			self.serve(Talk(self, connection))

	def close(self) -> None:
		with contextlib.suppress(OSError):
			self.listener.shutdown(socket.SHUT_RDWR)
		self.listener.close()


# ── Honest IMAP ──────────────────────────────────────────────────────────────────────────────────────


def imap(talk: Talk) -> None:
	if not talk.server.quirk(talk, "GREETING"):
		talk.send(b"* OK ready\r\n")
	while True:
		tag, _, command = talk.line().decode("latin-1").partition(" ")
		talk.tag = tag.encode()
		if not talk.server.quirk(talk, command):
			answer_imap(talk, command)


def answer_imap(talk: Talk, command: str) -> None:
	mails = talk.server.mails
	tag, word = talk.tag, command.upper()
	if word.startswith("CAPABILITY"):
		talk.send(b"* CAPABILITY IMAP4rev1 MOVE UIDPLUS\r\n")
	elif word.startswith("SELECT"):
		talk.send(b"* %d EXISTS\r\n* FLAGS ()\r\n* OK [UIDVALIDITY 77] ok\r\n" % len(mails))
	elif word.startswith("LIST"):
		talk.send(b'* LIST () "/" INBOX\r\n* LIST () "/" Done\r\n* LIST () "/" Failed\r\n')
	elif word.startswith("UID SEARCH UNDELETED"):
		talk.send(b"* SEARCH " + b" ".join(b"%d" % uid for uid in mails) + b"\r\n")
	elif word.startswith("UID SEARCH UID"):
		named = [uid for uid in expanded(word.split()[3]) if uid in mails]
		talk.send(b"* SEARCH " + b" ".join(b"%d" % uid for uid in named) + b"\r\n")
	elif word.startswith("UID FETCH"):
		for uid in expanded(word.split()[2]):
			if uid in mails:
				talk.send(fetched(uid, mails[uid], word))
	elif word.startswith("UID MOVE"):
		for uid in expanded(word.split()[2]):
			mails.pop(uid, None)
	elif word.startswith("LOGOUT"):
		talk.send(b"* BYE see you\r\n" + tag + b" OK done\r\n")
		raise Ended
	talk.send(tag + b" OK done\r\n")


def fetched(uid: int, octets: bytes, command: str, size: int | None = None) -> bytes:
	if "BODY" not in command:
		date = b'INTERNALDATE "27-Nov-2026 10:00:00 +0000"'
		return b"* %d FETCH (UID %d RFC822.SIZE %d %s FLAGS ())\r\n" % (uid, uid, size or len(octets), date)
	name = b"BODY[]"
	if "HEADER" in command:
		name, octets = b"BODY[HEADER]<0>", octets.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
	return b"* %d FETCH (UID %d %s {%d}\r\n%s)\r\n" % (uid, uid, name, len(octets), octets)


# ── Honest POP3 ──────────────────────────────────────────────────────────────────────────────────────


def pop3(talk: Talk) -> None:
	if not talk.server.quirk(talk, "GREETING"):
		talk.send(b"+OK ready\r\n")
	while True:
		command = talk.line().decode("latin-1")
		if not talk.server.quirk(talk, command):
			answer_pop3(talk, command)


def answer_pop3(talk: Talk, command: str) -> None:
	mails = talk.server.mails
	word, _, argument = command.partition(" ")
	match word.upper():
		case "CAPA":
			talk.send(b"+OK\r\nUSER\r\nUIDL\r\nTOP\r\n.\r\n")
		case "STAT":
			talk.send(b"+OK %d 1000\r\n" % len(mails))
		case "UIDL":
			talk.send(b"+OK\r\n" + b"".join(b"%d uid%d\r\n" % (n, n) for n in mails) + b".\r\n")
		case "LIST":
			talk.send(b"+OK\r\n" + b"".join(b"%d %d\r\n" % (n, len(mails[n])) for n in mails) + b".\r\n")
		case "RETR":
			talk.send(b"+OK\r\n" + mails[int(argument)] + b".\r\n")
		case "TOP":
			talk.send(
				b"+OK\r\n" + mails[int(argument.split()[0])].partition(b"\r\n\r\n")[0] + b"\r\n\r\n.\r\n"
			)
		case "DELE":
			talk.gone.add(int(argument))
			talk.send(b"+OK\r\n")
		case "QUIT":
			for number in talk.gone:
				mails.pop(number, None)
			talk.send(b"+OK\r\n")
			raise Ended
		case _:
			talk.send(b"+OK\r\n")


# ── A run ────────────────────────────────────────────────────────────────────────────────────────────


class Secret:
	def password(self) -> str:
		return "secret"

	def access_token(self, *, renew: bool = False) -> str:
		return "token"


class Clock:
	def now(self) -> datetime:
		return datetime.now(timezone.utc)


def poll(quirk: Quirk, protocol: Protocol) -> str:
	"""One run at a server; what is wrong with it, or nothing."""
	server = Server(quirk, imap if protocol is Protocol.IMAP else pop3)
	ledger = MemoryLedger()
	try:
		report = _run(server, protocol, ledger)
	finally:
		server.close()
	told = " ".join(
		[str(report.trouble or ""), *report.warnings, *(o.detail for o in ledger.outcomes.values())]
	)
	gone = {row.ref.uid for key, row in ledger.rows.items() if _is_gone(ledger, key)}
	still = {str(uid) if protocol is Protocol.IMAP else f"uid{uid}" for uid in server.mails}
	faults = ["shows mail"] if PRIVATE in told else []
	faults += [f"calls {gone & still} gone"] if gone & still else []
	return ", ".join(faults)


def _is_gone(ledger: MemoryLedger, key: str) -> bool:
	outcome = ledger.outcomes.get(key)
	return outcome is not None and outcome.reason is Reason.GONE


def _run(server: Server, protocol: Protocol, ledger: MemoryLedger) -> RunReport:
	hosts = HostPolicy(allow_loopback=True, extra_ports=frozenset([server.port]))
	place = ConnectionSettings(
		"127.0.0.1", "support", protocol, Security.NONE, server.port, timeout=TIMEOUT, hosts=hosts
	)
	after = AfterProcessing.MOVE if protocol is Protocol.IMAP else AfterProcessing.DELETE
	settings = ChannelSettings(
		CHANNEL,
		"support@desk.example",
		place,
		reading=ReadingSettings((FolderRoute("INBOX", "Done", "Failed"),), after=after),
		ticket=TicketSettings(mapping=(MappingRow("subject", Source.SUBJECT),)),
	)
	try:
		with contextlib.closing(connect.open(place, Secret())) as session:
			return flow.poll(Run(settings, session, ledger, MemoryTicketing(ledger), Clock(), Random(1)))
	except ChannelError as error:
		return RunReport(trouble=error)


# ── Measuring ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Tried:
	"""What a run at one server came to."""

	name: str
	seconds: float
	megabytes: float
	fault: str

	def hole(self) -> str:
		"""What is wrong, or nothing."""
		slow = f"{self.seconds:.1f} s" if self.seconds > SECONDS else ""
		large = f"{self.megabytes:.0f} MB" if self.megabytes > MEGABYTES else ""
		return ", ".join(filter(None, (self.fault, slow, large)))


def try_all(module: str, title: str) -> list[Tried]:
	"""Run `tries()` of a module in a child process, and note the figures."""
	child = subprocess.run(
		[sys.executable, "-m", "tests.hostile.servers.hostile_servers", module],
		env={**os.environ, "PYTHONPATH": str(ROOT)},
		cwd=ROOT,
		capture_output=True,
		text=True,
		timeout=PATIENCE,
	)
	assert child.returncode == 0, child.stderr[-3000:]
	tried = [Tried(**json.loads(line)) for line in child.stdout.splitlines() if line.startswith("{")]
	holes = [each.name for each in tried if each.hole()]
	slowest, largest = max(tried, key=lambda t: t.seconds), max(tried, key=lambda t: t.megabytes)
	note(
		f"{title}: {len(tried)} tries, {len(holes)} holes; slowest {slowest.seconds:.1f} s ({slowest.name}, "
		f"at {TIMEOUT} s an answer), most memory {largest.megabytes:.0f} MB ({largest.name})"
	)
	return tried


def measured(tries: Mapping[str, Callable[[], str]]) -> Iterator[Tried]:
	"""Each try with its figures; an error of ours is its fault."""
	for name, attempt in tries.items():
		before, started = _forget_peak(), time.monotonic()
		try:
			fault = attempt()
		except Exception as error:
			fault = f"{type(error).__name__}: {error}"
		yield Tried(name, time.monotonic() - started, _peak() - before, fault)


def quirks_of(namespace: Mapping[str, object]) -> dict[str, Quirk]:
	"""The quirks of a module: its functions of a talk and a command, by their names."""
	return {
		name: made
		for name, made in namespace.items()
		if callable(made) and getattr(made, "__annotations__", {}).get("talk") == "Talk"
	}


def body(pattern: str) -> Callable[[Callable[[Talk, str], object]], Quirk]:
	"""Make a quirk of what is done at the commands that match; with octets returned, they are sent."""

	def make(act: Callable[[Talk, str], object]) -> Quirk:
		def quirk(talk: Talk, command: str) -> bool:
			if not re.match(pattern, command, re.IGNORECASE):
				return False
			said = act(talk, command)
			if isinstance(said, bytes):
				talk.send(said)
			return said is not False

		quirk.__annotations__ = {"talk": "Talk"}
		return quirk

	return make


if __name__ == "__main__":
	import importlib

	threading.stack_size(256 * 1024)
	for each in measured(importlib.import_module(sys.argv[1]).tries()):
		print(json.dumps(each.__dict__), flush=True)
	os._exit(0)
