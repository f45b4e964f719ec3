"""Finds header blocks: From, Sent, To and Subject under one another, as Outlook writes them above history."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from helpdesk_mailchannel.mailcore.compose.quote.introductions import DATE
from helpdesk_mailchannel.mailcore.compose.quote.kinds import Kind, kind_above
from helpdesk_mailchannel.mailcore.compose.quote.phrases import (
	ANY_DATE,
	COPY,
	FORM,
	FROM,
	SENT,
	SUBJECT,
	TO,
)

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


_FORM = frozenset(FORM)
_ANY_DATE = frozenset(ANY_DATE)


def header_starts(lines: Sequence[str], found: Sequence[Kind]) -> Iterator[int]:
	"""The first lines of header blocks: From, Sent, To and Subject under one another."""
	behind = 0
	for index, kind in enumerate(found):
		if index < behind or kind is not Kind.TEXT or _is_announced(lines, found, index):
			continue
		first = _LABELLED.fullmatch(lines[index][:500])
		if first is None:
			continue
		if _is_flat_header(first[1], first[2]):
			yield index
			continue
		end = _header_end(lines, found, index, ruled=kind_above(found, index) is Kind.RULE)
		if end is not None:
			yield index
			behind = end


def _is_announced(lines: Sequence[str], found: Sequence[Kind], index: int) -> bool:
	"""True where a writer leads over to it: "This is what the mail says:" does not end new words."""
	above = index - 1
	if above > 0 and found[above] is Kind.BLANK:
		above -= 1
	if above < 0 or found[above] is not Kind.TEXT:
		return False
	line = lines[above].rstrip()
	return line.endswith((":", "：")) and (above == index - 1 or len(line.split()) > 1)


def _is_flat_header(label: str, rest: str) -> bool:
	"""True for a header block that a program has put on one line."""
	if _part(label) != {"from"} or DATE.search(rest) is None:
		return False
	words = f" {rest.lower()}".replace(" :", ":")
	within = [part for part, labels in _LABELS if any(f" {name}:" in words for name in labels)]
	return len(set(within) - {"copy", "from"}) == 3


def _part(label: str) -> set[str]:
	written = " ".join(label.lower().split())
	return {part for part, words in _LABELS if written in words}


def _header_end(lines: Sequence[str], found: Sequence[Kind], start: int, *, ruled: bool) -> int | None:
	"""The line behind the header block that begins at `start`; None where it is no header block.

	Under a rule its shape is enough; anywhere else it must name the sender, since the forms people fill in
	on web sites look much the same. A journey is from and to somewhere on a date too, but it has no subject,
	and it is not sent.
	"""
	parts: set[str] = set()
	labelled = dated = addressed = 0
	is_form = sent = False
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
		known = _part(match[1])
		is_form |= match[1].lower().strip() in _FORM
		sent |= "sent" in known and match[1].lower().strip() not in _ANY_DATE
		if index == start and not ruled and not known - {"copy"}:
			return None
		parts |= known
		labelled += 1
		dated += bool(DATE.search(match[2]))
		addressed += "@" in match[2]
	shaped = labelled >= 3 and dated > 0 and addressed > 0
	if is_form and "to" not in parts:
		return None
	full = len(parts - {"copy"}) >= 3 and ("subject" in parts or addressed > 0 or sent)
	named = "from" in parts and (full or (len(parts) >= 2 and shaped))
	return index if named or (ruled and shaped) else None
