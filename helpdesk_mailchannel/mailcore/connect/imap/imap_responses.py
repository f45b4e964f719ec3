"""What IMAP answers say, trusting none of them beyond a single message.

Pure functions from lines to values. imapclient's lexer takes the lines apart; its own grouping by message is
not used, because it merges an unsolicited answer without a UID into whichever message has that number as
its UID (RFC 3501 7.4.2 lets servers send such answers at any time).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from imapclient.datetime_util import parse_to_datetime
from imapclient.exceptions import ProtocolError
from imapclient.response_parser import gen_parsed_response

Items = Mapping[bytes, Any]
"""The data items of one FETCH answer, with their names in upper case."""

LONGEST_SET = 7_500
"""Octets of a UID set; with its command below the 8 kB that RFC 2683 3.2.1.5 tells servers to take."""


def fetch_answers(lines: Iterable[Any]) -> Iterator[Items]:
	"""Yield one mapping per answer, in order. Only an answer that cannot be parsed is left out."""
	for answer in _answers(lines):
		plain = _PLAIN.fullmatch(answer[0]) if len(answer) == 1 else None
		items = _plain_items(plain[1]) if plain else _items(answer)
		if items is not None:
			yield items


def _answers(lines: Iterable[Any]) -> Iterator[list[Any]]:
	"""Yield the lines of each answer: those that end in a literal, and the one that ends it."""
	answer: list[Any] = []
	for line in lines:
		answer.append(line)
		if isinstance(line, bytes):
			yield answer
			answer = []


LONGEST_TEXT = 256 * 1024
"""Octets of an answer outside of literals: the lexer reads them character by character."""


def _items(answer: Sequence[Any]) -> Items | None:
	text = sum(len(line if isinstance(line, bytes) else line[0]) for line in answer)
	if text > LONGEST_TEXT:
		return None
	try:
		_, items = gen_parsed_response(list(answer))  # The sequence number is of no use to us.
	except (ProtocolError, ValueError, TypeError, LookupError, RecursionError):
		return None
	if not isinstance(items, tuple) or len(items) % 2 or not all(map(_is_name, items[::2])):
		# For example after a literal longer than announced: the octets before it are wrong too.
		return None
	return {name.upper(): value for name, value in zip(items[::2], items[1::2], strict=True)}


def by_uid(answers: Iterable[Items], asked: Collection[int]) -> dict[int, Items]:
	"""Return the answers about the requested messages, by UID.

	Whatever a server says about other messages is ignored, and contradictory answers about one message are
	not believed. An answer without a UID counts only if it is the only one to a request for one message.
	"""
	found: dict[int, Items] = {}
	disputed: set[int] = set()
	nameless: list[Items] = []
	for items in answers:
		uid = uid_of(items)
		if uid is None:
			nameless.append(items)
		elif uid in asked:
			known = found.get(uid, {})
			if any(known.get(name, value) != value for name, value in items.items() if name not in _CHANGING):
				disputed.add(uid)
			found[uid] = {**known, **items}
	telling = [items for items in nameless if set(items) - _CHANGING]
	if len(asked) == 1 and len(telling) == 1 and not any(set(items) - _CHANGING for items in found.values()):
		[uid] = asked
		found[uid] = telling[0]
	return {uid: items for uid, items in found.items() if uid not in disputed}


_CHANGING = frozenset({b"FLAGS", b"MODSEQ", b"UID"})
"""Items that may come unsolicited, or whose value may change a moment later."""


_PLAIN = re.compile(
	rb'\d+ \(((?:(?:UID|RFC822\.SIZE) \d{1,19} ?|INTERNALDATE "[^"\\]*" ?|FLAGS \([^()"{}\[\]]*\) ?)*)\)',
	re.IGNORECASE,
)
"""A line of an ordinary listing: read at once, three times as fast as character by character in the lexer."""

_PLAIN_ITEM = re.compile(rb'(?<!\S)(\S+) (?:(\d+)|"([^"]*)"|\(([^()]*)\))')


def _plain_items(text: bytes) -> Items:
	return {
		name.upper(): int(number)
		if number
		else date
		if name.upper() == b"INTERNALDATE"
		else tuple(flags.split())
		for name, number, date, flags in _PLAIN_ITEM.findall(text)
	}


def uid_of(items: Items) -> int | None:
	"""Return the UID an answer belongs to, or None if the server left it out."""
	uid = items.get(b"UID")
	return uid if isinstance(uid, int) else None


def body_of(items: Items) -> bytes | None:
	"""Return the octets of BODY[…], or None if the answer has none (unsolicited, or the message is gone)."""
	for name, value in items.items():
		if name.startswith(b"BODY["):
			return value if isinstance(value, bytes) else _atom(value)
	return None


def header_of(items: Items) -> bytes | None:
	"""Return what ENVELOPE (RFC 3501 7.4.2) tells of the header: date, subject, author and Message-ID."""
	envelope = items.get(b"ENVELOPE")
	if not isinstance(envelope, tuple) or len(envelope) != 10:
		return None
	date, subject, authors, message_id = envelope[0], envelope[1], envelope[2], envelope[9]
	fields = [
		(b"Date", date),
		(b"Subject", subject),
		(b"From", _authors(authors)),
		(b"Message-ID", message_id),
	]
	lines = [name + b": " + _one_line(value) for name, value in fields if isinstance(value, bytes) and value]
	return b"\r\n".join([*lines, b"", b""]) if lines else None


def _authors(authors: Any) -> bytes | None:
	addresses = []
	for author in authors if isinstance(authors, tuple) else ():
		if (
			isinstance(author, tuple)
			and len(author) == 4
			and all(isinstance(part, bytes) for part in author[2:])
		):
			addresses.append(author[2] + b"@" + author[3])
	return b", ".join(addresses) or None


def _one_line(value: bytes) -> bytes:
	return b" ".join(value.split())


def size_of(items: Items) -> int:
	"""Return RFC822.SIZE, or 0 if the server left it out."""
	size = items.get(b"RFC822.SIZE")
	return size if isinstance(size, int) else 0


def received_at(items: Items) -> datetime | None:
	"""Return INTERNALDATE in UTC, or None if it is missing or makes no sense."""
	value = items.get(b"INTERNALDATE")
	if not isinstance(value, bytes):
		return None
	try:
		moment: datetime = parse_to_datetime(value, normalise=False)
		return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
	except (ValueError, OverflowError):
		return None


def flags_of(items: Items) -> frozenset[str]:
	"""Return the message's flags and keywords."""
	flags = items.get(b"FLAGS")
	return frozenset(_word(flag) for flag in flags) if isinstance(flags, tuple) else frozenset()


def is_undeleted(items: Items) -> bool:
	"""Return whether the server gave the message's flags, and it is not marked as deleted."""
	deleted = {flag.lower() for flag in flags_of(items)} & {"\\deleted"}
	return b"FLAGS" in items and not deleted


def search_result(lines: Iterable[Any]) -> list[int]:
	"""Return the UIDs of all SEARCH lines; a server may spread them over several."""
	words = (word for line in lines if isinstance(line, bytes) for word in line.split())
	return [int(word) for word in words if word.isdigit() and len(word) <= 10 and 0 < int(word) < 2**32]


def is_whole_search(lines: Sequence[Any]) -> bool:
	"""Return whether a SEARCH was answered at all, and by nothing but UIDs.

	A server that says OK without even an empty SEARCH line has not said that there is nothing.
	"""
	return bool(lines) and all(
		isinstance(line, bytes) and _SEARCHED.fullmatch(line) is not None for line in lines
	)


_SEARCHED = re.compile(rb"\s*(?:[1-9]\d{0,9}(?:\s+|\Z))*(?:\(MODSEQ \d+\)\s*)?", re.IGNORECASE)

_COPYUID = re.compile(r"\s*(\d+) ([\d:,]+) ([\d:,]+)")


def copied(copyuid: str) -> tuple[int, dict[int, int]]:
	"""Parse COPYUID (RFC 4315 3) into the destination's UIDVALIDITY, and source UID → destination UID.

	Both sets are in the same order; if their lengths differ, nothing is believed.
	"""
	found = _COPYUID.match(copyuid)
	if not found:
		return 0, {}
	sources, destinations = expanded(found[2]), expanded(found[3])
	if not sources or len(sources) != len(destinations):
		return 0, {}
	return int(found[1]), dict(zip(sources, destinations, strict=True))


def uid_sets(
	uids: Iterable[int], longest: int = LONGEST_SET, most: int = 1_000_000
) -> Iterator[tuple[str, int]]:
	"""Yield the UIDs as sets such as `1:3,7`, each limited in length and in number of messages.

	Each set comes with the number of its messages. Only neighbours are joined, so a set never names more.
	"""
	parts: list[str] = []
	length = count = 0
	for first, last in _runs(sorted(set(uids)), most):
		part = str(first) if first == last else f"{first}:{last}"
		size = last - first + 1
		if parts and (length + len(part) + 1 > longest or count + size > most):
			yield ",".join(parts), count
			parts, length, count = [], 0, 0
		parts.append(part)
		length += len(part) + 1
		count += size
	if parts:
		yield ",".join(parts), count


def _is_name(word: Any) -> bool:
	return isinstance(word, bytes) and word[:1].isalpha()


def _runs(uids: Sequence[int], most: int) -> Iterator[tuple[int, int]]:
	first = last = 0
	for uid in uids:
		if last and uid == last + 1 and uid - first < most:
			last = uid
			continue
		if last:
			yield first, last
		first = last = uid
	if last:
		yield first, last


def expanded(uid_set: str, most: int = 100_000) -> list[int]:
	"""Return the UIDs that a set such as `3,5:7` names; none if it is malformed or names more than `most`."""
	uids: list[int] = []
	for part in uid_set.split(","):
		first, _, last = part.partition(":")
		if not first or (_ and not last):
			return []
		low, high = int(first), int(last or first)
		if abs(high - low) + len(uids) > most:
			return []
		uids += range(low, high + 1) if low <= high else range(high, low + 1)
	return uids


def _word(flag: Any) -> str:
	return flag.decode("utf-8", "replace") if isinstance(flag, bytes) else str(flag)


def _atom(value: Any) -> bytes | None:
	"""Return a body that looked like a number to the lexer as octets."""
	return str(value).encode() if isinstance(value, int) else None
