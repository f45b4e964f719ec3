"""Reply tokens: what is minted verifies, in any case; anything else does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_mailchannel.mailcore.model import TicketRef
from helpdesk_mailchannel.mailcore.thread import token

KEY, OLD_KEY = b"current key", b"key before that"
TICKET = TicketRef("Issue", "ISS-2026-00007")
NONCE = bytes(range(10))


def _address(ticket: TicketRef = TICKET, key: bytes = KEY) -> str:
	return token.reply_address("support@help.example", "Support", ticket, key)


def _message_id(ticket: TicketRef = TICKET, key: bytes = KEY) -> str:
	return token.message_id("help.example", "Support", ticket, key, NONCE)


def test_a_reply_address_is_the_channels_with_a_signed_sub_address():
	local_part, _, domain = _address().partition("@")
	assert domain == "help.example"
	assert local_part.startswith("support+tiss-2026-00007.")
	assert local_part == local_part.lower()
	assert len(local_part.rpartition(".")[2]) == 16


def test_a_message_id_names_ticket_and_nonce():
	assert _message_id().startswith("mc.tiss-2026-00007.aaaqeayeaudaocaj.")
	assert _message_id().endswith("@help.example")


def test_two_message_ids_of_a_ticket_differ():
	other = token.message_id("help.example", "Support", TICKET, KEY, bytes(10))
	assert other != _message_id()


def test_a_message_id_wants_a_whole_nonce():
	with pytest.raises(ValueError, match="10 random octets, not 4"):
		token.message_id("help.example", "Support", TICKET, KEY, b"four")


@pytest.mark.parametrize("folded", [str, str.upper, str.lower, str.swapcase])
def test_case_does_not_matter(folded):
	for found in (token.in_address(folded(_address())), token.in_message_id(folded(_message_id()))):
		assert found is not None
		assert token.is_valid(found, "Support", TICKET, [KEY])


def test_a_relays_own_host_does_not_matter():
	local_part = _message_id().partition("@")[0]
	found = token.in_message_id(f"{local_part}@relay.example")
	assert found is not None
	assert token.is_valid(found, "Support", TICKET, [KEY])


def test_the_key_before_is_accepted_during_rotation_and_not_after():
	found = token.in_address(_address(key=OLD_KEY))
	assert found is not None
	assert token.is_valid(found, "Support", TICKET, [KEY, OLD_KEY])
	assert not token.is_valid(found, "Support", TICKET, [KEY])
	assert not token.is_valid(found, "Support", TICKET, [])


def test_a_token_of_another_ticket_doctype_or_channel_is_not_valid():
	found = token.in_address(_address())
	assert found is not None
	assert not token.is_valid(found, "Sales", TICKET, [KEY])
	assert not token.is_valid(found, "Support", TicketRef("HD Ticket", TICKET.name), [KEY])
	assert not token.is_valid(found, "Support", TicketRef("Issue", "ISS-2026-00008"), [KEY])


def test_the_signature_of_an_address_does_not_fit_a_message_id():
	mac = _address().partition("@")[0].rpartition(".")[2]
	found = token.in_message_id(f"mc.tiss-2026-00007.aaaqeayeaudaocaj.{mac}@help.example")
	assert found is not None
	assert not token.is_valid(found, "Support", TICKET, [KEY])


def test_every_changed_letter_of_the_signature_is_noticed():
	address = _address()
	start = address.rpartition(".")[0].rpartition(".")[0]
	at = len("support+tiss-2026-00007.")
	assert start
	for place in range(at, at + 16):
		letter = "a" if address[place] != "a" else "b"
		found = token.in_address(address[:place] + letter + address[place + 1 :])
		assert found is not None
		assert not token.is_valid(found, "Support", TICKET, [KEY])


def test_an_address_that_would_become_too_long_carries_no_token():
	long = TicketRef("Issue", "ISS-" + "9" * 60)
	assert _address(long) == "support@help.example"
	assert token.in_message_id(_message_id(long)) is not None


def test_a_channel_with_a_sub_address_of_its_own_carries_no_token():
	assert token.reply_address("help+eu@help.example", "EU", TICKET, KEY) == "help+eu@help.example"


@pytest.mark.parametrize(
	"address",
	[
		"support@help.example",
		"support+t12@help.example",
		"support+t12.short@help.example",
		"support+x12.abcdefghijklmnop@help.example",
		"support+.abcdefghijklmnop@help.example",
		"support+u1.abcdefghijklmnop@help.example",
		"support+Communication+12@help.example",
		"t12.abcdefghijklmnop@help.example",
		"",
	],
)
def test_other_addresses_hold_no_token(address):
	assert token.in_address(address) is None


@pytest.mark.parametrize("name", ["1234", "ISS-2026-00007", "Ärger/7", "a.b", "Case #9", "請求 12", "İ-1"])
def test_tickets_of_any_name_can_be_signed(name):
	ticket = TicketRef("Ticket", name)
	found = token.in_message_id(_message_id(ticket))
	assert found is not None
	assert found.name == name.lower()
	assert token.is_valid(found, "Support", ticket, [KEY])


@given(name=st.text(min_size=1, max_size=140), key=st.binary(max_size=40))
def test_whatever_is_minted_verifies(name, key):
	ticket = TicketRef("Ticket", name)
	found = token.in_message_id(token.message_id("help.example", "Support", ticket, key, NONCE))
	assert found is not None
	assert token.is_valid(found, "Support", ticket, [key])


@given(st.text(max_size=200))
def test_no_text_breaks_the_search_for_a_token(text):
	token.in_address(text)
	token.in_message_id(text)
