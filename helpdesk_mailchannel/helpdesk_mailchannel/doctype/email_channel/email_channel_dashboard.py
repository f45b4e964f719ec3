"""The Connections of a channel: its messages, its runs, and the tickets that came through it."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from helpdesk_mailchannel.ticketing.targets.generic import SOURCE_FIELD


def get_data() -> dict[str, Any]:
	"""What Frappe asks each DocType's dashboard for."""
	tickets = frappe.get_all("Custom Field", filters={"fieldname": SOURCE_FIELD}, pluck="dt", order_by="dt")
	return {
		"fieldname": "channel",
		"non_standard_fieldnames": dict.fromkeys(tickets, SOURCE_FIELD),
		"transactions": [
			{"label": _("Mail"), "items": ["Email Channel Message", "Email Channel Run"]},
			{"label": _("Tickets"), "items": tickets},
		],
	}
