"""Chooses the messages that an answer names: In-Reply-To and References (RFC 5322, 3.6.4).

If there is no room for all, the customers' own Message-IDs take precedence. Some services that send mail
replace our IDs with their own, and a mail program answers with those; but it repeats References unchanged,
and there the customer's IDs lead back to the ticket.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_ID = re.compile(r"[!-;=?-~]{1,250}")
_MOST_IDS = 20
_MOST_OCTETS = 1_500
"""Of all together; servers refuse long headers, and mail programs give up on them."""


@dataclass(frozen=True)
class Named:
	"""A message of the ticket's conversation."""

	message_id: str
	"""Without angle brackets."""
	received: bool
	"""Whether it came in by mail; otherwise the site sent it."""


def in_reply_to(conversation: Sequence[Named]) -> str:
	"""Return the ID, in brackets, that the next message answers: the newest received, else the newest of all.

	`conversation` is in order of time. The result is empty if it has no usable ID.
	"""
	newest_first = _usable(conversation)[::-1]
	answered = next((each for each in newest_first if each.received), next(iter(newest_first), None))
	return f"<{answered.message_id}>" if answered else ""


def references(conversation: Sequence[Named]) -> str:
	"""Return the IDs that the next message refers to, in brackets, in order of time, the answered one last.

	If there are too many, those between the first message and the newest are left out, ours before the
	customers'.
	"""
	usable = _usable(conversation)
	room = _MOST_OCTETS
	chosen: set[str] = set()
	for each in _by_worth(usable):
		room -= len(each.message_id) + 3
		if room < 0 or len(chosen) == _MOST_IDS:
			break
		chosen.add(each.message_id)
	answered = in_reply_to(usable)
	ids = [f"<{each.message_id}>" for each in usable if each.message_id in chosen]
	return " ".join([*(each for each in ids if each != answered), *filter(None, [answered])])


def _by_worth(usable: Sequence[Named]) -> Iterator[Named]:
	yield from usable[:1]
	yield from (each for each in reversed(usable[1:]) if each.received)
	yield from (each for each in reversed(usable[1:]) if not each.received)


def _usable(conversation: Sequence[Named]) -> list[Named]:
	"""Return those whose ID can go into a header, each once."""
	stripped = (Named(each.message_id.strip().strip("<>"), each.received) for each in conversation)
	return list({each.message_id: each for each in stripped if _ID.fullmatch(each.message_id)}.values())
