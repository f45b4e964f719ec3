"""What the tests of `parse` share: building small mails and reading them."""

from __future__ import annotations

from datetime import datetime, timezone

from helpdesk_mailchannel.mailcore.model import Message, RawMessage, RemoteRef
from helpdesk_mailchannel.mailcore.parse.message import parse
from helpdesk_mailchannel.mailcore.settings import Limits

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


def read(octets: bytes, limits: Limits | None = None) -> Message:
	"""Parse octets that came from an inbox."""
	return parse(RawMessage(RemoteRef("INBOX", 1, "1", len(octets)), octets), limits or Limits(), now=NOW)


def mail(body: str | bytes = "Hello", **fields: str | bytes) -> bytes:
	"""A message with these header fields (`content_type` means Content-Type) and this body."""
	given = {"from": "Jane <jane@example.com>", "subject": "Printer", **fields}
	lines = [_line(name.replace("_", "-").title(), value) for name, value in given.items() if value]
	return b"\r\n".join(lines) + b"\r\n\r\n" + _octets(body)


def parts(*bodies: str | bytes, kind: str = "mixed", boundary: str = "b1") -> bytes:
	"""A multipart message; each body starts with its own header, an empty line, and the content."""
	joined = b"".join(b"--" + boundary.encode() + b"\r\n" + _octets(each) + b"\r\n" for each in bodies)
	closing = b"--" + boundary.encode() + b"--\r\n"
	return mail(joined + closing, mime_version="1.0", content_type=f'multipart/{kind}; boundary="{boundary}"')


def part(content_type: str, content: str | bytes, *headers: str) -> bytes:
	"""One part for `parts`."""
	lines = [f"Content-Type: {content_type}", *headers]
	return "\r\n".join(lines).encode() + b"\r\n\r\n" + _octets(content)


def _line(name: str, value: str | bytes) -> bytes:
	return name.encode() + b": " + _octets(value)


def _octets(text: str | bytes) -> bytes:
	return text.encode() if isinstance(text, str) else text
