"""Tells what a line of a body is, by its own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto

from helpdesk_mailchannel.mailcore.compose.quote.phrases import FORWARDED, ORIGINAL, REPLY_MARKER


class Kind(Enum):
	"""What a line of a body is."""

	BLANK = auto()
	TEXT = auto()
	RULE = auto()
	"""A line of dashes, stars and the like, without a word."""
	QUOTE = auto()
	INTRO = auto()
	"""Says who wrote the words that follow, and when."""
	HISTORY = auto()
	"""From here on comes the message that is answered, unmarked: Outlook's header block, our own marker."""
	FORWARD = auto()
	"""From here on comes a message that is passed on."""
	SIGNATURE = auto()


BEGINNINGS = frozenset({Kind.INTRO, Kind.HISTORY, Kind.FORWARD, Kind.QUOTE})
"""Kinds that begin somebody else's words."""


def any_of(words: Sequence[str]) -> str:
	"""Return a regular expression for one of these phrases."""
	return "|".join(re.escape(word) for word in words)


_QUOTE = re.compile(r"[ \t]{0,4}[>＞]")
_RULE = re.compile(r"[-‐–—_=*#~+.·• ]{2,}|[-–—_=ᐧ]")
_DASHES = "-‐–—_=*"
_WHITE = " \t\r\n\v\f\u00a0\u3000"
_ORIGINAL = re.compile(rf"[\W_]*(?:{any_of(ORIGINAL)})[\W_]*", re.I)
_ORIGINAL_GOES_ON = re.compile(
	rf"\s*(?:-{{4,}}\s*(?:{any_of(ORIGINAL)})\s*-{{4,}}\s*\S|-{{10,}}\s*original\s*-{{10,}}\s*$)", re.I
)
"""Samsung's header block may be on the same line. QQ's word is too common to mean this with fewer
dashes."""
_FORWARDED = re.compile(rf"[\W_]*(?:{any_of(FORWARDED)})\b.{{0,60}}", re.I)
_UNDER_DASHES = re.compile(rf"[\s>]*-{{4,}}\s*(?:{any_of(FORWARDED)})\s*", re.I)
"""Entourage and Outlook for Mac write no dashes after the words."""
_MARKER = re.compile(r"[\s>|*]*" + r"\s+".join(map(re.escape, REPLY_MARKER.split())) + r"[\s*]*", re.I)


def kind_of(line: str) -> Kind:
	"""Return what a line is by its own words, without its neighbours."""
	if not line.strip():
		return Kind.BLANK
	if len(line) < 200:
		if _MARKER.fullmatch(line):
			return Kind.HISTORY
		between = _between_dashes(line)
		if between and _ORIGINAL.fullmatch(between):
			return Kind.HISTORY
		if _QUOTE.match(line):
			return Kind.QUOTE
		if (
			(between and _FORWARDED.fullmatch(between))
			or (line.rstrip().endswith((":", "：")) and _FORWARDED.fullmatch(line))
			or _UNDER_DASHES.fullmatch(line)
		):
			return Kind.FORWARD
	if _QUOTE.match(line):
		return Kind.QUOTE
	if _ORIGINAL_GOES_ON.match(line[:200]):
		return Kind.HISTORY
	if _RULE.fullmatch(line[:500].strip()):
		return Kind.RULE
	return Kind.TEXT


def _between_dashes(line: str) -> str:
	"""Return the words between two rules of two dashes or more, or in brackets; empty for any other line."""
	inner = line.lstrip(f"{_DASHES}{_WHITE}>")
	words = inner.rstrip(f"{_DASHES}{_WHITE}")
	before, behind = line[: len(line) - len(inner)].rstrip(), inner[len(words) :].lstrip()
	if words.startswith("[") and words.endswith("]") and len(words) > 2:
		words = words[1:-1]
	elif not (_begins_with_dashes(before[::-1]) and _begins_with_dashes(behind)):
		return ""
	words = words.strip().removesuffix(":").rstrip()
	return words if 2 <= len(words) <= 81 else ""


def _begins_with_dashes(text: str) -> bool:
	return len(text) > 1 and text[0] in _DASHES and text[1] in _DASHES


def is_forward_line(line: str) -> bool:
	"""Tell whether it is the line above a forwarded message, quoted or not: Apple Mail forwards a quote."""
	return kind_of(line.lstrip("> \t")) is Kind.FORWARD


def kind_below(found: Sequence[Kind], start: int) -> Kind | None:
	"""Return the kind of the next line with anything on it, from `start` on, if it is near."""
	return next((kind for kind in found[start : start + 5] if kind is not Kind.BLANK), None)


def kind_above(found: Sequence[Kind], index: int) -> Kind | None:
	"""Return the kind of the last line with anything on it, above `index`, if it is near."""
	before = (found[i] for i in range(index - 1, max(-1, index - 4), -1))
	return next((kind for kind in before if kind is not Kind.BLANK), None)
