"""The Contact of a sender, made before the ticket: ERPNext finds customer and lead through it (R9)."""

from __future__ import annotations

import frappe

from helpdesk_mailchannel.mailcore.model import Address

NAME_LENGTH = 140


def ensure_contact(sender: Address) -> str:
	"""The Contact with this address, made where there is none; within the caller's transaction."""
	known = frappe.db.get_value(
		"Contact Email", {"email_id": sender.address, "parenttype": "Contact"}, "parent"
	)
	return known or _make(sender)


def _make(sender: Address) -> str:
	name = sender.name or sender.address.partition("@")[0]
	contact = frappe.new_doc("Contact")
	contact.first_name = name[:NAME_LENGTH]
	contact.append("email_ids", {"email_id": sender.address, "is_primary": 1})
	contact.insert(ignore_permissions=True)
	return contact.name
