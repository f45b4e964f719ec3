"""One record for each content ever filed by a channel; its name is the digest of channel and content.

The database's primary key is what keeps a message from being filed twice, so these are kept long.
"""

from __future__ import annotations

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, now_datetime


class EmailChannelIdentity(Document):
	"""The memory of one filed content."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		channel: DF.Link | None
		communication: DF.Link | None
		decoded_identity: DF.Data | None
		identity: DF.Data | None
		receipt: DF.Link | None
		ticket: DF.DynamicLink | None
		ticket_doctype: DF.Link | None
	# end: auto-generated types

	@staticmethod
	def clear_old_logs(days: int = 400) -> None:
		"""Forget contents that were filed so long ago; called by Log Settings."""
		table = frappe.qb.DocType("Email Channel Identity")
		frappe.db.delete(table, filters=table.creation < add_days(now_datetime(), -days))
