"""Makes one pattern of many phrases, so that tables of them can be read."""

from __future__ import annotations

import re


def one_of(*phrases: str) -> re.Pattern[str]:
	"""A pattern that finds any of the phrases, each a regular expression, whatever their case.

	A space in a phrase is one space: texts are searched with their white space reduced to single spaces.
	"""
	return re.compile("|".join(f"(?:{phrase})" for phrase in phrases), re.IGNORECASE)


def reduced(text: str) -> str:
	"""The text with all its white space reduced to single spaces."""
	return " ".join(text.split())
