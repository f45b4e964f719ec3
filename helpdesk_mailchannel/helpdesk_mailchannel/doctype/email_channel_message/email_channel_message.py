"""The ledger: one record for each copy of a message a channel has seen. Its name is the delivery key.

Written by `ticketing.ledger` alone; people read it and act on it through `ticketing.desk.api`.
"""

from __future__ import annotations

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, now_datetime

from helpdesk_mailchannel.mailcore.model import State
from helpdesk_mailchannel.mailcore.reasons import Fate

CLEARED = (Fate.TICKET, Fate.REPLY, Fate.DUPLICATE, Fate.EXCLUDED, Fate.GONE)
"""Fates that log clearing removes. Failed ones stay until a person has retried or discarded them."""


class EmailChannelMessage(Document):
	"""What became of one copy of a message."""

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
