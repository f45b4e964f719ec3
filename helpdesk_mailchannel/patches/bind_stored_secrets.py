"""Secrets stored before they were tied to their server belong to the one their channel names today."""

import frappe

from helpdesk_mailchannel.ticketing.sign_in import stored_secrets


def execute() -> None:
	"""Tie each stored secret to its channel's server, and show it as stars of one length."""
	for name in frappe.get_all("Email Channel", pluck="name", order_by="name"):
		doc = frappe.get_doc("Email Channel", name)
		for fieldname in stored_secrets.SECRETS:
			if doc.get(fieldname):
				stored_secrets.bind(doc, fieldname)
				doc.db_set(fieldname, stored_secrets.SHOWN, update_modified=False)
