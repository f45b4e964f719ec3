"""One record for each content ever filed by a channel; its name is the digest of channel and content.

The database's primary key is what keeps a message from being filed twice, so these are kept long.
"""

from __future__ import annotations

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, now_datetime


class EmailChannelIdentity(Document):
	"""The memory of one filed content."""

	@staticmethod
	def clear_old_logs(days: int = 400) -> None:
		"""Forget contents that were filed so long ago; called by Log Settings."""
		table = frappe.qb.DocType("Email Channel Identity")
		frappe.db.delete(table, filters=table.creation < add_days(now_datetime(), -days))
