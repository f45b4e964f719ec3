"""Tells a message's new words from the history and signature beneath them: to fold, never to delete."""

from __future__ import annotations

from typing import NamedTuple


class Piece(NamedTuple):
	"""A stretch of text, and whether it is folded."""

	text: str
	folded: bool


def split(text: str, *, forwarded: bool = False) -> tuple[Piece, ...]:
	"""The pieces of a plain text body; joined, they are the text again, character for character."""
	return (Piece(text, False),)
