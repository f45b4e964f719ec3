"""Reads sanitised HTML as a flat sequence of tokens, so that it can be searched and cut without a parser.

Only for what nh3 has written: there every tag is well formed and closed, attributes are in double
quotes and no stray `<` is left, so one regular expression reads it exactly and in linear time. Raw mail
never comes here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import unescape
from typing import NamedTuple

VOID_TAGS = frozenset({"br", "hr", "img", "col", "wbr"})
BLOCK_TAGS = frozenset(
	"address article aside blockquote caption center dd details div dl dt figcaption figure footer h1 h2 h3"
	" h4 h5 h6 header hr li main nav ol p pre section summary table tbody tfoot thead tr ul".split()
)
"""Tags that begin and end a line of text."""

_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]*)((?: [^\s=\"<>]+=\"[^\"]*\")*)>|[^<\n]*\n|[^<\n]+|<")
_ATTRIBUTE = re.compile(r" ([^\s=\"<>]+)=\"([^\"]*)\"")


class Token(NamedTuple):
	"""A start tag, an end tag, or text up to the end of its line; `source` is how it is written."""

	source: str
	tag: str = ""
	"""Empty for text."""
	closing: bool = False

	@property
	def opening(self) -> bool:
		"""Whether it is a start tag, void elements included."""
		return bool(self.tag) and not self.closing

	@property
	def text(self) -> str:
		"""What a reader sees of it; nothing for a tag."""
		return "" if self.tag else unescape(self.source)

	@property
	def attributes(self) -> dict[str, str]:
		"""The attributes of a start tag, decoded."""
		return {name: unescape(value) for name, value in _ATTRIBUTE.findall(self.source)}


def read(html: str) -> list[Token]:
	"""Return the tokens of HTML that nh3 has written."""
	return [Token(found[0], found[2] or "", bool(found[1])) for found in _TOKEN.finditer(html)]


def write(tokens: Iterable[Token]) -> str:
	"""Return the HTML of tokens: `write(read(html)) == html`."""
	return "".join(token.source for token in tokens)


def element_ends(tokens: Sequence[Token]) -> list[int]:
	"""Return for each token the index after its element, if it begins one, or after itself."""
	ends = [index + 1 for index in range(len(tokens))]
	stack: list[int] = []
	for index, token in enumerate(tokens):
		if token.closing and stack:
			ends[stack.pop()] = index + 1
		elif token.opening and token.tag not in VOID_TAGS:
			stack.append(index)
	for start in stack:
		ends[start] = len(tokens)
	return ends


def wrap(tokens: Sequence[Token], ranges: Sequence[tuple[int, int]], before: str, after: str) -> list[Token]:
	"""Put each range of tokens between `before` and `after`, wherever it begins and ends.

	Elements that are open at an edge are closed before it and opened again after it, so the markup
	stays well formed and no text moves or vanishes. Ranges are in order and do not overlap.
	"""
	edges = [edge for start, end in ranges for edge in ((start, before), (end, after))]
	wrapped: list[Token] = []
	stack: list[Token] = []
	position = 0
	for index, markup in edges:
		for token in tokens[position:index]:
			_follow(stack, token)
		wrapped += tokens[position:index]
		wrapped += (Token(f"</{token.tag}>", token.tag, closing=True) for token in reversed(stack))
		wrapped += (Token(markup), *stack)
		position = index
	return [*wrapped, *tokens[position:]]


def _follow(stack: list[Token], token: Token) -> None:
	if token.closing:
		if stack:
			stack.pop()
	elif token.tag and token.tag not in VOID_TAGS:
		stack.append(token)
