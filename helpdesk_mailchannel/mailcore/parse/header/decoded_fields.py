"""Decodes the fields of a header, one at a time; a bad one becomes empty, and a defect is noted.

Fields that programs write for programs (trace, authentication, identifiers) are not searched for encoded
words: nothing in them is meant to be decoded, and what a stranger wrote there must not become a verdict.
"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Headers
from helpdesk_mailchannel.mailcore.parse.header.encoded_words import decode_words
from helpdesk_mailchannel.mailcore.parse.header.fields import Field, Header
from helpdesk_mailchannel.mailcore.parse.text.charset import decode, decode_header, header_charsets
from helpdesk_mailchannel.mailcore.parse.text.clean import clean_line, mark_controls
from helpdesk_mailchannel.mailcore.sentences import Sentence, _
from helpdesk_mailchannel.mailcore.settings import LOOP_HEADER

_OWN_PREFIX = "x-mailchannel-"
_ADMITTED = LOOP_HEADER.lower()
"""The one field of this app that incoming mail may carry: whoever forges it is excluded as our own robot."""

_LITERAL = frozenset(
	{
		"authentication-results",
		"content-disposition",
		"content-transfer-encoding",
		"content-type",
		"date",
		"delivered-to",
		"dkim-signature",
		"in-reply-to",
		"message-id",
		"mime-version",
		"references",
		"return-path",
	}
)


def read_headers(header: Header) -> tuple[Headers, tuple[Sentence, ...]]:
	"""Return all fields as text, in their order, and the defects; leave out what poses as this app's own."""
	fields: list[tuple[str, str]] = []
	defects: list[Sentence] = []
	for each in header.fields:
		if each.name.startswith(_OWN_PREFIX) and each.name != _ADMITTED:
			continue
		try:
			fields.append((each.name, _text(each, header.charsets)))
		except (ValueError, LookupError, IndexError, RecursionError):
			fields.append((each.name, ""))
			defects.append(_("The header field {0} could not be read: it counts as empty.").format(each.name))
	return Headers(tuple(fields)), tuple(defects)


def raw_texts(header: Header, name: str) -> tuple[str, ...]:
	"""Return every value under a name as text, its encoded words untouched, for readers of structure."""
	return tuple(decode_header(each.value, header.charsets) for each in header.fields if each.name == name)


def charsets_of(header: Header, octets: bytes) -> tuple[str, ...]:
	"""Return the charsets that the raw octets of a header may be in; empty if it has none."""
	raw = [each.value for each in header.fields if not each.value.isascii()]
	return header_charsets(raw, octets) if raw else ()


def _text(each: Field, charsets: tuple[str, ...]) -> str:
	if each.name in _LITERAL or each.name.startswith(("received", "arc-")):
		return mark_controls(decode_header(each.value, charsets))
	# Only words for people may be Japanese in escapes; addresses are read literally.
	is_plain = each.value.isascii()
	return clean_line(decode_words(decode(each.value) if is_plain else decode_header(each.value, charsets)))
