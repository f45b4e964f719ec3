"""Plain text as safe HTML, and sanitised HTML as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from helpdesk_mailchannel.mailcore.compose.markup import BLOCK_TAGS, Token

NO_TEXT = "(no text)"
DEEPEST_QUOTE = 8
"""Levels of `>` that are shown as such; deeper ones look like the eighth."""

MOST_LINES = 20_000
"""More than these are shown as they are written, without a look at each."""
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "ul", "ol"})
_URL = re.compile(r"https?://[^\s<>\"]{1,2000}", re.I)
_QUOTE_PREFIX = re.compile(r" ?(?:> ?){1,100}")
_SPACES = re.compile(r"^ | (?= )|\t")


def to_html(text: str) -> str:
	"""Text as HTML that reads the same: lines, indents, `>` quotes as `<blockquote>`, addresses as links.

	Everything else is escaped, so `<user@example.com>` is seen on every version of Frappe.
	"""
	html: list[str] = []
	level = 0
	fresh = True
	lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n", MOST_LINES)
	rest = lines.pop() if len(lines) > MOST_LINES else ""
	for line in lines:
		prefix = _QUOTE_PREFIX.match(line)
		wanted = min(prefix[0].count(">"), DEEPEST_QUOTE) if prefix else 0
		if wanted != level:
			html.append("<blockquote>" * (wanted - level) + "</blockquote>" * (level - wanted))
			level, fresh = wanted, True
		html.append(("" if fresh else "<br>") + _line(line[prefix.end() :] if prefix else line))
		fresh = False
	as_written = f"<pre>{escape(rest, quote=False)}</pre>" if rest else ""
	return "<div>" + "".join(html) + "</blockquote>" * level + as_written + "</div>"


class Line(NamedTuple):
	"""A line of text as a reader sees it, and the tokens `start` to `end` it comes from."""

	text: str
	start: int
	end: int
	level: int = 0
	"""How many `<blockquote>` it stands in."""
	apart: bool = False
	"""It begins a paragraph, with space above."""


def lines(tokens: Sequence[Token]) -> list[Line]:
	"""The lines of sanitised HTML: every token belongs to exactly one of them, in order."""
	layout = _Layout()
	for index, token in enumerate(tokens):
		layout.take(index, token)
	layout.end_line(len(tokens), even_empty=True)
	return layout.lines


def to_text(laid_out: Iterable[Line]) -> str:
	"""Lines as plain text: `>` before what stands in a `<blockquote>`, never more than one blank line."""
	plain: list[str] = []
	above = 0
	for line in laid_out:
		level = min(line.level, DEEPEST_QUOTE)
		blank_above = not plain or not plain[-1].strip("> ")
		if line.apart and not blank_above:
			plain.append(">" * min(level, above))
			blank_above = True
		if line.text.strip() or not blank_above:
			plain.append(f"{'>' * level} {line.text}".strip() if level else line.text.rstrip())
		above = level
	while plain and not plain[-1].strip("> "):
		plain.pop()
	return "\n".join(plain)


class _Layout:
	"""Puts tokens into lines the way a browser breaks them, as far as reading goes.

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


def _line(line: str) -> str:
	html: list[str] = []
	position = 0
	for found in _URL.finditer(line):
		url = _without_punctuation(found[0])
		html.append(_words(line[position : found.start()]))
		html.append(f'<a href="{escape(url)}" target="_blank">{escape(url)}</a>')
		position = found.start() + len(url)
	html.append(_words(line[position:]))
	return "".join(html)


def _words(text: str) -> str:
	return _SPACES.sub(lambda found: "&nbsp;" * (4 if found[0] == "\t" else 1), escape(text, quote=False))


def _without_punctuation(url: str) -> str:
	url = url.rstrip(".,;:!?'*_")
	while url.endswith((")", "]", "}")) and url.count(url[-1]) > url.count(
		{")": "(", "]": "[", "}": "{"}[url[-1]]
	):
		url = url[:-1].rstrip(".,;:!?'*_")
	return url
