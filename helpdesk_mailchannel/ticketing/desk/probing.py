"""Closes two Frappe methods through which any signed-in user can probe field values of any DocType.

`frappe.client.get_count` in Frappe 15 counts without checking read permission, and `frappe.client.get`
answers differently if its filters match nothing. For this app's DocTypes both are restricted to managers; all
others are unaffected. Frappe calls these through `override_whitelisted_methods`.
"""

from typing import Any

import frappe
from frappe import client

from helpdesk_mailchannel.ticketing.desk.permissions import is_manager

MODULE = "Helpdesk Mailchannel"


@frappe.whitelist()
def get_count(doctype: str, filters: Any = None, debug: Any = False, cache: Any = False) -> Any:
	"""Replace `frappe.client.get_count`."""
	_refuse_probes(doctype)
	return client.get_count(doctype, filters, debug, cache)


@frappe.whitelist()
def get(doctype: str, name: Any = None, filters: Any = None, parent: Any = None) -> Any:
	"""Replace `frappe.client.get`."""
	if not name:
		_refuse_probes(doctype)
	return client.get(doctype, name, filters, parent)


def _refuse_probes(doctype: str) -> None:
	if frappe.db.get_value("DocType", doctype, "module", cache=True) == MODULE and not is_manager():
		raise frappe.PermissionError
