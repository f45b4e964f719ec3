"""Keeps Frappe from asking a picture service about senders while their email is filed.

Contact and Lead do so when they are validated (`frappe.utils.has_gravatar`): within our transaction, for five
seconds if the service does not answer, and a third party would learn of every customer. Frappe does not ask
during an import, so we set its import flag for the duration of that one method.
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
	"""Keep this job from asking a picture service; other requests and jobs are unaffected."""
	before, importing = frappe.flags.get(UNASKED), frappe.flags.in_import
	frappe.flags[UNASKED] = True
	try:
		yield
	finally:
		frappe.flags[UNASKED], frappe.flags.in_import = before, importing


def before_validate(doc: Document, method: str | None = None) -> None:
	"""Run just before the document's own `validate`."""
	if frappe.flags.get(UNASKED):
		doc.flags[BEFORE] = (frappe.flags.in_import,)
		frappe.flags.in_import = True


def after_validate(doc: Document, method: str | None = None) -> None:
	"""Run just after the document's own `validate`: hooks run after the method they belong to."""
	if before := doc.flags.pop(BEFORE, None):
		(frappe.flags.in_import,) = before
