"""Joins what parts say, piece by piece, into one."""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Iterator
from dataclasses import dataclass

_URL = re.compile(r"<?\b(?:https?://|mailto:)[^\s<>]{1,2000}>?", re.IGNORECASE)
_LIST_MARK = re.compile(r"^[ \t]{0,20}(?:[*\-•·o§]|\d{1,3}[.)])[ \t]", re.MULTILINE)
_NOT_LETTERS = re.compile(r"[\W_]+")
_TAG = re.compile(r"<[^<>]{0,5000}>")
_PICTURE = re.compile(r"<(?:img|svg|hr|table)\b", re.IGNORECASE)
_UNSEEN = ("script", "style", "title")
_COMPARED = 200_000
"""Characters of a piece up to which it is compared with others."""
_COMPARED_TOGETHER = 400_000
"""Characters of the first pieces up to which pieces are compared at all."""


@dataclass(frozen=True)
class Piece:
	"""One stretch of the message, in plain text, in HTML, or in both."""

	text: str | None = None
	html: str | None = None

	@property
	def blank(self) -> bool:
		"""Whether nothing is said."""
		return not (self.text or "").strip() and not (self.html or "").strip()

	@property
	def shows_nothing(self) -> bool:
		"""Whether nobody would see anything: it is blank, or HTML of nothing but empty elements."""
		markup = self.html or ""
		return not (self.text or "").strip() and not _PICTURE.search(markup) and not _seen(markup).strip()


def best_of(alternatives: list[list[Piece]]) -> Piece:
	"""Return the richest of each kind; keep all different plain texts: their sender meant them in a row."""
	wholes = [in_a_row(pieces) for pieces in alternatives if pieces]
	texts = [each.text for each in wholes if (each.text or "").strip()]
	distinct = list({" ".join((text or "").split()): text for text in texts}.values())
	htmls = [each.html for each in wholes if (each.html or "").strip()]
	return Piece(
		text="\n\n".join(text for text in distinct if text) if distinct else None,
		html=htmls[-1] if htmls else None,
	)


def in_a_row(pieces: list[Piece]) -> Piece:
	"""Join pieces that follow each other. If one has only HTML, there is no whole text."""
	filled = _without_repetition([each for each in pieces if not each.blank])
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


def _without_repetition(pieces: list[Piece]) -> list[Piece]:
	"""Return the pieces without those that repeat another.

	Exchange writes a plain text beside the HTML within winmail.dat, and some programs write the two kinds
	in a row instead of as alternatives.
	"""
	if len(pieces) < 2:
		return pieces
	kept: list[Piece] = []
	said: dict[str, int] = {}
	compared = 0
	for piece in pieces:
		compared += len(piece.text or "") + len(piece.html or "")
		words = tuple(_letters(piece)) if compared <= _COMPARED_TOGETHER else ()
		again = next((said[each] for each in words if each in said), None)
		if again is None:
			said.update((each, len(kept)) for each in words)
			kept.append(piece)
			continue
		other = kept[again]
		kept[again] = Piece(
			other.text if other.text is not None else piece.text,
			other.html if other.html is not None else piece.html,
		)
	return kept


def _letters(piece: Piece) -> Iterator[str]:
	"""Return all letters and digits of a piece, for comparing; with list marks and without."""
	if len(piece.text or "") + len(piece.html or "") > _COMPARED:
		return
	text = piece.text if piece.text is not None else _seen(piece.html or "")
	for words in (text, _LIST_MARK.sub("", text)):
		letters = _NOT_LETTERS.sub("", _URL.sub(" ", words)).casefold()
		if letters:
			yield letters


def _seen(markup: str) -> str:
	"""Return the words of HTML."""
	for name in _UNSEEN:
		markup = _without_element(markup, name)
	return html_module.unescape(_TAG.sub(" ", markup))


def _without_element(markup: str, name: str) -> str:
	pieces: list[str] = []
	lowered = markup.lower()
	position = 0
	# A character whose lower case is longer would shift the rest.
	while len(lowered) == len(markup) and (start := lowered.find(f"<{name}", position)) >= 0:
		end = lowered.find(f"</{name}", start)
		if end < 0:
			break
		pieces.append(markup[position:start])
		position = end
	return "".join(pieces) + markup[position:]
