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

_LABELLED = re.compile(r"[\s>*_|]{0,8}([^\s:：*][^:：\n]{0,30}?)[\s*_]{0,8}[:：][\s*_]*(.*)")
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


_LONGEST_BLOCK = 24
"""Lines, blank ones and those of a long list of recipients included."""
_FORM_GOES_ON = 6
"""Lines below in which a form is recognised by what else it asks for."""
_RULE_ABOVE = re.compile(r"[\s>]*(?:_{32}|-{20})\s*")
"""The line that Outlook draws above a header block, and a browser's, as `layout` writes it."""
_FORM = frozenset(FORM)
_ANY_DATE = frozenset(ANY_DATE)


def header_starts(lines: Sequence[str], found: Sequence[Kind]) -> Iterator[int]:
	"""Return the first lines of header blocks: From, Sent, To and Subject under one another."""
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
		end = _header_end(lines, found, index, ruled=_is_ruled(lines, found, index))
		if end is not None:
			yield index
			behind = end


def _is_ruled(lines: Sequence[str], found: Sequence[Kind], index: int) -> bool:
	"""Tell whether it is under a line that mail programs draw above a header block; people's are shorter."""
	if kind_above(found, index) is not Kind.RULE:
		return False
	above = next(lines[i] for i in range(index - 1, -1, -1) if found[i] is Kind.RULE)
	return _RULE_ABOVE.fullmatch(above[:500]) is not None


def _is_announced(lines: Sequence[str], found: Sequence[Kind], index: int) -> bool:
	"""Tell whether a writer leads over to it: "This is what the mail says:" does not end new words."""
	above = index - 1
	if above > 0 and found[above] is Kind.BLANK:
		above -= 1
	if above < 0 or found[above] is not Kind.TEXT:
		return False
	line = lines[above].rstrip()
	return line.endswith((":", "：")) and (above == index - 1 or len(line.split()) > 1)


def _is_flat_header(label: str, rest: str) -> bool:
	"""Tell whether it is a header block that a program has put on one line, whatever it begins with."""
	first = _part(label) - {"copy"}
	if not first or DATE.search(rest) is None or (first != {"from"} and "@" not in rest):
		return False
	words = f" {rest.lower()}".replace(" :", ":")
	within = {part for part, labels in _LABELS if any(f" {name}:" in words for name in labels)}
	return len((within | first) - {"copy"}) == 4


def _part(label: str) -> set[str]:
	written = " ".join(label.lower().split())
	return {part for part, words in _LABELS if written in words}


def _header_end(lines: Sequence[str], found: Sequence[Kind], start: int, *, ruled: bool) -> int | None:
	"""Return the line after the header block that begins at `start`; None if it is not a header block.

	Under a rule its shape is enough, if it begins with an address, as a sender does; anywhere else it must
	name the sender, since the forms people fill in on web sites look much the same. A journey is from and to
	somewhere on a date too, but it has no subject, and it is not sent.
	"""
	parts: set[str] = set()
	first: set[str] = set()
	labelled = dated = addressed = 0
	is_form = sent = begins_with_address = False
	end = start
	for index, match in _fields(lines, found, start):
		known = _part(match[1])
		if index == start:
			first = known
			begins_with_address = "@" in match[2]
			if not ruled and not known - {"copy"}:
				return None
		# No block says a thing twice: a line such as "Re: order 4711" above one is not part of it.
		if len(known) == 1 and known <= parts - {"copy"}:
			if "from" not in first:
				return None
			break
		is_form |= _asks_in_a_form(lines[index])
		sent |= "sent" in known and match[1].lower().strip() not in _ANY_DATE
		parts |= known
		labelled += 1
		dated += bool(DATE.search(match[2]) or ("sent" in known and any(map(str.isdigit, match[2]))))
		addressed += "@" in match[2]
		end = index + 1
	shaped = labelled >= 3 and dated > 0 and addressed > 0
	if "to" not in parts and (is_form or any(map(_asks_in_a_form, lines[end : end + _FORM_GOES_ON]))):
		return None
	# A person's own list, "From: Berlin, To: Paris", tells neither an address nor a time.
	told = addressed > 0 or dated > 0
	full = told and len(parts - {"copy"}) >= 3 and ("subject" in parts or addressed > 0 or sent)
	named = "from" in parts and (full or (len(parts) >= 2 and shaped))
	return end if named or (ruled and shaped and begins_with_address) else None


def _asks_in_a_form(line: str) -> bool:
	match = _LABELLED.fullmatch(line[:500])
	return match is not None and match[1].lower().strip() in _FORM


def _fields(lines: Sequence[str], found: Sequence[Kind], start: int) -> Iterator[tuple[int, re.Match[str]]]:
	"""Return the labelled lines that belong with the one at `start`, and where they are.

	Between them may be further lines of a long list of recipients, and a blank line if a program puts one
	between all of them; anything else is somebody's words.
	"""
	count = blanks = 0
	spaced: bool | None = None
	for index in range(start, min(start + _LONGEST_BLOCK, len(lines))):
		if found[index] is Kind.BLANK:
			blanks += 1
			if blanks > 1:
				return
			continue
		match = _LABELLED.fullmatch(lines[index][:500])
		if match is None:
			if blanks or not count or found[index] is not Kind.TEXT or not _goes_on(lines, index):
				return
			continue
		if count:
			if spaced is None:
				spaced = blanks > 0
			elif spaced != (blanks > 0):
				return
		yield index, match
		count += 1
		blanks = 0


def _goes_on(lines: Sequence[str], index: int) -> bool:
	"""Tell whether a line continues the list of recipients, or the long subject, of the line above."""
	line, above = lines[index], lines[index - 1].rstrip()
	return (
		line[:1] in (" ", "\t")
		or above.endswith((";", ",", "<"))
		or line.rstrip().endswith(";")
		or line.lstrip().startswith("<")
		or ("@" in line and len(line.split()) <= 4)
	)
