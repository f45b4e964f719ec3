"""Finds the lines that say who wrote the words beneath them, and when; a program may have torn them apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from helpdesk_mailchannel.mailcore.compose.quote.kinds import Kind, any_of, kind_below
from helpdesk_mailchannel.mailcore.compose.quote.phrases import (
	FIRST_WORDS,
	OPENERS,
	WROTE,
	WROTE_TO_US,
)

_CJK = "぀-ヿ㐀-鿿가-힯"
_WROTE = re.compile(
	rf"(?<!\w)(?:{any_of(WROTE)})(?!\w)|[{_CJK}\s](?:写道|寫道|書きました|のメール|작성)", re.I
)
_WROTE_LAST = re.compile(rf"(?<!\w)(?:{any_of(WROTE)})\W{{0,3}}$", re.I)
_WROTE_TO_US = re.compile(rf"(?<!\w)(?:{any_of(WROTE_TO_US)})(?!\w)", re.I)
_OPENER = re.compile(rf"\W{{0,3}}(?:{any_of(OPENERS)})(?!\w)|\W{{0,3}}[在于於]", re.I)
_CLOCK = r"(?<![\d.])\d{1,2}[:.h]\d{2}(?!\d|\.\d{1,3}\.\d)"
_DAY = (
	r"(?<!\d)(?:19|20)\d\d(?!\d)"
	r"|(?<![\d.])\d{1,2}\s*[./-]\s*\d{1,2}\s*[./-]\s*\d{2,4}(?!\.?\d)"
	r"|\d年|\d월"
)
"""These two do not take `192.0.2.15` for a time or a date."""
DATE = re.compile(rf"{_CLOCK}|{_DAY}")
_DATE_FIRST = re.compile(
	rf"\W{{0,3}}(?:[^\W\d_]{{1,12}}\W{{1,3}}){{0,2}}(?:{_CLOCK}|{_DAY}|\d{{1,2}}\W{{1,3}}\w)"
)
"""A line that a program's may begin with, such as "Mon, 3 Mar 2025 10:15"; people lead over to a date."""
_DATE_ALONE = re.compile(_DAY)
_TIME = re.compile(_CLOCK)
_ADDRESS = re.compile(r"[^\s<>@]@[^\s<>@]")
_BY_ADDRESS = re.compile(
	r"\s(?:by|von|par|por|da|door|av|af|od|от|przez) [^\s<>@]{1,80}@[^\s<>@]{1,200}$", re.I
)
"""Tuta's way: date, time and `by jane@x.example:`."""
_QUOTATION_MARK = re.compile(r"\s*[\"“”„«»']\s?\w")
_ISO_INTRO = re.compile(
	r"\d{4}[-/]\d{1,2}[-/]\d{1,2}(?: \d{1,2}:\d{2})?"
	r"(?: GMT[+-]\d{1,2}(?::?\d{2})? [^<>@:]{1,60}(?:<[^<>\s]+>)?| [^<>@:]{1,60}<[^<>\s]+@[^<>\s]+>):?",
	re.I,
)
"""Gmail's old way: the date in ISO form, perhaps the zone, and the name."""
_NOTES_INTRO = re.compile(r"[^-]{1,100}---\d{1,4}[./-]\d{1,2}[./-]\d{2,4} \d{1,2}:\d{2}[^-]{0,10}---")
"""Lotus Notes' way: the name, the date between dashes, and how the message began."""
_BEHIND_WORDS = re.compile(
	rf"[.!?…] +(?:{any_of([word[0].upper() + word[1:] for word in FIRST_WORDS])}) [^.!?]{{0,20}}\d"
)
"""A program may write its line right after the last new sentence, which must not be folded."""
_LONGEST_INTRO = 400
_MOST_LINES = 6
"""Lines that one introduction may be torn into, blank ones among them."""


def introductions(lines: Sequence[str], found: Sequence[Kind]) -> Iterator[tuple[int, int]]:
	"""Return where quotes are introduced: the first line, and the line after the last."""
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
	"""Tell whether a line may introduce quoted words: it ends in a colon and says when, who or "wrote"."""
	return line.rstrip().endswith((":", "：")) and _introduces(line, quoted=True)


def _intro_start(lines: Sequence[str], found: Sequence[Kind], taken: int, last: int) -> int | None:
	"""Return the first line of the introduction that ends with line `last`, or None if none does."""
	text = lines[last].rstrip(" \t*_-")
	ends = text.endswith((":", "："))
	if not ends and not (
		("@" in text or lines[last].lstrip().startswith("--")) and _WROTE_LAST.search(text[-60:])
	):
		return last if found[last] is Kind.TEXT and _is_fixed_form(text) else None
	if found[last] is Kind.QUOTE and not _closes_bracket(lines, found, taken, last):
		return None
	start = last
	joined = text
	while last - start < _MOST_LINES and (not _is_complete(joined) or found[start] is Kind.QUOTE):
		above = _line_above(lines, found, taken, start, joined)
		if above is None:
			break
		start, joined = above, f"{lines[above].strip()} {joined}"
	if found[start] is Kind.QUOTE or len(joined) > _LONGEST_INTRO or _BEHIND_WORDS.search(joined):
		return None
	start = _torn_date(lines, found, taken, start)
	if kind_below(found, last + 1) is Kind.QUOTE or _is_between_dashes(lines[last]):
		return start if _introduces(joined, quoted=True) else None
	below = next((line for line in lines[last + 1 : last + 4] if line.strip()), "")
	return start if _introduces(joined, quoted=False) and not _QUOTATION_MARK.match(below) else None


def _is_fixed_form(text: str) -> bool:
	return _ISO_INTRO.fullmatch(text) is not None or _NOTES_INTRO.match(text) is not None


def _is_between_dashes(line: str) -> bool:
	return line.lstrip().startswith("---") and line.rstrip().endswith("---")


def _closes_bracket(lines: Sequence[str], found: Sequence[Kind], taken: int, index: int) -> bool:
	"""Tell whether the `>` at the start of a line closes an address torn at its end, and is no quote mark."""
	if len(lines[index]) > 120:
		return False
	above = [lines[i] for i in range(max(taken, index - 3), index) if found[i] is Kind.TEXT]
	return sum(line.count("<") - line.count(">") for line in above) > 0


def _is_complete(joined: str) -> bool:
	dated = DATE.search(joined) is not None
	says_who = _WROTE.search(joined) is not None or _ADDRESS.search(joined) is not None
	return dated and joined.count("<") >= joined.count(">") and says_who


def _line_above(
	lines: Sequence[str], found: Sequence[Kind], taken: int, start: int, joined: str
) -> int | None:
	"""Return the line above that `joined` continues, or None if it is complete by itself."""
	above = start - 1
	torn = joined.count(">") > joined.count("<")
	if above >= taken and found[above] is Kind.BLANK and (torn or joined.startswith("<")):
		above -= 1
	if above < taken or found[above] not in (Kind.TEXT, Kind.QUOTE) or start - above > 2:
		return None
	line = lines[above]
	if len(line) + len(joined) > _LONGEST_INTRO or line.rstrip().endswith((":", "：")):
		return None
	if found[above] is Kind.TEXT and (
		torn or joined.startswith("<") or _belongs_to_address(line) or _begins_intro(line)
	):
		return above
	begins = above == 0 or found[above - 1] is Kind.BLANK
	return above if begins and _DATE_FIRST.match(line) else None


def _belongs_to_address(line: str) -> bool:
	return line.lstrip().startswith("<") or ("@" in line and line.count(">") > line.count("<"))


def _torn_date(lines: Sequence[str], found: Sequence[Kind], taken: int, start: int) -> int:
	"""Return the line above if it is a date that a program tore from its time: "On Nov 21, 2024,"."""
	above = start - 1
	if above < taken or found[above] is not Kind.TEXT or (above > 0 and found[above - 1] is Kind.TEXT):
		return start
	line = lines[above].rstrip()
	torn = len(line) < 60 and line.endswith(",") and _OPENER.match(line) and DATE.search(line)
	return above if torn else start


def _begins_intro(line: str) -> bool:
	dated = DATE.search(line) is not None
	wrote = _WROTE.search(line) is not None
	return (dated and (wrote or "@" in line or _OPENER.match(line) is not None)) or (wrote and "@" in line)


def _introduces(joined: str, *, quoted: bool) -> bool:
	"""Tell whether these words introduce what follows.

	Above words that are not marked as quoted it must be a program's line: people write "On Friday you wrote:"
	too, but give no address, and no date with the time of day.
	"""
	wrote = _WROTE.search(joined) is not None
	dated = DATE.search(joined) is not None
	addressed = _ADDRESS.search(joined) is not None
	if quoted:
		return len(joined) < 200 and (wrote or dated or addressed)
	timed = _is_timed(joined)
	if _WROTE_TO_US.search(joined):
		return False
	by = timed and _BY_ADDRESS.search(joined.rstrip(" :：")) is not None
	return (wrote and (timed or addressed)) or (dated and addressed and "<" in joined) or by


def _is_timed(joined: str) -> bool:
	"""Tell whether a date and the time of day are given."""
	date = _DATE_ALONE.search(joined)
	return date is not None and _TIME.search(joined[: date.start()] + " " + joined[date.end() :]) is not None
