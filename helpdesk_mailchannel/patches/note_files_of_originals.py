"""Originals kept before their files were noted: the file that the record names is taken for ours."""

import frappe

from helpdesk_mailchannel.ticketing.ledger.originals import RECEIPT, note


def execute() -> None:
	"""Note the file of each kept original, with what is in it."""
	kept = {"original": ["is", "set"], "original_files": ["is", "not set"]}
	for name, url in frappe.get_all(RECEIPT, kept, ["name", "original"], as_list=True, order_by="name"):
		place = {"attached_to_doctype": RECEIPT, "attached_to_name": name, "file_url": url}
		file = frappe.db.get_value("File", place, "name")
		try:
			with open(frappe.get_doc("File", file).get_full_path(), "rb") as stored:
				noted = note([(file, stored.read())])
		except (OSError, frappe.ValidationError):
			continue
		frappe.db.set_value(RECEIPT, name, "original_files", noted, update_modified=False)
