"""Plain values for the threading tests: a site with one ticket, and a channel that signs its mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from helpdesk_mailchannel.mailcore.model import Address, Facts, Message, RemoteRef, TicketRef
from helpdesk_mailchannel.mailcore.settings import ChannelSettings, ConnectionSettings, ScreenPolicy

Making = Callable[..., Message]


@pytest.fixture
def ticket() -> TicketRef:
	"""The ticket everybody talks about."""
	return TicketRef("Issue", "ISS-2026-00007")


@pytest.fixture
def key() -> bytes:
	"""The site's key for reply tokens."""
	return b"k" * 32


@pytest.fixture
def settings(key: bytes) -> ChannelSettings:
	"""A channel for support@help.example."""
	return ChannelSettings(
		name="Support",
		address="support@help.example",
		connection=ConnectionSettings(host="mail.help.example", user="support"),
		screen=ScreenPolicy(channel_address="support@help.example"),
		reply_keys=(key,),
	)


@pytest.fixture
def facts(ticket: TicketRef) -> Facts:
	"""The site knows the ticket, its first message, and that Jane takes part."""
	return Facts(
		message_ids={"first@customer.example": ticket, "answer@help.example": ticket},
		tickets={"iss-2026-00007": (ticket,)},
		participants={ticket: frozenset({"jane@customer.example", "support@help.example"})},
	)


@pytest.fixture
def mail() -> Making:
	"""Make a message from Jane that names no ticket."""

	def make(**changes: Any) -> Message:
		message = Message(
			ref=RemoteRef("INBOX", 1, "8", 1024),
			identity="1" * 64,
			message_id="new@customer.example",
			authors=(Address("jane@customer.example", "Jane Doe"),),
			subject="The printer again",
			to=(Address("support@help.example"),),
		)
		return replace(message, **changes)

	return make
