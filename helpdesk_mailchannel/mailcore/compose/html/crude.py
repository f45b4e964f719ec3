"""Extracts the words of HTML that is too heavy to parse, in one pass, whatever it holds."""

from __future__ import annotations

import re
from html import unescape

_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,10})|<[!?]")
_ENDS = {
	tag: re.compile(f"</{tag}", re.I) for tag in ("style", "script", "title", "template", "noscript", "head")
}
"""Elements whose content is not text of the message, and where they end."""
_BREAKS = frozenset(
	"address article blockquote br dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table tr ul".split()
)
_LONG_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,}")
"""A character reference that names no character; Python refuses to read very long numbers."""


def crude_text(markup: str) -> str:
	"""Return the words, one line per block, without styles and scripts."""
	words: list[str] = []
	endless: set[str] = set()
	position = 0
	while (start := markup.find("<", position)) >= 0:
		words.append(markup[position:start])
		found = _TAG.match(markup, start)
		if not found:
			words.append("<")
			position = start + 1
			continue
		position = _end_of(markup, start, (found[1] or "").lower(), endless)
		words.append("\n" if (found[1] or "").lower() in _BREAKS else " ")
		if position < 0:
			break
	else:
		words.append(markup[position:])
	text = unescape(_LONG_NUMBER.sub("\N{REPLACEMENT CHARACTER}", "".join(words)))
	lines = (" ".join(line.split()) for line in text.split("\n"))
	return "\n".join(line for line in lines if line)


def _end_of(markup: str, start: int, tag: str, endless: set[str]) -> int:
	"""Find where a tag ends, or the comment or the wordless element that it begins; -1: nowhere.

	`endless` holds what was looked for in vain before, so that it is not looked for again.
	"""
	if markup.startswith("<!--", start) and "-->" not in endless:
		end = markup.find("-->", start + 4)
		if end >= 0:
			return end + 3
		endless.add("-->")
	if tag in _ENDS and markup[start + 1] != "/" and tag not in endless:
		found = _ENDS[tag].search(markup, start)
		if found:
			start = found.start()
		else:
			endless.add(tag)
	return markup.find(">", start) + 1 or -1
