"""What one poll did and how long it took; for the dashboard."""

from __future__ import annotations

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, now_datetime

from helpdesk_mailchannel.ticketing.language import said
from helpdesk_mailchannel.ticketing.why import error_of


class EmailChannelRun(Document):
	"""One poll of one channel."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		channel: DF.Link | None
		duplicates: DF.Int
		ended: DF.Datetime | None
		error_details: DF.LongText | None
		excluded: DF.Int
		failed: DF.Int
		filed: DF.Int
		listed: DF.Int
		postponed: DF.Int
		replies: DF.Int
		seconds: DF.Float
		started: DF.Datetime | None
		trouble_code: DF.Data | None
		waiting: DF.Int
	# end: auto-generated types

	@property
	def error(self) -> str:
		"""Return why the run ended early, in the user's language."""
		return said(error_of(self))

	@staticmethod
	def clear_old_logs(days: int = 30) -> None:
		"""Remove old runs; called by Log Settings."""
		table = frappe.qb.DocType("Email Channel Run")
		frappe.db.delete(table, filters=table.creation < add_days(now_datetime(), -days))
