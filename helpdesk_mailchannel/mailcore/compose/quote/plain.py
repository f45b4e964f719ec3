"""Splits plain text into the new words and what is folded beneath them, in time linear in its length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from helpdesk_mailchannel.mailcore.compose.quote.fold import ANALYSED, ANALYSED_LINES, fold, kinds
from helpdesk_mailchannel.mailcore.compose.quote.kinds import any_of
from helpdesk_mailchannel.mailcore.compose.quote.phrases import FINNISH, FORWARD_PREFIXES

_INVISIBLE = re.compile("[\r\n\ufeff\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
"""Line ends, and the marks that right-to-left mail is full of."""
_FORWARD_SUBJECT = re.compile(
	rf"\s*(?:\[[^\]\n]{{1,60}}\]\s*)?\[?(?:{any_of(FORWARD_PREFIXES)})\s*[:：]", re.I
)


_VS = re.compile(r"\s*(?:\[[^\]\n]{1,60}\]\s*)?vs\s*[:：]", re.I)
_FINNISH = re.compile(rf"{any_of(FINNISH)}|l&auml;hett", re.I)
_UNQUOTED = re.compile(r"^[^\s>]", re.M)


class Stretch(NamedTuple):
	"""A stretch of text, and whether it is folded."""

	text: str
	folded: bool


def split(text: str, *, forwarded: bool = False) -> tuple[Stretch, ...]:
	"""Return the stretches of a plain text body; joined, they are the text again, character for character.

	`forwarded` says that the subject calls it a forwarded message; see `is_forward`.
	"""
	if forwarded or not text:
		return (Stretch(text, False),) if text else ()
	*ended, rest = text.split("\n", ANALYSED_LINES)
	lines = [*(f"{line}\n" for line in ended), *([rest] if rest else [])]
	looked_at = [_INVISIBLE.sub("", line) for line in _analysed(lines)]
	folded = fold(looked_at, kinds(looked_at), whole=len(looked_at) == len(lines))
	folded += [_goes_on(lines, folded)] * (len(lines) - len(folded))
	groups = groupby(zip(lines, folded, strict=True), key=lambda pair: pair[1])
	return tuple(Stretch("".join(line for line, _ in group), hidden) for hidden, group in groups)


def is_forward(subject: str, words: str = "") -> bool:
	"""Tell whether the subject says that the message is passed on, and not that it answers one.

	`words` are the message's, for a prefix that two languages use in opposite ways.
	"""
	if _VS.match(subject):
		return _FINNISH.search(words) is None
	return _FORWARD_SUBJECT.match(subject) is not None


def _goes_on(lines: Sequence[str], folded: Sequence[bool]) -> bool:
	"""Tell whether what was not looked at belongs to the history that ends what was."""
	said = (index for index in range(len(folded) - 1, -1, -1) if any(map(str.isalnum, lines[index])))
	last = next(said, None)
	if last is None or not folded[last]:
		return False
	if not lines[last].lstrip().startswith(">"):
		return True
	return not any(_UNQUOTED.search(line) for line in lines[len(folded) :])


def _analysed(lines: Sequence[str]) -> Iterator[str]:
	size = 0
	for line in lines[:ANALYSED_LINES]:
		size += len(line)
		if size > ANALYSED:
			return
		yield line
