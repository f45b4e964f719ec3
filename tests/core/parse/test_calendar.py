"""Invitations, read out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_mailchannel.mailcore.parse.calendar.read_calendar import read_calendar
from tests.core.parse.mails import part, parts, read

INVITATION = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
DTSTART:19701025T030000
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:Printer\\, again
DTSTART;TZID=Europe/Berlin:20250106T100000
DTEND;TZID=Europe/Berlin:20250106T113000
LOCATION:Room 1\\nupstairs
ORGANIZER;CN="Doe, Jane":mailto:jane@example.com
ATTENDEE;PARTSTAT=ACCEPTED;CN=Bob:MAILTO:bob@example.com
ATTENDEE:mailto:eve@exam
 ple.com
DESCRIPTION:It burns.\\nBring water.
BEGIN:VALARM
DESCRIPTION:Reminder
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def test_an_invitation_says_who_what_when_and_where() -> None:
	assert read_calendar(INVITATION, "Europe/Berlin") == (
		"Invitation: Printer, again\n"
		"When: 2025-01-06 10:00 – 11:30 (Europe/Berlin)\n"
		"Where: Room 1\nupstairs\n"
		"Organiser: Doe, Jane <jane@example.com>\n"
		"Attendees: Bob <bob@example.com> (accepted), eve@example.com\n"
		"\n"
		"It burns.\nBring water.\n"
	)


def test_a_cancellation_and_an_answer_say_so() -> None:
	assert read_calendar(INVITATION.replace("REQUEST", "CANCEL")).startswith("Cancelled: Printer")
	assert read_calendar(INVITATION.replace("REQUEST", "REPLY")).startswith(
		"Answer to an invitation: Printer"
	)


def test_a_day_without_a_time_and_a_moment_in_utc() -> None:
	whole_day = "BEGIN:VEVENT\nSUMMARY:x\nDTSTART;VALUE=DATE:20250106\nEND:VEVENT"
	assert "When: 2025-01-06, all day\n" in read_calendar(whole_day)
	assert "When: 2025-01-06 10:00 (UTC)\n" in read_calendar(
		whole_day.replace(";VALUE=DATE:20250106", ":20250106T100000Z")
	)


def test_what_is_no_calendar_says_nothing() -> None:
	assert read_calendar("hello") == ""
	assert read_calendar("BEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VEVENT") == ""


def test_an_invitation_is_read_out_and_attached() -> None:
	message = read(
		parts(part("text/calendar; method=REQUEST; charset=utf-8", INVITATION.replace("\n", "\r\n")))
	)
	assert (message.text or "").startswith("Invitation: Printer, again")
	assert [(each.name, each.content_type) for each in message.files] == [("invite.ics", "text/calendar")]


def test_beside_the_senders_own_words_both_are_kept() -> None:
	octets = parts(part("text/plain", "Please come."), part("text/calendar", INVITATION), kind="alternative")
	assert (read(octets).text or "").startswith("Please come.\n\nInvitation:")


def test_beside_words_in_html_it_is_shown_with_them() -> None:
	octets = parts(
		part("text/plain", "Please come."),
		part("text/html", "<p>Please come.</p>"),
		part("text/calendar", INVITATION),
		kind="alternative",
	)
	message = read(octets)
	assert (message.text or "").startswith("Please come.\n\nInvitation:")
	assert (message.html or "").startswith("<p>Please come.</p>\n<br>\n<pre>Invitation:")


def test_ornaments_of_a_description_are_left_out() -> None:
	ornament = "-::~:~::~:~:~:~:~:~:~:~:~:~::~:~::-"
	description = f"DESCRIPTION:Come.\\n\\n{ornament}\\nJoin by telephone\\n{ornament}"
	text = read_calendar(f"BEGIN:VEVENT\nSUMMARY:Printer\n{description}\nEND:VEVENT")
	assert text.endswith("Come.\n\nJoin by telephone\n")


# ── When, in whose time ──────────────────────────────────────────────────────────────────────────────


def event(*lines: str, method: str = "REQUEST", zone: str = "") -> str:
	inside = "\n".join(["BEGIN:VEVENT", "SUMMARY:Visit", *lines, "END:VEVENT"])
	return f"BEGIN:VCALENDAR\nMETHOD:{method}\n{zone}\n{inside}\nEND:VCALENDAR"


def told(*lines: str, reader: str = "America/New_York", zone: str = "") -> list[str]:
	return read_calendar(event(*lines, zone=zone), reader).splitlines()[1:]


CENTRAL_EUROPE = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


@pytest.mark.parametrize(
	"name",
	[
		"Europe/Berlin",
		"W. Europe Standard Time",
		'"W. Europe Standard Time"',
		"/freeassociation.sourceforge.net/Europe/Berlin",
		"/mozilla.org/20050126_1/Europe/Berlin",
		"Customized Time Zone",
	],
)
@pytest.mark.parametrize(("day", "hour"), [("20250106", "04"), ("20250706", "04"), ("20250320", "05")])
def test_a_time_is_shown_by_the_readers_clock_whatever_the_sender_calls_his_zone(
	name: str, day: str, hour: str
) -> None:
	lines = told(f"DTSTART;TZID={name}:{day}T100000", zone=CENTRAL_EUROPE)
	shown = f"{day[:4]}-{day[4:6]}-{day[6:]}"
	assert lines[0] == f"When: {shown} {hour}:00 (America/New_York)"
	assert lines[1].startswith(f"Sender's time: {shown} 10:00 (")


def test_the_senders_time_is_left_out_where_his_clock_shows_the_same() -> None:
	start = "DTSTART;TZID=Europe/Paris:20250106T100000"
	assert told(start, reader="Europe/Berlin") == ["When: 2025-01-06 10:00 (Europe/Berlin)"]


def test_a_time_of_which_nobody_knows_the_zone_is_shown_as_it_was_written() -> None:
	assert told("DTSTART;TZID=Moon/Sea:20250106T100000") == ["When: 2025-01-06 10:00 (Moon/Sea)"]
	assert told("DTSTART:20250106T100000") == ["When: 2025-01-06 10:00 (time zone not given)"]
	for name in ("Europe", "../../etc/passwd", "/etc/localtime", "x" * 5_000):
		assert told(f"DTSTART;TZID={name}:20250106T100000")[0].startswith("When: 2025-01-06 10:00 (")


def test_a_zone_that_one_sender_defines_is_unknown_in_the_mail_of_the_next() -> None:
	start = "DTSTART;TZID=Customized Time Zone:20250106T100000"
	assert told(start, zone=CENTRAL_EUROPE)[0] == "When: 2025-01-06 04:00 (America/New_York)"
	assert told(start) == ["When: 2025-01-06 10:00 (Customized Time Zone)"]


@pytest.mark.parametrize(
	("lines", "when"),
	[
		(
			["DTSTART:20250106T150000Z", "DTEND:20250106T160000Z"],
			"2025-01-06 10:00 – 11:00 (America/New_York)",
		),
		(["DTSTART:20250106T150000Z", "DURATION:PT90M"], "2025-01-06 10:00 – 11:30 (America/New_York)"),
		(
			["DTSTART:20250107T030000Z", "DTEND:20250107T070000Z"],
			"2025-01-06 22:00 – 2025-01-07 02:00 (America/New_York)",
		),
		(["DTSTART;VALUE=DATE:20250106", "DTEND;VALUE=DATE:20250107"], "2025-01-06, all day"),
		(["DTSTART;VALUE=DATE:20250106", "DTEND;VALUE=DATE:20250109"], "2025-01-06 – 2025-01-08, all day"),
		(["DTSTART;VALUE=DATE:20250106", "DURATION:P2D"], "2025-01-06 – 2025-01-07, all day"),
		(["DTSTART:20250106T1500Z"], "2025-01-06 10:00 (America/New_York)"),
		(["DTSTART:20250106T150000Z", "DURATION:P" + "9" * 30 + "D"], "2025-01-06 10:00 (America/New_York)"),
	],
)
def test_an_invitation_says_when_it_ends(lines: list[str], when: str) -> None:
	assert told(*lines) == [f"When: {when}"]


def test_a_moment_at_the_edge_of_time_is_shown_as_it_was_written() -> None:
	assert told("DTSTART:00010101T000000Z") == ["When: 0001-01-01 00:00 (America/New_York)"]
	assert told("DTSTART:99991399T000000Z", "DTEND:nonsense") == []


def test_a_task_says_when_it_is_due() -> None:
	text = read_calendar("BEGIN:VTODO\nSUMMARY:Report\nDUE:20250106T150000Z\nEND:VTODO", "Europe/Berlin")
	assert text == "Calendar entry: Report\nDue: 2025-01-06 16:00 (Europe/Berlin)\n"


# ── How often ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
	("rule", "words"),
	[
		("FREQ=DAILY", "every day"),
		("FREQ=DAILY;INTERVAL=3;COUNT=10", "every 3 days, 10 times"),
		("FREQ=WEEKLY;BYDAY=MO", "every week on Monday"),
		("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR;WKST=MO", "every 2 weeks on Monday, Wednesday and Friday"),
		("FREQ=WEEKLY;UNTIL=20250630T220000Z", "every week, until 2025-07-01"),
		("FREQ=WEEKLY;UNTIL=20250630", "every week, until 2025-06-30"),
		("FREQ=MONTHLY;BYDAY=2TU", "every month on the second Tuesday"),
		("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday"),
		("FREQ=MONTHLY;BYMONTHDAY=15,-1", "every month on day 15 and the last day"),
		("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", "every month on the second of Tuesday"),
		(
			"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
			"every month on the last day from Monday to Friday",
		),
		("FREQ=MONTHLY;BYDAY=SU,MO,TU,WE,TH,FR,SA;BYSETPOS=1", "every month on the first day"),
		("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "every year on the last Sunday in March"),
		("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=6", "every year on day 6 in March"),
		("FREQ=DAILY;COUNT=1", "every day, once"),
		("FREQ=DAILY;BYHOUR=9,15", "every day, by further rules (see the attached calendar file)"),
		("FREQ=SOMETIMES", "by the rule FREQ=SOMETIMES"),
		("FREQ=WEEKLY;BYDAY=XX", "by the rule FREQ=WEEKLY;BYDAY=XX"),
	],
)
def test_a_repetition_is_told_in_words(rule: str, words: str) -> None:
	start = "DTSTART;TZID=Europe/Berlin:20250106T100000"
	assert told(start, f"RRULE:{rule}", reader="Europe/Berlin")[1] == f"Repeats: {words}"


def test_the_weekdays_of_a_repetition_are_said_to_be_the_senders() -> None:
	lines = told(
		"DTSTART;TZID=Asia/Tokyo:20250107T090000", "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20250701T000000Z"
	)
	assert lines == [
		"When: 2025-01-06 19:00 (America/New_York)",
		"Sender's time: 2025-01-07 09:00 (Asia/Tokyo)",
		"Repeats: every week on Tuesday, until 2025-07-01 (Asia/Tokyo)",
	]


def test_dates_that_a_series_leaves_out_or_adds_are_named() -> None:
	many = ",".join(f"202501{day:02}" for day in range(10, 22))
	lines = told(
		"DTSTART;VALUE=DATE:20250106", "RRULE:FREQ=DAILY", f"EXDATE;VALUE=DATE:{many}", "RDATE:20250301"
	)
	assert lines[2].startswith("Except: 2025-01-10, 2025-01-11") and lines[2].endswith(
		"2025-01-19 and 2 more"
	)
	assert lines[3] == "Also: 2025-03-01"


def test_one_date_of_a_series_and_all_from_one_on_are_told_apart() -> None:
	one = told("DTSTART:20250106T150000Z", "RECURRENCE-ID:20250105T150000Z")
	assert one[1] == "Concerns only: 2025-01-05 10:00 (America/New_York)"
	rest = told("DTSTART:20250106T150000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20250105T150000Z")
	assert rest[1] == "Concerns all dates from: 2025-01-05 10:00 (America/New_York)"


def test_a_change_and_a_counter_proposal_say_so() -> None:
	assert read_calendar(event("SEQUENCE:0")).startswith("Invitation: Visit")
	assert read_calendar(event("SEQUENCE:2")).startswith("Changed invitation: Visit")
	assert read_calendar(event(method="COUNTER")).startswith("Counter-proposal: Visit")
	assert read_calendar(event("STATUS:CANCELLED")).startswith("Cancelled: Visit")


# ── What is broken or hostile ────────────────────────────────────────────────────────────────────────


def test_a_calendar_without_its_end_is_read() -> None:
	assert read_calendar("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Visit\nLOCATION:Here") == (
		"Calendar entry: Visit\nWhere: Here\n"
	)


def test_a_line_that_nobody_can_read_leaves_the_others() -> None:
	lines = told("LOCATION;X=;Y:There", 'ATTENDEE;CN=a "b:mailto:b@example.com', "DTSTART:20250106T150000Z")
	assert lines == ["When: 2025-01-06 10:00 (America/New_York)"]


@given(st.lists(st.sampled_from(event("DTSTART:20250106T150000Z", zone=CENTRAL_EUROPE).split("\n"))))
def test_lines_in_any_order_are_read_without_an_error(lines: list[str]) -> None:
	assert isinstance(read_calendar("\n".join(lines)), str)


@given(
	st.sampled_from(
		["DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RECURRENCE-ID", "SEQUENCE", "ATTENDEE"]
	),
	st.text(st.sampled_from('0123456789TZP-+/,;:=\\"DTSTARTFREQWEEKLYBYDAYMO '), max_size=60),
)
def test_values_of_any_form_are_read_without_an_error(name: str, value: str) -> None:
	read_calendar(
		event("DTSTART:20250106T150000Z", f"{name}:{value}", f"{name};TZID={value}:20250106T150000")
	)


@given(st.text(st.sampled_from("0123456789TZP-+,;=DAILYYEARLYBYDAYMOSU "), max_size=60))
def test_zones_of_any_form_are_read_without_an_error(value: str) -> None:
	for known in ("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "16010101T030000", "+0100"):
		told("DTSTART;TZID=Customized Time Zone:20250106T100000", zone=CENTRAL_EUROPE.replace(known, value))
