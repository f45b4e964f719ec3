"""What the attacks on `parse` share: parse octets, and say in one word what came of it."""

from __future__ import annotations

from datetime import datetime, timezone

from helpdesk_mailchannel.mailcore.errors import MessageError
from helpdesk_mailchannel.mailcore.model import Message, RawMessage, RemoteRef
from helpdesk_mailchannel.mailcore.parse.message import parse
from helpdesk_mailchannel.mailcore.settings import Limits

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
HEAD = b"From: a@example.com\r\nTo: support@example.com\r\nDate: Mon, 6 Jan 2025 10:00:00 +0100\r\n"


def read(octets: bytes) -> Message:
	"""Parse with the limits every channel starts with."""
	return parse(RawMessage(RemoteRef("INBOX", 1, "1", len(octets)), octets), Limits(), now=NOW)


def outcome(octets: bytes) -> str:
	"""The code of the reason it was refused with, or `read`."""
	try:
		read(octets)
	except MessageError as refusal:
		return str(refusal.reason.code)
	return "read"
