"""Makes text from outside fit the field it goes to, according to how that field shows its text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from helpdesk_mailchannel.mailcore.compose.html.inert_text import inert
from helpdesk_mailchannel.mailcore.compose.html.text_to_html import to_html
from helpdesk_mailchannel.mailcore.outside.plain_text import plain_line, plain_text
from helpdesk_mailchannel.mailcore.settings import TextKind

_BARE = re.compile(r"(?<![^\s<>()\[\],;:\"@])[^\s<>()\[\],;:\"@]{1,100}@[^\s<>()\[\],;:\"@]{1,253}")
_IN_BRACKETS = re.compile(rf"<\s{{0,9}}({_BARE.pattern})\s{{0,9}}>")
_NO_LINKS = str.maketrans({"[": "［", "]": "］"})
_NO_MARKUP_IN_JSON = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def fit(text: str, kind: TextKind) -> str:
	"""Return the text as a field of this kind may hold it; empty if the field takes JSON and this is none."""
	return _FITS[kind](text)


def _addresses(text: str) -> str:
	"""Return the bare addresses of a list of mailboxes, `Carol <carol@shop.example>` (RFC 5322, 3.4)."""
	# By a linear pattern: the standard library reads brackets by recursion, and strangers write thousands.
	found = _IN_BRACKETS.findall(text) or _BARE.findall(text)
	return plain_line(", ".join(found) or text)


def _markdown(text: str) -> str:
	"""Remove markup, and the brackets that could turn a `javascript:` address into a link."""
	return plain_text(text).translate(_NO_LINKS)


def _json(text: str) -> str:
	try:
		json.loads(text)
	except (ValueError, RecursionError):
		return ""
	return text.translate(_NO_MARKUP_IN_JSON)


_FITS: Mapping[TextKind, Callable[[str], str]] = {
	TextKind.LINE: plain_line,
	TextKind.ADDRESSES: _addresses,
	TextKind.LINES: plain_text,
	TextKind.HTML: lambda text: inert(to_html(text)),
	TextKind.MARKDOWN: _markdown,
	TextKind.JSON: _json,
}
