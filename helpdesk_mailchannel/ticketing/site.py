"""The ticket system of a Frappe site, as the engine sees it (see `ports.Ticketing`)."""

from __future__ import annotations

from collections.abc import Sequence

import frappe

from helpdesk_mailchannel.mailcore.model import Claim, Draft, Facts, Filed, Message, Outcome
from helpdesk_mailchannel.mailcore.settings import ChannelSettings
from helpdesk_mailchannel.ticketing.facts import facts
from helpdesk_mailchannel.ticketing.filing import file
from helpdesk_mailchannel.ticketing.ledger import SiteLedger
from helpdesk_mailchannel.ticketing.targets import target_for


class SiteTicketing:
	"""Tickets of one channel's target DocType."""

	def __init__(self, ledger: SiteLedger, settings: ChannelSettings, outgoing_account: str) -> None:
		self.ledger, self.settings, self.outgoing_account = ledger, settings, outgoing_account
		self.target = target_for(settings.ticket.doctype)

	def facts(self, messages: Sequence[Message]) -> Facts:
		"""See `ports.Ticketing`."""
		frappe.db.rollback()
		return facts(messages, self.settings, self.target, self.ledger.clock.now())

	def file(self, claim: Claim, message: Message, draft: Draft, outcome: Outcome) -> Filed:
		"""See `ports.Ticketing`."""
		return file(
			self.ledger,
			self.target,
			claim,
			message,
			draft,
			outcome,
			outgoing_account=self.outgoing_account,
		)
