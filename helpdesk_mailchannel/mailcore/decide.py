"""What a message is to become: screen → thread → compose, without touching anything.

Everything that needs to know what a message becomes asks here, so that answers cannot differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from helpdesk_mailchannel.mailcore.authentication import sender_verdict
from helpdesk_mailchannel.mailcore.compose.draft import compose, is_more_than_a_reaction
from helpdesk_mailchannel.mailcore.compose.own_words import own_words
from helpdesk_mailchannel.mailcore.errors import already_filed
from helpdesk_mailchannel.mailcore.model import (
	Accept,
	Draft,
	Elsewhere,
	Exclude,
	Facts,
	Message,
	NewTicket,
	Refuse,
	Reply,
	Threading,
	TicketDraft,
	Verdict,
)
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.chain import screen
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, _
from helpdesk_mailchannel.mailcore.settings import ChannelSettings, ScreenPolicy
from helpdesk_mailchannel.mailcore.thread.match import thread


@dataclass(frozen=True)
class Duplicate:
	"""Its content was filed before; `detail` says where."""

	reason: Reason = Reason.DUPLICATE
	detail: Sentence = NOTHING


@dataclass(frozen=True)
class ToFile:
	"""It is to be filed: as this draft, for this reason."""

	draft: Draft
	reason: Reason
	detail: Sentence = NOTHING


Decision = ToFile | Duplicate | Exclude | Refuse


def decide(message: Message, facts: Facts, settings: ChannelSettings, now: datetime) -> Decision:
	"""Judge one message by what is known.

	Raises MessageError if it should be filed but no draft can be made of it.
	"""
	verdict = verdict_of(message, settings.screen)
	known = message.known_as(verdict)
	for identity in known:
		if identity in facts.filed:
			return Duplicate(*already_filed(facts.filed[identity]))
	if message.reaction and is_more_than_a_reaction(message):
		message = replace(message, reaction="")
	if settings.screen.keywords:
		message = replace(message, own_words=own_words(message))
	screening = screen(message, facts.counting(verdict), settings.screen)
	if not isinstance(screening, Accept):
		return screening
	threading = thread(message, facts, verdict, settings)
	if isinstance(threading, Exclude):
		return threading
	if screening.only_as_reply and isinstance(threading, NewTicket):
		return screening.only_as_reply
	elsewhere = [place for identity in known for place in facts.elsewhere.get(identity, ())]
	if isinstance(threading, Reply):
		for place in elsewhere:
			if place.ticket == threading.ticket:
				return Duplicate(*already_filed(place.ticket, place.channel))
	draft = compose(
		message, screening, threading, settings, roles_of_sender=_roles(message, facts, verdict), now=now
	)
	reason, detail = _why(message, threading, facts, elsewhere)
	return ToFile(_with_verdict(draft, verdict), reason, detail)


def _with_verdict(draft: Draft, verdict: Verdict) -> Draft:
	"""Return the draft with what the mail server says of the sender; agents are told of a failure."""
	draft = replace(draft, mail=replace(draft.mail, verdict=verdict))
	if verdict is Verdict.FAIL and isinstance(draft, TicketDraft):
		sender = draft.mail.sender.address
		note = _("The mail server says that this message may be forged: {0} may not have written it.").format(
			sender
		)
		return replace(draft, notes=(*draft.notes, note))
	return draft


def verdict_of(message: Message, policy: ScreenPolicy) -> Verdict:
	"""Return whether the channel's mail server says that the sender is genuine."""
	return sender_verdict(
		message.headers,
		message.sender.domain if message.sender else "",
		policy.trusted_authserv_ids,
		policy.trust_exchange_online,
		results_below_received=policy.results_below_received,
	)


def _roles(message: Message, facts: Facts, verdict: Verdict) -> frozenset[str]:
	"""Return the sender's roles, if it is proven that the sender wrote this."""
	if message.sender is None or verdict is not Verdict.PASS:
		return frozenset()
	return facts.roles.get(message.sender.address, frozenset())


def _why(
	message: Message, threading: Threading, facts: Facts, elsewhere: Sequence[Elsewhere]
) -> tuple[Reason, Sentence]:
	match threading:
		case Reply(reason=reason):
			return reason, NOTHING
		case NewTicket(claimed=claimed, why=why) if claimed is not None:
			return Reason.UNPROVEN_REPLY, _("{0}: {1}").format(claimed.words, why)
		case _ if elsewhere:
			place = elsewhere[0]
			return Reason.ALSO_IN_OTHER_CHANNEL, _("The channel {0} filed it on {1}.").format(
				place.channel, place.ticket.words
			)
		case _ if message.message_id and facts.ticket_of(message.message_id):
			return Reason.MESSAGE_ID_REUSED, NOTHING
		case _:
			return Reason.NEW_TICKET, NOTHING
