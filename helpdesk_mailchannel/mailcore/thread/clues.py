"""Collects what a message says about the ticket it belongs to. None of it is proven here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from helpdesk_mailchannel.mailcore.model import Message, Verdict
from helpdesk_mailchannel.mailcore.thread import token
from helpdesk_mailchannel.mailcore.thread.token import ReplyToken

_LOOKED_AT = 100
"""IDs and signed addresses of a message that are looked up, of each as many.

Long threads name every message they ever had, and checking a signature takes time for each channel.
"""
_SUBJECT_TAG = re.compile(r"[\[(](?:[^\[\]()#]{0,30})#\s{0,3}([^\s\[\]()#]{1,140})\s{0,3}[\])]")


@dataclass(frozen=True)
class Clues:
	"""The clues of one message, the best of each kind first."""

	tokens: tuple[ReplyToken, ...] = ()
	ids: tuple[str, ...] = ()
	"""The Message-IDs it answers, in lower case, newest first."""
	tags: tuple[str, ...] = ()
	"""Ticket names in tags of its subject, such as `[#1234]` or `(#ISS-2026-00001)`, in lower case."""


@dataclass(frozen=True)
class Wanted:
	"""What the site has to look up about a batch of messages before they can be screened and threaded.

	All names are in lower case. They answer, in this order, `Facts.filed` and `Facts.elsewhere`;
	`Facts.message_ids`, `Facts.carriers` and `Facts.sent_ids`; `Facts.tickets`; `Facts.recent`,
	`Facts.roles`, `Facts.same_person` and `Facts.bounce_notes`. For every ticket that was found,
	`Facts.participants`, `Facts.types`, `Facts.merged` and `Facts.bounce_notes` are wanted too.
	"""

	identities: frozenset[str]
	message_ids: frozenset[str]
	"""IDs that the messages carry, answer, or report as bounced."""
	tag_candidates: frozenset[str]
	"""Names of tickets, from reply tokens and subject tags."""
	senders: frozenset[str]


def clues(message: Message) -> Clues:
	"""Read the clues of one message; none of them is checked.

	Newest first: what the message answers directly (In-Reply-To), then its References from the last to the
	first (RFC 5322, 3.6.4). All of References are looked at, because relays rewrite the IDs of our mail,
	and then only the customer's own, further back, are known. The recipient the server delivered to is
	checked for a token before those that the message names.
	"""
	ids = _unique((*message.in_reply_to, *reversed(message.references)))[:_LOOKED_AT]
	recipients = _unique((*message.delivered_to, *(each.address for each in message.recipients)))
	in_addresses = filter(None, map(token.in_address, recipients))
	in_ids = filter(None, map(token.in_message_id, ids))
	return Clues(
		tokens=tuple(dict.fromkeys((*islice(in_addresses, _LOOKED_AT), *in_ids))),
		ids=ids,
		tags=_unique(_SUBJECT_TAG.findall(message.subject)),
	)


def wanted(messages: Sequence[Message]) -> Wanted:
	"""List what to look up about these messages, without duplicates, so that a few queries can answer it."""
	found = [clues(message) for message in messages]
	return Wanted(
		identities=frozenset(each for message in messages for each in message.known_as(Verdict.FAIL)),
		message_ids=frozenset(_named_ids(messages)) | {each for one in found for each in one.ids},
		tag_candidates=frozenset(
			name for one in found for name in (*one.tags, *(each.name for each in one.tokens))
		),
		senders=frozenset(message.sender.address.lower() for message in messages if message.sender),
	)


def _named_ids(messages: Sequence[Message]) -> Iterable[str]:
	for message in messages:
		if message.message_id:
			yield message.message_id.lower()
		if message.report and message.report.original_message_id:
			yield message.report.original_message_id.lower()


def _unique(names: Iterable[str]) -> tuple[str, ...]:
	return tuple(dict.fromkeys(name.strip().lower() for name in names if name.strip()))
