"""A mailbox on the private Dovecot as a test or the demo sees it: put mail in, look what is there.

It speaks IMAP through the standard library, on purpose not through the code under test, and straight to
Dovecot: the profile only changes which ports the code under test is given.
"""

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from time import mktime
from typing import Any

from devkit import ports
from devkit.services.imap_filter import filter_named

vars(imaplib)["_MAXLINE"] = 10_000_000


@dataclass(frozen=True)
class StoredMessage:
	"""One message as it lies in a folder."""

	uid: int
	flags: frozenset[str]
	received_at: datetime
	octets: bytes

	@property
	def parsed(self) -> EmailMessage:
		"""The message, parsed by the standard library."""
		return message_from_bytes(self.octets, policy=policy.default)

	@property
	def subject(self) -> str:
		"""The decoded subject."""
		return str(self.parsed["Subject"] or "")


@dataclass(frozen=True)
class Mailbox:
	"""Where a mailbox is, how to sign in, and helpers to fill it and to look into it."""

	user: str
	password: str
	host: str
	imap_port: int
	imaps_port: int
	pop3_port: int
	pop3s_port: int
	ca_file: str
	profile: str = "move"
	server: str = "dovecot"
	"""The Dovecot it lies on, by its service's name."""

	def as_profile(self, profile: str) -> "Mailbox":
		"""Return the same mailbox, seen through another profile: move, uidplus or neither."""
		front = self.server if profile == "move" else filter_named(profile).name
		return replace(
			self,
			imap_port=ports.get(f"{front}.imap"),
			imaps_port=ports.get(f"{front}.imaps"),
			profile=profile,
		)

	def tls_context(self) -> ssl.SSLContext:
		"""Return a context that trusts the private authority."""
		return ssl.create_default_context(cafile=self.ca_file)

	@contextlib.contextmanager
	def connected(self) -> Iterator[imaplib.IMAP4]:
		"""Sign in with plain IMAP at Dovecot itself, and out again."""
		with imaplib.IMAP4("127.0.0.1", ports.get(f"{self.server}.imap")) as connection:
			connection.login(self.user, self.password)
			yield connection

	def append(
		self, folder: str, octets: bytes, date: datetime | None = None, flags: Sequence[str] = ()
	) -> int:
		"""Put a message into a folder, which is made when it is not there; return its UID."""
		with self.connected() as connection:
			moment = imaplib.Time2Internaldate(date or datetime.now(timezone.utc))
			named = f"({' '.join(flags)})" if flags else ""
			result: Any = connection.append(_quoted(folder), named, moment, octets)
			if result[0] == "NO":
				_expect(connection.create(_quoted(folder)))
				result = connection.append(_quoted(folder), named, moment, octets)
			return int(_found(rb"APPENDUID \d+ (\d+)", _expect(result)[0]))

	def append_many(self, folder: str, messages: Sequence[bytes]) -> None:
		"""Put many messages into a folder over one connection."""
		with self.connected() as connection:
			connection.create(_quoted(folder))
			moment = imaplib.Time2Internaldate(datetime.now(timezone.utc))
			for octets in messages:
				result: Any = connection.append(_quoted(folder), "", moment, octets)
				_expect(result)

	def create_folder(self, folder: str) -> None:
		"""Make a folder."""
		with self.connected() as connection:
			_expect(connection.create(_quoted(folder)))

	def delete_folder(self, folder: str) -> None:
		"""Remove a folder and what is in it; made again under the same name it has another UIDVALIDITY."""
		with self.connected() as connection:
			_expect(connection.delete(_quoted(folder)))

	def uidvalidity(self, folder: str) -> int:
		"""Return the folder's UIDVALIDITY."""
		with self.connected() as connection:
			answer = _expect(connection.status(_quoted(folder), "(UIDVALIDITY)"))
			return int(_found(rb"UIDVALIDITY (\d+)", answer[0]))

	def folders(self) -> dict[str, int]:
		"""Return the folders, each with the number of its messages."""
		with self.connected() as connection:
			found = {}
			for line in _expect(connection.list()):
				# A name that has to be sent as a literal comes as a pair.
				text = line if isinstance(line, bytes) else line[1]
				if not text or b"\\noselect" in (line if isinstance(line, bytes) else line[0]).lower():
					continue
				raw = _name_at_end(text) if isinstance(line, bytes) else text
				quoted = b'"' + raw + b'"'
				answer = _expect(connection.status(quoted.decode("ascii"), "(MESSAGES)"))
				name = re.sub(rb"\\(.)", rb"\1", raw)
				found[decode_name(name)] = int(_found(rb"MESSAGES (\d+)", answer[0]))
			return found

	def messages(self, folder: str = "INBOX") -> list[StoredMessage]:
		"""Return the messages of a folder in the order of their UIDs, leaving their flags as they are."""
		with self.connected() as connection:
			status, _ = connection.select(_quoted(folder), readonly=True)
			if status != "OK":
				raise LookupError(f"there is no folder {folder!r}")
			_, answer = connection.uid("FETCH", "1:*", "(UID FLAGS INTERNALDATE BODY.PEEK[])")
			return [_stored(*part) for part in answer if isinstance(part, tuple)]

	def subjects(self, folder: str = "INBOX") -> list[str]:
		"""Return the subjects of the messages of a folder."""
		return [message.subject for message in self.messages(folder)]


def encode_name(name: str) -> str:
	"""Return a folder's name in the modified UTF-7 that IMAP uses."""
	parts = re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", name)
	return "".join(
		part.replace("&", "&-")
		if " " <= part[0] <= "~"
		else "&" + part.encode("utf-7").decode().strip("+-").replace("/", ",") + "-"
		for part in parts
	)


def decode_name(name: bytes) -> str:
	"""Return a folder's name for people."""

	def decode(match: re.Match[str]) -> str:
		inner = match[1].replace(",", "/")
		return f"+{inner}-".encode().decode("utf-7") if inner else "&"

	return re.sub(r"&([^-]*)-", decode, name.decode("ascii", "replace"))


def _quoted(folder: str) -> str:
	escaped = encode_name(folder).replace("\\", "\\\\").replace('"', '\\"')
	return f'"{escaped}"'


def _expect(result: tuple[str, list[Any]]) -> list[Any]:
	status, answer = result
	if status != "OK":
		raise RuntimeError(f"Dovecot answers {status}: {answer}")
	return answer


def _found(pattern: bytes, answer: bytes) -> bytes:
	"""Return the first group of a pattern that the answer must match."""
	match = re.search(pattern, answer)
	if not match:
		raise RuntimeError(f"Dovecot answers {answer!r}, without {pattern!r}")
	return match[1]


def _name_at_end(line: bytes) -> bytes:
	"""Return the name that ends an answer to LIST, without its quotes."""
	return _found(rb' ("(?:[^"\\]|\\.)*"|\S+)$', line).removeprefix(b'"').removesuffix(b'"')


def _stored(head: bytes, octets: bytes) -> StoredMessage:
	moment = imaplib.Internaldate2tuple(head)
	if not moment:
		raise RuntimeError(f"Dovecot answers {head!r}, without a date")
	return StoredMessage(
		uid=int(_found(rb"UID (\d+)", head)),
		flags=frozenset(_found(rb"FLAGS \(([^)]*)\)", head).decode().split()) - {"\\Recent"},
		received_at=datetime.fromtimestamp(mktime(moment), timezone.utc),
		octets=octets,
	)
