"""What email can become: one file per ticket DocType with its quirks; `generic.py` for all others."""

from __future__ import annotations

import frappe

from helpdesk_mailchannel.ticketing.targets.generic import Target
from helpdesk_mailchannel.ticketing.targets.hd_ticket import HDTicketTarget
from helpdesk_mailchannel.ticketing.targets.issue import IssueTarget

KNOWN: dict[str, type[Target]] = {"Issue": IssueTarget, "HD Ticket": HDTicketTarget}
NO_TICKETS = frozenset({"Communication"})
"""DocTypes that accept email but cannot have a conversation of their own."""


def target_for(doctype: str) -> Target:
	"""Return the target of this name. Raises DoesNotExistError if the site has no such DocType."""
	return KNOWN.get(doctype, Target)(doctype)


def accepting_mail() -> list[str]:
	"""Return every DocType of this site that accepts email, those made for tickets first."""
	meant = frappe.get_all(
		"DocType",
		filters={"istable": 0, "issingle": 0, "email_append_to": 1},
		pluck="name",
		order_by="name",
	)
	customised = frappe.get_all(
		"Property Setter",
		filters={"property": "email_append_to", "value": "1"},
		pluck="doc_type",
		order_by="doc_type",
	)
	names = dict.fromkeys([*KNOWN, *meant, *customised])
	return [name for name in names if name in {*meant, *customised} - NO_TICKETS]


__all__ = ["Target", "accepting_mail", "target_for"]
