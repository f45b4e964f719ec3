"""Writes who an outgoing message is from: names and addresses as header text."""

from __future__ import annotations

from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import formataddr, parseaddr


def mailbox(name: str, address: str) -> str:
	"""Write name and address as they go into From and Reply-To (RFC 5322, 3.4), in ASCII (RFC 2047).

	Raise ValueError (UnicodeError) if the address itself is not ASCII: few servers accept that (RFC 6532).
	"""
	readable = " ".join("".join(c if c.isprintable() else " " for c in name).split())
	return formataddr((readable, address)) if readable else _plain(address)


def renamed(original: str, name: str = "", address: str = "") -> str:
	"""Return the sender `original` under another name, with another address, or both, as header text."""
	own_name, own_address = parseaddr(original)
	return mailbox(name or _decoded(own_name), address or own_address)


def _plain(address: str) -> str:
	address.encode("ascii")
	return address


def _decoded(name: str) -> str:
	try:
		return str(make_header(decode_header(name)))
	except (HeaderParseError, LookupError, UnicodeError):
		return name
