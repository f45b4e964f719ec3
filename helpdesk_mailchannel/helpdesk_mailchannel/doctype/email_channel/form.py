"""What the form asks the server while somebody fills it in. Nothing here writes."""

from __future__ import annotations

from typing import Any

import frappe

from helpdesk_mailchannel.helpdesk_mailchannel.doctype.email_channel.defaults import (
	FIRST_ROUTE,
	default_rows,
)
from helpdesk_mailchannel.ticketing.settings import redirect_url
from helpdesk_mailchannel.ticketing.targets import accepting_mail, target_for


@frappe.whitelist()
def proposal() -> dict[str, Any]:
	"""What a new channel starts with: a folder row, a ticket DocType, and the redirect URL to copy."""
	_only_managers()
	return {
		"route": FIRST_ROUTE,
		"target_doctype": next(iter(accepting_mail()), None),
		"redirect_url": redirect_url(),
	}


@frappe.whitelist()
def ticket_fields(doctype: str) -> dict[str, Any]:
	"""The fields of a ticket DocType that mail may fill, its types, and a new channel's rows."""
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
	doctype: str, txt: str, searchfield: str, start: int, page_len: int, filters: Any = None
) -> list[list[str]]:
	"""The search of the field Ticket DocType: those that accept e-mail."""
	_only_managers()
	wanted = txt.lower()
	return [[name] for name in accepting_mail() if wanted in name.lower()][int(start) :][: int(page_len)]


def _only_managers() -> None:
	frappe.has_permission("Email Channel", "read", throw=True)
