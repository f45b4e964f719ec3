"""What IMAP answers say, read without trusting them further than one message.

Pure functions from lines to values. imapclient's lexer takes the lines apart; its own grouping by message is
not used, because it merges an unsolicited answer without a UID into whichever message has that number as
its UID (RFC 3501 7.4.2 lets servers send such answers at any time).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from imapclient.datetime_util import parse_to_datetime
from imapclient.exceptions import ProtocolError
from imapclient.response_parser import gen_parsed_response

Items = Mapping[bytes, Any]
"""The data items of one FETCH answer, their names in upper case."""

LONGEST_SET = 7_500
"""Octets of a UID set; with its command it stays below the 8 kB that RFC 2683 3.2.1.5 has servers to take."""


def fetch_answers(lines: Sequence[Any], *, lenient: bool = False) -> Iterator[Items]:
	"""One mapping an answer, in their order.

	Raises imapclient's ProtocolError where the lines cannot be taken apart; `lenient` ends quietly there,
	for what came before a connection was lost.
	"""
	plain = [_PLAIN.fullmatch(line) if isinstance(line, bytes) else None for line in lines]
	if all(plain):
		yield from (_plain_items(line[1]) for line in plain if line)
		return
	parsed = gen_parsed_response(list(lines))
	while True:
		try:
			next(parsed)  # The sequence number: means nothing to those who speak in UIDs.
			items = next(parsed)
		except StopIteration:
			return
		except (ProtocolError, ValueError):
			if lenient:
				return
			raise
		if not isinstance(items, tuple) or len(items) % 2 or not all(map(_is_name, items[::2])):
			# Such as after a literal that was longer than announced: the octets before it are wrong too.
			raise ProtocolError("a FETCH answer that is no list of names and values")
		yield {name.upper(): value for name, value in zip(items[::2], items[1::2], strict=True)}


_PLAIN = re.compile(
	rb'\d+ \(((?:(?:UID|RFC822\.SIZE) \d+ ?|INTERNALDATE "[^"\\]*" ?|FLAGS \([^()"{}\[\]]*\) ?)*)\)',
	re.IGNORECASE,
)
"""A line of an ordinary listing: read at once, three times as fast as letter by letter in the lexer."""

_PLAIN_ITEM = re.compile(rb'(\S+) (?:(\d+)|"([^"]*)"|\(([^)]*)\))')


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
	"""The UID an answer belongs to, or None where the server left it out."""
	uid = items.get(b"UID")
	return uid if isinstance(uid, int) else None


def body_of(items: Items) -> bytes | None:
	"""The octets of BODY[…], or None where the answer has none (unsolicited, or the message is gone)."""
	for name, value in items.items():
		if name.startswith(b"BODY["):
			return value if isinstance(value, bytes) else _atom(value)
	return None


def size_of(items: Items) -> int:
	"""RFC822.SIZE, or 0 where the server left it out."""
	size = items.get(b"RFC822.SIZE")
	return size if isinstance(size, int) else 0


def received_at(items: Items) -> datetime | None:
	"""INTERNALDATE in UTC, or None where there is none that makes sense."""
	value = items.get(b"INTERNALDATE")
	if not isinstance(value, bytes):
		return None
	try:
		moment: datetime = parse_to_datetime(value, normalise=False)
		return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
	except (ValueError, OverflowError):
		return None


def flags_of(items: Items) -> frozenset[str]:
	"""The message's flags and keywords."""
	flags = items.get(b"FLAGS")
	return frozenset(_word(flag) for flag in flags) if isinstance(flags, tuple) else frozenset()


def search_result(lines: Iterable[Any]) -> list[int]:
	"""The UIDs of all SEARCH lines; a server may spread them over several."""
	return [int(word) for line in lines if isinstance(line, bytes) for word in line.split() if word.isdigit()]


_COPYUID = re.compile(r"\s*(\d+) ([\d:,]+) ([\d:,]+)")


def copied(copyuid: str) -> tuple[int, dict[int, int]]:
	"""COPYUID (RFC 4315 3) as the destination's UIDVALIDITY, and source UID → destination UID.

	Both sets are in the same order; where their lengths differ nothing is believed.
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
	"""The UIDs as sets such as `1:3,7`, each within a command's length and of at most so many messages.

	Yields the set and how many messages it names. Only neighbours are joined, so a set never names more.
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
	"""The UIDs a set such as `3,5:7` names; none where it is malformed or names more than `most`."""
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
	"""A body that looked like a number to the lexer."""
	return str(value).encode() if isinstance(value, int) else None
