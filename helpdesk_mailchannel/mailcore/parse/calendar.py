"""Reads an invitation (iCalendar, RFC 5545) out in plain words: who, what, when, where."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SAID = {
	"REQUEST": "Invitation",
	"PUBLISH": "Calendar entry",
	"CANCEL": "Cancelled",
	"REPLY": "Answer to an invitation",
	"COUNTER": "Counter-proposal",
	"DECLINECOUNTER": "Counter-proposal declined",
	"ADD": "Further date",
	"REFRESH": "Request for an update",
}
_ANSWERS = {
	"ACCEPTED": "accepted",
	"DECLINED": "declined",
	"TENTATIVE": "tentative",
	"DELEGATED": "delegated",
}
_LINE = re.compile(r"([A-Za-z0-9-]{1,60})((?:;[^:\"]{0,500}(?:\"[^\"]{0,500}\"[^:\"]{0,500}){0,20})?):(.*)")
_PARAMETER = re.compile(r";([A-Za-z0-9-]{1,60})=(\"[^\"]*\"|[^;:]*)")
_MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{0,2}(Z?))?")
_ORNAMENT = re.compile(r"^[-:~_=*]{20,}$\n?", re.MULTILINE)
"""Lines that part what a calendar added to a description from what people wrote."""
_EVENTS, _PEOPLE, _LINES = 10, 50, 5_000


@dataclass(frozen=True)
class _Property:
	name: str
	parameters: dict[str, str]
	value: str

	@property
	def text(self) -> str:
		"""The value with its escapes undone."""
		undone = re.sub(r"\\([nN,;\\])", lambda found: "\n" if found[1] in "nN" else found[1], self.value)
		return undone.strip()


def read_calendar(text: str) -> str:
	"""The entries of a calendar text, ten at most, as lines for people; empty where it holds none."""
	properties = _properties(text)
	method = next((each.value.strip().upper() for each in properties if each.name == "METHOD"), "PUBLISH")
	events = _events(properties)
	return "\n\n".join(_event(method, event) for event in events[:_EVENTS])


def _properties(text: str) -> list[_Property]:
	unfolded = re.sub(r"\n[ \t]", "", text)
	found = (_LINE.fullmatch(line) for line in unfolded.split("\n")[:_LINES])
	return [_Property(each[1].upper(), _parameters(each[2]), each[3]) for each in found if each]


def _parameters(text: str) -> dict[str, str]:
	return {name.upper(): value.strip('"') for name, value in _PARAMETER.findall(text)}


def _events(properties: list[_Property]) -> list[list[_Property]]:
	"""The properties of each event or to-do; those of alarms and time zones within are skipped."""
	events: list[list[_Property]] = []
	within: list[str] = []
	for each in properties:
		kind = each.value.strip().upper()
		if each.name == "BEGIN":
			within.append(kind)
			if kind in ("VEVENT", "VTODO"):
				events.append([])
		elif each.name == "END":
			if kind in within:
				within = within[: len(within) - 1 - within[::-1].index(kind)]
		elif events and within and within[-1] in ("VEVENT", "VTODO"):
			events[-1].append(each)
	return events


def _event(method: str, event: list[_Property]) -> str:
	first = {each.name: each for each in reversed(event)}
	summary = first["SUMMARY"].text if "SUMMARY" in first else "(no title)"
	status = first["STATUS"].value.strip().upper() if "STATUS" in first else ""
	said = _SAID["CANCEL"] if status == "CANCELLED" else _SAID.get(method, "Calendar entry")
	lines = [f"{said}: {summary}"]
	when = _when(first)
	if when:
		lines.append(f"When: {when}")
	if "RRULE" in first:
		lines.append(f"Repeats: {first['RRULE'].value.strip().lower().replace(';', ', ').replace('=', ' ')}")
	if "LOCATION" in first and first["LOCATION"].text:
		lines.append(f"Where: {first['LOCATION'].text}")
	if "ORGANIZER" in first:
		lines.append(f"Organiser: {_person(first['ORGANIZER'])}")
	attendees = [_attendee(each) for each in event if each.name == "ATTENDEE"]
	if attendees:
		more = f" and {len(attendees) - _PEOPLE} more" if len(attendees) > _PEOPLE else ""
		lines.append(f"Attendees: {', '.join(attendees[:_PEOPLE])}{more}")
	for name in ("COMMENT", "DESCRIPTION"):
		if name in first and first[name].text:
			lines += ["", _ORNAMENT.sub("", first[name].text).strip()]
	return "\n".join(lines) + "\n"


def _when(first: dict[str, _Property]) -> str:
	start = _moment(first.get("DTSTART"))
	end = _moment(first.get("DTEND") or first.get("DUE"))
	zone = first["DTSTART"].parameters.get("TZID", "") if "DTSTART" in first else ""
	if start and end and start[:10] == end[:10] and len(end) > 10:
		end = end[11:]
	return " – ".join(filter(None, (start, end))) + (f" ({zone})" if zone and start else "")


def _moment(found: _Property | None) -> str:
	match = _MOMENT.match(found.value.strip()) if found else None
	if not match:
		return ""
	day = f"{match[1]}-{match[2]}-{match[3]}"
	return f"{day} {match[4]}:{match[5]}{' UTC' if match[6] else ''}" if match[4] else day


def _person(found: _Property) -> str:
	address = re.sub(r"^mailto:", "", found.value.strip(), flags=re.IGNORECASE)
	name = found.parameters.get("CN", "").strip()
	return f"{name} <{address}>" if name and name.lower() != address.lower() else address


def _attendee(found: _Property) -> str:
	answer = _ANSWERS.get(found.parameters.get("PARTSTAT", "").upper(), "")
	return _person(found) + (f" ({answer})" if answer else "")
