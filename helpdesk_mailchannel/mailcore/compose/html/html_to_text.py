"""Turns sanitised HTML into plain text, for search, notifications and the fields that need text.

html2text lays it out: paragraphs, lists, quotes. It writes Markdown, but we want what the sender wrote: no
escapes, no emphasis marks, no Markdown tables. So it is given simpler HTML, made from the tokens of the
first pass, which has only what plain text can express.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from html2text import HTML2Text

from helpdesk_mailchannel.mailcore.compose.html.markup import BLOCK_TAGS, Token

DEEPEST = 8
"""Levels of quotes and of lists that are told apart; deeper ones look like the eighth."""
LONGEST_ADDRESS = 200
"""Longer addresses of links, such as trackers make, are only in the HTML."""
_RULE = "-" * 20
_PARAGRAPHS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "pre", "table"})
_NESTED = frozenset({"blockquote", "ul", "ol"})
_MARKS_AND_SPACES = "> \t"
_KEPT_SPACE = "\ufdd0"
"""Replaces a space of preformatted text on its way through html2text, which merges other spaces. It is not a
character: Unicode keeps it free for such uses."""


def html_to_text(tokens: Sequence[Token]) -> str:
	"""Write the tokens of `safe_html.sanitised` as text: `>` before quotes, never more than one blank line.

	A link's address follows its words in angle brackets, unless they already name it.
	"""
	reader = _PlainText()
	return _tidied(reader.handle("".join(_Simplified(tokens))))


class _PlainText(HTML2Text):
	"""html2text without Markdown."""

	def __init__(self) -> None:
		super().__init__(bodywidth=0)
		self.unicode_snob = True
		self.ul_item_mark = "-"
		self.tag_callback = _lay_out  # type: ignore[assignment]  # html2text declares None only.

	def handle_data(self, data: str, entity_char: bool = False) -> None:
		"""Take words as they are: html2text never escapes what comes from an entity (`1.`, `a_b*c`)."""
		super().handle_data(data, entity_char=True)


def _lay_out(reader: HTML2Text, tag: str, attributes: object, start: bool) -> bool:
	"""Break lines where a browser does; html2text puts a blank line around a `<div>` and ends a `<br>` early.

	`p_p` counts the line breaks before the next word. True: the tag has been dealt with.
	"""
	if tag == "br":
		if start:
			reader.p_p = min(reader.p_p + 1, 2)
	elif tag == "div":
		reader.pbr()
	elif tag == "td":
		reader.p_p = 0
		reader.space = True
	else:
		return False
	return True


class _Simplified:
	"""Write tokens as HTML with nothing but `<p>`, `<div>`, `<br>`, `<td>`, lists, quotes and words."""

	def __init__(self, tokens: Sequence[Token]) -> None:
		self._tokens = tokens
		self._depths = dict.fromkeys(_NESTED, 0)
		self._preformatted = 0
		self._fresh_cell = False
		self._paragraph = "p"
		self._link = ""
		self._link_words: list[str] = []

	def __iter__(self) -> Iterator[str]:
		for token in self._tokens:
			yield self._tag(token) if token.tag else self._words(token.text)

	def _tag(self, token: Token) -> str:
		tag = token.tag
		if tag == "img":
			alt = token.attributes.get("alt", "").strip()
			return self._words(f"[Image: {alt}]" if alt else "[Image]")
		if tag == "a":
			return self._address() if token.closing else self._begin_link(token)
		if tag in ("td", "th"):
			self._fresh_cell = token.opening
			return "<td>" if token.closing else ""
		if tag == "br":
			return "<br>"
		if tag not in BLOCK_TAGS and tag not in ("li", *_NESTED):
			return ""
		if self._fresh_cell and token.opening:
			return ""  # A block at the start of a table cell breaks no line: a row is read side by side.
		if tag == "hr":
			return f"<div>{_RULE}</div>"
		if tag == "pre":
			self._preformatted += -1 if token.closing else 1
		if tag in _NESTED:
			return self._nested(token)
		if tag == "p" and token.opening:
			# Word's paragraphs have no space around them.
			self._paragraph = "div" if "Mso" in token.source else "p"
		if tag != "li":
			tag = self._paragraph if tag == "p" else "p" if tag in _PARAGRAPHS else "div"
		return f"</{tag}>" if token.closing else f"<{tag}>"

	def _nested(self, token: Token) -> str:
		"""Open or close a quote or a list; one nested too deep is a mere block."""
		depth = self._depths[token.tag]
		self._depths[token.tag] = depth + (-1 if token.closing else 1)
		tag = token.tag if (depth - 1 if token.closing else depth) < DEEPEST else "div"
		start = token.attributes.get("start", "") if token.tag == "ol" and tag == "ol" else ""
		if token.closing:
			return f"</{tag}>"
		return f'<{tag} start="{start}">' if re.fullmatch(r"\d{1,6}", start, re.ASCII) else f"<{tag}>"

	def _words(self, text: str) -> str:
		if text.strip():
			self._fresh_cell = False
		if self._link:
			self._link_words.append(text)
		written = _for_reading(text)
		if self._preformatted:
			return written.replace("\t", " " * 4).replace(" ", _KEPT_SPACE).replace("\n", "<br>")
		return written

	def _begin_link(self, token: Token) -> str:
		self._link = token.attributes.get("href", "").strip()
		self._link_words.clear()
		return ""

	def _address(self) -> str:
		address = re.sub(r"^mailto:([^?]*).*", r"\1", self._link, flags=re.I | re.S)
		words = "".join(self._link_words).strip()
		self._link = ""
		named = _bare(address) in _bare(words)
		if not address or named or not words or words.startswith("[Image") or len(address) > LONGEST_ADDRESS:
			return ""
		return f" {_for_reading(f'<{address}>')}"


def _for_reading(text: str) -> str:
	"""Write text as HTML with as few entities as possible: html2text handles them one by one."""
	return escape(text, quote=False).replace("&gt;", ">")


def _bare(address: str) -> str:
	"""Return an address as people write it: no scheme, no `www.`, no slash at the end."""
	return re.sub(r"^(https?://)?(www\.)?", "", address.strip().lower()).rstrip("/")


def _tidied(text: str) -> str:
	"""Remove spaces at the end of lines, second blank lines, and blank lines at the edges."""
	tidy: list[str] = []
	for line in text.replace(_KEPT_SPACE, " ").split("\n"):
		written = line.rstrip()
		if written.strip(_MARKS_AND_SPACES) or (tidy and tidy[-1].strip(_MARKS_AND_SPACES)):
			tidy.append(written)
	while tidy and not tidy[-1].strip(_MARKS_AND_SPACES):
		tidy.pop()
	return "\n".join(tidy)
