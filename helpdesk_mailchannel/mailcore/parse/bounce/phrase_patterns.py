"""Makes one pattern of many phrases, so that they can be kept in readable tables."""

from __future__ import annotations

import re

_BOUNDED = {r"\w*": r"\w{0,40}", r"\w+": r"\w{1,40}", r"\S+": r"\S{1,100}"}


def one_of(*phrases: str) -> re.Pattern[str]:
	"""Return a pattern that finds any of the phrases, each a regular expression, in any case.

	A space in a phrase is one space: texts are searched with their white space reduced to single spaces. No
	word (`\\w*`, `\\w+`, `\\S+`) is longer than people's, or looking for it would take quadratic time.
	"""
	pattern = "|".join(f"(?:{phrase})" for phrase in phrases)
	for endless, bounded in _BOUNDED.items():
		pattern = pattern.replace(endless, bounded)
	return re.compile(pattern, re.IGNORECASE)


def reduced(text: str) -> str:
	"""Return the text with all its white space reduced to single spaces."""
	return " ".join(text.split())
