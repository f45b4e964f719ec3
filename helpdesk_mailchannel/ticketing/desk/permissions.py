"""Who may do what, by the site's own permissions (DocPerm): no role is named here.

Whoever may write Email Channels looks after them, with every button. Whoever may report on Email Channel
Messages reads the whole log; everybody else reads the records of tickets that they can read.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

CHANNEL, MESSAGE = "Email Channel", "Email Channel Message"


def message_conditions(user: str | None = None) -> str:
	"""For lists of Email Channel Message: the whole log, or nothing."""
	return "" if _reads_log(user) else "1=0"


def may_see_message(doc: Any, ptype: str | None = None, user: str | None = None) -> bool:
	"""For one Email Channel Message: whoever reads its ticket may read it."""
	if _reads_log(user):
		return True
	if not (doc.get("ticket_doctype") and doc.get("ticket")):
		return False
	return bool(frappe.has_permission(doc.ticket_doctype, "read", doc.ticket, user=user))


def is_manager(user: str | None = None) -> bool:
	"""Whether this user (default: the session's) looks after the channels."""
	return bool(frappe.has_permission(CHANNEL, "write", user=user))


def must_manage() -> None:
	"""Raise PermissionError for whoever does not look after the channels."""
	if not is_manager():
		frappe.throw(_("Only somebody who may change Email Channels may do this."), frappe.PermissionError)


def _reads_log(user: str | None) -> bool:
	return bool(frappe.has_permission(MESSAGE, "report", user=user))
