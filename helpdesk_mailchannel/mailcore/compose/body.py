"""The body of a message as people will read it: what is shown, folded, and said about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape, unescape

from helpdesk_mailchannel.mailcore.compose import files, html, text
from helpdesk_mailchannel.mailcore.compose.html_to_text import html_to_text
from helpdesk_mailchannel.mailcore.compose.images import pulled_out
from helpdesk_mailchannel.mailcore.compose.layout import lines as laid_out_lines
from helpdesk_mailchannel.mailcore.compose.markup import wrap, write
from helpdesk_mailchannel.mailcore.compose.quote.marks import folded_ranges
from helpdesk_mailchannel.mailcore.compose.quote.plain import is_forward, split
from helpdesk_mailchannel.mailcore.model import Disposition, File, LeftOut, Message
from helpdesk_mailchannel.mailcore.settings import Limits

TOO_HEAVY = "Its HTML was too heavy to show safely: this is its text."
TEXT_CUT = "Its text was too long and is cut here; the whole of it is in the original message."


@dataclass(frozen=True)
class Body:
	"""Safe HTML and plain text of a message, and the files that go with it."""

	html: str
	text: str
	files: tuple[File, ...]
	"""Inline are exactly those that the HTML shows, so that none is seen twice or never."""
	left_out: tuple[LeftOut, ...]


def body(message: Message, limits: Limits, *, viewer_folds: bool = False) -> Body:
	"""What is shown of a message: its HTML where it has any, else its text.

	`viewer_folds` says that whoever shows it folds `div.gmail_quote` by itself.
	"""
	markup, pictures = pulled_out(message.html or "")
	kept = files.keep((*message.files, *pictures), limits)
	notices = [_left_out_words(file) for file in kept.left_out] + list(message.defects)
	fold = _fold_marks(viewer_folds)
	shown, plain = "", message.text or ""
	if markup.strip():
		try:
			shown, laid_out = _from_html(markup, message.subject, kept.files, limits, fold)
		except html.TooHeavy:
			laid_out = _crude_text(markup)
			notices.append(TOO_HEAVY)
		plain = plain if plain.strip() else laid_out
	if len(plain) > limits.text:
		plain = plain[: limits.text]
		notices.append(TEXT_CUT)
	shown = shown or _from_text(plain, message.subject, fold)
	return Body(
		shown + _notice(notices),
		plain.strip("\r\n").rstrip() or text.NO_TEXT,
		_by_use(kept.files, html.inline_ids(shown)),
		kept.left_out,
	)


def _from_html(
	markup: str, subject: str, kept: Sequence[File], limits: Limits, fold: tuple[str, str]
) -> tuple[str, str]:
	"""The HTML part as it is shown, and its text; both empty where nothing is to be seen."""
	tokens = html.sanitised(markup, limits)
	lines = laid_out_lines(tokens)
	if not any(line.text.strip() for line in lines):
		return "", ""
	inline = {
		file.content_id.lower(): file.content_id for file in kept if file.content_id and files.is_image(file)
	}
	ranges = [] if is_forward(subject, markup) else folded_ranges(tokens, lines)
	folded = write(wrap(html.shown(tokens, inline), ranges, *fold))
	return html.finished(folded), html_to_text(tokens)


def _from_text(plain: str, subject: str, fold: tuple[str, str]) -> str:
	if not plain.strip():
		return f"<p>{text.NO_TEXT}</p>"
	before, after = fold
	shown = []
	for piece in split(plain.strip("\r\n"), forwarded=is_forward(subject, plain)):
		worth_folding = piece.folded and any(map(str.isalnum, piece.text))
		markup = text.to_html(piece.text)
		shown.append(f"{before}{markup}{after}" if worth_folding else markup)
	return html.finished("".join(shown))


def _fold_marks(viewer_folds: bool) -> tuple[str, str]:
	"""What stands before and behind folded history."""
	quoted = f'<div class="{html.QUOTE}">'
	if viewer_folds:
		return quoted, "</div>"
	return f'<details class="{html.HISTORY}">{quoted}', "</div></details>"


def _crude_text(markup: str) -> str:
	"""The words of HTML that is too heavy to parse, as well as they can be had in linear time."""
	without_code = re.sub(r"(?is)<(style|script|title)\b.{0,50000}?</\1[^>]{0,20}>", " ", markup[:200_000])
	words = unescape(re.sub(r"<[^<>]{0,2000}>", " ", without_code))
	return re.sub(r"[ \t]+", " ", words).strip()


def _by_use(kept: Iterable[File], shown: frozenset[str]) -> tuple[File, ...]:
	def use(file: File) -> Disposition:
		return Disposition.INLINE if file.content_id in shown else Disposition.ATTACHMENT

	return tuple(replace(file, disposition=use(file)) for file in kept)


def _left_out_words(file: LeftOut) -> str:
	return f"Not kept: {file.name} ({files.readable_size(file.size)}): {file.why}."


def _notice(notices: Sequence[str]) -> str:
	if not notices:
		return ""
	lines = "<br>".join(escape(notice, quote=False) for notice in notices)
	return f'<div class="{html.NOTICE}"><hr><p><small>{lines}</small></p></div>'
