"""Turns plain text into safe HTML."""

from __future__ import annotations

import re
from html import escape

from helpdesk_mailchannel.mailcore.sentences import _

NO_TEXT = _("(no text)")
DEEPEST_QUOTE = 8
"""Levels of `>` that are shown as such; deeper ones look like the eighth."""

MOST_LINES = 20_000
"""Beyond so many, they are shown as written, without a look at each."""
_URL = re.compile(r"https?://[^\s<>\"]{1,2000}", re.I)
_QUOTE_PREFIX = re.compile(r" ?(?:> ?){1,100}")
_SPACES = re.compile(r"^ | (?= )|\t")


def to_html(text: str) -> str:
	"""Write text as HTML that reads the same: lines, indents, `>` as `<blockquote>`, addresses as links.

	Everything else is escaped, so `<user@example.com>` is visible on every version of Frappe.
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
	return '<div dir="auto">' + "".join(html) + "</blockquote>" * level + as_written + "</div>"


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
