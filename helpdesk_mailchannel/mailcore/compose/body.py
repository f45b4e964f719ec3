"""Composes the body of a message as people will read it: what is shown, folded, and said about it."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

from helpdesk_mailchannel.mailcore.compose import files
from helpdesk_mailchannel.mailcore.compose.apart import Ended, apart
from helpdesk_mailchannel.mailcore.compose.html import safe_html, text_to_html
from helpdesk_mailchannel.mailcore.compose.html.crude import crude_text
from helpdesk_mailchannel.mailcore.compose.html.html_to_text import html_to_text
from helpdesk_mailchannel.mailcore.compose.html.layout import lines as laid_out_lines
from helpdesk_mailchannel.mailcore.compose.html.markup import wrap, write
from helpdesk_mailchannel.mailcore.compose.images import pulled_out
from helpdesk_mailchannel.mailcore.compose.quote.marks import folded_ranges
from helpdesk_mailchannel.mailcore.compose.quote.plain import is_forward, split
from helpdesk_mailchannel.mailcore.model import Disposition, File, LeftOut, Message
from helpdesk_mailchannel.mailcore.outside.plain_text import plain_text
from helpdesk_mailchannel.mailcore.sentences import Sentence, Translate, _, in_a_row
from helpdesk_mailchannel.mailcore.settings import Limits

TOO_HEAVY = _("Its HTML was too heavy to show safely: this is its text. The HTML is attached as {0}.")
TEXT_CUT = _("Its text was too long and is cut here, after {0} of {1} characters.")
ATTACHED = _("The whole of it is attached as {0}.")
MOST_CRUDE = 500_000
"""Characters of its text that are shown of HTML that is too heavy."""
HTML_NAME, TEXT_NAME = "message.html.txt", "message.txt"
"""Names that no browser runs."""
LIGHT = 100_000
"""Characters up to which a part is composed without a process of its own: that would cost more than the work.

Such a part does not take long because every step is linear (`tests/hostile`)."""


@dataclass(frozen=True)
class Body:
	"""The safe HTML and plain text of a message, and the files that go with it."""

	html: str
	text: str
	files: tuple[File, ...]
	"""Inline are exactly those that the HTML shows, so that none is seen twice or not at all."""
	left_out: tuple[LeftOut, ...]


def body(message: Message, limits: Limits, *, viewer_folds: bool = False, translate: Translate = str) -> Body:
	"""Compose what is shown of a message: its HTML if it has any, otherwise its text.

	`viewer_folds` says that the ticket's viewer folds `div.gmail_quote` by itself; `translate` puts what is
	said about the message into the site's language.
	"""
	markup, pictures = pulled_out(message.html or "")
	kept = files.keep((*message.files, *pictures), limits)
	notices = [_left_out_words(file) for file in kept.left_out] + list(message.defects)
	fold = _fold_marks(viewer_folds)
	images, no_text = safe_html.image_words(translate), translate(text_to_html.NO_TEXT)
	shown, plain, whole = "", message.text or "", []
	if markup.strip():
		try:
			shown, laid_out = _html_in_time(
				markup, message.subject, _inline(kept.files), images, limits, fold
			)
		except safe_html.TooHeavy:
			laid_out = crude_text(markup)
			whole.append(_as_file(HTML_NAME, message.html or "", limits))
			notices.append(TOO_HEAVY.format(whole[0].name))
		plain = plain if plain.strip() else laid_out
	most = min(limits.text, MOST_CRUDE) if whole else limits.text
	if len(plain) > most:
		if message.text or not whole:
			whole.append(_as_file(TEXT_NAME, plain, limits))
		where = ATTACHED.format(whole[-1].name)
		notices.append(in_a_row(TEXT_CUT.format(f"{most:,}", f"{len(plain):,}"), where))
		plain = plain[:most]
	shown = shown or _text_in_time(plain, message.subject, fold) or f"<p>{escape(no_text)}</p>"
	return Body(
		shown + _notice([translate(notice) for notice in notices]),
		plain.strip("\r\n").rstrip() or no_text,
		(*_by_use(kept.files, safe_html.inline_ids(shown)), *whole),
		kept.left_out,
	)


def _html_in_time(
	markup: str,
	subject: str,
	inline: Mapping[str, str],
	images: safe_html.ImageWords,
	limits: Limits,
	fold: tuple[str, str],
) -> tuple[str, str]:
	"""Call `_from_html` in a process that is ended if it takes too long; raise TooHeavy then."""
	if safe_html.is_too_heavy(markup, limits):
		raise safe_html.TooHeavy
	if len(markup) <= LIGHT:
		return _from_html(markup, subject, inline, images, limits, fold)
	try:
		return apart(_from_html, markup, subject, inline, images, limits, fold)
	except Ended as error:
		raise safe_html.TooHeavy from error


def _text_in_time(plain: str, subject: str, fold: tuple[str, str]) -> str:
	"""Call `_from_text` in a process that is ended if it takes too long; return the text as written then."""
	if len(plain) <= LIGHT:
		return _from_text(plain, subject, fold)
	try:
		return apart(_from_text, plain, subject, fold)
	except Ended:
		return safe_html.finished(f"<pre>{escape(plain, quote=False)}</pre>")


def _inline(kept: Sequence[File]) -> dict[str, str]:
	return {
		file.content_id.lower(): file.content_id for file in kept if file.content_id and files.is_image(file)
	}


def _as_file(name: str, words: str, limits: Limits) -> File:
	"""Make what is not shown whole a file that no browser runs; packed if the site would refuse it."""
	octets = words.encode("utf-8", "replace")
	if len(octets) <= limits.attachment:
		return File(name, "text/plain", octets, Disposition.ATTACHMENT)
	return File(f"{name}.gz", "application/gzip", gzip.compress(octets, mtime=0), Disposition.ATTACHMENT)


def _from_html(
	markup: str,
	subject: str,
	inline: Mapping[str, str],
	images: safe_html.ImageWords,
	limits: Limits,
	fold: tuple[str, str],
) -> tuple[str, str]:
	"""Return the HTML part as it is shown, and its text; both empty if there is nothing to see."""
	tokens = safe_html.sanitised(markup, limits)
	lines = laid_out_lines(tokens)
	if not any(line.text.strip() for line in lines):
		return "", ""
	ranges = [] if is_forward(subject, markup) else folded_ranges(tokens, lines)
	folded = write(wrap(safe_html.shown(tokens, inline, images), ranges, *fold))
	return safe_html.finished(folded), html_to_text(tokens)


def _from_text(plain: str, subject: str, fold: tuple[str, str]) -> str:
	if not plain.strip():
		return ""
	before, after = fold
	shown = []
	for piece in split(plain.strip("\r\n"), forwarded=is_forward(subject, plain)):
		worth_folding = piece.folded and any(map(str.isalnum, piece.text))
		markup = text_to_html.to_html(piece.text)
		shown.append(f"{before}{markup}{after}" if worth_folding else markup)
	return safe_html.finished("".join(shown))


def _fold_marks(viewer_folds: bool) -> tuple[str, str]:
	"""Return what goes before and after folded history."""
	quoted = f'<div class="{safe_html.QUOTE}">'
	if viewer_folds:
		return quoted, "</div>"
	return f'<details class="{safe_html.HISTORY}">{quoted}', "</div></details>"


def _by_use(kept: Iterable[File], shown: frozenset[str]) -> tuple[File, ...]:
	def use(file: File) -> Disposition:
		return Disposition.INLINE if file.content_id in shown else Disposition.ATTACHMENT

	return tuple(replace(file, disposition=use(file)) for file in kept)


def _left_out_words(file: LeftOut) -> Sentence:
	return _("Not kept: {0} ({1}): {2}.").format(file.name, files.readable_size(file.size), file.why)


def _notice(notices: Sequence[str]) -> str:
	if not notices:
		return ""
	lines = "<br>".join(escape(plain_text(notice), quote=False) for notice in notices)
	return f'<div class="{safe_html.NOTICE}"><hr><p><small>{lines}</small></p></div>'
