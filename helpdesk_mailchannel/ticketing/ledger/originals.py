"""Originals of messages that made no ticket: private files on the receipt, so that nothing is lost.

One file per message, or several if the site does not accept a file of that size. Concatenated in order they
are the message, octet for octet.

Anyone who may upload files can attach some in the same place, so the receipt records which files are ours
and what is in them; no others are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import frappe
from frappe.core.api.file import get_max_file_size
from frappe.model.document import Document

RECEIPT = "Email Channel Message"


def keep_original(key: str, octets: bytes) -> None:
	"""Attach the message, as received, to its receipt in the caller's transaction, unless it already is.

	An earlier copy is the same message. Replacing it would delete its file before anything is committed.
	"""
	if read_original(key) is not None:
		return
	pieces = list(_pieces(octets, get_max_file_size()))
	files = [_insert(key, name, piece) for name, piece in zip(_names(key, len(pieces)), pieces, strict=True)]
	kept = note((file.name, piece) for file, piece in zip(files, pieces, strict=True))
	frappe.db.set_value(RECEIPT, key, {"original": files[0].file_url, "original_files": kept})


def read_original(key: str) -> bytes | None:
	"""Return the octets that were kept, or None if one of the files is missing or has changed."""
	pieces = []
	for name, digest in _kept(key):
		piece = _content(name)
		if piece is None or _digest(piece) != digest:
			return None
		pieces.append(piece)
	return b"".join(pieces) if pieces else None


def drop_original(key: str) -> None:
	"""Remove what was kept. Deletes the files at once: call only after the new fate is committed."""
	kept = _kept(key)
	for name, _ in kept:
		frappe.delete_doc("File", name, ignore_permissions=True, force=True, ignore_missing=True)
	if kept:
		frappe.db.set_value(RECEIPT, key, {"original": None, "original_files": None})


def note(files: Iterable[tuple[str, bytes]]) -> str:
	"""Return what a receipt records about the files of its original: one line each, with name and digest."""
	return "\n".join(f"{name} {_digest(octets)}" for name, octets in files)


def _kept(key: str) -> list[tuple[str, str]]:
	"""Return the names of the files in order, and the digests of their contents."""
	noted = frappe.db.get_value(RECEIPT, key, "original_files") or ""
	return [(name, digest) for name, _, digest in (line.rpartition(" ") for line in noted.splitlines())]


def _pieces(octets: bytes, most: int) -> Iterator[bytes]:
	for start in range(0, max(1, len(octets)), most):
		yield octets[start : start + most]


def _names(key: str, pieces: int) -> list[str]:
	"""Return a name for each piece."""
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


def _content(name: str) -> bytes | None:
	try:
		with open(frappe.get_doc("File", name).get_full_path(), "rb") as stored:
			return stored.read()
	except (OSError, frappe.ValidationError):
		return None


def _digest(octets: bytes) -> str:
	return hashlib.sha256(octets).hexdigest()
