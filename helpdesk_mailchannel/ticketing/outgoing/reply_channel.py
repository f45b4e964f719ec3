"""Which channel the answers to a ticket's email should come back to, and how it signs what it sends."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import frappe
from frappe.utils import cint

from helpdesk_mailchannel.mailcore.model import TicketRef
from helpdesk_mailchannel.mailcore.thread import token
from helpdesk_mailchannel.ticketing.reply_keys import reply_keys
from helpdesk_mailchannel.ticketing.settings import address
from helpdesk_mailchannel.ticketing.targets.generic import SOURCE_FIELD
from helpdesk_mailchannel.ticketing.times import spelled


@dataclass(frozen=True)
class ReplyChannel:
	"""A channel as used by one ticket's outgoing email."""

	channel: Any
	"""Its Email Channel document."""
	ticket: TicketRef

	@property
	def from_name(self) -> str:
		"""The name customers see; if empty, the agent's own."""
		return self.channel.from_name or ""

	@property
	def plain_address(self) -> str:
		"""The address answers go to, without a signature."""
		return address(self.channel.reply_to) or address(self.channel.email_address)

	@property
	def reply_address(self) -> str:
		"""The address answers to this ticket go to."""
		if not cint(self.channel.signed_reply_address):
			return self.plain_address
		return token.reply_address(self.plain_address, self.channel.name, self.ticket, reply_keys()[0])

	def new_message_id(self) -> str:
		"""Make a Message-ID that proves that an answer to it belongs to this ticket."""
		host = address(self.channel.email_address).rpartition("@")[2]
		nonce = secrets.token_bytes(token.NONCE_OCTETS)
		return token.message_id(host, self.channel.name, self.ticket, reply_keys()[0], nonce)

	def outgoing_account(self) -> Any | None:
		"""Return the channel's Email Account, if it has one for sending."""
		if not self.channel.outgoing_account:
			return None
		account = frappe.get_cached_doc("Email Account", self.channel.outgoing_account)
		return account if account.enable_outgoing else None

	def is_own(self, recipient: str) -> bool:
		"""Return whether email to this address would only come back to the channel."""
		local_part, _, domain = recipient.lower().rpartition("@")
		channel = address(self.channel.email_address)
		own = {channel, self.plain_address}
		own |= {address(r.alias) for r in self.channel.aliases if address(r.primary_address) in ("", channel)}
		return bool({recipient.lower(), f"{local_part.partition('+')[0]}@{domain}"} & own)


def reply_channel(doctype: str | None, name: str | None) -> ReplyChannel | None:
	"""Find a ticket's channel: the one it came through, or else that of the last email it received.

	None for documents that are not tickets, and for tickets that never received email through a channel.
	"""
	if not (doctype and name) or not frappe.get_meta(doctype).has_field(SOURCE_FIELD):
		return None
	ticket = frappe.db.get_value(doctype, name, [SOURCE_FIELD, "creation"], as_dict=True)
	channel = (ticket and ticket[SOURCE_FIELD]) or _channel_of_last_mail(doctype, name)
	if not (ticket and channel):
		return None
	ref = TicketRef(doctype, str(name), spelled(ticket.creation))
	return ReplyChannel(frappe.get_cached_doc("Email Channel", channel), ref)


def _channel_of_last_mail(doctype: str, name: str) -> str | None:
	channel: str | None = frappe.db.get_value(
		"Email Channel Message",
		{"ticket_doctype": doctype, "ticket": name, "communication": ["is", "set"]},
		"channel",
		order_by="received_at desc",
	)
	return channel
