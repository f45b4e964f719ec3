"""With "recipient only", mail must be addressed to the channel."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk_mailchannel.mailcore.model import Accept, Address
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.chain import screen

ELSEWHERE = (Address("team@help.example"),)
US = Address("support@help.example")


@pytest.fixture
def strict(policy):
	aliases = {"hilfe@help.example": "support@help.example", "jd@customer.example": "jane@customer.example"}
	return replace(policy, recipient_only=True, aliases=aliases)


def test_not_addressed_mail_is_excluded(person, facts, strict):
	assert screen(person(to=ELSEWHERE), facts, strict).reason is Reason.NOT_ADDRESSED


def test_not_addressed_mail_is_filed_without_the_switch(person, facts, policy):
	assert isinstance(screen(person(to=ELSEWHERE), facts, policy), Accept)


@pytest.mark.parametrize(
	"recipients",
	[
		{"to": (US,)},
		{"to": ELSEWHERE, "cc": (US,)},
		{"to": (), "bcc": (US,)},
		{"to": (), "delivered_to": ("support@help.example",)},
		{"to": (Address("hilfe@help.example"),)},
		{"to": (Address("support+t12.abcdefghijklmnop@help.example"),)},
		{"to": (Address("hilfe+printer@help.example"),)},
		{"to": (Address("SUPPORT@help.example"),)},
	],
)
def test_addressed_to_us_in_any_field_by_alias_or_plus_address(recipients, person, facts, strict):
	assert isinstance(screen(person(**recipients), facts, strict), Accept)


def test_not_addressed_to_an_alias_of_somebody_else(person, facts, strict):
	message = person(to=(Address("jd@customer.example"),))
	assert screen(message, facts, strict).reason is Reason.NOT_ADDRESSED


def test_undisclosed_recipients_without_a_delivery_field_are_not_addressed(person, facts, strict):
	assert screen(person(to=()), facts, strict).reason is Reason.NOT_ADDRESSED
