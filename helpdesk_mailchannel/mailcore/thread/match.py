"""The proof ladder: a message joins a ticket only if it can prove that it may.

1. A valid reply token. Whoever has one received it from us or from somebody who did. Mail that failed
   authentication joins with a note that says so.
2. The ID of a message on the ticket, from somebody who takes part in it, in mail that did not fail
   authentication. Only those who saw the mail know its ID, but it does not stay secret for ever.
3. A tag in the subject, from somebody who takes part, in mail that passed authentication. Anybody can
   guess a tag and forge a sender.

`participants` says who takes part; a person does so with every address of their Contact.

A message that reaches none of these rungs starts a ticket of its own, with a note of what it claimed: nothing
is lost, and nobody writes into a stranger's ticket.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from helpdesk_mailchannel.mailcore.model import (
	Exclude,
	Facts,
	Message,
	NewTicket,
	Reply,
	Threading,
	TicketRef,
	Verdict,
)
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, _
from helpdesk_mailchannel.mailcore.settings import ChannelSettings, OtherTypePolicy
from helpdesk_mailchannel.mailcore.thread.clues import clues
from helpdesk_mailchannel.mailcore.thread.token import ReplyToken, is_valid

_NOT_OURS = _("The reply address or Message-ID names this ticket, but was not made by us for it.")
_TRUST = (Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL)


@dataclass(frozen=True)
class Candidate:
	"""One ticket the message says it belongs to: by which proof, and what is missing of it, in words."""

	ticket: TicketRef
	reason: Reason
	missing: Sentence = NOTHING
	note: Sentence = NOTHING
	"""What agents should know about a proof that holds."""


def thread(
	message: Message, facts: Facts, verdict: Verdict, settings: ChannelSettings
) -> Threading | Exclude:
	"""Decide whether the message joins a ticket, by the highest rung that it reaches.

	`facts` must answer what `clues.wanted` asks; `verdict` is what a trusted mail server says about the
	sender. Return Reply with the proof; NewTicket with the ticket claimed and what the proof lacks; or
	Exclude, if the ticket is of a type that mail may not update and the channel says so.
	"""
	unproven: Candidate | None = None
	for candidate in _candidates(message, facts, verdict, settings):
		if not candidate.missing:
			return _joined(candidate, facts, settings)
		unproven = unproven or candidate
	return NewTicket(unproven.ticket, unproven.missing) if unproven else NewTicket()


def _candidates(
	message: Message, facts: Facts, verdict: Verdict, settings: ChannelSettings
) -> Iterator[Candidate]:
	found = clues(message)
	for token in found.tokens:
		for ticket in facts.tickets.get(token.name, ()):
			missing = NOTHING if _is_ours(token, ticket, settings) else _NOT_OURS
			living = _living(ticket, facts)
			note = _note_for_token(message, living, facts, verdict, settings)
			yield Candidate(living, Reason.REPLY_BY_TOKEN, missing, note)
	for message_id in found.ids:
		for ticket in _answered(message_id, message, facts):
			missing = _missing_for_id(message, ticket, facts, verdict, settings)
			yield Candidate(ticket, Reason.REPLY_BY_MESSAGE_ID, missing)
	for tag in found.tags:
		for ticket in facts.tickets.get(tag, ()):
			living = _living(ticket, facts)
			missing = _missing_for_tag(message, living, facts, verdict, settings)
			yield Candidate(living, Reason.REPLY_BY_SUBJECT, missing)


def _is_ours(token: ReplyToken, ticket: TicketRef, settings: ChannelSettings) -> bool:
	"""Tell whether this channel, or another that the answer also went to, made the token for this ticket."""
	return any(
		is_valid(token, channel, ticket, settings.reply_keys, settings.unbound_tokens_before)
		for channel in (settings.name, *settings.channels)
	)


def _answered(message_id: str, message: Message, facts: Facts) -> list[TicketRef]:
	"""Return the tickets with a message of this ID, the likeliest first.

	Somebody who sends mail under the ID of another message, even before that one comes, must not attract its
	answers: what this site sent counts first, then what the sender wrote, then what is proven.
	"""
	carriers = facts.carriers.get(message_id)
	if not carriers:
		ticket = facts.ticket_of(message_id)
		return [ticket] if ticket else []
	people = facts.people(message.sender.address) if message.sender else frozenset()
	ranked = sorted(
		carriers, key=lambda one: (not one.sent, one.author not in people, _TRUST.index(one.verdict))
	)
	return list(dict.fromkeys(_living(one.ticket, facts) for one in ranked))


def _note_for_token(
	message: Message, ticket: TicketRef, facts: Facts, verdict: Verdict, settings: ChannelSettings
) -> Sentence:
	if verdict is Verdict.FAIL:
		return _(
			"The mail server says that this message, which names {0} as its sender, may be "
			"forged. It is here because it came to the ticket's own reply address, or answers a "
			"mail that carries its signature."
		).format(_sender(message))
	if _takes_part(message, ticket, facts, settings):
		return NOTHING
	return _(
		"{0} was not yet on this ticket. The message came to the ticket's own reply address, "
		"which somebody must have passed on, or answers a mail that carries its signature."
	).format(_sender(message))


def _missing_for_id(
	message: Message, ticket: TicketRef, facts: Facts, verdict: Verdict, settings: ChannelSettings
) -> Sentence:
	if not _takes_part(message, ticket, facts, settings):
		return _("It answers a message of this ticket, but {0} does not take part in it.").format(
			_sender(message)
		)
	if verdict is Verdict.FAIL:
		return _(
			"It answers a message of this ticket, but the mail server says that {0} may be forged."
		).format(_sender(message))
	return NOTHING


def _missing_for_tag(
	message: Message, ticket: TicketRef, facts: Facts, verdict: Verdict, settings: ChannelSettings
) -> Sentence:
	if not _takes_part(message, ticket, facts, settings):
		return _("Its subject names this ticket, but {0} does not take part in it.").format(_sender(message))
	match verdict:
		case Verdict.PASS:
			return NOTHING
		case Verdict.FAIL:
			return _(
				"Its subject names this ticket, but the mail server says that {0} may be forged."
			).format(_sender(message))
		case Verdict.UNKNOWN:
			return _("Its subject names this ticket, but nothing proves that {0} sent it.").format(
				_sender(message)
			)


def _takes_part(message: Message, ticket: TicketRef, facts: Facts, settings: ChannelSettings) -> bool:
	"""Tell whether the sender takes part in the ticket; an alias counts as its primary address."""
	if message.sender is None:
		return False
	primary = settings.screen.primary
	participants = {primary(each) for each in facts.participants.get(ticket, frozenset())}
	return any(primary(each) in participants for each in facts.people(message.sender.address))


def _joined(candidate: Candidate, facts: Facts, settings: ChannelSettings) -> Threading | Exclude:
	"""Return the proven reply, unless mail may not update tickets of this type."""
	kind = facts.types.get(candidate.ticket, "")
	if not settings.ticket.updatable or kind in settings.ticket.updatable:
		return Reply(candidate.ticket, candidate.reason, candidate.note)
	why = (
		_("Mail may not update tickets of the type “{0}”.").format(kind)
		if kind
		else _("The ticket has no type.")
	)
	if settings.ticket.other_types is OtherTypePolicy.EXCLUDE:
		return Exclude(Reason.TYPE_NOT_UPDATABLE, _("{0}: {1}").format(candidate.ticket.words, why))
	return NewTicket(candidate.ticket, why)


def _living(ticket: TicketRef, facts: Facts) -> TicketRef:
	return facts.merged.get(ticket, ticket)


def _sender(message: Message) -> str:
	return message.sender.address if message.sender else _("its sender")
