"""Messages and channels for these tests, with only what a test is about said in the test."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from html import unescape

from helpdesk_mailchannel.mailcore.compose.body import Body, body
from helpdesk_mailchannel.mailcore.compose.draft import compose
from helpdesk_mailchannel.mailcore.model import (
	Accept,
	Address,
	Disposition,
	File,
	Message,
	NewTicket,
	RemoteRef,
)
from helpdesk_mailchannel.mailcore.settings import ChannelSettings, ConnectionSettings, Limits, TicketSettings

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
CUSTOMER = Address("ann@customer.example", "Ann Customer")
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 60


def message(**changes):
	usual = {
		"ref": RemoteRef("INBOX", 1, "7", 1000),
		"identity": "i",
		"message_id": "m@customer.example",
		"authors": (CUSTOMER,),
		"subject": "Re: Printer",
	}
	return Message(**{**usual, **changes})


def channel(**ticket):
	return ChannelSettings(
		"Support",
		"help@desk.example",
		ConnectionSettings("mail.example", "help"),
		ticket=TicketSettings(**ticket),
	)


def draft(mail, threading=None, *, roles=frozenset(), **ticket):
	made = threading or NewTicket()
	return compose(mail, Accept(), made, channel(**ticket), roles_of_sender=frozenset(roles), now=NOW)


def shown(html="", *, limits=None, **changes) -> Body:
	return body(message(html=html or None, **changes), limits or Limits())


def picture(content_id: str, name: str = "shot.png") -> File:
	return File(name, "image/png", PNG, Disposition.INLINE, content_id)


def folded_text(html: str) -> str:
	"""The words that are folded."""
	return _words(" ".join(re.findall(r'<details class="mail-history">(.*?)</details>', html, re.S)))


def kept_text(html: str) -> str:
	"""The words that are not."""
	return _words(re.sub(r'<details class="mail-history">.*?</details>', " ", html, flags=re.S))


def _words(html: str) -> str:
	return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
