"""Finds the history in HTML: by the marks of mail programs, or else by its words, as in plain text.

Works on the first pass's tokens, while the sender's classes and ids are still there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby

from helpdesk_mailchannel.mailcore.compose.html.layout import Line
from helpdesk_mailchannel.mailcore.compose.html.markup import Token, element_ends
from helpdesk_mailchannel.mailcore.compose.quote.fold import ANALYSED, ANALYSED_LINES, fold, kinds
from helpdesk_mailchannel.mailcore.compose.quote.introductions import introduces_quote
from helpdesk_mailchannel.mailcore.compose.quote.kinds import Kind, kind_of

_QUOTES = re.compile(
	r"(?:yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra|blockquote_zmail|moz-cite|mailQuote"
	r"|gmail_quote\b|gmail_quote_container|gmail_extra_quote|mail-quote-collapse|reply-quote|zm_quote|WM_quote"
	r"|history_container|reply_content|isReplyContent|ntes-mailmaster-quote|quoted-content|messageReplySection"
	r"|freshdesk_quote|front-blockquote|missive_quote|cm_quote|sh-quoted|edo-original-message)",
	re.I,
)
"""Elements that hold the message that is answered. If its words are in a `<blockquote>` inside, only those
count: there may be answers between them."""
_INTROS = re.compile(
	r"\b(?:gmail_attr|gmail_quote_attribution|moz-cite-prefix|moz-email-headers-table|reply-intro)\b", re.I
)
_BEGINNINGS = re.compile(
	r"(?:\b|_)(?:appendonsend|divRplyFwdMsg|mail-editor-reference-message-container|OLK_SRC_BODY_SECTION|divRpF\d+"
	r"|ms-outlook-mobile-reference-message|OutlookMessageHeader|stopSpelling|__DIVIDER__|zwchr)\b"
)
"""Elements after or in which Outlook puts the message that is answered, up to the end."""
_SIGNATURES = re.compile(
	r"(?:\b|_)(?:gmail_signature|moz-signature|protonmail_signature_block|ms-outlook-mobile-signature"
	r"|mobile_signature|Signature|yahoo_signature|acompli_signature|front-signature|missive_signature"
	r"|io-ox-signature|messageSignatureSection|_rc_sig|composer_signature)\b"
)
_QUOTE_BAR = re.compile(r"border-left(?:-width|-style)?\s{0,20}:\s{0,20}(?!none|0)[^;\s]", re.I)
_HEADER_BOX = re.compile(
	r"border-top\s*:\s*solid\s+#(?:E1E1E1|B5C4DF)\s[^\"]{0,60}padding\s*:\s*3(?:\.0)?pt\s+0", re.I
)
"""The line Outlook draws over the header block of the message that is answered, whatever its language."""
_NAMED = re.compile(r' (?:class|id|name)="([^"]*)"')


def folded_ranges(tokens: Sequence[Token], lines: Sequence[Line]) -> list[tuple[int, int]]:
	"""Return the ranges of tokens to fold, in order; none in doubt, or if the message is very long.

	`lines` is the layout of `tokens`.
	"""
	if len(lines) > ANALYSED_LINES or sum(len(line.text) for line in lines) > ANALYSED:
		return []
	marks = _marks(tokens)
	said_by = [
		{marks[i] for i in range(line.start, line.end) if marks[i] and _counts(tokens[i], marks[i])}
		for line in lines
	]
	quoted = _quoted(lines, said_by)
	words = [
		f"> {line.text}" if is_quoted and kind_of(line.text) is not Kind.FORWARD else line.text
		for line, is_quoted in zip(lines, quoted, strict=True)
	]
	found = [_overruled(kind, said) for kind, said in zip(kinds(words), said_by, strict=True)]
	folded = fold(words, found)
	ranges = []
	for hidden, group in groupby(zip(lines, folded, strict=True), key=lambda pair: pair[1]):
		inside = [line for line, _ in group]
		if hidden and any(any(map(str.isalnum, line.text)) for line in inside):
			ranges.append((_behind_end_tags(tokens, inside[0].start), inside[-1].end))
	return ranges


def _quoted(lines: Sequence[Line], said_by: Sequence[set[Kind | None]]) -> list[bool]:
	"""Tell for every line whether it is quoted: by its mark, or as a `<blockquote>` under an introduction."""
	quoted = [Kind.QUOTE in said for said in said_by]
	above: Line | None = None
	level = 0
	for index, line in enumerate(lines):
		if line.level < level:
			level = 0
		if above and not level and line.level > above.level and introduces_quote(above.text):
			level = line.level
		quoted[index] |= level > 0
		above = line if line.text else above
	return quoted


def _counts(token: Token, mark: Kind | None) -> bool:
	"""Return what a line's words are marked as; where history begins, the empty element before it says so."""
	return mark is Kind.HISTORY or token.tag == "img" or (not token.tag and not token.source.isspace())


def _overruled(kind: Kind, said: set[Kind | None]) -> Kind:
	if kind is Kind.FORWARD:
		return kind
	return next((mark for mark in (Kind.HISTORY, Kind.INTRO, Kind.SIGNATURE) if mark in said), kind)


def _behind_end_tags(tokens: Sequence[Token], start: int) -> int:
	while start < len(tokens) and (tokens[start].closing or tokens[start].source.isspace()):
		start += 1
	return start


def _marks(tokens: Sequence[Token]) -> list[Kind | None]:
	"""Return for every token what the mail program says it belongs to."""
	marks: list[Kind | None] = [None] * len(tokens)
	ends = element_ends(tokens)
	for start, mark in _starts(tokens, ends):
		if mark is Kind.HISTORY:
			marks[start] = mark
		elif marks[start] is None or (mark is Kind.INTRO and marks[start] is Kind.QUOTE):
			marks[start : ends[start]] = [mark] * (ends[start] - start)
	return marks


def _starts(tokens: Sequence[Token], ends: Sequence[int]) -> Iterator[tuple[int, Kind]]:
	quotes = list(accumulate(token.tag == "blockquote" and _is_quote(token) for token in tokens))
	for index, token in enumerate(tokens):
		if not token.opening:
			continue
		names = " ".join(_NAMED.findall(token.source))
		if token.tag == "div" and "border-top" in token.source and _HEADER_BOX.search(token.source):
			yield index, Kind.HISTORY
		elif token.tag == "blockquote":
			if _is_quote(token):
				yield index, Kind.QUOTE
		elif not names:
			continue
		elif _INTROS.search(names):
			yield index, Kind.INTRO
		elif _BEGINNINGS.search(names):
			yield index, Kind.HISTORY
		elif _SIGNATURES.search(names):
			yield index, Kind.SIGNATURE
		elif _QUOTES.search(names) and quotes[index] == quotes[ends[index] - 1]:
			yield index, Kind.QUOTE


def _is_quote(token: Token) -> bool:
	"""Tell whether these are quoted words; an indented paragraph is a `<blockquote>` as well."""
	given = token.attributes
	return bool(
		_QUOTES.search(" ".join(_NAMED.findall(token.source)))
		or given.get("type", "").lower() == "cite"
		or "cite" in given
		or _QUOTE_BAR.search(given.get("style", ""))
	)
