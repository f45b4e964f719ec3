"""Contents that were filed: one Email Channel Identity each, whose name makes filing twice impossible.

Kept much longer than the receipts, because mailboxes are renumbered and restored from backups.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from hashlib import sha256

import frappe

from helpdesk_mailchannel.mailcore.model import Elsewhere, Filed, TicketRef

IDENTITY = "Email Channel Identity"


class Known(Exception):
	"""This content is registered already."""


def register(channel: str, identity: str, receipt: str, decoded: str = "") -> None:
	"""Claim a content for a receipt, within the caller's transaction. Raises Known.

	`decoded`: the decoded identity, if a copy with a different encoding is the same message.
	"""
	doc = frappe.new_doc(IDENTITY)
	name = _name(channel, identity)
	values = {"channel": channel, "identity": identity, "decoded_identity": decoded, "receipt": receipt}
	doc.update({"name": name, **values})
	try:
		doc.db_insert()
	except frappe.DuplicateEntryError as error:
		raise Known from error


def point(channel: str, identity: str, filed: Filed) -> None:
	"""Record where the content is filed."""
	values = {
		"ticket_doctype": filed.ticket.doctype,
		"ticket": filed.ticket.name,
		"communication": filed.communication,
	}
	frappe.db.set_value(IDENTITY, _name(channel, identity), values)


def ticket_of(channel: str, identity: str) -> TicketRef | None:
	"""Return the ticket a content was filed on, if it still exists."""
	return filed_before(channel, [identity]).get(identity)


def filed_before(channel: str, identities: Collection[str]) -> dict[str, TicketRef | None]:
	"""Return those of these contents that were filed, and on which ticket."""
	names = [_name(channel, identity) for identity in identities]
	if not names:
		return {}
	rows = frappe.get_all(
		IDENTITY,
		{"name": ["in", names]},
		["identity", "ticket_doctype", "ticket"],
		order_by="name",
	)
	return {
		row.identity: TicketRef(row.ticket_doctype, row.ticket) if row.ticket_doctype and row.ticket else None
		for row in rows
	}


def filed_elsewhere(channel: str, identities: Collection[str]) -> dict[str, tuple[Elsewhere, ...]]:
	"""Return where other channels filed these contents."""
	if not identities:
		return {}
	filters = {"identity": ["in", list(identities)], "channel": ["!=", channel], "ticket": ["is", "set"]}
	fields = ["identity", "channel", "ticket_doctype", "ticket"]
	found: dict[str, list[Elsewhere]] = defaultdict(list)
	for row in frappe.get_all(IDENTITY, filters, fields, order_by="creation"):
		found[row.identity].append(Elsewhere(row.channel, TicketRef(row.ticket_doctype, row.ticket)))
	return {identity: tuple(places) for identity, places in found.items()}


def other_channel_on(
	ticket: TicketRef, channel: str, identities: Collection[str], decoded: str
) -> str | None:
	"""Find another channel that filed one of these contents, or one that decodes to the same, on this ticket.

	Locks the ticket for the current transaction, so that two workers filing the same email on it wait for
	each other, and then reads what has been committed.
	"""
	frappe.db.get_value(ticket.doctype, ticket.name, "name", for_update=True)
	table = frappe.qb.DocType(IDENTITY)
	same = table.identity.isin(list(identities))
	if decoded:
		same |= table.decoded_identity == decoded
	query = (
		frappe.qb.from_(table)
		.select(table.channel)
		.where(same)
		.where(table.channel != channel)
		.where((table.ticket_doctype == ticket.doctype) & (table.ticket == ticket.name))
		.for_update()
	)
	found = query.run()
	return found[0][0] if found else None


def _name(channel: str, identity: str) -> str:
	return sha256(f"{channel}\0{identity}".encode()).hexdigest()
