"""Keeps Frappe from asking a picture service about the people who write, while their mail is filed.

Contact and Lead do so when they are validated (`frappe.utils.has_gravatar`): within our transaction, for five
seconds where the service does not answer, and so a third party would be told of every customer. Frappe does
not ask during an import, so for the length of that one method it is told of one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe.model.document import Document

UNASKED = "mailchannel_pictures_unasked"
BEFORE = "mailchannel_import_before"


@contextmanager
def unasked() -> Iterator[None]:
	"""While this lasts, no picture service is asked by this job; other requests and jobs go on as ever."""
	before, importing = frappe.flags.get(UNASKED), frappe.flags.in_import
	frappe.flags[UNASKED] = True
	try:
		yield
	finally:
		frappe.flags[UNASKED], frappe.flags.in_import = before, importing


def before_validate(doc: Document, method: str | None = None) -> None:
	"""Just before the document's own `validate`."""
	if frappe.flags.get(UNASKED):
		doc.flags[BEFORE] = (frappe.flags.in_import,)
		frappe.flags.in_import = True


def after_validate(doc: Document, method: str | None = None) -> None:
	"""Just after the document's own `validate`: hooks run behind the method they belong to."""
	if before := doc.flags.pop(BEFORE, None):
		(frappe.flags.in_import,) = before
