"""Keeps what a user typed into a form out of the site's logs if something unexpected happens.

Frappe logs an unexpected error with the request's values and the local variables of every frame, in the
Error Log and in its log files; here these include a password.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TypeVar

import frappe
from frappe import _

Answer = TypeVar("Answer")


def keeping_typed_secrets(work: Callable[[], Answer]) -> Answer:
	"""Do the work; replace an unexpected error by one with its type and location but no request data.

	Refusals meant for users (`frappe.throw`) pass. Any other error is logged as its type and lines of code
	only, because its text may repeat what was typed; it becomes a ValidationError, which Frappe does not log.
	"""
	frappe.local.form_dict = frappe._dict({"cmd": (frappe.local.form_dict or {}).get("cmd")})
	try:
		return work()
	except (frappe.ValidationError, frappe.PermissionError):
		raise
	except Exception as error:
		kind = type(error).__name__
		where = "".join([*traceback.format_tb(error.__traceback__), kind])
	# Outside the except block, so that the original error and its frames are not the exception context.
	frappe.db.rollback()
	frappe.log_error(title=f"Mail channel: {kind} in a form's request", message=where)
	frappe.db.commit()
	words = _("An unexpected error ended this ({0}). The Error Log says where in the code it happened.")
	frappe.msgprint(words.format(kind), title=_("Not Finished"), indicator="red")
	raise frappe.ValidationError(words.format(kind))
