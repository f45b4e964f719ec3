"""Keeps what was stored before *Authorize* was spelled as Frappe spells it."""

import frappe
from frappe.model.utils.rename_field import rename_field

RENAMED = {"authorised_by": "authorized_by", "authorised_on": "authorized_on"}


def execute() -> None:
	"""Move who authorized a channel, and the health of those that wait for it, to their new spelling."""
	for old, new in RENAMED.items():
		if frappe.db.has_column("Email Channel Token", old):
			rename_field("Email Channel Token", old, new)
	channel = frappe.qb.DocType("Email Channel")
	waiting = channel.health == "Needs Authorisation"
	frappe.qb.update(channel).set(channel.health, "Needs Authorization").where(waiting).run()
