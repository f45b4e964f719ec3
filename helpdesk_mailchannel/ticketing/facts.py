"""What the site knows that bears on a batch of messages: a handful of queries for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from email.utils import getaddresses

import frappe

from helpdesk_mailchannel.mailcore.model import Facts, Message, TicketRef
from helpdesk_mailchannel.mailcore.settings import ChannelSettings
from helpdesk_mailchannel.mailcore.thread.clues import wanted
from helpdesk_mailchannel.ticketing.identities import filed_before
from helpdesk_mailchannel.ticketing.targets import Target
from helpdesk_mailchannel.ticketing.targets.generic import SOURCE_FIELD
from helpdesk_mailchannel.ticketing.times import from_site, to_site

FLOOD_WINDOW = timedelta(hours=1)


def facts(messages: Sequence[Message], settings: ChannelSettings, target: Target, now: datetime) -> Facts:
	"""Look up all that screening and threading ask about (`thread.clues.wanted`)."""
	want = wanted(messages)
	known, sent = _known_ids(want.message_ids, target, settings.name)
	tickets = _tickets(want.tag_candidates, target)
	candidates = {*known.values(), *(ticket for found in tickets.values() for ticket in found)}
	merged = target.merged(candidates)
	return Facts(
		filed=filed_before(settings.name, want.identities),
		message_ids=known,
		tickets=tickets,
		merged=merged,
		types=target.types({*candidates, *merged.values()}),
		participants=_participants({*candidates, *merged.values()}, target),
		own_addresses=own_addresses(),
		recent=_recent(settings.name, want.senders, [message.received_at or now for message in messages]),
		sent_ids=sent,
		roles=_roles(want.senders) if any(row.restricted_to for row in settings.ticket.mapping) else {},
	)


def _known_ids(
	ids: Collection[str], target: Target, channel: str
) -> tuple[dict[str, TicketRef], frozenset[str]]:
	"""Message-ID → ticket, and those ids that this site sent; all in lower case.

	Communications are asked first. Helpdesk keeps the id of an agent's answer in the Email Queue only.
	"""
	if not ids:
		return {}, frozenset()
	found: dict[str, list[str]] = defaultdict(list)
	sent: set[str] = set()
	# By parameters, not by filters: on Postgres, Frappe rewrites `=1` and `<1` anywhere in a query's text,
	# and strangers choose their Message-IDs.
	communication = frappe.qb.DocType("Communication")
	rows = (
		frappe.qb.from_(communication)
		.select(communication.message_id, communication.reference_name, communication.sent_or_received)
		.where(communication.message_id.isin(list(ids)) & (communication.reference_doctype == target.doctype))
		.orderby(communication.creation)
	)
	for row in rows.run(as_dict=True):
		found[row.message_id.lower()].append(row.reference_name)
		if row.sent_or_received == "Sent":
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
			found[bare].append(row.reference_name)
	chosen = _one_ticket_each(found, target, channel)
	return {one: TicketRef(target.doctype, name) for one, name in chosen.items()}, frozenset(sent)


def _one_ticket_each(found: dict[str, list[str]], target: Target, channel: str) -> dict[str, str]:
	"""The ticket each id belongs to: this channel's where several channels filed the message, else the first.

	The first, because whoever repeats another message's id must not draw the answers to it.
	"""
	several = {name for names in found.values() if len(set(names)) > 1 for name in names}
	own: set[str] = set()
	if several and target.meta.has_field(SOURCE_FIELD):
		filters = {"name": ["in", list(several)], SOURCE_FIELD: channel}
		own = set(frappe.get_all(target.doctype, filters, pluck="name", order_by="name"))
	return {one: next((n for n in names if n in own), names[0]) for one, names in found.items()}


def _bracketed(ids: Iterable[str]) -> list[str]:
	"""Both spellings that the Email Queue has stored over the years."""
	return [spelling for one in ids for spelling in (one, f"<{one}>")]


def _tickets(names: Collection[str], target: Target) -> dict[str, tuple[TicketRef, ...]]:
	"""The tickets that reply tokens and subject tags name, by lower-case name."""
	if not names:
		return {}
	spellings = {spelling for name in names for spelling in (name, name.upper())}
	found: dict[str, list[TicketRef]] = defaultdict(list)
	for name in frappe.get_all(
		target.doctype, {"name": ["in", list(spellings)]}, pluck="name", order_by="name"
	):
		found[str(name).lower()].append(TicketRef(target.doctype, str(name)))
	return {name: tuple(refs) for name, refs in found.items()}


def _participants(tickets: Collection[TicketRef], target: Target) -> dict[TicketRef, frozenset[str]]:
	"""Everybody who wrote or received mail on a ticket, raised it, or is assigned to it."""
	if not tickets:
		return {}
	names = [ticket.name for ticket in tickets]
	people: dict[str, set[str]] = {name: set() for name in names}
	rows = frappe.get_all(
		"Communication",
		{"reference_doctype": target.doctype, "reference_name": ["in", names]},
		["reference_name", "sender", "recipients", "cc"],
		order_by="creation",
	)
	for row in rows:
		people[row.reference_name] |= _addresses(row.sender, row.recipients, row.cc)
	if target.sender_field:
		fields = ["name", target.sender_field]
		for row in frappe.get_all(target.doctype, {"name": ["in", names]}, fields, order_by="name"):
			people[str(row.name)] |= _addresses(row[target.sender_field])
	filters = {"reference_type": target.doctype, "reference_name": ["in", names], "status": "Open"}
	for row in frappe.get_all("ToDo", filters, ["reference_name", "allocated_to"], order_by="name"):
		people[row.reference_name] |= _addresses(row.allocated_to)
	return {ticket: frozenset(people[ticket.name]) for ticket in tickets}


def _addresses(*lists: str | None) -> set[str]:
	return {address.lower() for _, address in getaddresses([text for text in lists if text]) if address}


def own_addresses() -> frozenset[str]:
	"""Every address this site reads or sends with: its own mail must not come back as tickets."""
	channels = frappe.get_all(
		"Email Channel", {"status": ["!=", "Draft"]}, pluck="email_address", order_by="name"
	)
	accounts = frappe.get_all("Email Account", {"enable_outgoing": 1}, pluck="email_id", order_by="name")
	return frozenset(address.lower() for address in (*channels, *accounts) if address)


def _recent(
	channel: str, senders: Collection[str], arrived: Sequence[datetime]
) -> dict[str, tuple[datetime, ...]]:
	"""When these senders' earlier messages arrived, as far as that bears on messages that arrived then.

	Bounded by the batch on both sides, so that years of mail are filed without counting years of receipts.
	"""
	if not senders:
		return {}
	receipt = frappe.qb.DocType("Email Channel Message")
	query = (
		frappe.qb.from_(receipt)
		.select(receipt.sender, receipt.received_at)
		.where(receipt.channel == channel)
		.where(receipt.sender.isin(list(senders)))
		.where(receipt.received_at > to_site(min(arrived) - FLOOD_WINDOW))
		.where(receipt.received_at <= to_site(max(arrived)))
		.orderby(receipt.received_at)
	)
	times: dict[str, list[datetime]] = defaultdict(list)
	for row in query.run(as_dict=True):
		times[row.sender].append(from_site(row.received_at))
	return {sender: tuple(moments) for sender, moments in times.items()}


def _roles(senders: Collection[str]) -> dict[str, frozenset[str]]:
	"""The roles of those senders who are users of the site."""
	if not senders:
		return {}
	roles: dict[str, set[str]] = defaultdict(set)
	held_by = frappe.qb.DocType("Has Role")
	query = (
		frappe.qb.from_(held_by)
		.select(held_by.parent, held_by.role)
		.where((held_by.parenttype == "User") & held_by.parent.isin(list(senders)))
	)
	for row in query.run(as_dict=True):
		roles[row.parent.lower()].add(row.role)
	return {sender: frozenset(held) for sender, held in roles.items()}
