"""Makes the draft of a ticket or a reply: what people will read, and what the ticket's fields say."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from helpdesk_mailchannel.mailcore.compose.body import body
from helpdesk_mailchannel.mailcore.compose.mapping import Composed, mapped
from helpdesk_mailchannel.mailcore.compose.quote.plain import split
from helpdesk_mailchannel.mailcore.errors import MessageError
from helpdesk_mailchannel.mailcore.model import (
	Accept,
	Address,
	Disposition,
	File,
	MailDraft,
	Message,
	NewTicket,
	Reply,
	ReplyDraft,
	TicketDraft,
)
from helpdesk_mailchannel.mailcore.outside.plain_text import plain_line
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.sentences import Sentence, Translate, _, in_a_row
from helpdesk_mailchannel.mailcore.settings import ChannelSettings, TicketSettings

_WORD = re.compile(r"(?<!\S)[^\W\d_]\S{0,100}")
_WORDS_OF_A_REACTION = 16
_IN_WORDS = re.compile(r"[^\W\d_]")
NO_SUBJECT = _("(no subject)")


def compose(
	message: Message,
	screening: Accept,
	threading: NewTicket | Reply,
	settings: ChannelSettings,
	*,
	roles_of_sender: frozenset[str] = frozenset(),
	now: datetime,
) -> TicketDraft | ReplyDraft:
	"""Compose what is to be filed for a message that was accepted and threaded.

	`roles_of_sender` are the roles the sender holds on the site, for restricted mappings. `now` is used if
	the message names no moment at which it arrived. Raise MessageError if the message has no single sender,
	or if a field that the ticket needs stays empty.
	"""
	sender = message.sender
	if sender is None:
		raise MessageError(Reason.AMBIGUOUS_SENDER if message.authors else Reason.NO_SENDER)
	if message.reaction and not is_more_than_a_reaction(message):
		message = _as_note(message, sender, settings.translate)
	shown = body(
		message,
		settings.limits,
		viewer_folds=settings.ticket.viewer_folds,
		translate=settings.translate,
	)
	mail = MailDraft(
		subject=message.subject.strip() or settings.translate(NO_SUBJECT),
		sender=sender,
		to=message.to,
		cc=message.cc,
		bcc=message.bcc,
		html=shown.html,
		text=shown.text,
		message_id=message.message_id,
		received_at=message.received_at or now,
		files=(*shown.files, *_original(message, settings)),
		left_out=shown.left_out,
		automatic=screening.automatic,
	)
	if isinstance(threading, Reply):
		return ReplyDraft(mail, threading.ticket, threading.reason, tuple(filter(None, [threading.note])))
	return TicketDraft(mail, _values(message, mail, settings.ticket, roles_of_sender), _notes(threading))


def is_more_than_a_reaction(message: Message) -> bool:
	"""Whether somebody wrote words beside a reaction: more than a mail program writes about it."""
	new = " ".join(piece.text for piece in split(message.text or "") if not piece.folded)
	return len(_WORD.findall(new)) > _WORDS_OF_A_REACTION


def _as_note(message: Message, sender: Address, translate: Translate) -> Message:
	"""Show a reaction as one line, instead of what its mail program writes around it. Keep its files."""
	who = sender.name or sender.address
	if _IN_WORDS.match(message.reaction):
		said = _("{0} reacted to a message: {1}.").format(who, message.reaction)
	else:
		said = _("{0} reacted with {1}").format(who, message.reaction)
	return replace(message, text=translate(said), html=None)


def _notes(threading: NewTicket) -> tuple[Sentence, ...]:
	if threading.claimed is None:
		return ()
	claim = _("This message claims to answer {0}.").format(threading.claimed.words)
	return (in_a_row(claim, threading.why),)


def _values(
	message: Message, mail: MailDraft, ticket: TicketSettings, roles: frozenset[str]
) -> dict[str, object]:
	attached = tuple(file.name for file in mail.files if file.disposition is Disposition.ATTACHMENT)
	content = Composed(message, mail.html, mail.text, attached)
	values = dict(ticket.values)
	values[ticket.subject_field] = plain_line(mail.subject)[: ticket.subject_max_length]
	if ticket.sender_field:
		values[ticket.sender_field] = mail.sender.address
	values.update(mapped(ticket.mapping, content, roles))
	missing = [label for name, label in ticket.required.items() if values.get(name) in (None, "")]
	if missing:
		raise MessageError(
			Reason.FIELD_MISSING, _("Without a value: {0}.").format(in_a_row(*missing, between=", "))
		)
	return values


def _original(message: Message, settings: ChannelSettings) -> tuple[File, ...]:
	"""Return the message as it came, if the channel wants it on the ticket."""
	if not settings.ticket.attach_original or not message.octets:
		return ()
	name = re.sub(r"[^\w .()-]+", "_", message.subject).strip(" ._")[: settings.limits.name - 4] or "message"
	return (File(f"{name}.eml", "message/rfc822", message.octets),)
