"""Keeps what somebody typed into a form out of the site's logs when something unexpected happens to it.

Frappe logs an unexpected error with the request's values and with the local variables of every frame, in the
Error Log and in its log files, and here a password is among them.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TypeVar

import frappe
from frappe import _

Answer = TypeVar("Answer")


def keeping_typed_secrets(work: Callable[[], Answer]) -> Answer:
	"""Do the work; an unexpected error becomes one that tells its kind and place, and nothing of the request.

	Refusals for people (`frappe.throw`) pass. Every other error is logged as its type and its lines of code,
	as its words may repeat what was typed, and ends as a ValidationError, which Frappe does not log.
	"""
	frappe.local.form_dict = frappe._dict({"cmd": (frappe.local.form_dict or {}).get("cmd")})
	try:
		return work()
	except (frappe.ValidationError, frappe.PermissionError):
		raise
	except Exception as error:
		kind = type(error).__name__
		where = "".join([*traceback.format_tb(error.__traceback__), kind])
	# Outside the except block: whoever looks at the error under way must not find this one, with its frames.
	frappe.db.rollback()
	frappe.log_error(title=f"Mail channel: {kind} in a form's request", message=where)
	frappe.db.commit()
	words = _("An unexpected error ended this ({0}). The Error Log says where in the code it happened.")
	frappe.msgprint(words.format(kind), title=_("Not Finished"), indicator="red")
	raise frappe.ValidationError(words.format(kind))
