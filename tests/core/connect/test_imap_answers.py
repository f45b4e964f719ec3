"""Answers of IMAP servers, and of those that are not quite IMAP."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imapclient.exceptions import ProtocolError

from helpdesk_mailchannel.mailcore.connect import imap_answers as answers
from helpdesk_mailchannel.mailcore.connect.imap_answers import LONGEST_SET, expanded, uid_sets


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


def test_what_came_before_the_end_is_kept_only_when_asked_for():
	lines = [b"5 (UID 10 RFC822.SIZE 1)", (b"6 (UID 11 BODY[] {2}", b"ab")]
	assert [answers.uid_of(items) for items in answers.fetch_answers(lines, lenient=True)] == [10]
	with pytest.raises(ProtocolError):
		list(answers.fetch_answers(lines))


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
