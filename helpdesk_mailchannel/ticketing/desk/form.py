"""What the form asks the server while a user fills it in. Nothing here writes."""

from typing import Any

import frappe
from frappe import _

from helpdesk_mailchannel.mailcore.settings import DEFAULT_PORTS
from helpdesk_mailchannel.ticketing.desk.new_channel import (
	FIRST_ROUTE,
	default_rows,
)
from helpdesk_mailchannel.ticketing.desk.permissions import is_manager
from helpdesk_mailchannel.ticketing.settings import redirect_url
from helpdesk_mailchannel.ticketing.targets import accepting_mail, target_for
from helpdesk_mailchannel.ticketing.targets.generic import SOURCE_FIELD


@frappe.whitelist()
def proposal() -> dict[str, Any]:
	"""Return what a new channel starts with: a folder row, a ticket DocType, and the redirect URL to copy."""
	_only_managers()
	return {
		"route": FIRST_ROUTE,
		"target_doctype": next(iter(accepting_mail()), None),
		"redirect_url": redirect_url(),
	}


@frappe.whitelist()
def default_ports() -> dict[str, dict[str, int]]:
	"""Return the usual ports, by protocol and by encryption."""
	_only_managers()
	ports: dict[str, dict[str, int]] = {}
	for (protocol, security), port in DEFAULT_PORTS.items():
		ports.setdefault(protocol.value, {})[security.value] = port
	return ports


@frappe.whitelist()
def ticket_fields(doctype: str) -> dict[str, Any]:
	"""Return a ticket DocType's fields that mail may fill, its ticket types, and a new channel's rows."""
	_only_managers()
	if doctype not in accepting_mail():
		return {"fields": [], "types": [], "has_types": False, "default_rows": []}
	target = target_for(doctype)
	return {
		"fields": [{"value": field.name, "label": field.label} for field in target.fields()],
		"types": target.choices(target.type_field),
		"has_types": bool(target.type_field),
		"default_rows": default_rows(target),
	}


@frappe.whitelist()
def ticket_doctypes(
	doctype: str, txt: str, searchfield: str | None, start: int, page_len: int, filters: Any = None
) -> list[list[str]]:
	"""Search for the field Ticket DocType: the DocTypes that accept email."""
	_only_managers()
	wanted = txt.lower()
	# Newer Frappe versions search by the name in the user's language to see if a choice is allowed.
	names = [name for name in accepting_mail() if wanted in name.lower() or wanted in _(name).lower()]
	return [[name] for name in names][int(start) :][: int(page_len)]


@frappe.whitelist()
def outgoing_accounts(
	doctype: str, txt: str, searchfield: str | None, start: int, page_len: int, filters: Any = None
) -> list[list[str]]:
	"""Search for the field Outgoing Email Account: names and addresses, nothing else of the accounts."""
	_only_managers()
	accounts = frappe.get_all(
		"Email Account",
		{"enable_outgoing": 1},
		["name", "email_id"],
		or_filters={"name": ["like", f"%{txt}%"], "email_id": ["like", f"%{txt}%"]},
		order_by="name",
		limit_start=int(start),
		limit_page_length=int(page_len),
	)
	return [[account.name, account.email_id] for account in accounts]


@frappe.whitelist()
def channel_names(
	doctype: str, txt: str, searchfield: str | None, start: int, page_len: int, filters: Any = None
) -> list[list[str]]:
	"""Search for Link fields to a channel, such as a ticket filter; by name only.

	For managers, and for anyone who may read tickets that name their channel.
	"""
	if not (is_manager() or _reads_tickets()):
		raise frappe.PermissionError
	names = frappe.get_all(
		"Email Channel",
		{"name": ["like", f"%{txt}%"]},
		pluck="name",
		order_by="name",
		limit_start=int(start),
		limit_page_length=int(page_len),
	)
	return [[name] for name in names]


def _reads_tickets() -> bool:
	doctypes = frappe.get_all("Custom Field", {"fieldname": SOURCE_FIELD}, pluck="dt", order_by="dt")
	return any(frappe.has_permission(doctype, "read") for doctype in doctypes)


def _only_managers() -> None:
	frappe.has_permission("Email Channel", "read", throw=True)
