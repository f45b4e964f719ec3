"""Makes the draft of a ticket or of a reply: what people will read, and what the ticket's fields say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape, unescape

from helpdesk_mailchannel.mailcore.compose import files, html, quote, text
from helpdesk_mailchannel.mailcore.compose.mapping import Content, mapped
from helpdesk_mailchannel.mailcore.compose.markup import read, wrap
from helpdesk_mailchannel.mailcore.compose.quote_html import folded_ranges
from helpdesk_mailchannel.mailcore.errors import MessageError
from helpdesk_mailchannel.mailcore.model import (
	Accept,
	Disposition,
	File,
	LeftOut,
	MailDraft,
	Message,
	NewTicket,
	Reply,
	ReplyDraft,
	TicketDraft,
)
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.settings import ChannelSettings, Limits, TicketSettings

NO_SUBJECT = "(no subject)"
TOO_HEAVY = "Its HTML was too heavy to show safely: this is its text."
TEXT_CUT = "Its text was too long and is cut here; the whole of it is in the original message."


def compose(
	message: Message,
	screening: Accept,
	threading: NewTicket | Reply,
	settings: ChannelSettings,
	*,
	roles_of_sender: frozenset[str] = frozenset(),
	now: datetime,
) -> TicketDraft | ReplyDraft:
	"""What is to be filed for a message that was accepted and threaded.

	`roles_of_sender` are the roles the sender holds on the site, for restricted mappings (T4). `now` stands
	in where the message says of no moment at which it arrived. Raises MessageError where the message has
	no single sender, or where a field the ticket needs stays empty.
	"""
	sender = message.sender
	if sender is None:
		raise MessageError(Reason.AMBIGUOUS_SENDER if message.authors else Reason.NO_SENDER)
	body = _body(message, settings)
	mail = MailDraft(
		subject=message.subject.strip() or NO_SUBJECT,
		sender=sender,
		to=message.to,
		cc=message.cc,
		bcc=message.bcc,
		html=body.html,
		text=body.text,
		message_id=message.message_id,
		received_at=message.received_at or now,
		files=body.files,
		left_out=body.left_out,
		automatic=screening.automatic,
	)
	if isinstance(threading, Reply):
		return ReplyDraft(mail, threading.ticket, threading.reason)
	return TicketDraft(mail, _values(message, mail, settings.ticket, roles_of_sender), _notes(threading))


def _notes(threading: NewTicket) -> tuple[str, ...]:
	if threading.claimed is None:
		return ()
	claim = f"This message claims to answer {threading.claimed.doctype} {threading.claimed.name}."
	return (" ".join(filter(None, (claim, threading.why))),)


def _values(
	message: Message, mail: MailDraft, ticket: TicketSettings, roles: frozenset[str]
) -> dict[str, object]:
	attached = tuple(file.name for file in mail.files if file.disposition is Disposition.ATTACHMENT)
	content = Content(message, mail.html, mail.text, attached)
	values = dict(ticket.values)
	values[ticket.subject_field] = mail.subject[: ticket.subject_max_length]
	if ticket.sender_field:
		values[ticket.sender_field] = mail.sender.address
	values.update(mapped(ticket.mapping, content, roles))
	missing = [name for name in ticket.required if values.get(name) in (None, "")]
	if missing:
		raise MessageError(Reason.FIELD_MISSING, f"Without a value: {', '.join(missing)}.")
	return values


@dataclass(frozen=True)
class _Body:
	html: str
	text: str
	files: tuple[File, ...]
	left_out: tuple[LeftOut, ...]


def _body(message: Message, settings: ChannelSettings) -> _Body:
	limits = settings.limits
	kept = files.keep(message.files, limits)
	notices = [*_left_out_words(kept.left_out), *message.defects]
	shown = None
	if message.html and message.html.strip():
		if html.is_too_heavy(message.html, limits):
			notices.append(TOO_HEAVY)
		else:
			shown = _html_body(message, kept.files, settings.ticket)
	plain = message.text or ""
	if shown is None:
		if not plain.strip() and message.html:
			plain = _crude_text(message.html)
		if len(plain) > limits.text:
			plain = plain[: limits.text]
			notices.append(TEXT_CUT)
		markup = _text_body(plain, message.subject, settings.ticket)
	else:
		markup, laid_out = shown
		plain = plain if plain.strip() else laid_out
	on_ticket = _by_use(kept.files, html.inline_ids(markup))
	if settings.ticket.attach_original and message.octets:
		on_ticket += (_original(message, limits),)
	return _Body(markup + _notice(notices), plain.strip() or text.NO_TEXT, on_ticket, kept.left_out)


def _html_body(message: Message, kept: tuple[File, ...], ticket: TicketSettings) -> tuple[str, str] | None:
	"""The HTML part as it is shown, and its text; None where there is nothing in it to see."""
	tokens = html.sanitised(message.html or "")
	lines = text.lines(tokens)
	inline = {
		file.content_id.lower(): file.content_id for file in kept if file.content_id and files.is_image(file)
	}
	folded = [] if quote.is_forward(message.subject) else folded_ranges(tokens, lines)
	made = html.finished(wrap(html.shown(tokens, inline), folded, *_fold_marks(ticket)))
	plain = text.to_text(lines)
	return (made, plain) if plain.strip() or "<img" in made or html.REMOTE_IMAGE in made else None


def _text_body(plain: str, subject: str, ticket: TicketSettings) -> str:
	if not plain.strip():
		return f"<p>{text.NO_TEXT}</p>"
	before, after = _fold_marks(ticket)
	pieces = quote.split(plain.strip("\r\n"), forwarded=quote.is_forward(subject))
	shown = (
		f"{before}{text.to_html(piece.text)}{after}"
		if piece.folded and any(map(str.isalnum, piece.text))
		else text.to_html(piece.text)
		for piece in pieces
	)
	return html.finished(read("".join(shown)))


def _fold_marks(ticket: TicketSettings) -> tuple[str, str]:
	"""What stands before and behind folded history: what its viewer folds by itself, or else `<details>`."""
	quoted = f'<div class="{html.QUOTE}">'
	if ticket.viewer_folds:
		return quoted, "</div>"
	return f'<details class="{html.HISTORY}">{quoted}', "</div></details>"


def _crude_text(markup: str) -> str:
	"""The words of HTML that is too heavy to parse, as well as they can be had in linear time."""
	without_code = re.sub(r"(?is)<(style|script|title)\b[^>]{0,500}>.{0,50000}?</\1", " ", markup[:500_000])
	return unescape(re.sub(r"<[^<>]{0,2000}>", " ", without_code))


def _by_use(kept: Iterable[File], shown: frozenset[str]) -> tuple[File, ...]:
	"""The files, each called inline exactly when the HTML shows it, so that none is seen twice or never."""
	return tuple(
		replace(file, disposition=Disposition.INLINE if file.content_id in shown else Disposition.ATTACHMENT)
		for file in kept
	)


def _original(message: Message, limits: Limits) -> File:
	name = re.sub(r"[^\w .()-]+", "_", message.subject).strip(" ._")[: limits.name - 4] or "message"
	return File(f"{name}.eml", "message/rfc822", message.octets)


def _left_out_words(left_out: Iterable[LeftOut]) -> list[str]:
	return [f"Not kept: {file.name} ({files.readable_size(file.size)}): {file.why}." for file in left_out]


def _notice(notices: list[str]) -> str:
	if not notices:
		return ""
	lines = "<br>".join(escape(notice, quote=False) for notice in notices)
	return f'<div class="{html.NOTICE}"><hr><p><small>{lines}</small></p></div>'
