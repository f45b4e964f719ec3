"""Puts a rule of repetition (RRULE, RFC 5545 3.3.10) into words.

No date is computed: a rule may name millions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from icalendar.prop import vRecur

from helpdesk_mailchannel.mailcore.parse.calendar import calendar_words as say
from helpdesk_mailchannel.mailcore.sentences import Sentence, in_a_row

_MOST = 12
"""Values of one part of a rule that are listed one by one."""
_TOLD = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "COUNT", "UNTIL", "WKST"}
_WORKING_DAYS = {"MO", "TU", "WE", "TH", "FR"}
_DAY = re.compile(r"([+-]?\d{1,2})?([A-Z]{2})")


def repetition(rule: str, show: Callable[[date], str]) -> Sentence:
	"""Write `every 2 weeks on Monday, 10 times`; `show` writes a moment. Quote a rule that cannot be read."""
	try:
		parts = {str(name).upper(): list(values) for name, values in vRecur.from_ical(rule).items()}
		return _in_words(parts, show)
	except (ValueError, LookupError, TypeError, ArithmeticError):
		return say.RULE_AS_WRITTEN.format(rule.strip()[:200])


def _in_words(rule: dict[str, list[object]], show: Callable[[date], str]) -> Sentence:
	one, several = say.EVERY[str(rule["FREQ"][0])]
	interval = int(str(rule.get("INTERVAL", [1])[0]))
	words = [one if interval == 1 else several.format(interval)]
	further = bool(set(rule) - _TOLD) or any(len(values) > _MOST for values in rule.values())
	if not further:
		words += [*_days(rule), *_days_of_month(rule), *_months(rule)]
	told = in_a_row(*words)
	if "COUNT" in rule:
		count = int(str(rule["COUNT"][0]))
		told = in_a_row(told, say.ONCE if count == 1 else say.TIMES.format(count), between="")
	until = rule.get("UNTIL", [None])[0]
	if isinstance(until, date):
		told = in_a_row(told, say.UNTIL.format(show(until)), between="")
	return in_a_row(told, say.FURTHER_RULES, between="") if further else told


def _days(rule: dict[str, list[object]]) -> list[Sentence]:
	days = [str(each) for each in rule.get("BYDAY", ())]
	positions = [int(str(each)) for each in rule.get("BYSETPOS", ())]
	if not days:
		return []
	if not positions:
		return [say.ON_DAYS.format(say.listed([_day(each) for each in days]))]
	which = say.listed([say.nth(each) for each in positions])
	if set(days) == _WORKING_DAYS:
		return [say.ON_NTH_WORKING_DAY.format(which)]
	if len(set(days)) == len(say.WEEKDAYS):
		return [say.ON_NTH_DAY.format(which)]
	return [say.ON_NTH_OF_DAYS.format(which, say.listed([_day(each) for each in days]))]


def _day(written: str) -> Sentence:
	found = _DAY.fullmatch(written)
	if not found:
		raise ValueError("no weekday")
	day = say.WEEKDAYS[found[2]]
	return say.NTH_WEEKDAY.format(say.nth(int(found[1])), day) if found[1] else day


def _days_of_month(rule: dict[str, list[object]]) -> list[Sentence]:
	days = [int(str(each)) for each in rule.get("BYMONTHDAY", ())]
	return [say.ON_DAYS.format(say.listed([_day_of_month(each) for each in days]))] if days else []


def _day_of_month(day: int) -> Sentence:
	return say.DAY_OF_MONTH.format(day) if day > 0 else say.NTH_DAY.format(say.nth(day))


def _months(rule: dict[str, list[object]]) -> list[Sentence]:
	months = [say.MONTHS[int(str(each)) - 1] for each in rule.get("BYMONTH", ()) if int(str(each)) > 0]
	return [say.IN_MONTHS.format(say.listed(months))] if months else []
