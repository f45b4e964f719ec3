"""Ways for the tests to open a mailbox on the private Dovecot with the code under test."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from devkit.services.dovecot import Dovecot
from devkit.services.mailbox import Mailbox
from helpdesk_mailchannel.mailcore import connect
from helpdesk_mailchannel.mailcore.ports import Session
from helpdesk_mailchannel.mailcore.settings import ConnectionSettings, HostPolicy, Protocol, Security


class Password:
	"""The secrets of a mailbox with a password."""

	def __init__(self, password: str) -> None:
		self._password = password

	def password(self) -> str:
		return self._password

	def access_token(self, *, renew: bool = False) -> str:
		raise AssertionError("nobody asked for OAuth")


def settings(
	box: Mailbox, protocol: Protocol = Protocol.IMAP, security: Security = Security.TLS, **changes: Any
) -> ConnectionSettings:
	"""The channel's settings for this mailbox."""
	secure, plain = (
		(box.imaps_port, box.imap_port) if protocol is Protocol.IMAP else (box.pop3s_port, box.pop3_port)
	)
	port = secure if security is Security.TLS else plain
	values = {
		"host": box.host,
		"user": box.user,
		"protocol": protocol,
		"security": security,
		"port": port,
		"timeout": 10.0,
		"ca_file": box.ca_file,
		"hosts": HostPolicy(allow_loopback=True, extra_ports=frozenset({port})),
	}
	return ConnectionSettings(**{**values, **changes})


@contextmanager
def session(box: Mailbox, **changes: Any) -> Iterator[Session]:
	"""An open session, closed afterwards."""
	create_folders = changes.pop("create_folders", True)
	opened = connect.open(settings(box, **changes), Password(box.password), create_folders=create_folders)
	try:
		yield opened
	finally:
		opened.close()


def message(number: int | str = 1, body: bytes = b"It smokes.\r\n") -> bytes:
	"""A message whose subject and Message-ID carry the number."""
	return (
		b"From: jane@customer.example\r\nTo: support@desk.example\r\n"
		b"Subject: Printer %s\r\nMessage-ID: <%s@customer.example>\r\n\r\n" % ((str(number).encode(),) * 2)
	) + body


def deliver(dovecot: Dovecot, box: Mailbox, octets: bytes) -> None:
	"""Put a message into INBOX as a mail server does: octets unchanged, where imaplib mends line ends."""
	folder = dovecot.home / "mail" / box.user
	box.folders()  # Makes the Maildir where it is new.
	file = folder / "tmp" / uuid.uuid4().hex
	file.write_bytes(octets)
	owner = folder.stat()
	os.chown(file, owner.st_uid, owner.st_gid)
	file.rename(folder / "new" / file.name)


BODIES = {
	"NUL": b"a\0b\r\n",
	"bare LF": b"bare\nline\n",
	"bare CR": b"bare\rreturn\r",
	"CR at a line's start": b"\rbare\r\n\r\r\n",
	"empty": b"",
	"dots": b".\r\n..\r\n.x\r\n",
	"like an answer": b")\r\n* 1 FETCH (UID 1)\r\n",
	"like a literal": b"{5}\r\nhello",
	"8 bits": bytes(range(1, 256)),
	"line of 900 kB": b"x" * 900_000,
}
"""Bodies that readers of protocols stumble over."""
