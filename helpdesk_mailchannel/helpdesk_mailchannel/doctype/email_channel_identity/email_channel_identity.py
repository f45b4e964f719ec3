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
		"""Remove identities older than this whose content is in no mailbox; called by Log Settings.

		Even if a mailbox that keeps its messages is renumbered years later, nothing is filed again.
		"""
		table, message = (
			frappe.qb.DocType("Email Channel Identity"),
			frappe.qb.DocType("Email Channel Message"),
		)
		stays = frappe.qb.from_(message).where(message.left_mailbox == 0)
		old = table.creation < add_days(now_datetime(), -days)
		lies_there = table.identity.isin(stays.select(message.identity).where(message.identity.isnotnull()))
		lies_there |= table.receipt.isin(stays.select(message.name))
		frappe.qb.from_(table).delete().where(old & lies_there.negate()).run()
