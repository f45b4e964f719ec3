"""Every word that is said about an invitation."""

from __future__ import annotations

from collections.abc import Sequence

SAID = {
	"REQUEST": "Invitation",
	"PUBLISH": "Calendar entry",
	"CANCEL": "Cancelled",
	"REPLY": "Answer to an invitation",
	"COUNTER": "Counter-proposal",
	"DECLINECOUNTER": "Counter-proposal declined",
	"ADD": "Further date",
	"REFRESH": "Request for an update",
}
CHANGED = "Changed invitation"
NO_TITLE = "(no title)"
ANSWERS = {
	"ACCEPTED": "accepted",
	"DECLINED": "declined",
	"TENTATIVE": "tentative",
	"DELEGATED": "delegated",
}

WHEN = "When: {when}"
DUE = "Due: {when}"
SENDERS_TIME = "Sender's time: {when}"
ONLY = "Concerns only: {when}"
FROM_THEN_ON = "Concerns all dates from: {when}"
REPEATS = "Repeats: {rule}"
REPEATS_IN_ZONE = "Repeats: {rule} ({zone})"
EXCEPT = "Except: {dates}"
ALSO = "Also: {dates}"
WHERE = "Where: {place}"
ORGANISER = "Organiser: {person}"
ATTENDEES = "Attendees: {people}"
AND_MORE = "{listed} and {count} more"

FROM_TO = "{start} – {end}"
IN_ZONE = "{when} ({zone})"
ALL_DAY = "{when}, all day"
NO_ZONE = "time zone not given"

EVERY = {
	"SECONDLY": ("every second", "every {count} seconds"),
	"MINUTELY": ("every minute", "every {count} minutes"),
	"HOURLY": ("every hour", "every {count} hours"),
	"DAILY": ("every day", "every {count} days"),
	"WEEKLY": ("every week", "every {count} weeks"),
	"MONTHLY": ("every month", "every {count} months"),
	"YEARLY": ("every year", "every {count} years"),
}
ON_DAYS = "on {days}"
NTH_WEEKDAY = "the {nth} {day}"
DAY_OF_MONTH = "day {day}"
NTH_DAY = "the {nth} day"
ON_NTH_DAY = "on the {nth} day"
ON_NTH_WORKING_DAY = "on the {nth} day from Monday to Friday"
ON_NTH_OF_DAYS = "on the {nth} of {days}"
IN_MONTHS = "in {months}"
ONCE = ", once"
TIMES = ", {count} times"
UNTIL = ", until {date}"
FURTHER_RULES = ", by further rules (see the attached calendar file)"
RULE_AS_WRITTEN = "by the rule {rule}"
WEEKDAYS = {
	"MO": "Monday",
	"TU": "Tuesday",
	"WE": "Wednesday",
	"TH": "Thursday",
	"FR": "Friday",
	"SA": "Saturday",
	"SU": "Sunday",
}
MONTHS = (
	"January",
	"February",
	"March",
	"April",
	"May",
	"June",
	"July",
	"August",
	"September",
	"October",
	"November",
	"December",
)
_NTH = {
	1: "first",
	2: "second",
	3: "third",
	4: "fourth",
	5: "fifth",
	-1: "last",
	-2: "second to last",
	-3: "third to last",
}
_NUMBERED = "{number}th"
_NUMBERED_FROM_END = "{number}th to last"
_LAST_OF_LIST = "{listed} and {last}"


def nth(number: int) -> str:
	"""`first`, `6th`; counted from the end where negative: `last`, `third to last`."""
	if number in _NTH:
		return _NTH[number]
	return (_NUMBERED if number > 0 else _NUMBERED_FROM_END).format(number=abs(number))


def listed(words: Sequence[str]) -> str:
	"""`Monday, Tuesday and Friday`."""
	if len(words) < 2:
		return "".join(words)
	return _LAST_OF_LIST.format(listed=", ".join(words[:-1]), last=words[-1])
