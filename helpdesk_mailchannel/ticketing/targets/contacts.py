"""A sender's Contact, created before the ticket: ERPNext finds customer and lead through it."""

from __future__ import annotations

import frappe
from frappe.utils import strip_html

from helpdesk_mailchannel.mailcore.model import Address
from helpdesk_mailchannel.mailcore.outside.plain_text import plain_line
from helpdesk_mailchannel.ticketing.transaction import concerns_all

NAME_LENGTH = 100
"""Frappe makes a Contact's name of it, 140 signs at most, and adds a number where the name is taken."""
SAVEPOINT = "mailchannel_contact"
CUSTOMERS = ("Customer", "HD Customer")
"""What ERPNext and Helpdesk call those whom a Contact may belong to."""
MOST_NAMESAKES = 20
"""How many Contacts with the same address are looked at."""


class Refused(Exception):
	"""The site refuses to create a Contact for this sender; the text says why."""


def ensure_contact(sender: Address) -> str:
	"""Find the Contact with this address, or create it, within the caller's transaction.

	Raises Refused, and database or disk errors.

	Of several, one that belongs to a Customer, then the one whose primary address it is: people often have
	two Contacts, one from their first email and one with their company.
	"""
	known: list[str] = frappe.get_all(
		"Contact Email",
		{"email_id": sender.address, "parenttype": "Contact"},
		pluck="parent",
		order_by="is_primary desc, creation asc",
		limit=MOST_NAMESAKES,
	)
	if not known:
		return _make(sender)
	return next(filter(_is_a_customers, known), known[0])


def customer_of(contact: str) -> str | None:
	"""Return the Customer a Contact belongs to, or None; the first one, as in ERPNext."""
	filters = {"parenttype": "Contact", "parent": contact, "link_doctype": "Customer"}
	customer: str | None = frappe.db.get_value("Dynamic Link", filters, "link_name", order_by="idx asc")
	return customer


def _is_a_customers(contact: str) -> bool:
	filters = {"parenttype": "Contact", "parent": contact, "link_doctype": ["in", CUSTOMERS]}
	return bool(frappe.db.exists("Dynamic Link", filters))


def _make(sender: Address) -> str:
	"""Create a Contact; nothing of it is left if the site refuses it."""
	frappe.db.savepoint(SAVEPOINT)
	try:
		return _insert(sender)
	except Exception as error:
		if concerns_all(error):
			raise
		frappe.db.rollback(save_point=SAVEPOINT)
		frappe.clear_messages()
		raise Refused(strip_html(str(error)) or type(error).__name__) from error


def _insert(sender: Address) -> str:
	contact = frappe.new_doc("Contact")
	contact.first_name = _name(sender)
	contact.append("email_ids", {"email_id": sender.address, "is_primary": 1})
	contact.insert(ignore_permissions=True)
	return str(contact.name)


def _name(sender: Address) -> str:
	"""Return a name that Frappe accepts for a Contact, whatever the sender's own (naming.validate_name)."""
	name = " ".join(plain_line(sender.name).split())[:NAME_LENGTH].strip()
	if not name:
		name = sender.address.partition("@")[0]
	return sender.address if name == "Contact" or name.startswith("New Contact") else name
