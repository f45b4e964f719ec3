"""Who takes part in a ticket, and which addresses are the same person (`mailcore.thread.participants`).

The mail server's verdict on an email's sender is kept on the Communication for as long as the ticket exists:
receipts are cleared after months.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import product
from typing import Any

import frappe
from frappe.query_builder.functions import Substring

from helpdesk_mailchannel.mailcore.model import TicketRef, Verdict
from helpdesk_mailchannel.mailcore.parse.header.addresses import read_addresses
from helpdesk_mailchannel.mailcore.settings import ChannelSettings
from helpdesk_mailchannel.mailcore.thread.participants import brought_by
from helpdesk_mailchannel.ticketing.targets import Target
from helpdesk_mailchannel.ticketing.times import spelled

VERDICT_FIELD = "email_channel_verdict"
"""The custom field of a Communication that a channel filed: a `Verdict`; empty on all others."""
_FIELDS = [
	"reference_name",
	"sender",
	"sent_or_received",
	"communication_type",
	"creation",
	VERDICT_FIELD,
]
_LISTS = ("recipients", "cc", "bcc")
_LONGEST_LIST = 8_000
"""Characters of each list that are read, some 200 people: mail to thousands makes nobody of them wait."""


def participants(
	tickets: Collection[TicketRef], target: Target, settings: ChannelSettings
) -> dict[TicketRef, frozenset[str]]:
	"""Return everyone who takes part in these tickets: by email, by raising them, or by being assigned."""
	if not tickets:
		return {}
	names = [ticket.name for ticket in tickets]
	mails: dict[str, list[Any]] = defaultdict(list)
	for row in _mails(names, target):
		mails[row.reference_name].append(row)
	people = {name: {each for row in mails[name] for each in _brought_by(row, settings)} for name in names}
	if target.sender_field:
		fields = ["name", target.sender_field]
		for row in frappe.get_all(target.doctype, {"name": ["in", names]}, fields, order_by="name"):
			people[str(row.name)] |= _raised_by(row[target.sender_field], mails[str(row.name)])
	filters = {"reference_type": target.doctype, "reference_name": ["in", names], "status": "Open"}
	for row in frappe.get_all("ToDo", filters, ["reference_name", "allocated_to"], order_by="name"):
		people[row.reference_name] |= addresses_in(row.allocated_to)
	return {ticket: frozenset(people[ticket.name]) for ticket in tickets}


def _mails(names: Collection[str], target: Target) -> Sequence[Any]:
	"""Return all email of these tickets, oldest first, with the beginning of each list of recipients."""
	table = frappe.qb.DocType("Communication")
	lists = [Substring(table[name], 1, _LONGEST_LIST).as_(name) for name in _LISTS]
	query = (
		frappe.qb.from_(table)
		.select(*(table[name] for name in _FIELDS), *lists)
		.where((table.reference_doctype == target.doctype) & table.reference_name.isin(list(names)))
		.orderby(table.creation)
	)
	mails: Sequence[Any] = query.run(as_dict=True)
	for mail, name in product(mails, _LISTS):
		if len(mail[name] or "") >= _LONGEST_LIST:
			# The last one may have been truncated to a different address.
			mail[name] = mail[name].rpartition(",")[0]
	return mails


def same_person(senders: Collection[str]) -> dict[str, frozenset[str]]:
	"""Return, for each sender, all addresses of the Contacts that have the sender's address.

	Only the site's own users add further addresses to a Contact. Email makes Contacts with one address each.
	"""
	if not senders:
		return {}
	filters = {"parenttype": "Contact", "email_id": ["in", list(senders)]}
	holders = frappe.get_all("Contact Email", filters, ["parent", "email_id"], order_by="parent")
	if not holders:
		return {}
	filters = {"parenttype": "Contact", "parent": ["in", [row.parent for row in holders]]}
	addresses: dict[str, set[str]] = defaultdict(set)
	for row in frappe.get_all("Contact Email", filters, ["parent", "email_id"], order_by="parent"):
		addresses[row.parent].add((row.email_id or "").lower())
	found: dict[str, set[str]] = defaultdict(set)
	for row in holders:
		found[row.email_id.lower()] |= addresses[row.parent] - {""}
	return {sender: frozenset(others) for sender, others in found.items()}


def _brought_by(mail: Any, settings: ChannelSettings) -> frozenset[str]:
	"""Return who becomes a participant through one email on a ticket.

	An agent's email makes all its recipients participants; an automatic email from the site makes none,
	because it goes to whomever the ticket names. Received email that no channel filed reached the site in
	other ways and counts as unproven; email from before verdicts were kept counts as it did then.
	"""
	author, recipients = addresses_in(mail.sender), addresses_in(mail.recipients, mail.cc, mail.bcc)
	if mail.sent_or_received == "Sent":
		return (
			frozenset() if mail.communication_type == "Automated Message" else frozenset(author | recipients)
		)
	if not mail[VERDICT_FIELD] and spelled(mail.creation) < settings.unbound_tokens_before:
		return frozenset(author | recipients)
	verdict = Verdict(mail[VERDICT_FIELD] or Verdict.UNKNOWN.value)
	return brought_by(author, recipients, verdict, copies_take_part=settings.copies_take_part)


def _raised_by(sender: str | None, mails: Sequence[Any]) -> set[str]:
	"""Return who raised the ticket, unless a forged email did so in that name."""
	raised = addresses_in(sender)
	if mails and mails[0][VERDICT_FIELD] == Verdict.FAIL.value:
		raised -= addresses_in(mails[0].sender)
	return raised


def addresses_in(*lists: str | None) -> set[str]:
	"""Return the bare addresses in stored lists, in lower case."""
	# Parsed in one pass: the standard library parses brackets recursively, and strangers may send thousands.
	return {each.address for each in read_addresses([text for text in lists if text], name_limit=0)}
