"""Takes what the site sends: keeps a copy of each message, and delivers it to the private Dovecot.

So a conversation can go round for real: the site answers, and the customer finds the answer in his mailbox.
Mail for `bounce@...` is refused, and with `refuse()` every mail is, until `accept()`.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

from devkit import paths, ports
from devkit.services.service import Service

if TYPE_CHECKING:
	# Only the server's own process needs it: a bench's environment may not have it.
	from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class SentMessage:
	"""One message that the site handed over."""

	sender: str
	recipients: tuple[str, ...]
	octets: bytes

	@property
	def parsed(self) -> EmailMessage:
		"""The message, parsed by the standard library."""
		return message_from_bytes(self.octets, policy=policy.default)


class SmtpSink(Service):
	"""See the module."""

	name = "smtp"
	port_names = ("smtp",)

	def prepare(self) -> None:
		"""Make the folder for the copies."""
		self.folder.mkdir(parents=True, exist_ok=True)

	def command(self) -> list[str]:
		"""See `Service`."""
		return [sys.executable, "-m", "devkit.services.smtp_sink", str(self.port("smtp"))]

	@property
	def folder(self) -> Path:
		"""Where the copies are."""
		return self.home / "sent"

	def messages(self) -> list[SentMessage]:
		"""Return what was sent since the last `clear()`, oldest first."""
		found = []
		for note in sorted(self.folder.glob("*.json")):
			envelope = json.loads(note.read_text())
			octets = note.with_suffix(".eml").read_bytes()
			found.append(SentMessage(envelope["from"], tuple(envelope["to"]), octets))
		return found

	def clear(self) -> None:
		"""Forget what was sent, and accept again."""
		for file in self.folder.glob("*.*"):
			file.unlink(missing_ok=True)
		self.accept()

	def refuse(self) -> None:
		"""Refuse every message from now on, as a server in trouble does."""
		self._refusing.touch()

	def accept(self) -> None:
		"""Accept messages again."""
		self._refusing.unlink(missing_ok=True)

	@property
	def _refusing(self) -> Path:
		return self.home / "refusing"


class Taker:
	"""What aiosmtpd asks for each message."""

	def __init__(self, sink: SmtpSink) -> None:
		self.sink = sink

	async def handle_RCPT(
		self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
	) -> str:
		"""Refuse what is meant to bounce."""
		if address.startswith("bounce@"):
			return "550 5.1.1 No such mailbox"
		envelope.rcpt_tos.append(address)
		return "250 OK"

	async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
		"""Keep the message and deliver it."""
		if self.sink._refusing.exists():
			return "451 4.3.0 Try again later"
		name = f"{time.time_ns():020}-{uuid.uuid4().hex[:6]}"
		octets = envelope.original_content or b""
		(self.sink.folder / f"{name}.eml").write_bytes(octets)
		note = {"from": envelope.mail_from, "to": envelope.rcpt_tos}
		(self.sink.folder / f"{name}.part").write_text(json.dumps(note))
		for recipient in envelope.rcpt_tos:
			deliver(recipient, octets)
		(self.sink.folder / f"{name}.part").rename(self.sink.folder / f"{name}.json")
		return "250 Taken"


def deliver(recipient: str, octets: bytes) -> None:
	"""Put a message into the recipient's mailbox, when there is one (`name+tag@` goes to `name@`)."""
	from devkit.services.dovecot import Dovecot

	dovecot = Dovecot()
	local, _, domain = recipient.lower().rpartition("@")
	for user in dict.fromkeys((recipient.lower(), f"{local.partition('+')[0]}@{domain}")):
		password = dovecot.password_of(user)
		if password is not None:
			dovecot.mailbox(user, password).append("INBOX", octets)
			return


def main(port: str) -> None:
	"""Serve until ended."""
	import asyncio

	from aiosmtpd.smtp import SMTP

	sink = SmtpSink()

	async def serve() -> None:
		loop = asyncio.get_running_loop()
		server = await loop.create_server(
			lambda: SMTP(
				Taker(sink), data_size_limit=100_000_000, enable_SMTPUTF8=True, hostname="localhost"
			),
			ports.LOOPBACK,
			int(port),
		)
		async with server:
			await server.serve_forever()

	paths.STATE.mkdir(exist_ok=True)
	asyncio.run(serve())


if __name__ == "__main__":
	main(sys.argv[1])
