"""Reads Message-IDs (RFC 5322 3.6.4): one or several, folded, among garbage, with or without brackets.

They are made plain here, because the ID of a message and those that name it must stay the same word.
"""

from __future__ import annotations

import re

from helpdesk_mailchannel.mailcore.outside.plain_text import plain_line

_BRACKETED = re.compile(r"<([^<>]{1,998})>")
_BARE = re.compile(r"(?<![^\s<>,;\"()])[^\s<>,;\"()]{1,500}@[^\s<>,;\"()]{1,500}")
_MOST = 200
_LONGEST = 998


def message_id(value: str) -> str:
	"""Return the one ID of a Message-ID field, without brackets; empty if there is none."""
	found = message_ids(value)
	if found:
		return found[0]
	words = value.replace("<", " ").replace(">", " ").split()
	return plain_line(words[0][:_LONGEST]) if len(words) == 1 else ""


def message_ids(value: str) -> tuple[str, ...]:
	"""Return all IDs of an In-Reply-To or References field, in order, each once.

	If there are very many, the first and the latest are kept: they name the start and the end of the thread.
	"""
	found = [_tight(each) for each in _BRACKETED.findall(value)]
	if not any(found):
		found = _BARE.findall(value)
	ids = tuple(dict.fromkeys(plain_line(each) for each in found if each))
	return ids if len(ids) <= _MOST else (ids[0], *ids[-_MOST + 1 :])


def _tight(raw: str) -> str:
	"""Remove folds within the brackets: they are a relay's, not part of the ID."""
	return "".join(raw.split())
