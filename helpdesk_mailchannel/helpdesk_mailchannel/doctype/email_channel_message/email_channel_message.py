"""The ledger: one record for each copy of a message a channel has seen. Its name is the delivery key.

Written by `ticketing.ledger` alone; people read it and act on it through `ticketing.desk.api`.
"""

from __future__ import annotations

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, now_datetime

from helpdesk_mailchannel.mailcore.model import State
from helpdesk_mailchannel.mailcore.reasons import Fate
from helpdesk_mailchannel.ticketing.language import read, said
from helpdesk_mailchannel.ticketing.why import reason_of

CLEARED = (Fate.TICKET, Fate.REPLY, Fate.DUPLICATE, Fate.EXCLUDED, Fate.GONE)
"""Fates that log clearing removes. Failed ones stay until a person has retried or discarded them."""


class EmailChannelMessage(Document):
	"""What became of one copy of a message."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		attempts: DF.Int
		channel: DF.Link | None
		claim_epoch: DF.Int
		claimed_by: DF.Data | None
		communication: DF.Link | None
		concluded_at: DF.Datetime | None
		defect_details: DF.LongText | None
		dest_folder: DF.Data | None
		dest_uid: DF.Data | None
		fate: DF.Literal["", "Ticket", "Reply", "Duplicate", "Excluded", "Failed", "Gone"]
		folder: DF.Data | None
		identity: DF.Data | None
		left_mailbox: DF.Check
		message_id: DF.SmallText | None
		next_attempt_at: DF.Datetime | None
		original: DF.Attach | None
		original_files: DF.SmallText | None
		protocol: DF.Literal["IMAP", "POP3"]
		reason_code: DF.Data | None
		reason_details: DF.LongText | None
		received_at: DF.Datetime | None
		retry_requested: DF.Check
		sender: DF.Data | None
		settled_at: DF.Datetime | None
		state: DF.Literal["Claimed", "Done", "Settling", "Settled", "Released"]
		subject: DF.SmallText | None
		ticket: DF.DynamicLink | None
		ticket_doctype: DF.Link | None
		uid: DF.Data | None
		verdict: DF.Data | None
	# end: auto-generated types

	@property
	def reason(self) -> str:
		"""Return why the message met its fate, in the user's language."""
		return said(reason_of(self))

	@property
	def defects(self) -> str:
		"""Return what was wrong with the message, one sentence per line, in the user's language."""
		return said(read(self.defect_details))

	@staticmethod
	def clear_old_logs(days: int = 90) -> None:
		"""Remove records that are finished and whose message has left the folder it was read from.

		Called by Log Settings. A message that stays in the mailbox keeps its record: it would be read again.
		"""
		before = add_days(now_datetime(), -days)
		table = frappe.qb.DocType("Email Channel Message")
		fates = [fate.value for fate in CLEARED]
		finished = (table.state == State.SETTLED.value) & table.fate.isin(fates) & (table.left_mailbox == 1)
		given_back = (table.state == State.RELEASED.value) & (table.left_mailbox == 1)
		frappe.db.delete(table, filters=(table.modified < before) & (finished | given_back))


def on_doctype_update() -> None:
	"""Add the indexes the poller and the lists ask for."""
	frappe.db.add_index("Email Channel Message", ["channel", "state"])
	frappe.db.add_index(
		"Email Channel Message", ["channel", "fate", "concluded_at"], "channel_fate_concluded_at"
	)
	frappe.db.add_index("Email Channel Message", ["channel", "sender", "verdict", "received_at"])
