"""Agents could select channels, and so find out by filters what their fields hold: that right goes."""

import frappe

from helpdesk_mailchannel.install import AGENT_ROLES
from helpdesk_mailchannel.ticketing.targets.generic import SOURCE_FIELD


def execute() -> None:
	"""Remove the rules that installing made, and the quick filter that needed them."""
	made = {"parent": "Email Channel", "role": ["in", AGENT_ROLES], "select": 1, "read": 0, "write": 0}
	frappe.db.delete("Custom DocPerm", made)
	frappe.clear_cache(doctype="Email Channel")
	for name in frappe.get_all("Custom Field", {"fieldname": SOURCE_FIELD}, pluck="name", order_by="name"):
		frappe.db.set_value("Custom Field", name, "in_standard_filter", 0)
	frappe.clear_cache()
