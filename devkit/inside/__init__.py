"""Programs that run with the site's own interpreter, where `frappe` can be imported; one task each."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def site_name() -> str:
	"""Return the name of the site under test."""
	return os.environ["DEV_SITE"]


@contextmanager
def connected() -> Iterator[Any]:
	"""Connect to the site as Administrator; leave it disconnected."""
	import frappe

	frappe.init(site=site_name(), sites_path=".")
	frappe.connect()
	try:
		yield frappe
	finally:
		frappe.destroy()
