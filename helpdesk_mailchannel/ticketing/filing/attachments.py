"""A message's files on the site: private, attached to ticket and Communication, without a timeline comment.

They are stored before the Communication, so that it is saved once, with its final content. Each has two File
records and one file on disk: the timeline shows those of the Communication, but opening these needs
permission on Communication, which an agent may lack. Anyone who may read the ticket may open the ticket's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

import frappe
from frappe.model.document import Document

from helpdesk_mailchannel.mailcore.compose.inert_names import inert_name
from helpdesk_mailchannel.mailcore.model import File
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, _, verbatim
from helpdesk_mailchannel.ticketing.transaction import concerns_all

SAVEPOINT = "mailchannel_file"
NAME_LENGTH = 120
"""Of the 140 signs a File's name may have; Frappe adds some where the name is taken."""
UNREADABLE = ".bin"
"""Appended to the name of a file that is not what its name says, so that nothing tries to read it as that."""

SHARED = ("file_name", "file_url", "file_size", "file_type", "content_hash", "folder", "is_private")
"""What the two records of one file have in common."""


@dataclass(frozen=True)
class Stored:
	"""What became of a message's files."""

	files: tuple[Document, ...] = ()
	"""Stored, and attached to nothing yet."""
	twins: Mapping[tuple[str, str], str] = field(default_factory=dict)
	"""File's address and name → name of the ticket's own record of it."""
	urls: Mapping[str, str] = field(default_factory=dict)
	"""Content-ID → address, for inline images."""
	notes: tuple[Sentence, ...] = ()
	"""For the ticket: files that the site does not take, or not under their names."""


def store(files: Iterable[File], ticket: Document | None) -> Stored:
	"""Store files as private, within the caller's transaction. `ticket` is None if it does not exist yet.

	No file can keep its message from being filed. Raises only database and disk errors.
	"""
	docs: list[Document] = []
	twins: dict[tuple[str, str], str] = {}
	urls: dict[str, str] = {}
	notes: list[Sentence] = []
	for file in files:
		doc, note = _store(file)
		if note:
			notes.append(_("{0}: {1}").format(file.name, note))
		if doc:
			docs.append(doc)
			known = _known_twin(doc, ticket) or frappe.generate_hash(length=10)
			twin = twins.setdefault((doc.file_url, doc.file_name), known)
			if file.content_id:
				urls[file.content_id] = f"{doc.file_url}?fid={twin}"
	return Stored(tuple(docs), twins, urls, tuple(notes))


def attach(stored: Stored, communication: Document) -> None:
	"""Attach what was stored to its Communication and to the ticket, whose files agents may open."""
	for file in stored.files:
		values = {"attached_to_doctype": "Communication", "attached_to_name": communication.name}
		frappe.db.set_value("File", file.name, values, update_modified=False)
		twin = stored.twins[file.file_url, file.file_name]
		if not frappe.db.exists("File", twin):
			_insert_twin(file, twin, communication)


def _known_twin(file: Document, ticket: Document | None) -> str | None:
	"""Return the ticket's record of the same file; a logo sent with every email has only one."""
	if ticket is None:
		return None
	filters = {
		"file_url": file.file_url,
		"file_name": file.file_name,
		"attached_to_doctype": ticket.doctype,
		"attached_to_name": str(ticket.name),
	}
	twin: str | None = frappe.db.get_value("File", filters, "name", order_by="creation asc")
	return twin


def _insert_twin(file: Document, name: str, communication: Document) -> None:
	twin = frappe.new_doc("File")
	twin.update({field: file.get(field) for field in SHARED})
	twin.update(
		{
			"name": name,
			"attached_to_doctype": communication.reference_doctype,
			"attached_to_name": str(communication.reference_name),
		}
	)
	twin.set_user_and_timestamp()
	# A full insert would read the file again and add a comment to the timeline.
	twin.db_insert()


def _store(file: File) -> tuple[Document | None, Sentence]:
	"""Store a file if the site accepts it; return it, and what to tell the people on the ticket.

	Frappe parses PDFs and JPEGs when it stores them, and fails if they are damaged. Under a name without
	such an extension they are stored all the same.
	"""
	if not file.content:
		return None, _("It is empty.")
	try:
		return _insert(file), NOTHING
	except frappe.ValidationError as error:
		return None, verbatim(_words(error))
	except Exception as error:
		if concerns_all(error):
			raise
	try:
		doc = _insert(replace(file, name=file.name + UNREADABLE))
	except Exception as error:
		if concerns_all(error):
			raise
		return None, _("The site cannot store it: {0}").format(_words(error))
	return doc, _("It seems to be damaged, so it is kept as {0}.").format(doc.file_name)


def _insert(file: File) -> Document:
	frappe.db.savepoint(SAVEPOINT)
	doc = frappe.new_doc("File")
	doc.update(
		{
			"file_name": _shortened(inert_name(file.name, file.content)),
			"folder": "Home/Attachments",
			"is_private": 1,
			"content": file.content,
		}
	)
	doc.flags.ignore_permissions = True
	try:
		return doc.insert()
	except Exception as error:
		# If the database failed, the savepoint is gone too, and the original error is the useful one.
		if not concerns_all(error):
			frappe.db.rollback(save_point=SAVEPOINT)
		frappe.clear_messages()
		raise


def _shortened(name: str) -> str:
	"""Shorten a name before its extension if it is too long for the site."""
	if len(name) <= NAME_LENGTH:
		return name
	suffix = PurePosixPath(name).suffix[:NAME_LENGTH]
	return name[: NAME_LENGTH - len(suffix)] + suffix


def _words(error: Exception) -> str:
	return frappe.utils.strip_html(str(error)) or type(error).__name__
