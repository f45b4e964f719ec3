"""The only place where the engine's sentences are translated, stored and read back.

A sentence is stored as its parts, in JSON: `["The channel {0} filed it on {1}.", "Sales", ["Issue"]]`. An
argument that is a list is a sentence itself. So every reader gets it in their own language, and text from
strangers is kept separate, without markup. `public/js/sentences.bundle.js` does the same in the Desk.
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
	"""Translate a sentence, by default into the user's language: plain text, to be escaped for HTML."""
	return plain_text(_translated(verbatim(sentence), language))


def in_sites_language(sentence: str) -> str:
	"""Translate a sentence for text that everyone reads in one language, as in a ticket or its comments."""
	return said(sentence, sites_language())


def sites_language() -> str:
	"""Return the language of System Settings."""
	return frappe.db.get_single_value("System Settings", "language") or "en"


def stored(sentence: str) -> str:
	"""Convert a sentence to the text to store; an empty sentence becomes empty text."""
	return json.dumps(_taken_apart(verbatim(sentence)), ensure_ascii=False) if sentence else ""


def read(text: str | None) -> Sentence:
	"""Read a stored sentence. Any other text is taken literally, as someone's own words."""
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
