"""The demo's steps on the site: `create` makes the channel anew, `outcome` prints what is known as JSON."""

import json
import sys
from typing import Any

from devkit.inside import connected

CHANNEL = "Demo"


def create(settings: dict[str, Any]) -> None:
	"""Make the channel through its DocType, with every check an administrator meets, in place of the last."""
	with connected() as frappe:
		forget(frappe)
		channel = frappe.get_doc({"doctype": "Email Channel", **settings}).insert()
		channel.status = "Active"
		channel.save()
		frappe.db.commit()


def forget(frappe: Any) -> None:
	"""Remove the last demo's channel, tickets and messages."""
	if not frappe.db.exists("Email Channel", CHANNEL):
		return
	rows = frappe.get_all("Email Channel Message", {"channel": CHANNEL}, ["ticket_doctype", "ticket"])
	tickets = {(row.ticket_doctype, row.ticket) for row in rows if row.ticket}
	for doctype, name in tickets:
		for communication in frappe.get_all(
			"Communication", {"reference_doctype": doctype, "reference_name": name}, pluck="name"
		):
			frappe.delete_doc("Communication", communication, force=True)
		frappe.delete_doc(doctype, name, force=True)
	frappe.delete_doc("Email Channel", CHANNEL, force=True)
	frappe.db.commit()


def outcome() -> None:
	"""Print the channel's state and its messages."""
	with connected() as frappe:
		channel = frappe.get_doc("Email Channel", CHANNEL)
		names = frappe.get_all(
			"Email Channel Message", {"channel": CHANNEL}, pluck="name", order_by="creation asc"
		)
		records = [frappe.get_doc("Email Channel Message", name) for name in names]
		shown = ("uid", "subject", "fate", "reason", "ticket", "dest_folder")
		messages = [{field: getattr(record, field) for field in shown} for record in records]
		print(
			json.dumps(
				{
					"status": channel.status,
					"health": channel.health,
					"health_reason": channel.health_reason,
					"messages": messages,
				},
				default=str,
			)
		)


if __name__ == "__main__":
	if sys.argv[1] == "create":
		create(json.loads(sys.argv[2]))
	else:
		outcome()
