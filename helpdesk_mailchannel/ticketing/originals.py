"""Originals of messages that made no ticket: a private file on the receipt, so that nothing is lost (O1)."""

from __future__ import annotations

import frappe

RECEIPT = "Email Channel Message"


def keep_original(key: str, octets: bytes) -> None:
	"""Attach the message as it came to its receipt, in the caller's transaction; once is enough.

	An earlier copy is the same message. Replacing it would remove its file before anything is committed.
	"""
	if read_original(key) is not None:
		return
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"message-{key[:12]}.eml",
			"folder": "Home/Attachments",
			"is_private": 1,
			"attached_to_doctype": RECEIPT,
			"attached_to_name": key,
			"attached_to_field": "original",
			"content": octets,
		}
	)
	file.flags.ignore_permissions = True
	file.insert()
	frappe.db.set_value(RECEIPT, key, "original", file.file_url)


def read_original(key: str) -> bytes | None:
	"""The octets that were kept, or None."""
	name = _file_name(key)
	if not name:
		return None
	file = frappe.get_doc("File", name)
	try:
		with open(file.get_full_path(), "rb") as stored:
			return stored.read()
	except FileNotFoundError:
		return None


def drop_original(key: str) -> None:
	"""Remove what was kept. The file goes at once: call it only when the message's new fate is committed."""
	name = _file_name(key)
	if name:
		frappe.delete_doc("File", name, ignore_permissions=True, force=True)
		frappe.db.set_value(RECEIPT, key, "original", None)


def _file_name(key: str) -> str | None:
	filters = {"attached_to_doctype": RECEIPT, "attached_to_name": key, "attached_to_field": "original"}
	return frappe.db.get_value("File", filters, "name")
