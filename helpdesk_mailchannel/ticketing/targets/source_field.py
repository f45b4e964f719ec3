"""The field that names the channel a ticket came through, on every ticket DocType that receives email."""

from __future__ import annotations

import frappe

from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.ticketing.targets.generic import SOURCE_FIELD


def add_source_fields(*doctypes: str) -> None:
	"""Add to ticket DocTypes the field that names the channel a ticket came through."""
	for doctype in doctypes:
		if not frappe.get_meta(doctype).has_field(SOURCE_FIELD):
			frappe.get_doc({"doctype": "Custom Field", **_source_field(doctype)}).insert(
				ignore_permissions=True
			)


def _source_field(doctype: str) -> dict[str, object]:
	"""Return the custom field for one ticket DocType."""
	meta = frappe.get_meta(doctype)
	return {
		"dt": doctype,
		"fieldname": SOURCE_FIELD,
		"fieldtype": "Link",
		"options": "Email Channel",
		"label": _("Email Channel"),
		"description": _("The ticket came by email, through this channel."),
		"insert_after": meta.get("sender_field") or "",
		"depends_on": f"eval:doc.{SOURCE_FIELD}",
		"read_only": 1,
		"no_copy": 1,
		"module": frappe.get_meta("Email Channel").module,
	}
