"""Makes text from outside fit for a plain text field: no view of it finds markup there.

Strangers choose display names, subjects and file names; servers choose the words of their refusals. Frappe
prints plain fields unchanged in some views, inside attributes in others, and decodes their entities once
more in yet others. So characters that form markup are not stored: look-alikes replace them, which people read
as what was meant. `<b>` becomes `‹b›`, a straight double quote a curly one, the ampersand of `&lt;` wide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

_LINE_BREAKS = re.compile(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LOOK_ALIKES = str.maketrans({"<": "‹", ">": "›", '"': "”"})
_OPENING_QUOTE = re.compile(r'(?<![^\s(\[{/=:,;–—-])"(?=\S)')
_REFERENCE = re.compile(r"&(#[0-9]{1,8};?|#[xX][0-9a-fA-F]{1,8};?|[A-Za-z][A-Za-z0-9]{0,31};?)")
_LIKE_A_TAG = re.compile(r"[\s/]")
_SPECIALS = frozenset("()[]:;@\\,.")
"""What RFC 5322, 3.2.3 allows in a name only within quotes."""
_LOST_QUOTES = str.maketrans("()[]:;\\,", "（）［］：；＼，")
"""For addresses with a quoted part: without their quotes, `"(("@evil.example` would open comments."""


def plain_line(text: str) -> str:
	"""Return one line of plain text, for names, subjects, reasons and the like."""
	return plain_text(_LINE_BREAKS.sub(" ", text)).replace("\n", " ").strip()


def plain_text(text: str) -> str:
	"""Return plain text of several lines, with LF line ends. Text that is already plain is unchanged."""
	text = _CONTROLS.sub("", _LINE_BREAKS.sub("\n", text))
	if "&" in text:
		text = _REFERENCE.sub(_without_reference, text)
	if '"' in text:
		text = _OPENING_QUOTE.sub("“", text)
	return text.translate(_LOOK_ALIKES)


def is_plain(text: str) -> bool:
	"""Return whether a text that must not be changed, such as a folder's name, may be stored as it is."""
	return plain_line(text) == text


def address_list(people: Iterable[tuple[str, str]]) -> str:
	"""Format name and bare address as people read and search them: `Händler <h@shop.example>, b@x.example`.

	Names with special characters are quoted, so that the list can be parsed again (RFC 5322, 3.4). An address
	that a browser would take for a tag with attributes appears without its name and brackets.
	"""
	return ", ".join(_person(plain_line(name), address) for name, address in people)


def _person(name: str, address: str) -> str:
	if '"' in address:
		return plain_line(address.translate(_LOST_QUOTES))
	if not name or name == address or not is_plain(address) or _LIKE_A_TAG.search(address):
		return plain_line(address)
	if not _SPECIALS & set(name):
		return f"{name} <{address}>"
	escaped = name.replace("\\", "\\\\")
	return f'"{escaped}" <{address}>'


def _without_reference(found: re.Match[str]) -> str:
	"""Return a character reference with a wide ampersand, which no browser decodes; all else unchanged."""
	return found[0] if unescape(found[0]) == found[0] else f"＆{found[1]}"
