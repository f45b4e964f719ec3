"""Decodes encoded words (RFC 2047), from programs that follow the RFC and from those that do not.

Neighbouring words of one charset are joined before they are decoded, because many programs split a character
between two. A word may be anywhere: within quotes, attached to text, without its padding, with a language.
"""

from __future__ import annotations

import re

from helpdesk_mailchannel.mailcore.parse.text.charset import decode
from helpdesk_mailchannel.mailcore.parse.text.transfer_encoding import decode_base64, decode_quoted_printable

_WORD = re.compile(
	# A question mark that does not end the word is the sender's error, and costs nothing to forgive.
	r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*){0,9})\?="
)


def decode_words(text: str) -> str:
	"""Decode every encoded word in `text`; leave what cannot be decoded as it is."""
	if "=?" not in text:
		return text
	pieces: list[str] = []
	pending: list[bytes] = []
	charset = ""
	position = 0
	for word in _WORD.finditer(text):
		between = text[position : word.start()]
		named = word[1].partition("*")[0].lower()
		if pending and (between.strip() or named != charset):
			pieces.append(decode(b"".join(pending), charset))
			pending = []
		if between.strip() or not (pieces or pending):
			pieces.append(between)
		charset = named
		pending.append(_octets(word[2], word[3]))
		position = word.end()
	if pending:
		pieces.append(decode(b"".join(pending), charset))
	return "".join(pieces) + text[position:]


def _octets(encoding: str, payload: str) -> bytes:
	raw = payload.encode("utf-8", "replace")
	if encoding in "bB":
		return decode_base64(raw)
	return decode_quoted_printable(raw.replace(b"_", b" "))
