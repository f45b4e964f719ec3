"""Finds the time zone that a calendar names.

It is found by its name in the time zone database or in Windows, or else as the calendar itself defines it.

A definition (VTIMEZONE, RFC 5545 3.6.5) is a stranger's rule for all time. Only the form that programs write
is followed, one change a year on the nth weekday of a month; nothing is counted from 1601 to today.
"""

from __future__ import annotations

import re
from calendar import monthcalendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from icalendar.prop import vDDDTypes, vRecur, vUTCOffset
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from helpdesk_mailchannel.mailcore.parse.calendar.content_lines import Component

_KEY = re.compile(r"[A-Za-z0-9_+-]{1,30}(?:/[A-Za-z0-9_+-]{1,30}){0,2}")
_UTC = frozenset({"UTC", "GMT", "Z", "ETC/UTC", "ETC/GMT"})
_OUR_OWN = frozenset({"localtime", "posixrules"})
"""Files of the database about the machine it is on."""
_CHANGES = 20
"""Observances of one definition that are read."""
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class _Change:
	"""From when on which offset applies: once, or every year."""

	start: datetime
	offset: timedelta
	month: int = 0
	"""0: once only."""
	weekday: int = 0
	nth: int = 0

	def latest(self, wall: datetime) -> datetime | None:
		"""Return the last time it happened before this moment of local time."""
		if not self.month:
			return self.start if self.start <= wall else None
		onsets = [self._in(year) for year in (wall.year, wall.year - 1) if year >= self.start.year]
		return next((onset for onset in onsets if onset and onset <= wall), None)

	def _in(self, year: int) -> datetime | None:
		days = [week[self.weekday] for week in monthcalendar(year, self.month) if week[self.weekday]]
		position = self.nth - 1 if self.nth > 0 else self.nth
		return self.start.replace(year=year, month=self.month, day=days[position])


class TimeZones:
	"""The time zones of one calendar."""

	def __init__(self, components: Iterable[Component]) -> None:
		self._defined = {
			each.text("TZID"): each for each in reversed(list(components)) if each.kind == "VTIMEZONE"
		}

	def find(self, name: str, wall: datetime) -> tzinfo | None:
		"""Return the zone of this name, or its offset at this moment; None if it is unknown."""
		name = name.strip(" \"'")
		if name.rpartition("/")[2].upper() in _UTC:
			return timezone.utc
		named = _named(name)
		# `EST` is a fixed offset in the database, but often a zone with summer time in calendars.
		is_exact = isinstance(named, ZoneInfo) and "/" in named.key
		return named if is_exact else self._offset(name, wall) or named

	def _offset(self, name: str, wall: datetime) -> tzinfo | None:
		if name not in self._defined:
			return None
		try:
			changes = list(_changes(self._defined[name]))
			held = [(onset, each.offset) for each in changes if (onset := each.latest(wall))]
			return timezone(max(held)[1] if held else changes[0].offset)
		except (ValueError, ArithmeticError, LookupError, TypeError):
			return None


def _named(name: str) -> ZoneInfo | None:
	"""Find it by the database's name, Windows' name, or a path that ends with one (Mozilla, Evolution)."""
	known = WINDOWS_TO_OLSON.get(name)
	parts = name.split("/")
	for key in [known] if known else [name, "/".join(parts[-3:]), "/".join(parts[-2:])]:
		if not _KEY.fullmatch(key) or key in _OUR_OWN:
			continue
		try:
			return ZoneInfo(key)
		except (LookupError, ValueError, OSError):
			continue
	return None


def _changes(definition: Component) -> Iterator[_Change]:
	"""Yield the changes of a definition. Raise ValueError, LookupError or TypeError for other forms."""
	observances = [each for each in definition.children if each.kind in ("STANDARD", "DAYLIGHT")]
	for each in observances[:_CHANGES]:
		start = vDDDTypes.from_ical(each.text("DTSTART"))
		offset = vUTCOffset.from_ical(each.text("TZOFFSETTO"))
		if not isinstance(start, datetime) or not isinstance(offset, timedelta) or each.first("RDATE"):
			raise ValueError("another form of definition")
		start = start.replace(tzinfo=None)
		rule = dict(vRecur.from_ical(each.text("RRULE"))) if each.first("RRULE") else {}
		yield _Change(start, offset, *_yearly(rule)) if rule else _Change(start, offset)


def _yearly(rule: dict[str, list[object]]) -> tuple[int, int, int]:
	"""Return month, weekday (0 is Monday) and which one of the month."""
	if rule.pop("FREQ") != ["YEARLY"] or rule.pop("INTERVAL", [1]) != [1]:
		raise ValueError("another form of rule")
	(month,), (day,) = rule.pop("BYMONTH"), rule.pop("BYDAY")
	if set(rule) - {"WKST"}:
		raise ValueError("another form of rule")
	found = re.fullmatch(r"([+-]?[1-5])([A-Z]{2})", str(day))
	if not found or not 1 <= int(str(month)) <= 12:
		raise ValueError("another form of rule")
	return int(str(month)), _WEEKDAYS.index(found[2]), int(found[1])
