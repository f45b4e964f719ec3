"""Plain values for the screening tests: a person's message, and the channel it was sent to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from helpdesk_mailchannel.mailcore.model import Address, Facts, Headers, Message, RemoteRef
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy

Making = Callable[..., Message]

JANE = Address("jane@customer.example", "Jane Doe")
SUPPORT = Address("support@help.example")


@pytest.fixture
def person() -> Making:
	"""Make a message a person sent; `headers` are added to it as (name, value) pairs."""

	def make(*headers: tuple[str, str], **changes: Any) -> Message:
		message = Message(
			ref=RemoteRef("INBOX", 1, "7", 2048, datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)),
			identity="0" * 64,
			message_id="abc@customer.example",
			authors=(JANE,),
			subject="The printer on the second floor",
			to=(SUPPORT,),
			return_path="jane@customer.example",
			received_at=datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc),
			text="It prints nothing but stripes.",
		)
		fields = tuple((name.lower(), value) for name, value in headers)
		return replace(message, headers=Headers(fields), **changes)

	return make


@pytest.fixture
def policy() -> ScreenPolicy:
	"""The form's defaults for support@help.example."""
	return ScreenPolicy(channel_address="support@help.example", loop_mark="help.example")


@pytest.fixture
def facts() -> Facts:
	"""A site that has seen nothing yet."""
	return Facts(own_addresses=frozenset({"support@help.example"}))
