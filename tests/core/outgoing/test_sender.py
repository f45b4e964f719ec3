"""Names and addresses of outgoing mail."""

from __future__ import annotations

from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest

from helpdesk_mailchannel.mailcore.outgoing.sender import mailbox, renamed


def test_an_agent_keeps_his_name_at_the_channels_address():
	made = renamed("Jane Agent <jane@desk.example>", address="support@desk.example")
	assert made == "Jane Agent <support@desk.example>"


def test_the_channels_name_replaces_the_agents():
	assert renamed("Jane <jane@desk.example>", "Example Support") == "Example Support <jane@desk.example>"


@pytest.mark.parametrize(
	"name", ["Jörg Müller", "サポート", "Support, Example", 'The "Desk"', "a" * 140, "Ü" * 140]
)
def test_any_name_is_said_in_ascii_and_read_again(name):
	made = mailbox(name, "support@desk.example")
	assert made.isascii()
	assert made.isprintable()
	shown, address = parseaddr(made)
	assert (str(make_header(decode_header(shown))), address) == (name, "support@desk.example")
	assert renamed(made, address="a@desk.example") == mailbox(name, "a@desk.example")


def test_line_breaks_in_a_name_are_spaces():
	assert mailbox("Desk\r\nBcc: eve@evil.example", "a@desk.example").splitlines() == [
		'"Desk Bcc: eve@evil.example" <a@desk.example>'
	]


def test_without_a_name_the_address_stands_alone():
	assert mailbox(" ", "support@desk.example") == "support@desk.example"
	assert renamed("jane@desk.example") == "jane@desk.example"


@pytest.mark.parametrize("name", ["", "Jörg"])
def test_an_address_that_is_not_ascii_is_refused(name):
	with pytest.raises(UnicodeError):
		mailbox(name, "jörg@desk.example")
