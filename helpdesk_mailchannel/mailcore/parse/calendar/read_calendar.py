"""Reads a calendar text out in plain words: who, what, when, how often, where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from icalendar.prop import vDDDTypes

from helpdesk_mailchannel.mailcore.parse.calendar import calendar_words as say
from helpdesk_mailchannel.mailcore.parse.calendar.content_lines import (
	Component,
	Property,
	divide_calendar,
)
from helpdesk_mailchannel.mailcore.parse.calendar.repetition import repetition
from helpdesk_mailchannel.mailcore.parse.calendar.time_zones import TimeZones
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, Translate, in_a_row, verbatim

_ENTRIES = ("VEVENT", "VTODO")
_ORNAMENT = re.compile(r"^[-:~_=*]{20,}$\n?", re.MULTILINE)
"""Lines that separate what a calendar added to a description from what people wrote."""
_WITHOUT_SECONDS = re.compile(r"^\d{8}T\d{4}(?=Z?$)")
_EVENTS, _PEOPLE, _DATES = 10, 50, 10


def read_calendar(text: str, time_zone: str = "UTC", translate: Translate = str) -> str:
	"""Return the entries of a calendar text, at most ten, as lines for people; empty if it holds none.

	Times are shown in `time_zone`, the reader's, a name of the time zone database; `translate` puts the words
	into his language.
	"""
	components = divide_calendar(text)
	method = next((each.text("METHOD").upper() for each in components if each.first("METHOD")), "PUBLISH")
	clock = _Clock(TimeZones(components), ZoneInfo(time_zone))
	entries = [each for each in components if each.kind in _ENTRIES]
	return "\n\n".join(
		"\n".join(map(translate, _lines(method, each, clock))) + "\n" for each in entries[:_EVENTS]
	)


def _lines(method: str, entry: Component, clock: _Clock) -> Iterator[Sentence]:
	yield say.ENTRY.format(_said(method, entry), entry.text("SUMMARY") or say.NO_TITLE)
	yield from clock.lines(entry)
	if entry.text("LOCATION"):
		yield say.WHERE.format(entry.text("LOCATION"))
	organizer = entry.first("ORGANIZER")
	if organizer:
		yield say.ORGANISER.format(_person(organizer))
	attendees = [_attendee(each) for each in entry.every("ATTENDEE", _PEOPLE)]
	if attendees:
		left = len(entry.lines["ATTENDEE"]) - _PEOPLE
		yield say.ATTENDEES.format(_and_more(attendees, left))
	for name in ("COMMENT", "DESCRIPTION"):
		if entry.text(name):
			yield from (NOTHING, verbatim(_ORNAMENT.sub("", entry.text(name)).strip()))


def _said(method: str, entry: Component) -> Sentence:
	if entry.text("STATUS").upper() == "CANCELLED":
		return say.SAID["CANCEL"]
	if method == "REQUEST" and entry.text("SEQUENCE").lstrip("0").isdigit():
		return say.CHANGED
	return say.SAID.get(method, say.SAID["PUBLISH"])


def _and_more(words: Sequence[Sentence], left: int) -> Sentence:
	told = in_a_row(*words, between=", ")
	return say.AND_MORE.format(told, left) if left > 0 else told


def _person(found: Property) -> str:
	address = re.sub(r"^mailto:", "", found.value.strip(), flags=re.IGNORECASE)
	name = found.parameters.get("CN", "").strip()
	return f"{name} <{address}>" if name and name.lower() != address.lower() else address


def _attendee(found: Property) -> Sentence:
	answer = say.ANSWERS.get(found.parameters.get("PARTSTAT", "").upper())
	return say.PERSON_ANSWERED.format(_person(found), answer) if answer else verbatim(_person(found))


# ── When ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Moment:
	"""A day, a time with its zone, or a local time and what its sender calls the zone."""

	value: date
	zone: str = ""

	@property
	def is_day(self) -> bool:
		return not isinstance(self.value, datetime)

	def seen_in(self, zone: tzinfo | None) -> date:
		"""By the clock of this zone, if it is known what the time is there."""
		if not isinstance(self.value, datetime) or not self.value.tzinfo:
			return self.value
		try:
			return self.value.astimezone(zone).replace(tzinfo=None)
		except OverflowError:
			return self.value.replace(tzinfo=None)

	@property
	def tzinfo(self) -> tzinfo | None:
		"""None for a day, and for a time in an unknown zone."""
		return self.value.tzinfo if isinstance(self.value, datetime) else None

	@property
	def on_the_wall(self) -> date:
		"""By the sender's own clock."""
		return self.value.replace(tzinfo=None) if isinstance(self.value, datetime) else self.value


@dataclass(frozen=True)
class _Clock:
	"""Writes the moments of a calendar's entries by the reader's clock."""

	zones: TimeZones
	reader: ZoneInfo

	def lines(self, entry: Component) -> Iterator[Sentence]:
		"""Write when an entry is, and how often."""
		start = self.moment(entry.first("DTSTART"))
		end = self.end(entry, start)
		elsewhere = False
		if start:
			yield say.WHEN.format(self.span(start, end))
			elsewhere = bool(start.zone) and start.seen_in(self.reader) != start.on_the_wall
			if elsewhere:
				yield say.SENDERS_TIME.format(_in_senders_words(start, end))
		elif end:
			yield say.DUE.format(self.span(end, None))
		yield from self.series(entry, start if elsewhere else None)

	def series(self, entry: Component, elsewhere: _Moment | None) -> Iterator[Sentence]:
		"""Write which date of a series is meant, and what the series is; its weekdays are the sender's."""
		one = entry.first("RECURRENCE-ID")
		moment = self.moment(one)
		if one and moment:
			follows = one.parameters.get("RANGE", "").upper() == "THISANDFUTURE"
			yield (say.FROM_THEN_ON if follows else say.ONLY).format(self.span(moment, None))
		if entry.text("RRULE"):
			zone = elsewhere.tzinfo if elsewhere else self.reader
			rule = repetition(entry.text("RRULE"), lambda last: _shown(_Moment(last).seen_in(zone))[:10])
			if elsewhere:
				yield say.REPEATS_IN_ZONE.format(rule, elsewhere.zone)
			else:
				yield say.REPEATS.format(rule)
		for name, sentence in (("EXDATE", say.EXCEPT), ("RDATE", say.ALSO)):
			dates = self.dates(entry, name)
			if dates:
				yield sentence.format(dates)

	def dates(self, entry: Component, name: str) -> Sentence:
		"""Return the first dates of lists of dates."""
		count = sum(line.count(",") + 1 for line in entry.lines.get(name, ()))
		written = [
			replace(each, value=value)
			for each in entry.every(name, _DATES)
			for value in each.value.split(",", _DATES)[:_DATES]
		]
		told = [self.moment(each) for each in written[:_DATES]]
		return _and_more(
			[verbatim(_shown(each.seen_in(self.reader))) for each in told if each], count - _DATES
		)

	def moment(self, found: Property | None) -> _Moment | None:
		"""Return what a property says; the start of a period. None if it says no moment."""
		if not found:
			return None
		try:
			value = vDDDTypes.from_ical(
				_WITHOUT_SECONDS.sub(r"\g<0>00", found.value.strip().partition("/")[0])
			)
		except (ValueError, ArithmeticError):
			return None
		if not isinstance(value, datetime):
			return _Moment(value) if isinstance(value, date) else None
		if value.tzinfo:
			return _Moment(value)
		name = found.parameters.get("TZID", "").strip()
		zone = self.zones.find(name, value) if name else None
		return _Moment(value.replace(tzinfo=zone), _zone_name(zone) or name[:60])

	def end(self, entry: Component, start: _Moment | None) -> _Moment | None:
		"""Return when an entry ends; for whole days, calendars write the day after the last."""
		end = self.moment(entry.first("DTEND", "DUE"))
		if not end and start and entry.first("DURATION"):
			end = _after(start, entry.text("DURATION"))
		if end and end.is_day and start and start.is_day and entry.kind == "VEVENT":
			return _Moment(end.value - timedelta(days=1)) if end.value > start.value else None
		return end

	def span(self, start: _Moment, end: _Moment | None) -> Sentence:
		"""`2025-01-06 10:00 – 11:30 (Europe/Berlin)`."""
		told = _span(start.seen_in(self.reader), end.seen_in(self.reader) if end else None)
		if start.is_day:
			return say.ALL_DAY.format(told)
		zone = self.reader.key if start.tzinfo else start.zone or say.NO_ZONE
		return say.IN_ZONE.format(told, zone)


def _after(start: _Moment, duration: str) -> _Moment | None:
	try:
		length = vDDDTypes.from_ical(duration)
		return _Moment(start.value + length, start.zone) if isinstance(length, timedelta) else None
	except (ValueError, ArithmeticError):
		return None


def _in_senders_words(start: _Moment, end: _Moment | None) -> Sentence:
	return say.IN_ZONE.format(
		_span(start.on_the_wall, end.on_the_wall if end else None), start.zone or say.NO_ZONE
	)


def _span(start: date, end: date | None) -> Sentence:
	if end is None or end == start:
		return verbatim(_shown(start))
	first, last = _shown(start), _shown(end)
	return say.FROM_TO.format(first, last[11:] if first[:10] == last[:10] and last[11:] else last)


def _shown(moment: date) -> str:
	return moment.isoformat(" ", "minutes") if isinstance(moment, datetime) else moment.isoformat()


def _zone_name(zone: tzinfo | None) -> str:
	return zone.key if isinstance(zone, ZoneInfo) else ""
