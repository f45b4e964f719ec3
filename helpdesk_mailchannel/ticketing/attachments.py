"""Files of a message on the site: private, stored before the Communication, attached after it.

In this order the Communication is saved once, with its final content, and no "attachment added" comments
appear in the timeline.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import frappe
from frappe.model.document import Document

from helpdesk_mailchannel.mailcore.model import File
from helpdesk_mailchannel.ticketing.transaction import concerns_all

SAVEPOINT = "mailchannel_file"
NAME_LENGTH = 120
"""Of the 140 signs a File's name may have; Frappe adds some where the name is taken."""
UNREADABLE = ".bin"
"""Appended to the name of a file that is not what its name says, so that nothing tries to read it as that."""


@dataclass(frozen=True)
class Stored:
	"""What became of a message's files."""

	names: tuple[str, ...]
	"""Of the File documents."""
	urls: dict[str, str]
	"""Content-ID → address, for inline images."""
	notes: tuple[str, ...]
	"""For the ticket: files that the site does not take, or not under their names."""


def store(files: Iterable[File]) -> Stored:
	"""Store files as private, attached to nothing yet; within the caller's transaction.

	No file can keep its message from being filed. Raises only what the database or the disk did.
	"""
	names: list[str] = []
	urls: dict[str, str] = {}
	notes: list[str] = []
	for file in files:
		doc, note = _store(file)
		if note:
			notes.append(f"{file.name}: {note}")
		if doc:
			names.append(doc.name)
			if file.content_id:
				urls[file.content_id] = doc.unique_url
	return Stored(tuple(names), urls, tuple(notes))


def attach(names: Iterable[str], doctype: str, name: str) -> None:
	"""Attach stored files to a document, without a comment in its timeline."""
	for file in names:
		values = {"attached_to_doctype": doctype, "attached_to_name": name}
		frappe.db.set_value("File", file, values, update_modified=False)


def _store(file: File) -> tuple[Document | None, str]:
	"""The stored file, if the site takes it, and what the people on the ticket are told about it.

	Frappe looks into PDFs and JPEGs while it stores them, and fails where those are damaged. Under a name
	that promises nothing they are stored all the same.
	"""
	if not file.content:
		return None, "It is empty."
	try:
		return _insert(file), ""
	except frappe.ValidationError as error:
		return None, _words(error)
	except Exception as error:
		if concerns_all(error):
			raise
	try:
		doc = _insert(replace(file, name=file.name + UNREADABLE))
	except Exception as error:
		if concerns_all(error):
			raise
		return None, f"The site cannot store it: {_words(error)}"
	return doc, f"It seems to be damaged, so it is kept as {doc.file_name}."


def _insert(file: File) -> Document:
	frappe.db.savepoint(SAVEPOINT)
	doc = frappe.new_doc("File")
	doc.update(
		{
			"file_name": _shortened(file.name),
			"folder": "Home/Attachments",
			"is_private": 1,
			"content": file.content,
		}
	)
	doc.flags.ignore_permissions = True
	try:
		return doc.insert()
	except Exception as error:
		# A database in trouble has lost the savepoint too, and its own error is the one that tells.
		if not concerns_all(error):
			frappe.db.rollback(save_point=SAVEPOINT)
		frappe.clear_messages()
		raise


def _shortened(name: str) -> str:
	"""The name, cut in front of its extension where the site would refuse it for its length."""
	if len(name) <= NAME_LENGTH:
		return name
	suffix = PurePosixPath(name).suffix[:NAME_LENGTH]
	return name[: NAME_LENGTH - len(suffix)] + suffix


def _words(error: Exception) -> str:
	return frappe.utils.strip_html(str(error)) or type(error).__name__
