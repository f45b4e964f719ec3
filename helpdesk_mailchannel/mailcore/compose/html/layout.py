"""Lays out sanitised HTML as lines as a reader sees them, and remembers where in the HTML each comes from.

History is found and folded by these lines, so every token belongs to exactly one. The plain text that is
stored is `html_to_text`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from helpdesk_mailchannel.mailcore.compose.html.markup import BLOCK_TAGS, Token

_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "ul", "ol"})


class Line(NamedTuple):
	"""A line of text as a reader sees it, and the tokens `start` to `end` it comes from."""

	text: str
	start: int
	end: int
	level: int = 0
	"""How many `<blockquote>` it is in."""
	apart: bool = False
	"""Whether it begins a paragraph, with space above."""


def lines(tokens: Sequence[Token]) -> list[Line]:
	"""Return the lines of sanitised HTML: every token belongs to exactly one of them, in order."""
	layout = _Layout()
	for index, token in enumerate(tokens):
		layout.take(index, token)
	layout.end_line(len(tokens), even_empty=True)
	return layout.lines


class _Layout:
	"""Puts tokens into lines as a browser would break them, as far as it matters for reading.

	A paragraph at the edge of a table cell breaks no line: the cells of a row are read side by side.
	"""

	def __init__(self) -> None:
		self.lines: list[Line] = []
		self._words: list[str] = []
		self._start = self._level = self._preformatted = 0
		self._apart = self._fresh_cell = False
		self._break: int | None = None
		self._break_apart = False

	def take(self, index: int, token: Token) -> None:
		if token.tag in ("td", "th"):
			self._break = None
			self._words.append(" ")
			self._fresh_cell = token.opening
		elif not token.tag:
			self._take_text(index, token)
		elif token.tag == "img":
			alt = token.attributes.get("alt", "").strip()
			self._say(f"[Image: {alt}]" if alt else "[Image]")
		elif token.tag == "br":
			self._flush()
			self.end_line(index + 1, even_empty=True)
		elif token.tag == "hr":
			self.end_line(index)
			self._say("-" * 20)
			self.end_line(index + 1)
		elif token.tag in BLOCK_TAGS:
			self._take_block(index, token)

	def end_line(self, end: int, *, even_empty: bool = False) -> None:
		self._break = None
		written = "".join(self._words)
		text = written.rstrip() if self._preformatted else " ".join(written.split())
		if text or (even_empty and self._start < end):
			self.lines.append(Line(text, self._start, end, self._level, self._apart))
			self._start, self._apart = end, False
		self._words.clear()

	def _take_text(self, index: int, token: Token) -> None:
		if self._preformatted or not token.source.isspace():
			self._say(token.text)
		else:
			self._words.append(" ")
		if self._preformatted and token.source.endswith("\n"):
			self.end_line(index + 1, even_empty=True)

	def _take_block(self, index: int, token: Token) -> None:
		if token.closing and token.tag in ("p", "div"):
			self._break = index if self._break is None else self._break
			self._break_apart |= token.tag == "p" and "Mso" not in token.source
		elif not self._fresh_cell:
			self._flush()
			self.end_line(index)
		step = -1 if token.closing else 1
		if token.tag == "blockquote":
			self._level += step
		elif token.tag == "pre":
			self._preformatted += step
		elif token.tag == "li" and token.opening:
			self._say("- ")
		if token.tag in _PARAGRAPHS and not self._fresh_cell and "Mso" not in token.source:
			self._apart |= token.opening or token.tag != "p"

	def _say(self, words: str) -> None:
		self._flush()
		self._fresh_cell = False
		self._words.append(words)

	def _flush(self) -> None:
		if self._break is not None:
			apart, self._break_apart = self._break_apart, False
			self.end_line(self._break)
			self._apart |= apart
