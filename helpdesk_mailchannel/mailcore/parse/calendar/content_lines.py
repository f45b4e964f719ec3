"""Divides a calendar text into its components and their properties (RFC 5545, 3.1 and 3.4), within bounds.

icalendar reads the lines. Which component a line belongs to is decided here, because a calendar without an
end, or an event by itself, is worth reading too, and because icalendar keeps the time zones that one sender
defines for the mail of the next.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from icalendar.parser import Contentline

_LINES = 5_000
_CHARACTERS = 20_000
"""Of one line."""
_NAME = re.compile(r"[A-Za-z-]{1,20}(?=[;:])")
_READ = frozenset(
	"METHOD SUMMARY STATUS SEQUENCE DTSTART DTEND DUE DURATION RECURRENCE-ID RRULE EXDATE RDATE LOCATION "
	"ORGANIZER ATTENDEE COMMENT DESCRIPTION TZID TZOFFSETTO".split()
)


@dataclass(frozen=True)
class Property:
	"""One line: upper-case name, parameters by upper-case name, the value with its escapes undone."""

	name: str
	parameters: Mapping[str, str]
	value: str


@dataclass(frozen=True)
class Component:
	"""What is between a BEGIN and its END: `kind` is upper-case; empty for the text as a whole."""

	kind: str
	lines: dict[str, list[str]] = field(default_factory=dict)
	"""By upper-case name, unread: reading a line takes longer than finding it, and few are shown."""
	children: list[Component] = field(default_factory=list)

	def first(self, *names: str) -> Property | None:
		"""Return the first property with the first of these names that exists."""
		return next((found[0] for name in names if (found := self.every(name, 1))), None)

	def every(self, name: str, most: int) -> list[Property]:
		"""Return the first properties of this name that can be read."""
		return [each for line in self.lines.get(name, ())[:most] for each in _property(name, line)]

	def text(self, name: str) -> str:
		"""Return the value of the first property of this name; empty if there is none."""
		found = self.first(name)
		return found.value.strip() if found else ""


def divide_calendar(text: str) -> list[Component]:
	"""Return all components in the order in which they begin; the first is the text as a whole."""
	components = [Component("")]
	within = components[:]
	for line in re.sub(r"\n[ \t]", "", text).split("\n")[:_LINES]:
		name = _NAME.match(line)
		match name[0].upper() if name else "":
			case "BEGIN":
				begun = Component(_kind(line))
				within[-1].children.append(begun)
				within.append(begun)
				components.append(begun)
			case "END":
				within = _outside(within, _kind(line))
			case known if known in _READ:
				within[-1].lines.setdefault(known, []).append(line[:_CHARACTERS])
	return components


def _kind(line: str) -> str:
	return line.partition(":")[2].strip().upper()[:60]


def _outside(within: list[Component], kind: str) -> list[Component]:
	"""Return what is still open after the end of the innermost component of this kind."""
	innermost = next((at for at in range(len(within) - 1, 0, -1) if within[at].kind == kind), len(within))
	return within[:innermost]


def _property(name: str, line: str) -> list[Property]:
	try:
		_, parameters, value = Contentline(line).parts()
	except ValueError:
		return []
	return [Property(name, {key.upper(): _single(each) for key, each in parameters.items()}, value)]


def _single(value: str | list[str]) -> str:
	return value if isinstance(value, str) else ", ".join(value)
