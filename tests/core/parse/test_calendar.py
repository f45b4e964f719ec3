"""Invitations, read out."""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.parse.calendar import read_calendar
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
	assert read_calendar(INVITATION) == (
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
	assert "When: 2025-01-06\n" in read_calendar(whole_day)
	assert "When: 2025-01-06 10:00 UTC\n" in read_calendar(
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
