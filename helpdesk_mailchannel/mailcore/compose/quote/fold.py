"""Decides which lines are folded: from which line on does nothing new follow?

A reply that answers between the quoted lines stays whole, and so does a forwarded message: what it passes on
is its content. When in doubt, nothing is folded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from helpdesk_mailchannel.mailcore.compose.quote.header_blocks import header_starts
from helpdesk_mailchannel.mailcore.compose.quote.introductions import introductions
from helpdesk_mailchannel.mailcore.compose.quote.kinds import (
	BEGINNINGS,
	Kind,
	any_of,
	is_forward_line,
	kind_of,
)
from helpdesk_mailchannel.mailcore.compose.quote.phrases import ANSWERS_BELOW, BELOW, FOOTERS
from helpdesk_mailchannel.mailcore.compose.quote.signatures import mark_signatures

ANALYSED = 200_000
"""Characters of a body that are looked at."""
ANALYSED_LINES = 10_000
MOST_FOLDS = 20
"""More separate folds than this would hide the thread of a discussion: then nothing is folded."""
_LONGEST_AFTERTHOUGHT = 6
_LONGEST_REMARK = 30
_LONGEST_FOOTER_LINE = 8
"""Both in words."""
_LONG_QUOTE = 20
"""Lines. A quote of this length is folded by itself if there are words above and under it."""
_FOOTER = re.compile(any_of(FOOTERS), re.I)
_POSTSCRIPT = re.compile(r"\W*(?:p\.? ?s|n\.? ?b)\b", re.I)
_GREETING = re.compile(r"(?=.{1,40}$)\W*\w+(?:[ ,]+\S+){0,4}?\s*[,!，！]\s*")
_BELOW = re.compile(rf"(?<!\w)(?:{any_of(BELOW)})(?!\w)|下面|以下|如下|아래|ด้านล่าง", re.I)
"""Scripts without spaces have no word boundaries either."""
_ANSWERS_BELOW = re.compile(rf"(?<!\w)(?:{any_of(ANSWERS_BELOW)})(?!\w)|见下文|红字|紅字|下記に回答", re.I)
_ANNOUNCED_WITHIN = 20
"""Lines above the history in which a writer says so."""
_MARKED_OTHERWISE = re.compile(r"[ \t]{0,4}(?:[A-Za-z]{1,15}>|\|)(?:[ >]|$)")


_FULL_LINE = 60
_LOST_WORDS = 40
"""Both in characters."""


def kinds(lines: Sequence[str]) -> list[Kind]:
	"""Return the kind of every line, by its words and its neighbours."""
	found = [kind_of(line) for line in lines]
	for start, end in introductions(lines, found):
		found[start:end] = [Kind.INTRO] * (end - start)
	if Kind.INTRO in found:
		_mark_other_quotes(lines, found)
		_mark_lost_words(lines, found)
	for start in header_starts(lines, found):
		found[start] = Kind.HISTORY
	return found


def fold(lines: Sequence[str], given: Sequence[Kind], *, whole: bool = True) -> list[bool]:
	"""Tell for every line whether it is folded. `whole` says that these are all the lines of the body."""
	found = list(given)
	open_to_all = [False] * len(lines)
	first = next((index for index, kind in enumerate(found) if kind in BEGINNINGS), None)
	if _passes_on(lines, found):
		return open_to_all
	if first is not None and _announces_answers(lines, first):
		return open_to_all
	mark_signatures(lines, found)
	folded = list(open_to_all)
	end = _history_start(found)
	_hide(folded, end, len(lines))
	_fold_quotes(lines, found, folded, end)
	for index, kind in enumerate(found):
		if kind in (Kind.INTRO, Kind.SIGNATURE):
			folded[index] = True
	_fold_edges(found, folded, at_end=whole)
	kept = any(kind is Kind.TEXT and not hidden for kind, hidden in zip(found, folded, strict=True))
	folds = sum(1 for hidden, _ in groupby(folded) if hidden)
	return folded if kept and folds <= MOST_FOLDS else open_to_all


def _mark_other_quotes(lines: Sequence[str], found: list[Kind]) -> None:
	"""Mark lines such as `JD> so you said` and `| so you said` as quotes in a body that introduces one."""
	for index in range(found.index(Kind.INTRO), len(lines)):
		if found[index] is Kind.TEXT and _MARKED_OTHERWISE.match(lines[index]):
			found[index] = Kind.QUOTE


def _passes_on(lines: Sequence[str], found: Sequence[Kind]) -> bool:
	"""Tell whether a message is passed on before any is answered."""
	for line, kind in zip(lines, found, strict=True):
		if kind is Kind.FORWARD or (kind is Kind.QUOTE and is_forward_line(line[:200])):
			return True
		if kind in (Kind.INTRO, Kind.HISTORY):
			# Some take Apple Mail's line above a message that is passed on for an introduction.
			return is_forward_line(line[:200])
	return False


def _mark_lost_words(lines: Sequence[str], found: list[Kind]) -> None:
	"""Mark the words that a quoted line lost to the next as quoted too, if a relay wrapped it.

	They continue an unfinished sentence in lower case, under full lines. Answers look much the same, so
	the relay must have torn the introduction as well.
	"""
	introduced = [index for index, kind in enumerate(found) if kind is Kind.INTRO]
	if not any(below == above + 1 for above, below in pairwise(introduced)):
		return
	for index in range(introduced[0] + 2, len(lines)):
		words = lines[index].strip()
		quoted = [lines[i].strip() for i in (index - 2, index - 1) if found[i] is Kind.QUOTE]
		if (
			found[index] is Kind.TEXT
			and words[:1].islower()
			and len(words) <= _LOST_WORDS
			and len(quoted) == 2
			and min(map(len, quoted)) >= _FULL_LINE
			and quoted[-1][-1:].isalnum()
			and (index + 1 == len(lines) or found[index + 1] in (Kind.BLANK, Kind.QUOTE))
		):
			found[index] = Kind.QUOTE


def _announces_answers(lines: Sequence[str], first: int) -> bool:
	"""Tell whether the words above announce answers below: Outlook does not mark what is answered."""
	above = lines[max(0, first - _ANNOUNCED_WITHIN) : first]
	return any(_ANSWERS_BELOW.search(line[:500]) for line in above)


def _history_start(found: Sequence[Kind]) -> int:
	"""Find the line from which the rest is history without any mark of its own; the end if there is none."""
	introduced = _introduced(found)
	said = False
	for index, kind in enumerate(found):
		if kind is Kind.TEXT:
			said = True
		elif said and (
			kind is Kind.HISTORY or (kind is Kind.INTRO and introduced[index] not in (Kind.QUOTE, None))
		):
			return index
	return len(found)


def _introduced(found: Sequence[Kind]) -> list[Kind | None]:
	"""Return for every line the kind of what follows it after introductions, blank lines and rules."""
	following: list[Kind | None] = []
	last: Kind | None = None
	for kind in reversed(found):
		last = last if kind in (Kind.INTRO, Kind.BLANK, Kind.RULE) else kind
		following.append(last)
	return following[::-1]


def _hide(folded: list[bool], start: int, end: int) -> None:
	folded[start:end] = [True] * (end - start)


def _fold_quotes(lines: Sequence[str], found: Sequence[Kind], folded: list[bool], end: int) -> None:
	"""Fold quoted lines with nothing new between them: after the new words, or before them."""
	said = [i for i in range(end) if found[i] is Kind.TEXT]
	quoted = [i for i in range(end) if found[i] is Kind.QUOTE]
	if not said or not quoted:
		return
	if said[-1] < quoted[-1]:
		start = next(i for i in quoted if i > said[-1])
		_hide(folded, start, end)
		return
	first, last = quoted[0], quoted[-1]
	unbroken = not any(first < i < last for i in said)
	introduced = Kind.INTRO in found[:first]
	if not unbroken or not introduced:
		return
	if said[0] > last:
		_hide(folded, 0, last + 1)
	elif _is_afterthought(lines, found, first, last, said):
		_hide(folded, first, end)
	elif last - first >= _LONG_QUOTE:
		_hide(folded, first, last + 1)


def _is_afterthought(
	lines: Sequence[str], found: Sequence[Kind], first: int, last: int, said: Sequence[int]
) -> bool:
	"""Tell whether the words under the only quote are a signature or footer rather than the answer.

	Somebody who answers under a quote only greets above it, or announces it, or answers a question, or writes
	right under it, or at length, or under the signature.
	"""
	above = [lines[i] for i in said if i < first]
	below = [i for i in said if i > last]
	footer = next((n for n, i in enumerate(below) if _FOOTER.search(lines[i][:500])), len(below))
	below = below[:footer]
	return not below or not (
		len(below) > _LONGEST_AFTERTHOUGHT
		or below[0] == last + 1
		or lines[last].rstrip().endswith(("?", "？", "؟"))
		or _POSTSCRIPT.match(lines[below[0]][:500])
		or (len(above) == 1 and _GREETING.fullmatch(above[0][:60]))
		or any(_BELOW.search(line[:500]) for line in above[-5:])
		or not (_is_footer(lines, below) or (Kind.SIGNATURE not in found and _is_remark(lines, below)))
	)


def _is_footer(lines: Sequence[str], below: Sequence[int]) -> bool:
	"""Tell whether these are short lines that are not sentences: a name, an address, a list's footer."""
	return all(
		len(lines[i].split()) <= _LONGEST_FOOTER_LINE and not lines[i].rstrip().endswith((".", "!", "?"))
		for i in below
	)


def _is_remark(lines: Sequence[str], below: Sequence[int]) -> bool:
	"""Tell whether these are a few words together that ask or add nothing."""
	words = " ".join(lines[i] for i in below)
	together = below[-1] - below[0] < len(below)
	return (
		together
		and len(words.split()) <= _LONGEST_REMARK
		and not words.rstrip().endswith(("?", "？", "؟"))
		and _POSTSCRIPT.match(words) is None
	)


def _fold_edges(found: Sequence[Kind], folded: list[bool], *, at_end: bool) -> None:
	"""Fold blank lines and rules along with the folded lines that they lead to."""
	hidden = at_end
	for index in range(len(found) - 1, -1, -1):
		if folded[index]:
			hidden = True
		elif found[index] in (Kind.BLANK, Kind.RULE) and hidden:
			folded[index] = True
		else:
			hidden = False
