"""Who may see a message's record: managers all of them, agents the ones of tickets they can read."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

MANAGERS = frozenset({"System Manager", "Email Channel Manager"})


def message_conditions(user: str | None = None) -> str:
	"""For lists of Email Channel Message: managers see every record, nobody else sees a list."""
	return "" if is_manager(user) else "1=0"


def may_see_message(doc: Any, ptype: str | None = None, user: str | None = None) -> bool:
	"""For one Email Channel Message: whoever reads its ticket may read it."""
	if is_manager(user):
		return True
	if not (doc.get("ticket_doctype") and doc.get("ticket")):
		return False
	return bool(frappe.has_permission(doc.ticket_doctype, "read", doc.ticket, user=user))


def is_manager(user: str | None = None) -> bool:
	"""Whether this user (default: the session's) looks after the channels."""
	return not MANAGERS.isdisjoint(frappe.get_roles(user or frappe.session.user))


def must_manage() -> None:
	"""Raise PermissionError for whoever does not look after the channels.

	`frappe.only_for` would do, but some versions let everybody pass while tests run.
	"""
	if not is_manager():
		frappe.throw(
			_("Only an Email Channel Manager or a System Manager may do this."), frappe.PermissionError
		)
