"""Splits a header into its fields, on octets, and finds where the body starts (RFC 5322 2.2).

A line that is not a header field, in the middle of others, is read as a fold that lost its white space; after
the last of them it starts the body, and so does a line that looks like a boundary. Only a line feed ends a
line, so that a lone carriage return cannot start a field of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from helpdesk_mailchannel.mailcore.sentences import Sentence, _

_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_KNOWN = re.compile(
	rb"(?:content-[a-z-]+|mime-version|from|to|cc|bcc|subject|date|sender|reply-to|message-id|in-reply-to"
	rb"|references|received|return-path|delivered-to|x-[a-z0-9-]+|dkim-signature|authentication-results"
	rb"|arc-[a-z-]+|list-[a-z-]+|thread-[a-z]+|importance|priority|precedence|auto-submitted"
	rb"|user-agent|organization|errors-to)[ \t]*:",
	re.IGNORECASE,
)
_IN_FRONT = b" \t\xef\xbb\xbf"
"""What may come before the first field: blanks, and the byte order mark of UTF-8."""
_EMPTY_LINE = re.compile(rb"\n\r*\n")
_LOOK_AHEAD = 20
"""Lines after an odd one that are searched for another header field."""

LOST_FOLD = _("A line of the header is no header field: it was read as part of the field before.")
NO_EMPTY_LINE = _("No empty line parts header and body: the body starts at the first line that is no field.")


@dataclass(frozen=True)
class Field:
	"""One header field as it came: lower-case name, value with its line breaks."""

	name: str
	value: bytes = field(repr=False)


@dataclass(frozen=True)
class Header:
	"""The fields of a header and where the body starts."""

	fields: tuple[Field, ...]
	body_start: int = 0
	whole: bool = True
	"""False if the window ended before the header did."""
	defects: tuple[Sentence, ...] = ()
	charsets: tuple[str, ...] = ()
	"""Those that the message names elsewhere: raw octets in a field may be in one of them."""

	def get(self, name: str) -> bytes:
		"""Return the first value under a lower-case name, or nothing."""
		return next((each.value for each in self.fields if each.name == name), b"")

	def __contains__(self, name: str) -> bool:
		return any(each.name == name for each in self.fields)


def header_lines(octets: bytes, window: int) -> int:
	"""Count the lines of the header, within `window` octets."""
	end, _ = _span(octets, window)
	return octets.count(b"\n", 0, end) + 1


def split_header(octets: bytes, window: int) -> Header:
	"""Split the header that `octets` start with, as far as it is within `window` octets.

	If `octets` start with an empty line, there is no header.
	"""
	end, body_start = _span(octets, window)
	names: list[bytes] = []
	values: list[list[bytes]] = []
	defects: dict[Sentence, None] = {}
	lines = octets[:end].split(b"\n")
	offset = 0
	for number, line in enumerate(lines):
		is_boundary = bool(values) and line.startswith(b"--")
		# Before the first field there is nothing that a line could continue.
		match = None if is_boundary else _NAME.match(line if values else line.lstrip(_IN_FRONT))
		if match:
			names.append(match[1])
			values.append([match.string[match.end() :]])
		elif values and line[:1] in (b" ", b"\t"):
			values[-1].append(line)
		elif number == 0 and line.lstrip(_IN_FRONT).startswith((b"From ", b">From ")):
			pass
		elif line.strip():
			if is_boundary or not _goes_on(lines[number + 1 : number + 1 + _LOOK_AHEAD]):
				return Header(_fields(names, values), offset, defects=(*defects, NO_EMPTY_LINE))
			defects[LOST_FOLD] = None
			if values:
				values[-1].append(b" " + line)
		offset += len(line) + 1
	whole = body_start != window or len(octets) <= window
	return Header(_fields(names, values), body_start, whole, tuple(defects))


def _span(octets: bytes, window: int) -> tuple[int, int]:
	"""Find where the header block ends, and where the body starts."""
	if octets[:1] == b"\n" or octets[:2] == b"\r\n":
		return 0, octets.index(b"\n") + 1
	empty = _EMPTY_LINE.search(octets, 0, window + 4)
	if empty:
		return empty.start(), empty.end()
	end = min(window, len(octets))
	return end, end


def _goes_on(lines: list[bytes]) -> bool:
	return any(_KNOWN.match(line) for line in lines)


def _fields(names: list[bytes], values: list[list[bytes]]) -> tuple[Field, ...]:
	return tuple(
		Field(name.decode("ascii").lower(), b"\n".join(value).strip(b" \t\r\n"))
		for name, value in zip(names, values, strict=True)
	)
