"""Takes a test's records out of the site again, whether they were committed or not.

Code under test commits, so a rollback is not enough. Every table that a ticket, a message or our own records
can touch is compared with how it was: new rows are deleted, without any of the framework's ceremony. Single
DocTypes get their values back; other rows that were there before and were changed stay changed.
"""

from dataclasses import dataclass
from pathlib import Path

import frappe

APPS = ("helpdesk_mailchannel", "standin_desk")

# What the framework's own tables can gain when mail comes and goes.
TOUCHED = (
	"Issue",
	"HD Ticket",
	"Customer",
	"Communication",
	"Communication Link",
	"Contact",
	"Contact Email",
	"Contact Phone",
	"Dynamic Link",
	"Comment",
	"File",
	"Email Queue",
	"Email Queue Recipient",
	"Email Account",
	"IMAP Folder",
	"Email Unsubscribe",
	"Unhandled Email",
	"Email Flag Queue",
	"Error Log",
	"Notification Log",
	"ToDo",
	"Version",
	"Activity Log",
	"Assignment Rule",
	"User",
	"Has Role",
	"Custom Field",
	"Property Setter",
	"Connected App",
	"Token Cache",
	"Scheduled Job Log",
)


@dataclass(frozen=True)
class Mark:
	"""What was there: the names in each table, and the values of all single DocTypes."""

	names: dict[str, frozenset]
	singles: tuple[tuple, ...]


def mark() -> Mark:
	"""Return what is there now, for `back_to`."""
	return Mark({table: frozenset(_names(table)) for table in tables()}, _singles())


def back_to(mark: Mark) -> None:
	"""Delete what was made since then, and forget what was cached of it."""
	for doctype, before in mark.names.items():
		made = set(_names(doctype)) - before
		if not made:
			continue
		if doctype == "File":
			_delete_files(made)
		table = frappe.qb.DocType(doctype)
		frappe.qb.from_(table).delete().where(table.name.isin(list(made))).run()
	if _singles() != mark.singles:
		frappe.db.sql("delete from `tabSingles`")
		for row in mark.singles:
			frappe.db.sql("insert into `tabSingles` (doctype, field, value) values (%s, %s, %s)", row)
	frappe.db.commit()
	frappe.clear_cache()


def _names(doctype: str) -> list:
	table = frappe.qb.DocType(doctype)
	return frappe.qb.from_(table).select(table.name).run(pluck=True)


def _singles() -> tuple[tuple, ...]:
	return tuple(
		frappe.db.sql("select doctype, field, value from `tabSingles` order by doctype, field, value")
	)


def tables() -> list[str]:
	"""Return the DocTypes that have a table, ours and those above."""
	modules = frappe.get_all("Module Def", {"app_name": ("in", APPS)}, pluck="name")
	own = frappe.get_all(
		"DocType", {"module": ("in", modules), "issingle": 0, "is_virtual": 0}, pluck="name", order_by="name"
	)
	existing = set(frappe.db.get_tables())
	return [name for name in dict.fromkeys([*own, *TOUCHED]) if f"tab{name}" in existing]


def _delete_files(made: set) -> None:
	"""Remove the files of these rows from the disk, unless an older row uses the same one."""
	table = frappe.qb.DocType("File")
	rows = frappe.qb.from_(table).select(table.name, table.file_url).run()
	kept = {url for name, url in rows if name not in made}
	for name, url in rows:
		if name in made and url not in kept and (url or "").startswith(("/files/", "/private/files/")):
			below = url.lstrip("/") if url.startswith("/private/") else f"public{url}"
			Path(frappe.get_site_path(below)).unlink(missing_ok=True)
