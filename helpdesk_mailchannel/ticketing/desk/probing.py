"""Closes two ways of Frappe by which every signed-in user finds out what the fields of any DocType hold.

`frappe.client.get_count` of Frappe 15 counts without asking who may read, and `frappe.client.get` answers
otherwise where its filters find nothing. For the DocTypes of this app both are for managers; for all others
they are as they were. Frappe calls these by `override_whitelisted_methods`.
"""

from typing import Any

import frappe
from frappe import client

from helpdesk_mailchannel.ticketing.desk.permissions import is_manager

MODULE = "Helpdesk Mailchannel"


@frappe.whitelist()
def get_count(doctype: str, filters: Any = None, debug: Any = False, cache: Any = False) -> Any:
	"""`frappe.client.get_count`."""
	_refuse_probes(doctype)
	return client.get_count(doctype, filters, debug, cache)


@frappe.whitelist()
def get(doctype: str, name: Any = None, filters: Any = None, parent: Any = None) -> Any:
	"""`frappe.client.get`."""
	if not name:
		_refuse_probes(doctype)
	return client.get(doctype, name, filters, parent)


def _refuse_probes(doctype: str) -> None:
	if frappe.db.get_value("DocType", doctype, "module", cache=True) == MODULE and not is_manager():
		raise frappe.PermissionError
