"""Answers of IMAP servers, and of those that are not quite IMAP."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_mailchannel.mailcore.connect.imap import imap_responses as answers
from helpdesk_mailchannel.mailcore.connect.imap.imap_responses import LONGEST_SET, expanded, uid_sets


def one(*lines):
	[items] = answers.fetch_answers(lines)
	return items


def test_a_listing_line_is_read():
	items = one(rb'3 (UID 9 RFC822.SIZE 1234 INTERNALDATE "17-Jul-2024 02:44:25 -0700" FLAGS (\Seen $Done))')
	assert (answers.uid_of(items), answers.size_of(items)) == (9, 1234)
	assert answers.received_at(items) == datetime(2024, 7, 17, 9, 44, 25, tzinfo=timezone.utc)
	assert answers.flags_of(items) == {"\\Seen", "$Done"}


def test_names_in_lower_case_and_any_order_are_read():
	items = one(b'3 (flags () internaldate " 1-Feb-2024 00:00:00 +0000" rfc822.size 5 uid 9)')
	assert (answers.uid_of(items), answers.size_of(items)) == (9, 5)
	assert answers.received_at(items) == datetime(2024, 2, 1, tzinfo=timezone.utc)


def test_what_is_missing_is_none():
	items = one(b"3 (FLAGS ())")
	assert answers.uid_of(items) is None
	assert answers.body_of(items) is None
	assert answers.size_of(items) == 0
	assert answers.received_at(items) is None


@pytest.mark.parametrize("date", [b'"no date"', b"NIL", b'"99-Foo-9999 99:99:99 +9999"', b"5"])
def test_a_date_that_makes_no_sense_is_none(date):
	assert answers.received_at(one(b"3 (INTERNALDATE " + date + b")")) is None


def test_a_body_is_a_literal_a_string_or_gone():
	assert answers.body_of(one((b"3 (UID 9 BODY[] {5}", b"he(lo"), b")")) == b"he(lo"
	assert answers.body_of(one(b'3 (UID 9 BODY[] "hello")')) == b"hello"
	assert answers.body_of(one(b'3 (UID 9 BODY[] "")')) == b""
	assert answers.body_of(one((b"3 (UID 9 BODY[HEADER]<0> {2}", b"ab"), b")")) == b"ab"
	assert answers.body_of(one(b"3 (UID 9 BODY[] NIL)")) is None


def test_same_sequence_number_twice_is_two_messages():
	lines = [b"5 (UID 10 RFC822.SIZE 1)", b"5 (UID 11 RFC822.SIZE 2)"]
	assert [answers.uid_of(items) for items in answers.fetch_answers(lines)] == [10, 11]


WHOLE = [b"5 (UID 10 RFC822.SIZE 1)", (b"7 (UID 12 BODY[] {5}", b"he(lo"), b")"]


@pytest.mark.parametrize(
	"broken",
	[
		[b"6 (UID 11 BODY[] "],
		[b"6 (UID 11 BODY[] )"],
		[b"6 (UID 11 BODY[]"],
		[b'6 (UID 11 BODY[] "open)'],
		[b"6 UID 11"],
		[b""],
		[b"6"],
		[b"6 (" + b"(" * 100_000],
		[b"6 (UID " + b"1" * 10_000 + b")"],
		[b"6 (" + b"x " * 1_000_000 + b")"],
		[(b"6 (UID 11 BODY[] {9}", b"short"), b")"],
		[(b"6 (UID 11 BODY[] {2}", b"ab"), b"cd)"],
		[(b"6 (UID 11 BODY[] {2}", b"ab"), (b" BODY[] {2}", b"cd"), b""],
		[b"6 (UID 11 \xff\xfe\x00 )", b") ( )"],
		[b"NIL NIL NIL"],
	],
)
def test_an_answer_that_cannot_be_taken_apart_costs_only_itself(broken):
	lines = [WHOLE[0], *broken, *WHOLE[1:]]
	assert [answers.uid_of(items) for items in answers.fetch_answers(lines) if b"UID" in items] == [10, 12]


def test_what_breaks_off_with_the_connection_is_no_answer():
	lines = [b"5 (UID 10 RFC822.SIZE 1)", (b"6 (UID 11 BODY[] {2}", b"ab")]
	assert [answers.uid_of(items) for items in answers.fetch_answers(lines)] == [10]


@pytest.mark.parametrize(
	("lines", "asked", "found"),
	[
		([b"1 (UID 1 RFC822.SIZE 5)", b"9 (UID 9 RFC822.SIZE 7)"], {1}, {1: 5}),
		([b"1 (UID 1 RFC822.SIZE 5)", b"1 (UID 1 RFC822.SIZE 5 FLAGS ())"], {1}, {1: 5}),
		([b"1 (UID 1 RFC822.SIZE 5)", b"1 (UID 1 RFC822.SIZE 6)"], {1}, {}),
		([b"1 (RFC822.SIZE 5)"], {1}, {1: 5}),
		([b"1 (RFC822.SIZE 5)"], {1, 2}, {}),
		([b"1 (RFC822.SIZE 5)", b"2 (RFC822.SIZE 6)"], {1}, {}),
		([b"1 (RFC822.SIZE 5)", b"1 (UID 1 RFC822.SIZE 7)"], {1}, {1: 7}),
		([b"1 (RFC822.SIZE 5)", b"4 (FLAGS ())", b"1 (UID 1 FLAGS ())"], {1}, {1: 5}),
	],
	ids=[
		"not asked for",
		"twice",
		"two ways",
		"nameless",
		"nameless of two",
		"two nameless",
		"named too",
		"flags",
	],
)
def test_an_answer_counts_for_the_message_it_surely_is_about(lines, asked, found):
	by_uid = answers.by_uid(answers.fetch_answers(lines), asked)
	assert {uid: answers.size_of(items) for uid, items in by_uid.items()} == found


@pytest.mark.parametrize("lines", [[b""], [b"1 2"], [b"1 2 ", b"3"], [b"1 (MODSEQ 917)"], [b" 7"]])
def test_a_search_that_was_answered_is_whole(lines):
	assert answers.is_whole_search(lines)


@pytest.mark.parametrize(
	"lines", [[], [b"1 two"], [b"0"], [b"1 -2"], [b"NIL"], [(b"{2}", b"12"), b""], [b"9" * 11]]
)
def test_a_search_that_was_not_answered_says_nothing_of_what_has_left(lines):
	assert not answers.is_whole_search(lines)
	assert all(0 < uid < 2**32 for uid in answers.search_result(lines))


def test_an_envelope_tells_who_wrote_and_about_what():
	items = one(
		b'3 (UID 9 ENVELOPE ("Fri, 27 Nov 2026 10:00:00 +0000" "Printer" '
		b'(("Jane" NIL "jane" "customer.example")) NIL NIL NIL NIL NIL NIL "<1@customer.example>"))'
	)
	assert answers.header_of(items) == (
		b"Date: Fri, 27 Nov 2026 10:00:00 +0000\r\nSubject: Printer\r\n"
		b"From: jane@customer.example\r\nMessage-ID: <1@customer.example>\r\n\r\n"
	)


@pytest.mark.parametrize("envelope", [b"NIL", b"(NIL)", b"5", b"(" + b"NIL " * 10 + b")", b'("a" "b" "c")'])
def test_an_envelope_that_tells_nothing_is_none(envelope):
	assert answers.header_of(one(b"3 (ENVELOPE " + envelope + b")")) is None


def test_search_answers_on_several_lines_count_together():
	assert answers.search_result([b"1 2", b"", b"7 (MODSEQ 917)", b"9"]) == [1, 2, 7, 9]


def test_copyuid_pairs_sources_with_destinations():
	assert answers.copied("38505 304,319:320 3956:3958") == (38505, {304: 3956, 319: 3957, 320: 3958})
	assert answers.copied("7 5 9] Moved [UIDs") == (7, {5: 9})


@pytest.mark.parametrize(
	"copyuid", ["", "nonsense", "5 1:3 7:8", "5 1:99999999 1:99999999", "5 1: 2", "5 , ,"]
)
def test_a_copyuid_that_does_not_add_up_is_not_believed(copyuid):
	assert answers.copied(copyuid) == (0, {})


@given(st.sets(st.integers(1, 2**32 - 1), max_size=300), st.integers(1, 40))
def test_sets_name_exactly_their_messages(uids, most):
	sets = list(uid_sets(uids, most=most))
	assert [uid for uid_set, _ in sets for uid in expanded(uid_set)] == sorted(uids)
	assert all(len(expanded(uid_set)) == count <= most for uid_set, count in sets)


def test_sets_stay_below_the_length_of_a_command():
	sets = list(uid_sets(range(1, 200_000, 2)))
	assert max(len(uid_set) for uid_set, _ in sets) <= LONGEST_SET
	assert list(uid_sets(range(1, 200_001))) == [("1:200000", 200_000)]


def test_no_messages_are_no_command():
	assert list(uid_sets([])) == []
