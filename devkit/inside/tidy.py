"""Takes a test's records out of the site again, whether they were committed or not.

Code under test commits, so a rollback is not enough. Every table that a ticket, a message or our own records
can touch is compared with how it was: new rows are deleted, without any of the framework's ceremony. Single
DocTypes get their values back; other rows that were there before and were changed stay changed.
"""

from dataclasses import dataclass
from functools import cache
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
	"Notification Settings",
	"DocShare",
	"User Social Login",
	"Custom Field",
	"Property Setter",
	"Connected App",
	"Token Cache",
	"Scheduled Job Log",
	"Service Level Agreement",
	"Service Level Priority",
	"Service Day",
	"SLA Fulfilled On Status",
	"Pause SLA On Status",
	"Holiday List",
	"HD Ticket Comment",
	"HD Ticket Activity",
	"HD Notification",
	"Email Domain",
	"Notification",
	"Notification Recipient",
)

# What the framework caches in more places than under its own name.
CACHED_WIDELY = {
	"Custom Field",
	"Property Setter",
	"User",
	"Has Role",
	"Email Account",
	"Assignment Rule",
	"DocType",
	"Notification",
	"Service Level Agreement",
}


Row = tuple[str, str, str | None]
"""One value of a single DocType: DocType, field, value."""


@dataclass(frozen=True)
class Mark:
	"""What was there: the names in each table, and the values of all single DocTypes."""

	names: dict[str, frozenset[str]]
	singles: tuple[Row, ...]


def mark() -> Mark:
	"""Return what is there now, for `back_to`."""
	return Mark(_names(), _singles())


def back_to(mark: Mark) -> None:
	"""Delete what was made since then, and forget what was cached of it."""
	made = {doctype: names - mark.names.get(doctype, frozenset()) for doctype, names in _names().items()}
	made = {doctype: names for doctype, names in made.items() if names}
	for doctype, names in made.items():
		if doctype == "File":
			_delete_files(names)
		table = frappe.qb.DocType(doctype)
		frappe.qb.from_(table).delete().where(table.name.isin(list(names))).run()
	singles_changed = _singles() != mark.singles
	if singles_changed:
		frappe.db.sql("delete from `tabSingles`")
		for row in mark.singles:
			frappe.db.sql("insert into `tabSingles` (doctype, field, value) values (%s, %s, %s)", row)
	frappe.db.commit()
	_forget(made, everything=singles_changed or not CACHED_WIDELY.isdisjoint(made))


def _forget(made: dict[str, frozenset[str]], everything: bool) -> None:
	"""Drop what the framework has cached of these records, or all it has cached."""
	for name in ("outgoing_email_account", "incoming_email_account"):
		if hasattr(frappe.local, name):
			delattr(frappe.local, name)
	if everything:
		frappe.clear_cache()
		return
	for doctype, names in made.items():
		for name in names:
			frappe.clear_document_cache(doctype, name)


@cache
def tables() -> tuple[str, ...]:
	"""Return the DocTypes that have a table, ours and those above."""
	modules = frappe.get_all("Module Def", {"app_name": ("in", APPS)}, pluck="name")
	own = frappe.get_all(
		"DocType", {"module": ("in", modules), "issingle": 0, "is_virtual": 0}, pluck="name", order_by="name"
	)
	existing = set(frappe.db.get_tables())
	return tuple(name for name in dict.fromkeys([*own, *TOUCHED]) if f"tab{name}" in existing)


def _names() -> dict[str, frozenset[str]]:
	"""Return the names in each table, asked in one go."""
	parts = [
		f"select {number} as number, cast(name as char) from `tab{name}`"
		for number, name in enumerate(tables())
	]
	found: dict[str, set[str]] = {}
	for number, name in frappe.db.sql(" union all ".join(parts)):
		found.setdefault(tables()[number], set()).add(name)
	return {doctype: frozenset(names) for doctype, names in found.items()}


def _singles() -> tuple[Row, ...]:
	return tuple(
		frappe.db.sql("select doctype, field, value from `tabSingles` order by doctype, field, value")
	)


def _delete_files(made: frozenset[str]) -> None:
	"""Remove the files of these rows from the disk, unless an older row uses the same one."""
	table = frappe.qb.DocType("File")
	rows = frappe.qb.from_(table).select(table.name, table.file_url).run()
	kept = {url for name, url in rows if name not in made}
	for name, url in rows:
		if name in made and url not in kept and (url or "").startswith(("/files/", "/private/files/")):
			below = url.lstrip("/") if url.startswith("/private/") else f"public{url}"
			Path(frappe.get_site_path(below)).unlink(missing_ok=True)
