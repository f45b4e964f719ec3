"""What parts say, piece by piece, and how the pieces of several parts become one."""

from __future__ import annotations

import html as html_module
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
	"""One stretch of the message, in plain text, in HTML, or in both."""

	text: str | None = None
	html: str | None = None

	@property
	def blank(self) -> bool:
		"""Whether nothing is said."""
		return not (self.text or "").strip() and not (self.html or "").strip()


def best_of(alternatives: list[list[Piece]]) -> Piece:
	"""The richest of each kind; different plain texts are all kept: their sender meant them in a row."""
	wholes = [in_a_row(pieces) for pieces in alternatives if pieces]
	texts = [each.text for each in wholes if (each.text or "").strip()]
	distinct = list({" ".join((text or "").split()): text for text in texts}.values())
	htmls = [each.html for each in wholes if (each.html or "").strip()]
	return Piece(
		text="\n\n".join(text for text in distinct if text) if distinct else None,
		html=htmls[-1] if htmls else None,
	)


def in_a_row(pieces: list[Piece]) -> Piece:
	"""Pieces that follow each other, as one. Where one has HTML only, there is no whole text."""
	filled = [each for each in pieces if not each.blank]
	if not filled:
		texts = [each.text for each in pieces if each.text is not None]
		return Piece(text=texts[0] if texts else None)
	if len(filled) == 1:
		return filled[0]
	text = None
	if all(each.text is not None for each in filled):
		text = "\n".join((each.text or "").strip("\n") + "\n" for each in filled)
	html = None
	if any(each.html is not None for each in filled):
		html = "\n<br>\n".join(
			each.html if each.html is not None else _as_html(each.text or "") for each in filled
		)
	return Piece(text, html)


def _as_html(text: str) -> str:
	return f"<pre>{html_module.escape(text)}</pre>"
