"""Originals of messages that made no ticket: private files on the receipt, so that nothing is lost (O1).

One file a message; several where the site takes no file of that size. Put together in their order they are
the message, octet for octet.
"""

from __future__ import annotations

from collections.abc import Iterator

import frappe
from frappe.core.api.file import get_max_file_size
from frappe.model.document import Document

RECEIPT = "Email Channel Message"


def keep_original(key: str, octets: bytes) -> None:
	"""Attach the message as it came to its receipt, in the caller's transaction; once is enough.

	An earlier copy is the same message. Replacing it would remove its file before anything is committed.
	"""
	if read_original(key) is not None:
		return
	pieces = list(_pieces(octets, get_max_file_size()))
	files = [_insert(key, name, piece) for name, piece in zip(_names(key, len(pieces)), pieces, strict=True)]
	frappe.db.set_value(RECEIPT, key, "original", files[0].file_url)


def read_original(key: str) -> bytes | None:
	"""The octets that were kept, or None."""
	files = [frappe.get_doc("File", name) for name in _file_names(key)]
	try:
		pieces = [_content(file) for file in files]
	except FileNotFoundError:
		return None
	return b"".join(pieces) if pieces else None


def drop_original(key: str) -> None:
	"""Remove what was kept. The files go at once: call it only when the message's new fate is committed."""
	for name in _file_names(key):
		frappe.delete_doc("File", name, ignore_permissions=True, force=True)
		frappe.db.set_value(RECEIPT, key, "original", None)


def _pieces(octets: bytes, most: int) -> Iterator[bytes]:
	for start in range(0, max(1, len(octets)), most):
		yield octets[start : start + most]


def _names(key: str, pieces: int) -> list[str]:
	"""A name for each piece."""
	name = f"message-{key[:12]}.eml"
	return [name] if pieces == 1 else [f"{name}.{number:03}" for number in range(1, pieces + 1)]


def _insert(key: str, name: str, octets: bytes) -> Document:
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": name,
			"folder": "Home/Attachments",
			"is_private": 1,
			"attached_to_doctype": RECEIPT,
			"attached_to_name": key,
			"attached_to_field": "original",
			"content": octets,
		}
	)
	file.flags.ignore_permissions = True
	return file.insert()


def _content(file: Document) -> bytes:
	with open(file.get_full_path(), "rb") as stored:
		return stored.read()


def _file_names(key: str) -> list[str]:
	filters = {"attached_to_doctype": RECEIPT, "attached_to_name": key, "attached_to_field": "original"}
	return frappe.get_all("File", filters, pluck="name", order_by="creation asc, file_name asc")
