"""Does it contain one of the channel's exclusion words?"""

from __future__ import annotations

import re
from html import unescape

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.screen.words import comparable
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy

_LOOKED_AT = 200_000
"""Characters of the text that are searched."""
_HIDDEN = re.compile(r"<(style|script|head|title)\b[^<>]*>[^<]*</\1\s*>", re.IGNORECASE)
# Both stop at the next "<", so that a text full of them is read in one pass.
_TAG = re.compile(r"<[^<>]*>")


def contains_exclusion_word(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Look for a word or phrase of the channel's list, whole and in any case, in the subject or the new text.

	Quoted lines do not count: a person who answers a newsletter quotes its words.
	"""
	keywords = [keyword.strip() for keyword in policy.keywords if keyword.strip()]
	if not keywords:
		return None
	subject, text = comparable(message.subject), comparable(_own_words(message))
	for keyword in keywords:
		words = _whole_words(keyword)
		if words.search(subject):
			return Hit(_("Its subject contains “{0}”.").format(keyword))
		if words.search(text):
			return Hit(_("Its text contains “{0}”.").format(keyword))
	return None


def _own_words(message: Message) -> str:
	if message.own_words is not None:
		return message.own_words
	if message.text:
		lines = message.text[:_LOOKED_AT].splitlines()
		return "\n".join(line for line in lines if not line.lstrip().startswith(">"))
	visible = _HIDDEN.sub(" ", (message.html or "")[:_LOOKED_AT])
	return unescape(_TAG.sub(" ", visible))


def _whole_words(keyword: str) -> re.Pattern[str]:
	"""Compile the keyword as a whole word, if its script puts spaces between words."""
	keyword = comparable(keyword)
	before = r"(?<!\w)" if _has_edges(keyword[0]) else ""
	after = r"(?!\w)" if _has_edges(keyword[-1]) else ""
	return re.compile(before + re.escape(keyword) + after)


def _has_edges(character: str) -> bool:
	# Thai (U+0E00) is the first script in Unicode's order that is written without spaces.
	return character.isalnum() and character < "\u0e00"


RULE = Rule(
	name="keyword",
	description="The subject, or the text above and between quoted lines, contains one of the channel's "
	"exclusion words as a whole word or phrase, in upper or lower case.",
	settings=("keywords",),
	reason=Reason.KEYWORD,
	ask=contains_exclusion_word,
)
