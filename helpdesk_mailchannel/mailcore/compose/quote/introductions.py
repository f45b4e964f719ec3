"""Finds the lines that say who wrote the words beneath them, and when; a program may have torn them apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from helpdesk_mailchannel.mailcore.compose.quote.kinds import Kind, any_of, kind_below
from helpdesk_mailchannel.mailcore.compose.quote.phrases import OPENERS, WROTE

_CJK = "぀-ヿ㐀-鿿가-힯"
_WROTE = re.compile(
	rf"(?<!\w)(?:{any_of(WROTE)})(?!\w)|[{_CJK}\s](?:写道|寫道|書きました|のメール|작성)", re.I
)
_WROTE_LAST = re.compile(rf"(?<!\w)(?:{any_of(WROTE)})\W{{0,3}}$", re.I)
_OPENER = re.compile(rf"\W{{0,3}}(?:{any_of(OPENERS)})(?!\w)|\W{{0,3}}[在于於]", re.I)
DATE = re.compile(
	r"\d{1,2}[:.h]\d{2}(?!\d)|(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}\s*[./-]\s*\d{1,2}\s*[./-]\s*\d{2,4}|\d年|\d월"
)
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}(?!\d)")
_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")
_ISO_INTRO = re.compile(
	r"\d{4}[-/]\d{1,2}[-/]\d{1,2}(?: \d{1,2}:\d{2})?"
	r"(?: GMT[+-]\d{1,2}(?::?\d{2})? [^<>@:]{1,60}(?:<[^<>\s]+>)?| [^<>@:]{1,60}<[^<>\s]+@[^<>\s]+>):?",
	re.I,
)
"""Gmail's old way: the date in ISO form, perhaps the zone, and the name."""
_LONGEST_INTRO = 400


def introductions(lines: Sequence[str], found: Sequence[Kind]) -> Iterator[tuple[int, int]]:
	"""Where a quote is introduced: first line, and the line behind the last."""
	taken = 0
	for index, line in enumerate(lines):
		text = line.rstrip()
		if found[index] in (Kind.BLANK, Kind.RULE, Kind.HISTORY, Kind.FORWARD) or len(text) > _LONGEST_INTRO:
			continue
		start = _intro_start(lines, found, taken, index)
		if start is not None:
			yield start, index + 1
			taken = index + 1


def introduces_quote(line: str) -> bool:
	"""True for a line that may stand above quoted words: it ends in a colon and says when, who or "wrote"."""
	return line.rstrip().endswith((":", "：")) and _introduces(line, quoted=True)


def _intro_start(lines: Sequence[str], found: Sequence[Kind], taken: int, last: int) -> int | None:
	"""The first line of the introduction that ends with line `last`, or None where none does."""
	text = lines[last].rstrip(" \t*_-")
	ends = text.endswith((":", "："))
	if not ends and not (
		("@" in text or lines[last].lstrip().startswith("--")) and _WROTE_LAST.search(text[-60:])
	):
		return last if found[last] is Kind.TEXT and _ISO_INTRO.fullmatch(text) else None
	if found[last] is Kind.QUOTE and not _closes_bracket(lines, found, taken, last):
		return None
	start = last
	joined = text
	while not _is_complete(joined) or found[start] is Kind.QUOTE:
		above = _line_above(lines, found, taken, start, joined)
		if above is None:
			break
		start, joined = above, f"{lines[above].strip()} {joined}"
	if found[start] is Kind.QUOTE or len(joined) > _LONGEST_INTRO:
		return None
	return start if _introduces(joined, quoted=kind_below(found, last + 1) is Kind.QUOTE) else None


def _closes_bracket(lines: Sequence[str], found: Sequence[Kind], taken: int, index: int) -> bool:
	"""True where the `>` at the start of a line is no quote mark, but closes an address torn at its end."""
	if len(lines[index]) > 120:
		return False
	above = [lines[i] for i in range(max(taken, index - 3), index) if found[i] is Kind.TEXT]
	return sum(line.count("<") - line.count(">") for line in above) > 0


def _is_complete(joined: str) -> bool:
	dated = DATE.search(joined) is not None
	return dated and joined.count("<") >= joined.count(">") and _WROTE.search(joined) is not None


def _line_above(
	lines: Sequence[str], found: Sequence[Kind], taken: int, start: int, joined: str
) -> int | None:
	"""The line above that `joined` continues, or None where it stands by itself."""
	above = start - 1
	torn = joined.count(">") > joined.count("<")
	if above >= taken and found[above] is Kind.BLANK and (torn or joined.startswith("<")):
		above -= 1
	if above < taken or found[above] not in (Kind.TEXT, Kind.QUOTE) or start - above > 2:
		return None
	line = lines[above]
	if len(line) + len(joined) > _LONGEST_INTRO:
		return None
	if found[above] is Kind.TEXT and (
		torn or joined.startswith("<") or line.lstrip().startswith("<") or _begins_intro(line)
	):
		return above
	return above if DATE.search(line) and (above == 0 or found[above - 1] is Kind.BLANK) else None


def _begins_intro(line: str) -> bool:
	dated = DATE.search(line) is not None
	wrote = _WROTE.search(line) is not None
	return (dated and (wrote or "@" in line or _OPENER.match(line) is not None)) or (wrote and "@" in line)


def _introduces(joined: str, *, quoted: bool) -> bool:
	"""True where these words introduce what follows.

	Above words that are not marked as quoted it must be a program's line: people write "On Friday you wrote:"
	too, but give no time of day and no address.
	"""
	wrote = _WROTE.search(joined) is not None
	dated = DATE.search(joined) is not None
	addressed = _ADDRESS.search(joined) is not None
	if quoted:
		return len(joined) < 200 and (wrote or dated or addressed)
	timed = _TIME.search(joined) is not None
	return (wrote and (timed or addressed)) or (dated and addressed and "<" in joined)
