"""What a message says about its ticket, and what must be looked up for a batch."""

from __future__ import annotations

import pytest

from helpdesk_mailchannel.mailcore.model import Address, DeliveryReport, Recipient, TicketRef, Verdict
from helpdesk_mailchannel.mailcore.thread.clues import clues, wanted
from helpdesk_mailchannel.mailcore.thread.token import message_id, reply_address


def test_ids_are_newest_first_without_repeats_in_lower_case(mail):
	message = mail(in_reply_to=("C@x",), references=("a@x", "B@x", "c@x"))
	assert clues(message).ids == ("c@x", "b@x", "a@x")


def test_ids_in_in_reply_to_may_be_several(mail):
	assert clues(mail(in_reply_to=("a@x", "b@x"))).ids == ("a@x", "b@x")


def test_ids_of_an_endless_thread_are_cut_at_the_oldest(mail):
	references = tuple(f"{number}@x" for number in range(1000))
	ids = clues(mail(references=references)).ids
	assert len(ids) == 100
	assert ids[0] == "999@x"


@pytest.mark.parametrize(
	("subject", "tags"),
	[
		("Re: [#1234] The printer", ("1234",)),
		("Re: The printer (#ISS-2026-00007)", ("iss-2026-00007",)),
		("AW: [Ticket#1234] Drucker", ("1234",)),
		("AW: [Ticket #1234] Drucker", ("1234",)),
		("[#1] and [#2] and [#1]", ("1", "2")),
		("[#HD/2026-3]", ("hd/2026-3",)),
		("Invoice #12", ()),
		("Item (12) and [13]", ()),
		("[#]", ()),
		("[#two words]", ()),
		("", ()),
	],
)
def test_tags_are_numbers_in_brackets_with_a_hash(subject, tags, mail):
	assert clues(mail(subject=subject)).tags == tags


def test_tags_in_a_hostile_subject_take_no_time(mail):
	assert clues(mail(subject="[" * 500 + "#" * 500)).tags == ()


def test_tokens_are_found_in_every_recipient_field_and_in_ids(mail):
	ticket = TicketRef("Issue", "7")
	address = reply_address("support@help.example", "Support", ticket, b"k")
	own_id = message_id("help.example", "Support", ticket, b"k", bytes(10))
	for message in (
		mail(to=(Address(address),)),
		mail(cc=(Address(address),)),
		mail(bcc=(Address(address),)),
		mail(delivered_to=(address,)),
		mail(in_reply_to=(own_id,)),
		mail(references=(own_id, "other@x")),
	):
		assert [found.name for found in clues(message).tokens] == ["7"]


def test_the_recipient_delivered_to_speaks_before_those_written(mail):
	mine = reply_address("support@help.example", "Support", TicketRef("Issue", "1"), b"k")
	other = reply_address("support@help.example", "Support", TicketRef("Issue", "2"), b"k")
	message = mail(to=(Address(other), Address(mine)), delivered_to=(mine,))
	assert [found.name for found in clues(message).tokens] == ["1", "2"]


def test_wanted_names_all_that_has_to_be_looked_up(mail):
	signed = reply_address("support@help.example", "Support", TicketRef("Issue", "ISS-9"), b"k")
	first = mail(identity="a", in_reply_to=("Old@x",), subject="Re: [#ISS-7]")
	second = mail(
		identity="b",
		message_id="",
		authors=(),
		to=(Address(signed),),
		report=DeliveryReport((Recipient("gone@y.example"),), "Bounced@x"),
	)
	want = wanted([first, second])
	assert want.identities == {each for one in (first, second) for each in one.known_as(Verdict.FAIL)}
	assert {"a", "b"} < want.identities
	assert want.message_ids == {"new@customer.example", "old@x", "bounced@x"}
	assert want.tag_candidates == {"iss-7", "iss-9"}
	assert want.senders == {"jane@customer.example"}


def test_wanted_of_nothing_is_nothing():
	want = wanted([])
	assert not (want.identities or want.message_ids or want.tag_candidates or want.senders)


def test_of_very_many_signed_addresses_only_so_many_are_checked(mail):
	many = tuple(Address(f"support+tiss-{number}.aaaaaaaaaaaaaaaa@help.example") for number in range(5_000))
	found = clues(mail(to=many, delivered_to=("support+tiss-7.bbbbbbbbbbbbbbbb@help.example",))).tokens
	assert len(found) == 100
	assert found[0].mac == "b" * 16
