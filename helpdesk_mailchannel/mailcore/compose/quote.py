"""Tells a message's new words from the history and signature beneath them: to fold, never to delete.

Every line is given a kind (`kinds`), and then one question is asked (`fold`): from where on does nothing
new follow? `split` does both for plain text; `quote_html` does it for HTML, laid out as lines. A reply that
answers between the quoted lines stays whole, and so does a forwarded message: what it passes on is its
content. When in doubt, nothing is folded.

Linear in the length of the body; only its first ANALYSED characters and ANALYSED_LINES lines are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from itertools import groupby
from typing import NamedTuple

from helpdesk_mailchannel.mailcore.compose import phrases

ANALYSED = 200_000
ANALYSED_LINES = 10_000
REPLY_MARKER = "## please write above this line ##"
"""The line our outgoing mail begins with; whatever stands under it has been said before."""
MOST_FOLDS = 20
"""More than this many separate folds would hide the thread of a discussion: then nothing is folded."""


class Piece(NamedTuple):
	"""A stretch of text, and whether it is folded."""

	text: str
	folded: bool


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
	"""From here on it is the message that is answered, unmarked: Outlook's header block, our own marker."""
	FORWARD = auto()
	"""From here on it is a message that is passed on."""
	SIGNATURE = auto()


def split(text: str, *, forwarded: bool = False) -> tuple[Piece, ...]:
	"""The pieces of a plain text body; joined, they are the text again, character for character.

	`forwarded` says that the subject calls it a message passed on. See `is_forward`.
	"""
	if forwarded or not text:
		return (Piece(text, False),) if text else ()
	*ended, rest = text.split("\n", ANALYSED_LINES)
	lines = [*(f"{line}\n" for line in ended), *([rest] if rest else [])]
	looked_at = [_INVISIBLE.sub("", line) for line in _analysed(lines)]
	folded = fold(looked_at, kinds(looked_at))
	folded += [bool(folded) and folded[-1]] * (len(lines) - len(folded))
	groups = groupby(zip(lines, folded, strict=True), key=lambda pair: pair[1])
	return tuple(Piece("".join(line for line, _ in group), hidden) for hidden, group in groups)


def is_forward(subject: str) -> bool:
	"""True where the subject says that the message is passed on, and not that it answers one."""
	return _FORWARD_SUBJECT.match(subject) is not None


def kinds(lines: Sequence[str]) -> list[Kind]:
	"""The kind of every line, by its words and its neighbours."""
	found = [kind_of(line) for line in lines]
	for start, end in _intros(lines, found):
		found[start:end] = [Kind.INTRO] * (end - start)
	if Kind.INTRO in found:
		_mark_other_quotes(lines, found)
	for start in _headers(lines, found):
		found[start] = Kind.HISTORY
	return found


def fold(lines: Sequence[str], given: Sequence[Kind]) -> list[bool]:
	"""For every line, whether it is folded."""
	found = list(given)
	open_to_all = [False] * len(lines)
	first = next((kind for kind in found if kind in _BEGINNINGS), None)
	if first is Kind.FORWARD:
		return open_to_all
	_mark_signatures(lines, found)
	folded = list(open_to_all)
	end = _history_start(found)
	_hide(folded, found, end, len(lines))
	_fold_quotes(lines, found, folded, end)
	for index, kind in enumerate(found):
		if kind in (Kind.INTRO, Kind.SIGNATURE):
			folded[index] = True
	_fold_edges(found, folded)
	kept = any(kind is Kind.TEXT and not hidden for kind, hidden in zip(found, folded, strict=True))
	folds = sum(1 for hidden, _ in groupby(folded) if hidden)
	return folded if kept and folds <= MOST_FOLDS else open_to_all


_BEGINNINGS = frozenset({Kind.INTRO, Kind.HISTORY, Kind.FORWARD, Kind.QUOTE})


def _any_of(words: Sequence[str]) -> str:
	return "|".join(re.escape(word) for word in words)


_INVISIBLE = re.compile("[\r\n\ufeff\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
"""Line ends, and the marks that right-to-left mail is full of."""
_QUOTE = re.compile(r"[ \t]{0,4}[>＞]")
_MARKED_OTHERWISE = re.compile(r"[ \t]{0,4}(?:[A-Za-z]{1,15}>|\|)(?:[ >]|$)")
_RULE = re.compile(r"\s*(?:[-‐–—_=*#~+.·• ]{2,}|[-–—_=ᐧ])\s*")
_SIGNATURE = re.compile(r"\s?(?:--|—|––|_{3,})\s*")
_LONG_RULE = re.compile(r"\s*[-‐–—_=]{4,}\s*")
_BETWEEN_DASHES = re.compile(
	r"[\s>*_]*(?:[-‐–—_=*]{2,}|\[)\s*(\S.{1,80}?)\s*:?\s*(?:[-‐–—_=*]{2,}|\])[\s*_]*"
)
_ORIGINAL = re.compile(rf"[\W_]*(?:{_any_of(phrases.ORIGINAL)})[\W_]*", re.I)
_FORWARDED = re.compile(rf"[\W_]*(?:{_any_of(phrases.FORWARDED)})\b.{{0,60}}", re.I)
_FORWARD_SUBJECT = re.compile(rf"\s*\[?(?:{_any_of(phrases.FORWARD_PREFIXES)})\s*[:：]", re.I)
_MARKER = re.compile(r"[\s>|*]*" + r"\s+".join(map(re.escape, REPLY_MARKER.split())) + r"[\s*]*", re.I)


def _analysed(lines: Sequence[str]) -> Iterator[str]:
	size = 0
	for line in lines[:ANALYSED_LINES]:
		size += len(line)
		if size > ANALYSED:
			return
		yield line


def kind_of(line: str) -> Kind:
	"""What a line is by its own words, without its neighbours."""
	if not line.strip():
		return Kind.BLANK
	if len(line) < 200:
		if _MARKER.fullmatch(line):
			return Kind.HISTORY
		between = _BETWEEN_DASHES.fullmatch(line)
		if between and _ORIGINAL.fullmatch(between[1]):
			return Kind.HISTORY
		if _QUOTE.match(line):
			return Kind.QUOTE
		if (between and _FORWARDED.fullmatch(between[1])) or (
			line.rstrip().endswith((":", "：")) and _FORWARDED.fullmatch(line)
		):
			return Kind.FORWARD
	if _QUOTE.match(line):
		return Kind.QUOTE
	if _RULE.fullmatch(line[:500]):
		return Kind.RULE
	return Kind.TEXT


# ── Who wrote, and when ──────────────────────────────────────────────────────────────────────────────

_CJK = "぀-ヿ㐀-鿿가-힯"
_WROTE = re.compile(
	rf"(?<!\w)(?:{_any_of(phrases.WROTE)})(?!\w)|[{_CJK}\s](?:写道|寫道|書きました|のメール|작성)", re.I
)
_WROTE_LAST = re.compile(rf"(?<!\w)(?:{_any_of(phrases.WROTE)})\W{{0,3}}$", re.I)
_OPENER = re.compile(rf"\W{{0,3}}(?:{_any_of(phrases.OPENERS)})(?!\w)|\W{{0,3}}[在于於]", re.I)
_DATE = re.compile(
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


def _intros(lines: Sequence[str], found: Sequence[Kind]) -> Iterator[tuple[int, int]]:
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


def _intro_start(lines: Sequence[str], found: Sequence[Kind], taken: int, last: int) -> int | None:
	"""The first line of the introduction that ends with line `last`, or None where none does."""
	text = lines[last].rstrip(" \t*_-")
	ends = text.endswith((":", "："))
	if not ends and not ("@" in text and _WROTE_LAST.search(text[-60:])):
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
	return start if _introduces(joined, quoted=_next_kind(found, last + 1) is Kind.QUOTE) else None


def _closes_bracket(lines: Sequence[str], found: Sequence[Kind], taken: int, index: int) -> bool:
	"""True where the `>` at the start of a line is no quote mark, but closes an address torn at its end."""
	if len(lines[index]) > 120:
		return False
	above = [lines[i] for i in range(max(taken, index - 3), index) if found[i] is Kind.TEXT]
	return sum(line.count("<") - line.count(">") for line in above) > 0


def _is_complete(joined: str) -> bool:
	dated = _DATE.search(joined) is not None
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
	return above if _DATE.search(line) and (above == 0 or found[above - 1] is Kind.BLANK) else None


def _begins_intro(line: str) -> bool:
	dated = _DATE.search(line) is not None
	wrote = _WROTE.search(line) is not None
	return (dated and (wrote or "@" in line or _OPENER.match(line) is not None)) or (wrote and "@" in line)


def _introduces(joined: str, *, quoted: bool) -> bool:
	"""True where these words introduce what follows.

	Above words that are not marked as quoted it must be a program's line: people write "On Friday you wrote:"
	too, but give no time of day and no address.
	"""
	wrote = _WROTE.search(joined) is not None
	dated = _DATE.search(joined) is not None
	addressed = _ADDRESS.search(joined) is not None
	if quoted:
		return len(joined) < 200 and (wrote or dated or addressed)
	timed = _TIME.search(joined) is not None
	return (wrote and (timed or addressed)) or (dated and addressed and "<" in joined)


def _previous_kind(found: Sequence[Kind], index: int) -> Kind | None:
	before = (found[i] for i in range(index - 1, max(-1, index - 4), -1))
	return next((kind for kind in before if kind is not Kind.BLANK), None)


def _next_kind(found: Sequence[Kind], start: int) -> Kind | None:
	return next((kind for kind in found[start : start + 5] if kind is not Kind.BLANK), None)


def _mark_other_quotes(lines: Sequence[str], found: list[Kind]) -> None:
	"""Lines such as `JD> so you said` and `| so you said` are quotes in a body that introduces one."""
	for index in range(found.index(Kind.INTRO), len(lines)):
		if found[index] is Kind.TEXT and _MARKED_OTHERWISE.match(lines[index]):
			found[index] = Kind.QUOTE


# ── Header blocks ────────────────────────────────────────────────────────────────────────────────────

_LABELLED = re.compile(r"[\s>*_|]{0,8}([^\s:：*][^:：\n]{0,30}?)[\s*_]*[:：][\s*_]*(.*)")
_LABELS = tuple(
	(part, frozenset(words))
	for part, words in (
		("from", phrases.FROM),
		("sent", phrases.SENT),
		("to", phrases.TO),
		("copy", phrases.COPY),
		("subject", phrases.SUBJECT),
	)
)


def _headers(lines: Sequence[str], found: Sequence[Kind]) -> Iterator[int]:
	"""The first lines of header blocks: From, Sent, To and Subject under one another."""
	behind = 0
	for index, kind in enumerate(found):
		if index < behind or kind is not Kind.TEXT:
			continue
		first = _LABELLED.fullmatch(lines[index][:500])
		if first is None:
			continue
		end = _header_end(lines, found, index, ruled=_previous_kind(found, index) is Kind.RULE)
		if end is not None:
			yield index
			behind = end


def _header_end(lines: Sequence[str], found: Sequence[Kind], start: int, *, ruled: bool) -> int | None:
	"""The line behind the header block that begins at `start`; None where it is no header block.

	Under a rule its shape is enough; anywhere else it must name the sender, since the forms people fill in
	on web sites look much the same.
	"""
	parts: set[str] = set()
	labelled = dated = addressed = 0
	index = start
	for index in range(start, min(start + 16, len(lines))):
		if found[index] is Kind.BLANK:
			if index > start and found[index - 1] is Kind.BLANK:
				break
			continue
		match = _LABELLED.fullmatch(lines[index][:500])
		if match is None:
			if index == start or labelled >= 3 or found[index] is not Kind.TEXT:
				break
			continue
		label = " ".join(match[1].lower().split())
		known = {part for part, words in _LABELS if label in words}
		if index == start and not ruled and not known - {"copy"}:
			return None
		parts |= known
		labelled += 1
		dated += bool(_DATE.search(match[2]))
		addressed += "@" in match[2]
	shaped = labelled >= 3 and dated > 0 and addressed > 0
	named = "from" in parts and (len(parts - {"copy"}) >= 3 or (len(parts) >= 2 and shaped))
	return index if named or (ruled and shaped) else None


# ── Deciding ─────────────────────────────────────────────────────────────────────────────────────────

_GREETING = re.compile(r"\W*\w+(?:[ ,]+\S+){0,4}\s*[,!.:，！]?\s*")
_BELOW = re.compile(rf"(?<!\w)(?:{_any_of(phrases.BELOW)})(?!\w)|下面|以下|如下|아래|ด้านล่าง", re.I)
_LONGEST_SIGNATURE = 20
_LONGEST_AFTERTHOUGHT = 6
_SENT_FROM = re.compile(rf"\W*(?:{_any_of(phrases.SENT_FROM)})", re.I)
_SENT_BY_DEVICE = re.compile(_any_of(phrases.SENT_BY_DEVICE), re.I)
_DEVICE = re.compile(_any_of(phrases.DEVICES), re.I)
_GET_OUTLOOK = re.compile(
	r"(?=.{0,60}outlook).{0,80}\b(?:ios|android|mobile)\b\W*(?:https?://\S+)?(?:\s+\w+)?\W*", re.I
)


def _mark_signatures(lines: Sequence[str], found: list[Kind]) -> None:
	"""Mark signatures: what follows `-- `, a rule behind the last quote, or names the sending device."""
	last_quote = max((i for i, kind in enumerate(found) if kind is Kind.QUOTE), default=len(lines))
	index = 0
	while index < len(lines):
		begins = _SIGNATURE.fullmatch(lines[index][:100]) or (
			index > last_quote and _LONG_RULE.fullmatch(lines[index][:200])
		)
		if begins and found[index] is Kind.RULE:
			end = _signature_end(found, index)
			if end is not None and Kind.TEXT in found[index:end]:
				found[index:end] = [Kind.SIGNATURE] * (end - index)
				index = end
				continue
		if found[index] is Kind.TEXT and _is_device_line(lines[index]) and _ends_words(found, index):
			found[index] = Kind.SIGNATURE
		index += 1


def _signature_end(found: Sequence[Kind], start: int) -> int | None:
	"""The line behind a signature: where history begins, or the end; None where it is too long for one."""
	words = 0
	for index in range(start, min(start + 4 * _LONGEST_SIGNATURE, len(found))):
		if found[index] in _BEGINNINGS:
			return index
		words += found[index] is Kind.TEXT
		if words > _LONGEST_SIGNATURE:
			return None
	return len(found) if start + 4 * _LONGEST_SIGNATURE >= len(found) else None


def _ends_words(found: Sequence[Kind], index: int) -> bool:
	"""True where no new word follows before the history begins."""
	following = (kind for kind in found[index + 1 : index + 30] if kind not in (Kind.BLANK, Kind.RULE))
	return next(following, Kind.HISTORY) in (*_BEGINNINGS, Kind.SIGNATURE)


def _is_device_line(line: str) -> bool:
	text = line.strip()
	if len(text) > 200:
		return False
	if _GET_OUTLOOK.fullmatch(text):
		return True
	words = re.sub(r"<?https?://\S+>?", "", text)
	named = _DEVICE.search(words) is not None
	if _SENT_FROM.match(words):
		return len(words.split()) <= (15 if named else 6)
	return named and len(words.split()) <= 12 and _SENT_BY_DEVICE.search(words) is not None


def _history_start(found: Sequence[Kind]) -> int:
	"""The line from which on the rest is history without any mark of its own; the end where there is none."""
	said = False
	for index, kind in enumerate(found):
		if kind is Kind.TEXT:
			said = True
		elif said and (kind is Kind.HISTORY or (kind is Kind.INTRO and _follows_unquoted(found, index))):
			return index
	return len(found)


def _follows_unquoted(found: Sequence[Kind], index: int) -> bool:
	following = (kind for kind in found[index:] if kind not in (Kind.INTRO, Kind.BLANK, Kind.RULE))
	return next(following, None) not in (Kind.QUOTE, None)


def _hide(folded: list[bool], found: Sequence[Kind], start: int, end: int) -> None:
	folded[start:end] = [True] * (end - start)


def _fold_quotes(lines: Sequence[str], found: Sequence[Kind], folded: list[bool], end: int) -> None:
	"""Fold quoted lines where nothing new stands between them: behind the new words, or in front."""
	said = [i for i in range(end) if found[i] is Kind.TEXT]
	quoted = [i for i in range(end) if found[i] is Kind.QUOTE]
	if not said or not quoted:
		return
	if said[-1] < quoted[-1]:
		start = next(i for i in quoted if i > said[-1])
		_hide(folded, found, start, end)
		return
	first, last = quoted[0], quoted[-1]
	unbroken = not any(first < i < last for i in said)
	introduced = Kind.INTRO in found[:first]
	if not unbroken or not introduced:
		return
	if said[0] > last:
		_hide(folded, found, 0, last + 1)
	elif _is_afterthought(lines, found, first, last, said):
		_hide(folded, found, first, end)


def _is_afterthought(
	lines: Sequence[str], found: Sequence[Kind], first: int, last: int, said: Sequence[int]
) -> bool:
	"""True where the words under the only quote are a signature or footer rather than the answer.

	Who answers under a quote greets only above it, or announces it, or answers a question, or writes right
	under it, or at length.
	"""
	above = [lines[i] for i in said if i < first]
	below = [i for i in said if i > last]
	return not (
		len(below) > _LONGEST_AFTERTHOUGHT
		or below[0] == last + 1
		or lines[last].rstrip().endswith(("?", "？", "؟"))
		or (
			len(above) == 1
			and len(above[0]) < 40
			and _GREETING.fullmatch(above[0][:60])
			and above[0].rstrip().endswith((",", "!", "，", "！"))
		)
		or any(_BELOW.search(line[:500]) for line in above[-5:])
	)


def _fold_edges(found: Sequence[Kind], folded: list[bool]) -> None:
	"""Let blank lines and rules go with the folded lines they lead to, and end the kept words with a word."""
	hidden = True
	for index in range(len(found) - 1, -1, -1):
		if folded[index]:
			hidden = True
		elif found[index] in (Kind.BLANK, Kind.RULE) and hidden:
			folded[index] = True
		else:
			hidden = False
