"""Email Channels for tests, as an administrator would have filled them in."""

from __future__ import annotations

from typing import Any

COMPLETE = {
	"channel_name": "Support",
	"email_address": "support@desk.example",
	"host": "imap.desk.example",
	"password": "correct horse battery staple",
	"target_doctype": "Issue",
}

MACHINE = {
	"doctype": "Custom Field",
	"dt": "Issue",
	"fieldname": "machine",
	"label": "Machine",
	"fieldtype": "Data",
	"insert_after": "subject",
	"reqd": 1,
}
"""A field that tickets insist on and no channel fills, as an administrator may add one at any time."""


def channel(frappe: Any, **values: Any) -> Any:
	"""A complete channel, not yet saved; `values` change or add fields."""
	return frappe.get_doc({"doctype": "Email Channel", **COMPLETE, **values})


def active_channel(frappe: Any, **values: Any) -> Any:
	"""A complete channel, saved and activated."""
	doc = channel(frappe, **values).insert()
	doc.status = "Active"
	return doc.save()


def receipt(frappe: Any, name: str = "a" * 64, **values: Any) -> Any:
	"""A record of a message, as the ledger writes it."""
	fields = {
		"channel": "Support",
		"state": "Settled",
		"fate": "Ticket",
		"left_mailbox": 1,
		"protocol": "IMAP",
	}
	return frappe.get_doc({"doctype": "Email Channel Message", "name": name, **fields, **values}).insert()


def user_with(frappe: Any, *roles: str) -> str:
	"""The address of a new desk user who holds these roles and no others."""
	# The first user of a site is made a System Manager by Frappe, so there has to be one already.
	if roles != ("System Manager",) and not frappe.db.exists("User", "system-manager@desk.example"):
		user_with(frappe, "System Manager")
	email = f"{'-'.join(roles).lower().replace(' ', '-')}@desk.example"
	user = frappe.get_doc(
		{"doctype": "User", "email": email, "first_name": "Test", "send_welcome_email": 0, "roles": []}
	)
	user.extend("roles", [{"role": role} for role in roles])
	return user.insert(ignore_permissions=True).name
