"""Decides which lines are folded: from where on does nothing new follow?

A reply that answers between the quoted lines stays whole, and so does a forwarded message: what it passes on
is its content. When in doubt, nothing is folded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from helpdesk_mailchannel.mailcore.compose.quote.headers import header_starts
from helpdesk_mailchannel.mailcore.compose.quote.introductions import introductions
from helpdesk_mailchannel.mailcore.compose.quote.kinds import BEGINNINGS, Kind, any_of, kind_of
from helpdesk_mailchannel.mailcore.compose.quote.phrases import BELOW
from helpdesk_mailchannel.mailcore.compose.quote.signatures import mark_signatures

ANALYSED = 200_000
"""Characters of a body that are looked at."""
ANALYSED_LINES = 10_000
MOST_FOLDS = 20
"""More than this many separate folds would hide the thread of a discussion: then nothing is folded."""
_LONGEST_AFTERTHOUGHT = 6
_GREETING = re.compile(r"(?=.{1,40}$)\W*\w+(?:[ ,]+\S+){0,4}?\s*[,!，！]\s*")
_BELOW = re.compile(rf"(?<!\w)(?:{any_of(BELOW)})(?!\w)|下面|以下|如下|아래|ด้านล่าง", re.I)
"""Scripts without spaces have no word boundaries either."""
_MARKED_OTHERWISE = re.compile(r"[ \t]{0,4}(?:[A-Za-z]{1,15}>|\|)(?:[ >]|$)")


def kinds(lines: Sequence[str]) -> list[Kind]:
	"""The kind of every line, by its words and its neighbours."""
	found = [kind_of(line) for line in lines]
	for start, end in introductions(lines, found):
		found[start:end] = [Kind.INTRO] * (end - start)
	if Kind.INTRO in found:
		_mark_other_quotes(lines, found)
	for start in header_starts(lines, found):
		found[start] = Kind.HISTORY
	return found


def fold(lines: Sequence[str], given: Sequence[Kind], *, whole: bool = True) -> list[bool]:
	"""For every line, whether it is folded. `whole` says that these are all the lines of the body."""
	found = list(given)
	open_to_all = [False] * len(lines)
	first = next((kind for kind in found if kind in BEGINNINGS), None)
	if first is Kind.FORWARD:
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
	"""Lines such as `JD> so you said` and `| so you said` are quotes in a body that introduces one."""
	for index in range(found.index(Kind.INTRO), len(lines)):
		if found[index] is Kind.TEXT and _MARKED_OTHERWISE.match(lines[index]):
			found[index] = Kind.QUOTE


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


def _hide(folded: list[bool], start: int, end: int) -> None:
	folded[start:end] = [True] * (end - start)


def _fold_quotes(lines: Sequence[str], found: Sequence[Kind], folded: list[bool], end: int) -> None:
	"""Fold quoted lines where nothing new stands between them: behind the new words, or in front."""
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
	elif _is_afterthought(lines, first, last, said):
		_hide(folded, first, end)


def _is_afterthought(lines: Sequence[str], first: int, last: int, said: Sequence[int]) -> bool:
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
		or (len(above) == 1 and _GREETING.fullmatch(above[0][:60]))
		or any(_BELOW.search(line[:500]) for line in above[-5:])
	)


def _fold_edges(found: Sequence[Kind], folded: list[bool], *, at_end: bool) -> None:
	"""Let blank lines and rules go with the folded lines they lead to, and end the kept words with a word."""
	hidden = at_end
	for index in range(len(found) - 1, -1, -1):
		if folded[index]:
			hidden = True
		elif found[index] in (Kind.BLANK, Kind.RULE) and hidden:
			folded[index] = True
		else:
			hidden = False
