"""Finds signatures: under `-- ` or a rule, and the line by which a device names itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from helpdesk_mailchannel.mailcore.compose.quote.kinds import BEGINNINGS, Kind, any_of
from helpdesk_mailchannel.mailcore.compose.quote.phrases import (
	DEVICES,
	FROM_MY,
	GET,
	GET_BEHIND,
	SENT_BY_DEVICE,
	SENT_FROM,
	SENT_WITH,
)

_SIGNATURE = re.compile(r"\s?(?:--|—|––|_{3,})\s*")
_DELIMITER = re.compile(r"-- ?")
"""RFC 3676, section 4.3; many programs lose its space."""
_LONG_RULE = re.compile(r"\s*[-‐–—_=]{4,}\s*")
_LONGEST_SIGNATURE = 20
_LONGEST_BELOW_QUOTE = 60
"""Lines. Under the delimiter and the history are signatures with long disclaimers, hardly ever an answer."""
_AFTER_GREETING = (",", "،", "，", "、")
_LONGEST_GREETING = 5
"""Words."""
_LINK = re.compile(r"<?https?://\S+>?")
_SENT_FROM = re.compile(rf"\W*(?:{any_of(SENT_FROM)})", re.I)
_SENT_WITH = re.compile(rf"\W*(?:{any_of(SENT_WITH)})", re.I)
_DEVICE = re.compile(any_of(DEVICES), re.I)
_SENT_BY_DEVICE = re.compile(
	rf"\W*(?:(?:{any_of(FROM_MY)})|(?:{any_of(DEVICES)})).{{0,150}}(?:{any_of(SENT_BY_DEVICE)})\W*", re.I
)
_PHONE = r"(?:ios|android|mac|windows|mobile)"
_GET_APP = re.compile(
	rf"\W*(?:{any_of(GET)})\W.{{0,30}}(?:outlook\b.{{0,40}}\b{_PHONE}|\b{_PHONE}\b.{{0,20}}outlook|bluemail).{{0,20}}"
	rf"|\W*(?:outlook\b.{{0,20}}\b{_PHONE}|{_PHONE}.{{0,20}}outlook).{{0,20}}(?:{any_of(GET_BEHIND)})\W*",
	re.I,
)


def mark_signatures(lines: Sequence[str], found: list[Kind]) -> None:
	"""Mark signatures: what follows `-- `, a rule after the last quote, or names the sending device."""
	last_quote = max((i for i, kind in enumerate(found) if kind is Kind.QUOTE), default=len(lines))
	first, index = _first_signed(lines, found), 0
	while index < len(lines):
		begins = _SIGNATURE.fullmatch(lines[index][:100]) or (
			index > last_quote and _LONG_RULE.fullmatch(lines[index][:200])
		)
		if begins and found[index] is Kind.RULE and index >= first:
			below_quote = index > last_quote and _DELIMITER.fullmatch(lines[index].rstrip("\r\n"))
			end = _signature_end(found, index, _LONGEST_BELOW_QUOTE if below_quote else _LONGEST_SIGNATURE)
			if end is not None and not {Kind.TEXT, Kind.SIGNATURE}.isdisjoint(found[index:end]):
				found[index:end] = [Kind.SIGNATURE] * (end - index)
				index = end
				continue
		if found[index] is Kind.TEXT and _ends_words(found, index) and _is_device_line(lines, found, index):
			found[index] = Kind.SIGNATURE
		index += 1


def _first_signed(lines: Sequence[str], found: Sequence[Kind]) -> int:
	"""Return the first line at which a signature may begin: under a mere greeting nothing is signed."""
	said = [index for index in range(len(found)) if found[index] is not Kind.BLANK][:2]
	if not said:
		return 0
	words = lines[said[0]][:200].strip()
	greets = words.endswith(_AFTER_GREETING) and len(words.split()) <= _LONGEST_GREETING
	return said[-1] + 1 if greets else 0


def _signature_end(found: Sequence[Kind], start: int, longest: int) -> int | None:
	"""Return the line after a signature: where history begins, or the end; None if it is too long for one.

	If the mail program has marked it, it ends where the mark ends.
	"""
	words = 0
	marked = False
	for index in range(start, min(start + 4 * longest, len(found))):
		if found[index] in BEGINNINGS or (marked and found[index] in (Kind.TEXT, Kind.RULE)):
			return index
		marked |= found[index] is Kind.SIGNATURE
		words += found[index] is Kind.TEXT
		if words > longest:
			return None
	return len(found) if start + 4 * longest >= len(found) else None


def _ends_words(found: Sequence[Kind], index: int) -> bool:
	"""Tell whether no new word follows before the history begins."""
	following = (kind for kind in found[index + 1 : index + 30] if kind not in (Kind.BLANK, Kind.RULE))
	return next(following, Kind.HISTORY) in (*BEGINNINGS, Kind.SIGNATURE)


def _is_device_line(lines: Sequence[str], found: Sequence[Kind], index: int) -> bool:
	"""Tell whether it is the line by which a device or an app names itself.

	If we know no such name, the line must at least be a paragraph of its own and not a sentence: people write
	"Sent from Berlin." too.
	"""
	text = lines[index].strip()
	if len(text) > 200:
		return False
	words = _LINK.sub("", text).strip()
	count = len(words.split())
	if _GET_APP.fullmatch(words):
		return True
	named = _DEVICE.search(words) is not None
	if named:
		sent = _SENT_FROM.match(words) or _SENT_WITH.match(words)
		return count <= 12 and (sent is not None or _SENT_BY_DEVICE.fullmatch(words) is not None)
	apart = index == 0 or found[index - 1] is not Kind.TEXT
	return bool(_SENT_FROM.match(words)) and apart and count <= 6 and not text.endswith((".", "!", "?"))
