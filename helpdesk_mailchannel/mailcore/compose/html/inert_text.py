"""Keeps the words of a body words, even if a view takes them for HTML once more.

`&lt;img onerror=…&gt;` is safe where HTML is shown. But Frappe's reply dialog quotes a message by its text
(`communication.js`, `html2text`) and puts that text into the page as HTML: there it would be a tag, and run.
So `<` before what could become a tag, and `&` before what could become `<`, are shown by look-alikes, as in
`plain_text.py`. Addresses in angle brackets, `a < b` and `R&D` stay.
"""

from __future__ import annotations

import re

from helpdesk_mailchannel.mailcore.compose.html.markup import Token, read, write

_JOINT = "\ue000"
"""Replaces tags: the dialog would join the words on both sides."""
_TAG = re.compile(
	r"&lt;(?!\ue000?[\w.+-]{1,64}@[\w.-]{1,255}\ue000?&gt;)(?=[A-Za-z/!?&\ue000]|\Z)([^&\n]{0,200})(&gt;)?"
)
_REFERENCE = re.compile(r"&amp;(?=\ue000|\Z|#|amp|AMP|lt|LT|[aAlL][mM]?\ue000)")


def inert(html: str) -> str:
	"""Make the text of HTML that nh3 has written free of markup, however often it is decoded."""
	if "&lt;" not in html and "&amp;" not in html:
		return html
	tokens = read(html)
	texts = [token.source.replace(_JOINT, "\ufffd") for token in tokens if not token.tag]
	fixed = iter(_inert_words(_JOINT.join(texts)).split(_JOINT))
	return write(token if token.tag else Token(next(fixed)) for token in tokens)


def _inert_words(words: str) -> str:
	return _REFERENCE.sub("＆", _TAG.sub(_without_brackets, words))


def _without_brackets(found: re.Match[str]) -> str:
	return f"‹{found[1]}{'›' if found[2] else ''}"
