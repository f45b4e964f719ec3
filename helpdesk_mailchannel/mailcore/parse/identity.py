"""The content identity: tells whether two copies are one mail.

Over what people are shown and what decides where the mail goes: the body, the fields that say how to read it,
whom it is from and to, and what it answers. Not over trace fields, so that one mail delivered to two aliases
has one identity. On octets, so that reading a field better one day changes no identity.
"""

from __future__ import annotations

from hashlib import sha256

from helpdesk_mailchannel.mailcore.parse.fields import Header

_FIELDS = (
	"message-id",
	"from",
	"reply-to",
	"to",
	"cc",
	"date",
	"subject",
	"in-reply-to",
	"references",
	"content-type",
	"content-transfer-encoding",
	"content-disposition",
)


def content_identity(header: Header, body: bytes) -> str:
	"""Hex SHA-256 over those fields, folds and repetitions included, and the body's own digest.

	`body` is every octet after the header.
	"""
	parts = [
		name.encode() + b":" + b" ".join(each.value.split())
		for name in _FIELDS
		for each in header.fields
		if each.name == name
	]
	return _digest([*parts, sha256(body).digest()])


def first_identity(message_id: str, author: str, date: str, subject: str, body: bytes) -> str:
	"""The identity that earlier versions stored: what they filed is known by it still."""
	parts = (message_id.lower(), author, date, subject, sha256(body).hexdigest())
	return sha256("".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "replace")).hexdigest()


def _digest(parts: list[bytes]) -> str:
	# Lengths keep neighbours apart: no octet can move from one part into the next.
	return sha256(b"".join(b"%d:%b" % (len(part), part) for part in parts)).hexdigest()
