"""Finds signatures: under `-- ` or a rule, and the line by which a device names itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from helpdesk_mailchannel.mailcore.compose.quote.kinds import BEGINNINGS, Kind, any_of
from helpdesk_mailchannel.mailcore.compose.quote.phrases import DEVICES, SENT_BY_DEVICE, SENT_FROM

_SIGNATURE = re.compile(r"\s?(?:--|—|––|_{3,})\s*")
_LONG_RULE = re.compile(r"\s*[-‐–—_=]{4,}\s*")
_LONGEST_SIGNATURE = 20
_SENT_FROM = re.compile(rf"\W*(?:{any_of(SENT_FROM)})", re.I)
_SENT_BY_DEVICE = re.compile(any_of(SENT_BY_DEVICE), re.I)
_DEVICE = re.compile(any_of(DEVICES), re.I)
_GET_OUTLOOK = re.compile(
	r"(?=.{0,60}outlook).{0,80}\b(?:ios|android|mobile)\b\W*(?:https?://\S+)?(?:\s+\w+)?\W*", re.I
)


def mark_signatures(lines: Sequence[str], found: list[Kind]) -> None:
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
		if found[index] in BEGINNINGS:
			return index
		words += found[index] is Kind.TEXT
		if words > _LONGEST_SIGNATURE:
			return None
	return len(found) if start + 4 * _LONGEST_SIGNATURE >= len(found) else None


def _ends_words(found: Sequence[Kind], index: int) -> bool:
	"""True where no new word follows before the history begins."""
	following = (kind for kind in found[index + 1 : index + 30] if kind not in (Kind.BLANK, Kind.RULE))
	return next(following, Kind.HISTORY) in (*BEGINNINGS, Kind.SIGNATURE)


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
