"""What one poll did and how long it took; for the dashboard."""

from __future__ import annotations

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, now_datetime


class EmailChannelRun(Document):
	"""One poll of one channel."""

	@staticmethod
	def clear_old_logs(days: int = 30) -> None:
		"""Remove old runs; called by Log Settings."""
		table = frappe.qb.DocType("Email Channel Run")
		frappe.db.delete(table, filters=table.creation < add_days(now_datetime(), -days))
