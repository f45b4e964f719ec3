"""A message as a whole: times, recipients, threads, identity, importance, and what cannot be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from helpdesk_mailchannel.mailcore.errors import MessageError
from helpdesk_mailchannel.mailcore.model import Importance, RawMessage, RemoteRef
from helpdesk_mailchannel.mailcore.parse.message import HEADER_ONLY, parse
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.settings import Limits
from tests.core.parse.mails import NOW, mail, read


def utc(year: int, month: int, day: int, *time: int) -> datetime:
	hour, minute, second = (*time, 0, 0, 0)[:3]
	return datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)


# ── Times ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
	("written", "meant"),
	[
		("Mon, 6 Jan 2025 10:00:00 +0100", utc(2025, 1, 6, 9)),
		("6 Jan 2025 10:00 GMT", utc(2025, 1, 6, 10)),
		("Mon, 6 Jan 2025 10:00:00 -0000", utc(2025, 1, 6, 10)),
		("Mon, 6 Jan 2025 10:00:00", utc(2025, 1, 6, 10)),
		("Mon, 6 Jan 2025 10:00:00 GMT+0100", utc(2025, 1, 6, 9)),
		("Mon, 6 Jan 2025 10:00:00 +01:00", utc(2025, 1, 6, 9)),
		("Mon, 6 Jan 2025 10.00.00 +0100", utc(2025, 1, 6, 9)),
		("Mon, 6 Jan 2025 10:00:00 +0100 (CET)", utc(2025, 1, 6, 9)),
		("2025-01-06T10:00:00+01:00", utc(2025, 1, 6, 9)),
		("yesterday", None),
		("Mon, 99 Jan 2025 10:00:00 +0100", None),
		("Mon, 6 Jan 99999 10:00:00 +0100", None),
		("", None),
	],
)
def test_dates(written: str, meant: datetime | None) -> None:
	assert read(mail(date=written)).date == meant


def test_the_servers_word_for_the_arrival_counts_most() -> None:
	octets = mail(received="by mx; Tue, 7 Jan 2025 10:00:00 +0000", date="Mon, 6 Jan 2025 10:00:00 +0000")
	ref = RemoteRef("INBOX", 1, "1", len(octets), received_at=utc(2025, 1, 8))
	assert parse(RawMessage(ref, octets), Limits(), now=NOW).received_at == utc(2025, 1, 8)
	assert parse(RawMessage(replace(ref, received_at=None), octets), Limits(), now=NOW).received_at == utc(
		2025, 1, 7, 10
	)


def test_without_it_the_topmost_received_then_the_date_then_now() -> None:
	latest = b"Received: by a; Tue, 7 Jan 2025 10:00:00 +0000\r\n"
	earlier = b"Received: by b; Sun, 5 Jan 2025 10:00:00 +0000\r\n"
	assert read(latest + earlier + mail()).received_at == utc(2025, 1, 7, 10)
	assert read(mail(date="Mon, 6 Jan 2025 10:00:00 +0000")).received_at == utc(2025, 1, 6, 10)
	assert read(mail()).received_at == NOW


# ── Recipients and threads ───────────────────────────────────────────────────────────────────────────


def test_recipients_are_decoded() -> None:
	message = read(mail(to="=?utf-8?q?J=C3=A4ne?= <j@example.com>", cc="c@example.com", bcc="b@example.com"))
	assert [(each.address, each.name) for each in message.recipients] == [
		("j@example.com", "Jäne"),
		("c@example.com", ""),
		("b@example.com", ""),
	]


def test_where_it_was_delivered() -> None:
	message = read(
		mail(delivered_to="A@example.com", x_original_to="b@example.com", envelope_to="<a@example.com>")
	)
	assert message.delivered_to == ("a@example.com", "b@example.com")


def test_the_return_path_the_null_sender_and_none() -> None:
	assert read(mail(return_path="<A@example.com>")).return_path == "a@example.com"
	assert read(mail(return_path="<>")).return_path == ""
	assert read(mail()).return_path is None


@pytest.mark.parametrize(
	("written", "meant"),
	[
		("<a@x>", ("a@x",)),
		("<a@x> <b@x>", ("a@x", "b@x")),
		("<a@x>\r\n\t<b@x>", ("a@x", "b@x")),
		("<a@x>,<b@x>", ("a@x", "b@x")),
		("<a@\r\n x>", ("a@x",)),
		("<a@x> <a@x>", ("a@x",)),
		('Message of "Monday" <a@x>', ("a@x",)),
		("a@x b@x", ("a@x", "b@x")),
		("garbage", ()),
		("<>", ()),
		("", ()),
	],
)
def test_references_in_all_their_forms(written: str, meant: tuple[str, ...]) -> None:
	message = read(mail(references=written, in_reply_to=written))
	assert message.references == meant
	assert message.in_reply_to == meant


def test_a_very_long_thread_keeps_its_start_and_its_end() -> None:
	references = read(mail(references=" ".join(f"<{n}@x>" for n in range(1000)))).references
	assert (references[0], references[-1], len(references)) == ("0@x", "999@x", 200)


def test_the_message_id_stands_without_brackets() -> None:
	assert read(mail(message_id="<a@x>")).message_id == "a@x"
	assert read(mail(message_id="a@x")).message_id == "a@x"
	assert read(mail(message_id="<no-at-sign>")).message_id == "no-at-sign"
	assert read(mail()).message_id == ""


# ── Identity ─────────────────────────────────────────────────────────────────────────────────────────


def test_one_mail_delivered_twice_has_one_identity() -> None:
	octets = mail(message_id="<a@x>", date="Mon, 6 Jan 2025 10:00:00 +0000")
	first, second = read(b"Delivered-To: a@example.com\r\n" + octets), read(b"Received: by b; x\r\n" + octets)
	assert first.identity == second.identity


def test_a_message_id_used_again_for_other_words_has_another_identity() -> None:
	assert read(mail("one", message_id="<a@x>")).identity != read(mail("two", message_id="<a@x>")).identity


def test_without_a_message_id_the_words_tell_two_mails_apart() -> None:
	assert read(mail("one")).identity != read(mail("two")).identity
	assert read(mail("one")).identity == read(mail("one")).identity


# ── Importance ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
	("fields", "meant"),
	[
		({"importance": "High"}, Importance.HIGH),
		({"importance": "low"}, Importance.LOW),
		({"x_priority": "1 (Highest)"}, Importance.HIGH),
		({"x_priority": "2"}, Importance.HIGH),
		({"x_priority": "3"}, Importance.MEDIUM),
		({"x_priority": "5"}, Importance.LOW),
		({"priority": "urgent"}, Importance.HIGH),
		({"priority": "non-urgent"}, Importance.LOW),
		({"x_msmail_priority": "High"}, Importance.HIGH),
		({"importance": "normal", "x_priority": "1"}, Importance.HIGH),
		({"importance": "low", "x_priority": "1"}, Importance.LOW),
		({"importance": "whatever"}, Importance.MEDIUM),
		({}, Importance.MEDIUM),
	],
)
def test_importance(fields: dict[str, str], meant: Importance) -> None:
	assert read(mail(**fields)).importance is meant


# ── What is refused ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
	("octets", "limits", "reason", "words"),
	[
		(mail("a" * 200), Limits(message=100), Reason.TOO_LARGE, "octets"),
		(mail("\n" * 200), Limits(lines=100), Reason.TOO_COMPLEX, "lines"),
		(mail(x="a" * 2000), Limits(header_block=1000), Reason.TOO_COMPLEX, "octets of header"),
		(mail(x="a" * 2000), Limits(header=1000), Reason.TOO_COMPLEX, "one header field"),
		(mail(x="a" + "\r\n a" * 99), Limits(header_lines=50), Reason.TOO_COMPLEX, "header lines"),
		(b"", Limits(), Reason.UNREADABLE, "no header field"),
		(b"\r\n\r\n\r\n", Limits(), Reason.UNREADABLE, "no header field"),
		(b"no message at all", Limits(), Reason.UNREADABLE, "no header field"),
		(bytes(range(256)) * 10, Limits(), Reason.UNREADABLE, "no header field"),
	],
)
def test_each_refusal_names_its_reason(octets: bytes, limits: Limits, reason: Reason, words: str) -> None:
	with pytest.raises(MessageError, match=words) as refusal:
		read(octets, limits)
	assert refusal.value.reason is reason
	assert not refusal.value.passing


def test_a_header_alone_is_read_as_such() -> None:
	octets = mail()
	raw = RawMessage(RemoteRef("INBOX", 1, "1", 99_000_000), octets, header_only=True)
	message = parse(raw, Limits(), now=NOW)
	assert (message.subject, message.text, message.files) == ("Printer", None, ())
	assert message.defects == (HEADER_ONLY,)


def test_the_message_as_it_came_is_kept() -> None:
	octets = mail()
	assert read(octets).octets == octets
	assert read(octets).size == len(octets)


# ── Envelope ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
	("written", "meant"),
	[
		("<>", ""),
		(" < > ", ""),
		("<jane@example.com>", "jane@example.com"),
		("<MAILER-DAEMON>", None),
		("jane", None),
		("", None),
	],
)
def test_only_the_null_sender_is_an_empty_return_path(written: str, meant: str | None) -> None:
	assert read(b"Return-Path: " + written.encode() + b"\r\n" + mail()).return_path == meant


ALARM = b"From: door@plant.example\nTo: desk@desk.example\nSubject: ALARM door 3 open\n\nDoor 3 is open.\n"


def identity_of(octets: bytes, arrived: datetime = NOW) -> str:
	ref = RemoteRef("INBOX", 1, "1", len(octets), arrived)
	return parse(RawMessage(ref, octets), Limits(), now=NOW).identity


def test_alarms_without_message_id_and_date_are_told_apart_by_their_delivery():
	third, fourth = (
		f"Received: from door by mx.example; {day} Mar 2026 08:00:00 +0000\n".encode() + ALARM
		for day in (3, 4)
	)
	later = NOW + timedelta(days=1)
	assert identity_of(ALARM) == identity_of(ALARM)
	assert identity_of(ALARM) != identity_of(ALARM, later)
	assert identity_of(third) == identity_of(third, later), "a copy that was restored"
	assert identity_of(third) != identity_of(fourth)


def test_mail_with_a_date_is_known_by_its_words_wherever_it_was_delivered():
	dated = b"Date: Tue, 3 Mar 2026 08:00:00 +0000\n" + ALARM
	assert identity_of(dated) == identity_of(b"Received: from a by b; 4 Mar 2026 08:00:00 +0000\n" + dated)
