"""Frappe Helpdesk's HD Ticket.

Its quirks (helpdesk/helpdesk/doctype/hd_ticket/hd_ticket.py):
- Inserted with a `description` it creates a Communication of its own, from the session's user and without
  Message-ID; inserted without, it takes the description from the first Communication.
- `after_insert` sends its acknowledgement within our transaction and throws if that fails, unless
  `frappe.flags.initial_sync` is set. So none is sent for tickets that come by email.
- `via_customer_portal` changes templates, badges and acknowledgement, so it stays 0.
- The service level counts from `service_level_agreement_creation`.
- Its viewer folds the content of `div.gmail_quote` (helpdesk/desk/src/components/EmailContent.vue).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import frappe
from frappe.model.document import Document

from helpdesk_mailchannel.mailcore.model import TicketRef
from helpdesk_mailchannel.ticketing.targets.generic import Target

MOST_MERGES = 10
"""How far a chain of merged tickets is followed; a longer one is a circle."""


class HDTicketTarget(Target):
	"""A ticket of Frappe Helpdesk."""

	type_field = "ticket_type"
	viewer_folds = True

	def people(self, contact: str) -> dict[str, Any]:
		"""Return the Contact; Helpdesk finds the customer through it."""
		return {"contact": contact}

	def required_fields(self) -> tuple[str, ...]:
		"""Return the same as for any target, except the description, which the first Communication fills."""
		return tuple(name for name in super().required_fields() if name != "description")

	def merged(self, tickets: Collection[TicketRef]) -> dict[TicketRef, TicketRef]:
		"""Follow `merged_with`, which later Helpdesk versions have, to the ticket that remains."""
		if not (tickets and self.meta.has_field("merged_with")):
			return {}
		into: dict[str, str] = {}
		names = {ticket.name for ticket in tickets}
		for _ in range(MOST_MERGES):
			rows = frappe.get_all(
				self.doctype,
				{"name": ["in", list(names)], "merged_with": ["is", "set"]},
				["name", "merged_with"],
				order_by="name",
			)
			into |= {str(row.name): str(row.merged_with) for row in rows}
			names = {str(row.merged_with) for row in rows} - set(into)
			if not names:
				break
		return {
			ticket: TicketRef(self.doctype, _last(ticket.name, into))
			for ticket in tickets
			if ticket.name in into
		}

	def before_insert_values(self, values: Mapping[str, Any], received_at: datetime) -> dict[str, Any]:
		"""Return the values without description, with the time of arrival as the ticket's start."""
		given = {**super().before_insert_values(values, received_at), **self.opening_values(received_at)}
		given.pop("description", None)
		return given

	def insert(self, values: Mapping[str, Any], received_at: datetime) -> Document:
		"""Create the ticket without Helpdesk's own acknowledgement."""
		with _no_acknowledgement():
			return super().insert(values, received_at)


@contextmanager
def _no_acknowledgement() -> Iterator[None]:
	before = frappe.flags.initial_sync
	frappe.flags.initial_sync = True
	try:
		yield
	finally:
		frappe.flags.initial_sync = before


def _last(name: str, into: Mapping[str, str]) -> str:
	for _ in range(MOST_MERGES):
		name = into.get(name, name)
	return name
