"""Files of a message on the site: private, stored before the Communication, attached after it.

In this order the Communication is saved once, with its final content, and no "attachment added" comments
appear in the timeline.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import frappe
from PIL import Image

from helpdesk_mailchannel.mailcore.model import File, LeftOut


@dataclass(frozen=True)
class Stored:
	"""What became of a message's files."""

	names: tuple[str, ...]
	"""Of the File documents."""
	urls: dict[str, str]
	"""Content-ID → address, for inline images."""
	refused: tuple[LeftOut, ...]
	"""Files that the site itself does not take."""


def store(files: Iterable[File]) -> Stored:
	"""Store files as private, attached to nothing yet; within the caller's transaction."""
	names: list[str] = []
	urls: dict[str, str] = {}
	refused: list[LeftOut] = []
	for file in files:
		try:
			doc = _stored(file)
		except frappe.ValidationError as error:
			frappe.clear_messages()
			refused.append(LeftOut(file.name, len(file.content), frappe.utils.strip_html(str(error))))
			continue
		names.append(doc.name)
		if file.content_id:
			urls[file.content_id] = doc.unique_url
	return Stored(tuple(names), urls, tuple(refused))


def attach(names: Iterable[str], doctype: str, name: str) -> None:
	"""Attach stored files to a document, without a comment in its timeline."""
	for file in names:
		values = {"attached_to_doctype": doctype, "attached_to_name": name}
		frappe.db.set_value("File", file, values, update_modified=False)


def _stored(file: File) -> frappe.model.document.Document:
	"""The file's document; under another name where the site takes it for a picture and cannot read it.

	A site may strip JPEGs of what the camera noted (System Settings), which fails for a broken one.
	"""
	try:
		return _insert(file)
	except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
		if getattr(error, "errno", None) is not None:
			raise  # The disk's, not the picture's.
		return _insert(replace(file, name=f"{file.name}.bin"))


def _insert(file: File) -> frappe.model.document.Document:
	doc = frappe.new_doc("File")
	doc.update(
		{"file_name": file.name, "folder": "Home/Attachments", "is_private": 1, "content": file.content}
	)
	doc.flags.ignore_permissions = True
	return doc.insert()
