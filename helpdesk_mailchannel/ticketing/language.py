"""The one place where the engine's sentences become words of somebody's language, and are stored and read.

Stored is what a sentence was made of, as JSON: `["The channel {0} filed it on {1}.", "Sales", ["Issue"]]`. An
argument that is a list is a sentence itself. So every reader has it in a language of his own, and what
strangers wrote stands by itself, without markup. `public/js/sentences.bundle.js` does the same in the Desk.
"""

from __future__ import annotations

import json
import re
from typing import Any

import frappe

from helpdesk_mailchannel.mailcore.outside.plain_text import plain_text
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, filled, verbatim

_LETTER = re.compile(r"[^\W\d_]")


def said(sentence: str, language: str | None = None) -> str:
	"""Say a sentence in a language, by default that of whoever asks: plain text, to be escaped for HTML."""
	return plain_text(_translated(verbatim(sentence), language))


def in_sites_language(sentence: str) -> str:
	"""Say a sentence as it stays on the site, where everybody reads the same: in a ticket or its comments."""
	return said(sentence, sites_language())


def sites_language() -> str:
	"""The language of System Settings."""
	return frappe.db.get_single_value("System Settings", "language") or "en"


def stored(sentence: str) -> str:
	"""A sentence as text to be stored; nothing for one that says nothing."""
	return json.dumps(_taken_apart(verbatim(sentence)), ensure_ascii=False) if sentence else ""


def read(text: str | None) -> Sentence:
	"""A sentence that was stored. Whatever else the text holds is what somebody said."""
	if not text:
		return NOTHING
	try:
		parts = json.loads(text)
		return _put_together(parts) if isinstance(parts, list) else verbatim(text)
	except ValueError:
		return verbatim(text)


def _translated(sentence: Sentence, language: str | None) -> str:
	template = sentence.template
	if _LETTER.search(_without_places(template)):
		template = frappe._(template, language)
	return filled(
		template,
		tuple(_translated(each, language) if isinstance(each, Sentence) else each for each in sentence.args),
	)


def _without_places(template: str) -> str:
	return re.sub(r"\{\d+\}", "", template)


def _taken_apart(sentence: Sentence) -> list[Any]:
	return [
		sentence.template,
		*(_taken_apart(each) if isinstance(each, Sentence) else plain_text(each) for each in sentence.args),
	]


def _put_together(parts: list[Any]) -> Sentence:
	template, *args = parts
	if not isinstance(template, str):
		raise ValueError(parts)
	return Sentence(
		template, tuple(_put_together(each) if isinstance(each, list) else str(each) for each in args)
	)
