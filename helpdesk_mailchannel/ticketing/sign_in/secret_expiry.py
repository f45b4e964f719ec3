"""Warns the administrators before a client secret expires, so that no channel stops because of it.

Client secrets expire on a set day (Microsoft: after 24 months at most), without warning. Called once a day.
"""

from __future__ import annotations

import frappe
from frappe.utils import add_days, date_diff, getdate, today

from helpdesk_mailchannel.ticketing import notify

DAYS_BEFORE = (30, 14, 7, 3, 1, 0)
"""More than one day, because a scheduler that slept through one of them would tell nobody."""


def remind() -> None:
	"""Notify about every channel in use whose secret expires in one of `DAYS_BEFORE` days."""
	for channel in frappe.get_all(
		"Email Channel",
		{
			"status": "Active",
			"sign_in": "OAuth",
			"client_secret_expires_on": ["in", [add_days(today(), days) for days in DAYS_BEFORE]],
		},
		["name", "client_secret_expires_on"],
		order_by="name",
	):
		day = getdate(channel.client_secret_expires_on)
		notify.secret_ends(channel.name, day, date_diff(day, today()))
