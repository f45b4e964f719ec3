"""The Contact of a sender, made before the ticket: ERPNext finds customer and lead through it (R9)."""

from __future__ import annotations

import frappe

from helpdesk_mailchannel.mailcore.model import Address

NAME_LENGTH = 100
"""Frappe makes a Contact's name of it, 140 signs at most, and adds a number where the name is taken."""


def ensure_contact(sender: Address) -> str:
	"""The Contact with this address, made where there is none; within the caller's transaction.

	Of several, the one whose primary address it is.
	"""
	known = frappe.db.get_value(
		"Contact Email",
		{"email_id": sender.address, "parenttype": "Contact"},
		"parent",
		order_by="is_primary desc, creation asc",
	)
	return known or _make(sender)


def customer_of(contact: str) -> str | None:
	"""The Customer a Contact belongs to, or None; the first one, as for ERPNext."""
	filters = {"parenttype": "Contact", "parent": contact, "link_doctype": "Customer"}
	return frappe.db.get_value("Dynamic Link", filters, "link_name", order_by="idx asc")


def _make(sender: Address) -> str:
	contact = frappe.new_doc("Contact")
	contact.first_name = _name(sender)
	contact.append("email_ids", {"email_id": sender.address, "is_primary": 1})
	contact.insert(ignore_permissions=True)
	return contact.name


def _name(sender: Address) -> str:
	"""A name that Frappe accepts for a Contact, whatever the sender calls himself (naming.validate_name)."""
	name = " ".join(sender.name.replace("<", " ").replace(">", " ").split())[:NAME_LENGTH].strip()
	if not name:
		name = sender.address.partition("@")[0]
	return sender.address if name == "Contact" or name.startswith("New Contact") else name
