"""Signed reply tokens: they let a message into its ticket without any other proof.

A token is in the reply address, `support+t1234.<mac>@example.com`, and in the Message-IDs of our mail,
`<mc.t1234.<nonce>.<mac>@example.com>`; relays may rewrite either. The MAC is an HMAC-SHA256 over channel,
ticket, the moment the ticket was made, and use, cut to 80 bits, in lower-case base32, because mail programs
change the case of addresses. The moment keeps a deleted ticket's token from opening the next one of its name.
A token lets mail in and nothing out, so a token that leaks by forwarding reveals nothing.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32decode, b32encode
from binascii import Error
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from helpdesk_mailchannel.mailcore.model import TicketRef

_MAC_OCTETS = 10
NONCE_OCTETS = 10
"""Random octets that a Message-ID needs."""
_LOCAL_PART = 64
"""The longest local part of an address (RFC 5321, 4.5.3.1.1)."""

_PLAIN_NAME = re.compile(r"[a-z0-9-]+")
_NAME_AND_MAC = r"(?P<name>[tu][a-z0-9-]+)\.{nonce}(?P<mac>[a-z2-7]{{16}})"
_IN_ADDRESS = re.compile(r"[^+@]+\+" + _NAME_AND_MAC.format(nonce="") + r"@.+")
_IN_MESSAGE_ID = re.compile(r"mc\." + _NAME_AND_MAC.format(nonce=r"(?P<nonce>[a-z2-7]{16})\.") + r"@.+")


@dataclass(frozen=True)
class ReplyToken:
	"""A token as found in a message: the ticket it names, and the signature to be checked."""

	name: str
	"""The ticket's name in lower case: what to look the ticket up by."""
	mac: str
	nonce: str = ""
	"""Of a Message-ID; empty in an address."""


def reply_address(address: str, channel: str, ticket: TicketRef, key: bytes) -> str:
	"""Return the address that answers to this ticket are sent to: the channel's, with a signed sub-address.

	`address` is the channel's address and `channel` its lasting name. Return the address unchanged if it
	already has a sub-address or the whole would be longer than RFC 5321 allows: then only the Message-ID
	carries the token.
	"""
	local_part, _, domain = address.rpartition("@")
	signed = f"{local_part}+{_spelled(ticket.name)}.{_mac(key, channel, ticket, '')}"
	if "+" in local_part or len(signed.encode()) > _LOCAL_PART:
		return address
	return f"{signed}@{domain}"


def message_id(host: str, channel: str, ticket: TicketRef, key: bytes, nonce: bytes) -> str:
	"""Make a Message-ID, without angle brackets, which proves that an answer to it belongs to this ticket.

	`nonce` is ten random octets, new for each message. Raise ValueError if there are not ten.
	"""
	if len(nonce) != NONCE_OCTETS:
		raise ValueError(f"A Message-ID wants {NONCE_OCTETS} random octets, not {len(nonce)}.")
	words = _base32(nonce)
	return f"mc.{_spelled(ticket.name)}.{words}.{_mac(key, channel, ticket, words)}@{host}"


def in_address(address: str) -> ReplyToken | None:
	"""Return the token in a recipient's address, unchecked; None if there is none."""
	found = _IN_ADDRESS.fullmatch(address.strip().lower())
	return _token(found["name"], found["mac"], "") if found else None


def in_message_id(message_id: str) -> ReplyToken | None:
	"""Return the token in a Message-ID without brackets, unchecked; None if there is none.

	Anything after the @ is ignored: relays put their own host there.
	"""
	found = _IN_MESSAGE_ID.fullmatch(message_id.strip().lower())
	return _token(found["name"], found["mac"], found["nonce"]) if found else None


def is_valid(
	token: ReplyToken, channel: str, ticket: TicketRef, keys: Sequence[bytes], unbound_before: str = ""
) -> bool:
	"""Tell whether one of the keys signed this token for this channel's ticket, in constant time per key.

	Tokens of the first version name no moment. They count for tickets made before `unbound_before`.
	"""
	macs = [_mac(key, channel, ticket, token.nonce) for key in keys]
	if ticket.created and ticket.created < unbound_before:
		macs += [_unbound_mac(key, channel, ticket, token.nonce) for key in keys]
	fits = [hmac.compare_digest(mac, token.mac) for mac in macs]
	return ticket.name.lower() == token.name and any(fits)


def _mac(key: bytes, channel: str, ticket: TicketRef, nonce: str) -> str:
	return _signature(
		key, "mailchannel-2", _use(nonce), channel, ticket.doctype, ticket.name, ticket.created, nonce
	)


def _unbound_mac(key: bytes, channel: str, ticket: TicketRef, nonce: str) -> str:
	return _signature(key, "mailchannel-1", _use(nonce), channel, ticket.doctype, ticket.name, nonce)


def _use(nonce: str) -> str:
	return "message-id" if nonce else "reply-address"


def _signature(key: bytes, *parts: str) -> str:
	signed = "\0".join(parts)
	return _base32(hmac.new(key, signed.encode("utf-8", "surrogatepass"), sha256).digest()[:_MAC_OCTETS])


def _spelled(name: str) -> str:
	"""Spell a ticket's name so that it fits an address: `t` and the name, or `u` and its base32."""
	lower = name.lower()
	return f"t{lower}" if _PLAIN_NAME.fullmatch(lower) else f"u{_base32(lower.encode())}"


def _token(spelled: str, mac: str, nonce: str) -> ReplyToken | None:
	if spelled[0] == "t":
		return ReplyToken(spelled[1:], mac, nonce)
	try:
		padded = spelled[1:].upper() + "=" * (-len(spelled[1:]) % 8)
		return ReplyToken(b32decode(padded).decode(), mac, nonce)
	except (Error, UnicodeDecodeError):
		return None


def _base32(octets: bytes) -> str:
	return b32encode(octets).decode("ascii").lower().rstrip("=")
