"""Finds header blocks: From, Sent, To and Subject under one another, as Outlook writes them above history."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from helpdesk_mailchannel.mailcore.compose.quote.introductions import DATE
from helpdesk_mailchannel.mailcore.compose.quote.kinds import Kind, kind_above
from helpdesk_mailchannel.mailcore.compose.quote.phrases import COPY, FROM, SENT, SUBJECT, TO

_LABELLED = re.compile(r"[\s>*_|]{0,8}([^\s:：*][^:：\n]{0,30}?)[\s*_]*[:：][\s*_]*(.*)")
_LABELS = tuple(
	(part, frozenset(words))
	for part, words in (
		("from", FROM),
		("sent", SENT),
		("to", TO),
		("copy", COPY),
		("subject", SUBJECT),
	)
)


def header_starts(lines: Sequence[str], found: Sequence[Kind]) -> Iterator[int]:
	"""The first lines of header blocks: From, Sent, To and Subject under one another."""
	behind = 0
	for index, kind in enumerate(found):
		if index < behind or kind is not Kind.TEXT:
			continue
		first = _LABELLED.fullmatch(lines[index][:500])
		if first is None:
			continue
		end = _header_end(lines, found, index, ruled=kind_above(found, index) is Kind.RULE)
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
		dated += bool(DATE.search(match[2]))
		addressed += "@" in match[2]
	shaped = labelled >= 3 and dated > 0 and addressed > 0
	named = "from" in parts and (len(parts - {"copy"}) >= 3 or (len(parts) >= 2 and shaped))
	return index if named or (ruled and shaped) else None
