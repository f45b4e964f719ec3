"""Reads reactions: an emoji by which a mail program answers a message without a word.

RFC 9078 marks such a part with `Content-Disposition: reaction`. Gmail sends a part of its own type, beside
text and HTML that say so in words. Outlook and phones write a line in words and nothing else.
"""

from __future__ import annotations

import json
import re

from helpdesk_mailchannel.mailcore.parse.mime.tree import Part
from helpdesk_mailchannel.mailcore.parse.text.charset import decode
from helpdesk_mailchannel.mailcore.parse.text.clean import clean_line

GMAIL = "text/vnd.google.email-reaction+json"
_OCTETS = 1000
"""More than any reaction has."""
_LONGEST = 40
"""Characters: an emoji of a family has some eleven, and several may be sent."""
_LETTERS = re.compile(r"[^\W\d_]")
_TAPBACK = re.compile(
	r"(Liked|Loved|Disliked|Laughed at|Emphasi[sz]ed|Questioned|Reacted \S{1,20} to) "
	r"(?:[“\"„«][^\n]{1,2000}[”\"“»]|an? (?:image|photo|picture|message|attachment|video|movie|link))",
	re.IGNORECASE,
)
"""What iMessage makes of a reaction for somebody without iMessage: `Liked “See you at nine”`."""
_OUTLOOK = re.compile(
	r"(?:\[[^\]\n]{1,40}\]\s{0,5})?(\W{0,12})[^\n@:]{0,100}? ?reacted to your message:?\s{0,5}", re.IGNORECASE
)
"""What Outlook writes above the message it reacts to."""
_HISTORY = re.compile(r"\s*(?:_{10,}|-{5}|>|From:|$)")
_WORDS = 5000
"""Characters of a text that are searched for a reaction in words."""


def read_reaction(part: Part) -> str:
	"""Return the emoji of a part that is a reaction; empty for any other, and for one that holds words."""
	if part.content_type != GMAIL and part.disposition.value != "reaction":
		return ""
	octets = part.content
	if len(octets) > _OCTETS:
		return ""
	text = decode(octets, part.parameters.get("charset") or "utf-8")
	if part.content_type == GMAIL:
		text = _emoji(text)
	elif part.content_type != "text/plain":
		return ""
	text = clean_line(text)
	return "" if len(text) > _LONGEST or _LETTERS.search(text) else text


def spoken_reaction(text: str) -> str:
	"""Return the reaction if it is all that a text says, in the words of Outlook or a phone."""
	words = text.strip()
	if "\n" not in words and (tapback := _TAPBACK.fullmatch(words[:_WORDS])):
		return tapback[1] if len(words) <= _WORDS else ""
	outlook = _OUTLOOK.match(words[:_WORDS])
	if outlook and _HISTORY.match(words, outlook.end()):
		return outlook[1].strip() or "reacted"
	return ""


def _emoji(text: str) -> str:
	try:
		value = json.loads(text)
	except (ValueError, RecursionError):
		return ""
	found = value.get("emoji") if isinstance(value, dict) else None
	return found if isinstance(found, str) else ""
