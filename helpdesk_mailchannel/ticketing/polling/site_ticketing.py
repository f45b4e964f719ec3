"""The ticket system of a Frappe site, as the engine sees it (see `ports.Ticketing`)."""

from __future__ import annotations

from collections.abc import Sequence

import frappe
from frappe.model.document import Document

from helpdesk_mailchannel.mailcore.model import Claim, Draft, Facts, Filed, Message, Outcome
from helpdesk_mailchannel.mailcore.settings import ChannelSettings
from helpdesk_mailchannel.ticketing.filing.facts import facts
from helpdesk_mailchannel.ticketing.filing.file_message import FilingRules, file
from helpdesk_mailchannel.ticketing.ledger.site_ledger import SiteLedger
from helpdesk_mailchannel.ticketing.polling.same_mailbox import must_not_be_read_by_another
from helpdesk_mailchannel.ticketing.targets import target_for
from helpdesk_mailchannel.ticketing.times import from_site


class SiteTicketing:
	"""Tickets of one channel's target DocType."""

	def __init__(self, ledger: SiteLedger, settings: ChannelSettings, channel: Document) -> None:
		self.ledger, self.settings = ledger, settings
		history = channel.existing_mail == "File as Closed"
		self.rules = FilingRules(
			outgoing_account=channel.outgoing_account or "",
			mapping=settings.ticket.mapping,
			closed_before=from_site(channel.activated_at) if history else None,
		)
		self.target = target_for(settings.ticket.doctype)

	def facts(self, messages: Sequence[Message]) -> Facts:
		"""See `ports.Ticketing`."""
		frappe.db.rollback()
		must_not_be_read_by_another(self.settings.name, messages)
		return facts(messages, self.settings, self.target, self.ledger.clock.now())

	def file(self, claim: Claim, message: Message, draft: Draft, outcome: Outcome) -> Filed:
		"""See `ports.Ticketing`."""
		return file(self.ledger, self.target, claim, message, draft, outcome, self.rules)
