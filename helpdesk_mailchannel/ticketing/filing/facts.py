"""What the site knows that is relevant to a batch of messages: a handful of queries for all of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import frappe

from helpdesk_mailchannel.mailcore.model import Carrier, Facts, Message, TicketRef, Verdict
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.settings import ChannelSettings
from helpdesk_mailchannel.mailcore.thread.clues import wanted
from helpdesk_mailchannel.ticketing.filing.people import (
	VERDICT_FIELD,
	addresses_in,
	participants,
	same_person,
)
from helpdesk_mailchannel.ticketing.ledger.identities import filed_before, filed_elsewhere
from helpdesk_mailchannel.ticketing.ledger.site_ledger import stored_sender
from helpdesk_mailchannel.ticketing.targets import Target
from helpdesk_mailchannel.ticketing.targets.generic import SOURCE_FIELD
from helpdesk_mailchannel.ticketing.times import from_site, spelled, to_site

FLOOD_WINDOW = timedelta(hours=1)
BOUNCE_WINDOW = timedelta(hours=1)


def facts(messages: Sequence[Message], settings: ChannelSettings, target: Target, now: datetime) -> Facts:
	"""Look up everything that screening and threading need (`thread.clues.wanted`)."""
	want = wanted(messages)
	known = _known_ids(want.message_ids, target, settings.name)
	tickets = _tickets(want.tag_candidates, target)
	named = {*known.tickets.values(), *(each.ticket for some in known.carriers.values() for each in some)}
	candidates = {*named, *(ticket for found in tickets.values() for ticket in found)}
	merged = target.merged(candidates)
	reports = any(message.report for message in messages)
	return Facts(
		filed=filed_before(settings.name, want.identities),
		elsewhere=filed_elsewhere(settings.name, want.identities),
		message_ids=known.tickets,
		carriers=known.carriers,
		tickets=tickets,
		merged=merged,
		types=target.types({*candidates, *merged.values()}),
		participants=participants({*candidates, *merged.values()}, target, settings),
		same_person=same_person(want.senders),
		own_addresses=own_addresses(),
		recent_by_verdict=_recent(settings.name, messages, settings.screen.per_sender_and_hour),
		sent_ids=known.sent,
		bounce_notes=_bounce_notes(want.senders, now) if reports else {},
		roles=_roles(want.senders) if any(row.restricted_to for row in settings.ticket.mapping) else {},
	)


@dataclass(frozen=True)
class _KnownIds:
	"""What the site knows about Message-IDs, all in lower case; see `Facts` for the three fields."""

	tickets: dict[str, TicketRef] = field(default_factory=dict)
	carriers: dict[str, tuple[Carrier, ...]] = field(default_factory=dict)
	sent: frozenset[str] = frozenset()


def _known_ids(ids: Collection[str], target: Target, channel: str) -> _KnownIds:
	"""Find the documents with these ids. Communications are searched first.

	Helpdesk keeps the Message-ID of an agent's reply only in the Email Queue.
	"""
	if not ids:
		return _KnownIds()
	found: dict[str, list[Carrier]] = defaultdict(list)
	sent: set[str] = set()
	# With query parameters, not filters: on Postgres, Frappe rewrites `=1` and `<1` anywhere in the query
	# text, and strangers choose their Message-IDs.
	communication = frappe.qb.DocType("Communication")
	rows = (
		frappe.qb.from_(communication)
		.select(
			communication.message_id,
			communication.reference_name,
			communication.sent_or_received,
			communication.sender,
			communication[VERDICT_FIELD].as_("verdict"),
		)
		.where(communication.message_id.isin(list(ids)) & (communication.reference_doctype == target.doctype))
		.orderby(communication.creation)
	)
	for row in rows.run(as_dict=True):
		is_ours = row.sent_or_received == "Sent"
		ticket = TicketRef(target.doctype, str(row.reference_name))
		author = next(iter(addresses_in(row.sender)), "")
		found[row.message_id.lower()].append(Carrier(ticket, author, is_ours, _verdict(row.verdict)))
		if is_ours:
			sent.add(row.message_id.lower())
	queue = frappe.qb.DocType("Email Queue")
	queued = (
		frappe.qb.from_(queue)
		.select(queue.message_id, queue.reference_doctype, queue.reference_name)
		.where(queue.message_id.isin(_bracketed(ids)))
		.orderby(queue.creation)
	)
	for row in queued.run(as_dict=True):
		bare = row.message_id.strip("<>").lower()
		sent.add(bare)
		if row.reference_doctype == target.doctype and row.reference_name:
			found[bare].append(Carrier(TicketRef(target.doctype, str(row.reference_name)), sent=True))
	return _sorted_out(found, frozenset(sent), target, channel)


def _sorted_out(
	found: dict[str, list[Carrier]], sent: frozenset[str], target: Target, channel: str
) -> _KnownIds:
	"""Choose the ticket for each id: one this site wrote on, else one of this channel's, else the first.

	The first, so that nobody can attract another message's replies by reusing its id.
	"""
	several = {one: carriers for one, carriers in found.items() if len({c.ticket for c in carriers}) > 1}
	names = {carrier.ticket.name for carriers in several.values() for carrier in carriers}
	own: set[str] = set()
	if names and target.meta.has_field(SOURCE_FIELD):
		filters = {"name": ["in", list(names)], SOURCE_FIELD: channel}
		own = {str(name) for name in frappe.get_all(target.doctype, filters, pluck="name", order_by="name")}

	def by_nearness(carriers: list[Carrier]) -> tuple[Carrier, ...]:
		return tuple(sorted(carriers, key=lambda one: (not one.sent, one.ticket.name not in own)))

	return _KnownIds(
		{one: by_nearness(carriers)[0].ticket for one, carriers in found.items()},
		{one: by_nearness(carriers) for one, carriers in several.items()},
		sent,
	)


def _verdict(stored: str | None) -> Verdict:
	return Verdict(stored) if stored in {each.value for each in Verdict} else Verdict.UNKNOWN


def _bracketed(ids: Iterable[str]) -> list[str]:
	"""Return both forms in which the Email Queue has stored ids over the years."""
	return [spelling for one in ids for spelling in (one, f"<{one}>")]


def _tickets(names: Collection[str], target: Target) -> dict[str, tuple[TicketRef, ...]]:
	"""Find the tickets named in reply tokens and subject tags, by lower-case name."""
	if not names:
		return {}
	spellings = {spelling for name in names for spelling in (name, name.upper())}
	found: dict[str, list[TicketRef]] = defaultdict(list)
	rows = frappe.get_all(
		target.doctype, {"name": ["in", list(spellings)]}, ["name", "creation"], order_by="name"
	)
	for row in rows:
		ticket = TicketRef(target.doctype, str(row.name), spelled(row.creation))
		found[ticket.name.lower()].append(ticket)
	return {name: tuple(refs) for name, refs in found.items()}


def own_addresses() -> frozenset[str]:
	"""Return every address this site reads or sends with: its own email must not come back as tickets."""
	channels = frappe.get_all(
		"Email Channel", {"status": ["!=", "Draft"]}, pluck="email_address", order_by="name"
	)
	accounts = frappe.get_all("Email Account", {"enable_outgoing": 1}, pluck="email_id", order_by="name")
	return frozenset(address.lower() for address in (*channels, *accounts) if address)


def _recent(
	channel: str, messages: Sequence[Message], most: int
) -> dict[Verdict, dict[str, tuple[datetime, ...]]]:
	"""Find when email from these senders was filed in the hour before each message, at most `most` times.

	Separately for each verdict. What was not filed does not count: a stranger could replay a customer's own
	email again and again, with a valid signature.
	"""
	dated = [(each.sender.address, to_site(each.received_at)) for each in messages if each.sender]
	senders = {stored_sender(address): address for address, _ in dated}
	windows = {(stored_sender(address), arrived) for address, arrived in dated if arrived}
	if not (windows and most):
		return {}
	part = """(SELECT name, sender, received_at, verdict FROM `tabEmail Channel Message`
		WHERE channel = %s AND sender = %s AND verdict = %s AND received_at > %s AND received_at <= %s
		AND fate IN ('Ticket', 'Reply') ORDER BY received_at DESC LIMIT %s)"""
	values = [
		value
		for sender, until in windows
		for verdict in Verdict
		for value in (channel, sender, verdict.value, until - FLOOD_WINDOW, until, most)
	]
	rows = frappe.db.sql(" UNION ".join([part] * len(windows) * len(Verdict)), values)
	times: dict[Verdict, dict[str, tuple[datetime, ...]]] = {verdict: {} for verdict in Verdict}
	for _, sender, received_at, verdict in sorted(rows, key=lambda row: row[2]):
		if arrived := from_site(received_at):
			counted, address = times[Verdict(verdict)], senders[sender]
			counted[address] = (*counted.get(address, ()), arrived)
	return times


def _bounce_notes(senders: Collection[str], now: datetime) -> dict[TicketRef | str, int]:
	"""Count the bounce notes left within the last hour, on each ticket and by each of these senders."""
	receipt = frappe.qb.DocType("Email Channel Message")
	query = (
		frappe.qb.from_(receipt)
		.select(receipt.ticket_doctype, receipt.ticket, receipt.sender)
		.where((receipt.reason_code == Reason.BOUNCE.code) & receipt.ticket.isnotnull())
		.where(receipt.concluded_at > to_site(now - BOUNCE_WINDOW))
	)
	stored = {stored_sender(sender): sender for sender in senders}
	counted: Counter[TicketRef | str] = Counter()
	for row in query.run(as_dict=True):
		counted[TicketRef(row.ticket_doctype, row.ticket)] += 1
		if row.sender in stored:
			counted[stored[row.sender]] += 1
	return dict(counted)


def _roles(senders: Collection[str]) -> dict[str, frozenset[str]]:
	"""Return the roles of those senders who are enabled users of the site."""
	if not senders:
		return {}
	roles: dict[str, set[str]] = defaultdict(set)
	held_by, user = frappe.qb.DocType("Has Role"), frappe.qb.DocType("User")
	query = (
		frappe.qb.from_(held_by)
		.inner_join(user)
		.on(held_by.parent == user.name)
		.select(held_by.parent, held_by.role)
		.where((held_by.parenttype == "User") & held_by.parent.isin(list(senders)) & (user.enabled == 1))
	)
	for row in query.run(as_dict=True):
		roles[row.parent.lower()].add(row.role)
	return {sender: frozenset(held) for sender, held in roles.items()}
