"""Computes the content identity, which tells whether two copies are one message.

It is over what people are shown and what decides where the message goes: the body, the fields that say how
to read it, whom it is from and to, and what it answers. It is not over trace fields, so that one message
delivered to two aliases has one identity. It is over octets, so that reading a field better one day changes
no identity.

A device that writes neither Message-ID nor Date may send the same words each day. Only the delivery tells its
messages apart: the topmost Received field, or else the moment at which the server took the message.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from helpdesk_mailchannel.mailcore.model import Message
from helpdesk_mailchannel.mailcore.parse.header.fields import Header

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


def content_identity(header: Header, body: bytes, arrived: datetime | None = None) -> str:
	"""Return the hex SHA-256 over those fields, folds and repetitions included, and the body's own digest.

	`body` is every octet after the header; `arrived` the moment at which the server took the message.
	"""
	parts = [
		name.encode() + b":" + b" ".join(each.value.split())
		for name in _FIELDS
		for each in header.fields
		if each.name == name
	]
	if not tells_itself_apart(header):
		received = next((each.value for each in header.fields if each.name == "received"), b"")
		parts.append(b" ".join(received.split()) or str(arrived and arrived.timestamp()).encode())
	return _digest([*parts, sha256(body).digest()])


def tells_itself_apart(header: Header) -> bool:
	"""Whether the message bears what makes it another than the next one of the same words."""
	return any(each.name in ("message-id", "date") and each.value.strip() for each in header.fields)


def decoded_identity(message: Message) -> str:
	"""Return the hex SHA-256 over what a message says once it is decoded; empty if it has no Message-ID.

	Servers on the way may encode a message anew (RFC 6152, 3: if the next one accepts no eight-bit octets),
	so that two deliveries of one message differ in every octet of the body. A better decoder may change it,
	so it only compares deliveries at about the same time.
	"""
	if not message.message_id:
		return ""
	people = [each.address for each in (*message.authors, *message.to, *message.cc)]
	texts = [" ".join((text or "").split()) for text in (message.subject, message.text, message.html)]
	files = [
		part
		for each in message.files
		for part in (each.name, each.content_type, sha256(each.content).hexdigest())
	]
	parts = [message.message_id.lower(), str(len(people)), *people, *texts, *files]
	return _digest([part.encode("utf-8", "surrogatepass") for part in parts])


def first_identity(message_id: str, author: str, date: str, subject: str, body: bytes) -> str:
	"""Return the identity that earlier versions stored: what they filed is still known by it."""
	parts = (message_id.lower(), author, date, subject, sha256(body).hexdigest())
	return sha256("".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "replace")).hexdigest()


def _digest(parts: list[bytes]) -> str:
	# Lengths separate the parts: no octet can move from one into the next.
	return sha256(b"".join(b"%d:%b" % (len(part), part) for part in parts)).hexdigest()
