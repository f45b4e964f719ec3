"""An answer names the messages before it; the customers' own ids win where there is no room for all."""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.outgoing.references import Named, in_reply_to, references

FIRST = Named("first@customer.example", received=True)
OURS = Named("mc.t7.aaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbb@desk.example", received=False)
SECOND = Named("Second@Customer.example", received=True)


def test_the_conversation_in_its_order():
	assert (
		references([FIRST, OURS, SECOND]) == f"<{FIRST.message_id}> <{OURS.message_id}> <{SECOND.message_id}>"
	)


def test_the_customers_newest_message_is_answered_and_stands_last():
	assert in_reply_to([FIRST, OURS]) == f"<{FIRST.message_id}>"
	assert references([FIRST, OURS]) == f"<{OURS.message_id}> <{FIRST.message_id}>"


def test_our_newest_is_answered_where_nobody_wrote_to_us():
	assert in_reply_to([OURS]) == references([OURS]) == f"<{OURS.message_id}>"


def test_no_conversation_names_nothing():
	assert in_reply_to([]) == references([]) == ""


def test_a_long_conversation_keeps_its_first_message_and_the_customers_newest():
	theirs = [Named(f"c{number}@customer.example", received=True) for number in range(30)]
	ours = [Named(f"o{number}@desk.example", received=False) for number in range(30)]
	mixed = [each for pair in zip(theirs, ours, strict=True) for each in pair]
	named = references(mixed).split()
	assert len(named) == 20
	assert named[0] == "<c0@customer.example>"
	assert named[-1] == "<c29@customer.example>"
	assert not [each for each in named if each.startswith("<o")]


def test_huge_ids_do_not_make_a_huge_header():
	huge = [Named(f"{number:02}{'x' * 240}@customer.example", received=True) for number in range(20)]
	assert len(references([FIRST, *huge, SECOND])) < 1_600
	assert references([FIRST, *huge, SECOND]).endswith(f"<{SECOND.message_id}>")


def test_ids_that_no_header_can_hold_are_left_out():
	broken = [Named(text, received=True) for text in ("", "a b@c", "a\r\nBcc: x", "ä@b", "x" * 251, "a<b>")]
	assert references([FIRST, *broken]) == in_reply_to([FIRST, *broken]) == f"<{FIRST.message_id}>"


def test_brackets_are_not_doubled():
	assert references([Named("<first@customer.example>", received=True), FIRST]) == f"<{FIRST.message_id}>"
