"""Gives the stand-in's DocTypes the records that an administrator finds after installing the real apps."""

import frappe

RECORDS: dict[str, list[dict[str, object]]] = {
	"Issue Priority": [{"name": name} for name in ("Low", "Medium", "High")],
	"Issue Type": [{"name": name} for name in ("Question", "Incident")],
	"HD Ticket Priority": [
		{"name": name, "integer_value": value}
		for name, value in (("Low", 400), ("Medium", 300), ("High", 200), ("Urgent", 100))
	],
	"HD Ticket Type": [{"name": name} for name in ("Unspecified", "Question", "Incident")],
	"HD Ticket Status": [
		{"label_agent": name, "category": category, "order": order}
		for order, (name, category) in enumerate(
			(("Open", "Open"), ("Replied", "Paused"), ("Resolved", "Resolved"), ("Closed", "Resolved"))
		)
	],
	"HD Team": [{"team_name": name} for name in ("Product Experts", "Billing")],
}


def after_install() -> None:
	"""Insert the records."""
	for doctype, records in RECORDS.items():
		for record in records:
			frappe.get_doc({"doctype": doctype, **record}).insert(
				ignore_permissions=True, ignore_if_duplicate=True
			)
