"""What a sender wrote now: the text of a message without what is folded, such as the history."""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.compose.html.crude import crude_text
from helpdesk_mailchannel.mailcore.compose.quote.plain import split
from helpdesk_mailchannel.mailcore.model import Message

_LOOKED_AT = 200_000
"""Characters."""


def own_words(message: Message) -> str:
	"""Return the new words of the plain text, or of the HTML if that is all there is."""
	text = message.text or crude_text((message.html or "")[:_LOOKED_AT])
	return "".join(piece.text for piece in split(text[:_LOOKED_AT]) if not piece.folded)
