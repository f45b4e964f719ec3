"""Every word that is said about an invitation."""

from __future__ import annotations

from collections.abc import Sequence

from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, _, in_a_row

SAID = {
	"REQUEST": _("Invitation"),
	"PUBLISH": _("Calendar entry"),
	"CANCEL": _("Cancelled"),
	"REPLY": _("Answer to an invitation"),
	"COUNTER": _("Counter-proposal"),
	"DECLINECOUNTER": _("Counter-proposal declined"),
	"ADD": _("Further date"),
	"REFRESH": _("Request for an update"),
}
ENTRY = _("{0}: {1}")
"""What it is, and its title."""
CHANGED = _("Changed invitation")
NO_TITLE = _("(no title)")
ANSWERS = {
	"ACCEPTED": _("accepted"),
	"DECLINED": _("declined"),
	"TENTATIVE": _("tentative"),
	"DELEGATED": _("delegated"),
}

WHEN = _("When: {0}")
DUE = _("Due: {0}")
SENDERS_TIME = _("Sender's time: {0}")
ONLY = _("Concerns only: {0}")
FROM_THEN_ON = _("Concerns all dates from: {0}")
REPEATS = _("Repeats: {0}")
REPEATS_IN_ZONE = _("Repeats: {0} ({1})")
EXCEPT = _("Except: {0}")
ALSO = _("Also: {0}")
WHERE = _("Where: {0}")
ORGANISER = _("Organiser: {0}")
ATTENDEES = _("Attendees: {0}")
PERSON_ANSWERED = _("{0} ({1})")
AND_MORE = _("{0} and {1} more")

FROM_TO = _("{0} – {1}")
IN_ZONE = _("{0} ({1})")
ALL_DAY = _("{0}, all day")
NO_ZONE = _("time zone not given")

EVERY = {
	"SECONDLY": (_("every second"), _("every {0} seconds")),
	"MINUTELY": (_("every minute"), _("every {0} minutes")),
	"HOURLY": (_("every hour"), _("every {0} hours")),
	"DAILY": (_("every day"), _("every {0} days")),
	"WEEKLY": (_("every week"), _("every {0} weeks")),
	"MONTHLY": (_("every month"), _("every {0} months")),
	"YEARLY": (_("every year"), _("every {0} years")),
}
ON_DAYS = _("on {0}")
NTH_WEEKDAY = _("the {0} {1}")
DAY_OF_MONTH = _("day {0}")
NTH_DAY = _("the {0} day")
ON_NTH_DAY = _("on the {0} day")
ON_NTH_WORKING_DAY = _("on the {0} day from Monday to Friday")
ON_NTH_OF_DAYS = _("on the {0} of {1}")
IN_MONTHS = _("in {0}")
ONCE = _(", once")
TIMES = _(", {0} times")
UNTIL = _(", until {0}")
FURTHER_RULES = _(", by further rules (see the attached calendar file)")
RULE_AS_WRITTEN = _("by the rule {0}")
WEEKDAYS = {
	"MO": _("Monday"),
	"TU": _("Tuesday"),
	"WE": _("Wednesday"),
	"TH": _("Thursday"),
	"FR": _("Friday"),
	"SA": _("Saturday"),
	"SU": _("Sunday"),
}
MONTHS = (
	_("January"),
	_("February"),
	_("March"),
	_("April"),
	_("May"),
	_("June"),
	_("July"),
	_("August"),
	_("September"),
	_("October"),
	_("November"),
	_("December"),
)
_NTH = {
	1: _("first"),
	2: _("second"),
	3: _("third"),
	4: _("fourth"),
	5: _("fifth"),
	-1: _("last"),
	-2: _("second to last"),
	-3: _("third to last"),
}
_NUMBERED = _("{0}th")
_NUMBERED_FROM_END = _("{0}th to last")
_LAST_OF_LIST = _("{0} and {1}")


def nth(number: int) -> Sentence:
	"""`first`, `6th`; counted from the end where negative: `last`, `third to last`."""
	if number in _NTH:
		return _NTH[number]
	return (_NUMBERED if number > 0 else _NUMBERED_FROM_END).format(abs(number))


def listed(words: Sequence[Sentence]) -> Sentence:
	"""`Monday, Tuesday and Friday`."""
	if len(words) < 2:
		return words[0] if words else NOTHING
	return _LAST_OF_LIST.format(in_a_row(*words[:-1], between=", "), words[-1])
