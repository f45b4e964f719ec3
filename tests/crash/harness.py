"""One mailbox, one channel, and runs of it in a process of their own that is killed or cut off at a chosen step."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import frappe

from devkit import ports
from devkit.services.dovecot import Dovecot
from devkit.services.mailbox import Mailbox
from helpdesk_mailchannel.ticketing.job import poll
from tests.crash.wire import Lines, Packets, Trap, Wire
from tests.site.polling import active_channel

LONGEST_RUN = 60


@dataclass(frozen=True)
class Step:
	"""A moment of a run: at a command on one of the two wires, before or after the server carried it out."""

	wire: str
	number: int
	after: bool
	name: str

	def __str__(self) -> str:
		return f"{'after' if self.after else 'before'} {self.wire} {self.number}: {self.name[:90]}"


class LaterClock:
	"""The machine's clock, moved on: long enough for a dead run's lease to have ended."""

	def __init__(self, runs_later: int) -> None:
		self.ahead = timedelta(minutes=10 * runs_later)

	def now(self) -> datetime:
		"""See `mailcore.ports.Clock`."""
		return datetime.now(timezone.utc) + self.ahead


def messages(count: int = 3) -> list[bytes]:
	"""A new ticket with an attachment, an answer to it, an automatic reply; more tickets if more are asked for.

	Their Message-IDs are new each time: another test's tickets must not claim the answer.
	"""
	host = f"{uuid4().hex}.customer.example"
	first = _message("Ticket 1", f"<1@{host}>")
	first.add_attachment(b"%PDF-1.4 ...", maintype="application", subtype="pdf", filename="bill.pdf")
	answer = _message("Re: Ticket 1", f"<2@{host}>")
	answer["In-Reply-To"] = f"<1@{host}>"
	robot = _message("Out of office", f"<3@{host}>")
	robot["Auto-Submitted"] = "auto-replied"
	more = [_message(f"Ticket {n}", f"<{n}@{host}>") for n in range(4, count + 1)]
	return [message.as_bytes() for message in (first, answer, robot, *more)]


def _message(subject: str, message_id: str) -> EmailMessage:
	message = EmailMessage()
	message["From"], message["To"] = "Jane Doe <jane@customer.example>", "support@desk.example"
	message["Subject"], message["Message-ID"] = subject, message_id
	message["Date"] = "Fri, 20 Nov 2026 10:00:00 +0000"
	message.set_content(f"Body of {subject}.")
	return message


@dataclass
class Scene:
	"""A filled mailbox and its channel, reached over two wires."""

	box: Mailbox
	channel: str
	mail: Wire
	database: Wire

	def run(self, *, trap: tuple[Wire, Trap] | None = None) -> int:
		"""Poll once in a process of its own, over the wires; return its exit status, negative for a signal."""
		self._mend_wires()
		if trap:
			wire, waiting = trap
			wire.trap = waiting
		pid = os.fork()
		if pid == 0:
			_child(self.channel, self.database.port)
		return _wait(pid)

	def _mend_wires(self) -> None:
		for wire in (self.mail, self.database):
			wire.trap = None
			wire.commands.clear()

	def steps(self) -> list[Step]:
		"""The steps of the run that was just made."""
		return [
			Step(name, number, after, command)
			for name, wire in (("mail", self.mail), ("database", self.database))
			for number, command in enumerate(wire.commands, 1)
			for after in (False, True)
		]

	def finish(self) -> None:
		"""Let later runs, which nothing disturbs, bring everything to an end."""
		self._mend_wires()
		frappe.db.rollback()
		for later in (1, 2, 3):
			poll(self.channel, clock=LaterClock(later))
			frappe.db.rollback()

	def wire(self, step: Step) -> Wire:
		"""The wire a step is on."""
		return self.mail if step.wire == "mail" else self.database


def kill_at(scene: Scene, step: Step) -> int:
	"""Run, and kill the process with SIGKILL at a step."""
	wire = scene.wire(step)
	return scene.run(trap=(wire, Trap(step.number, step.after, lambda: _kill_children())))


def cut_at(scene: Scene, step: Step) -> int:
	"""Run, and cut the connection at a step; the process itself lives on."""
	wire = scene.wire(step)
	return scene.run(trap=(wire, Trap(step.number, step.after, lambda: None)))


_children: set[int] = set()


def _kill_children() -> None:
	for pid in list(_children):
		os.kill(pid, signal.SIGKILL)


def _wait(pid: int) -> int:
	_children.add(pid)
	deadline = time.monotonic() + LONGEST_RUN
	try:
		while True:
			done, status = os.waitpid(pid, os.WNOHANG)
			if done:
				return os.waitstatus_to_exitcode(status)
			if time.monotonic() > deadline:
				os.kill(pid, signal.SIGKILL)
				os.waitpid(pid, 0)
				raise AssertionError(f"a run took longer than {LONGEST_RUN} seconds")
			time.sleep(0.005)
	finally:
		_children.discard(pid)


def _child(channel: str, database_port: int) -> None:
	"""Connect anew, over the wire, and poll. The parent's connection is left alone: it is still its own."""
	try:
		site, sites, conf = frappe.local.site, frappe.local.sites_path, dict(frappe.local.conf)
		frappe.local.db = None
		frappe.init(site=site, sites_path=sites, force=True)
		frappe.local.conf.update({**conf, "db_host": ports.LOOPBACK, "db_port": database_port})
		frappe.connect()
		poll(channel)
	except BaseException:
		os._exit(1)
	os._exit(0)


@contextmanager
def scene(dovecot: Dovecot, octets: Sequence[bytes], *, profile: str = "move", **values) -> Iterator[Scene]:
	"""A new mailbox with these messages, and an active channel that reads it over the wires."""
	box = dovecot.new_mailbox().as_profile(profile)
	box.append_many("INBOX", octets)
	pop3 = values.get("protocol") == "POP3"
	mail = Wire(box.pop3_port if pop3 else box.imap_port, Lines)
	database = Wire(int(frappe.conf.db_port), Packets)
	frappe.conf.mailchannel_extra_ports = [*frappe.conf.mailchannel_extra_ports, mail.port]
	channel = active_channel(box, security="None", port=mail.port, **values)
	try:
		yield Scene(box, channel.name, mail, database)
	finally:
		mail.close()
		database.close()
		dovecot.remove_mailbox(box)


def renumber(dovecot: Dovecot, box: Mailbox) -> None:
	"""Give the INBOX another UIDVALIDITY, as a restored backup or a moved mailbox does."""
	home = Path(dovecot.home) / "mail" / box.user
	uids = home / "dovecot-uidlist"
	head, _, rest = uids.read_text().partition("\n")
	words = [f"V{int(word[1:]) + 1000}" if word.startswith("V") else word for word in head.split(" ")]
	uids.write_text(" ".join(words) + "\n" + rest)
	for index in home.glob("dovecot.index*"):
		index.unlink()


def story(channel: str) -> str:
	"""What the ledger says, for the message of a failed assertion."""
	fields = ["subject", "state", "fate", "reason_code", "attempts", "ticket", "dest_folder"]
	rows = frappe.get_all("Email Channel Message", {"channel": channel}, fields, order_by="creation")
	health = frappe.db.get_value("Email Channel", channel, ["health", "health_reason"])
	return json.dumps([*rows, health], indent=1, default=str)


Breaking = Callable[[Scene, Step], int]
