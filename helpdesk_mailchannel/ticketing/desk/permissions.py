"""Who may do what, according to the site's own permissions (DocPerm): no role is named here.

Users with write permission on Email Channel manage channels and may use every button. Users with report
permission on Email Channel Message read the whole log; all others read the records of tickets they can read.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

CHANNEL, MESSAGE = "Email Channel", "Email Channel Message"


def message_conditions(user: str | None = None) -> str:
	"""Return the condition for lists of Email Channel Message: the whole log, or nothing."""
	return "" if _reads_log(user) else "1=0"


def may_see_message(doc: Any, ptype: str | None = None, user: str | None = None) -> bool:
	"""Return whether a user may read an Email Channel Message: readers of its ticket may."""
	if _reads_log(user):
		return True
	if not (doc.get("ticket_doctype") and doc.get("ticket")):
		return False
	return bool(frappe.has_permission(doc.ticket_doctype, "read", doc.ticket, user=user))


def is_manager(user: str | None = None) -> bool:
	"""Return whether this user (default: the session's) manages channels."""
	return bool(frappe.has_permission(CHANNEL, "write", user=user))


def must_manage() -> None:
	"""Raise PermissionError unless the user manages channels."""
	if not is_manager():
		frappe.throw(_("Only somebody who may change Email Channels may do this."), frappe.PermissionError)


def _reads_log(user: str | None) -> bool:
	return bool(frappe.has_permission(MESSAGE, "report", user=user))
