"""The one transaction in which a message becomes a ticket or a reply (see `ports.Ticketing.file`).

Order matters, for Frappe, ERPNext and Helpdesk alike: the Contact first, because the ticket looks for it; the
ticket next; files before the Communication, so that it is saved once with its final content; the receipt
last. The ticket's own saving is left to Frappe's hooks on the Communication.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from datetime import datetime

import frappe
from frappe.model.document import Document
from frappe.utils import escape_html, strip_html

from helpdesk_mailchannel.mailcore.compose.html import with_inline_urls
from helpdesk_mailchannel.mailcore.errors import AlreadyFiled, ChannelError, MailChannelError, MessageError
from helpdesk_mailchannel.mailcore.model import (
	Address,
	Claim,
	Draft,
	Filed,
	MailDraft,
	Message,
	Outcome,
	ReplyDraft,
	TicketDraft,
	TicketRef,
)
from helpdesk_mailchannel.mailcore.reasons import Reason, Step, Trouble
from helpdesk_mailchannel.ticketing import attachments, identities
from helpdesk_mailchannel.ticketing.contacts import ensure_contact
from helpdesk_mailchannel.ticketing.ledger import SiteLedger
from helpdesk_mailchannel.ticketing.targets import Target
from helpdesk_mailchannel.ticketing.times import to_site
from helpdesk_mailchannel.ticketing.transaction import Collision, fenced, log_error, transaction

CLOSED = "Closed"
TRIES = 3
"""Where other workers file at the same moment, such as a mail to two channels from a new customer."""
OUR_DISK = frozenset(
	{
		errno.ENOSPC,
		errno.EDQUOT,
		errno.EROFS,
		errno.EIO,
		errno.EACCES,
		errno.EPERM,
		errno.EMFILE,
		errno.ENFILE,
	}
)
"""Errors in storing a file that every message would meet; others are about this file, such as its name."""


@dataclass(frozen=True)
class FilingRules:
	"""What a channel wants of every message it files."""

	outgoing_account: str = ""
	"""The Email Account by which agents' answers leave."""
	closed_before: datetime | None = None
	"""Mail that arrived before is history: its tickets are closed, and nobody is reminded of them (R12)."""

	def is_history(self, received_at: datetime) -> bool:
		"""Whether mail of that moment was there before the channel."""
		return self.closed_before is not None and received_at < self.closed_before


def file(
	ledger: SiteLedger,
	target: Target,
	claim: Claim,
	message: Message,
	draft: Draft,
	outcome: Outcome,
	rules: FilingRules,
) -> Filed:
	"""Make the ticket or the reply, and write down the outcome.

	Raises AlreadyFiled where the content is known, LeaseLost where another run has the mailbox, MessageError
	where the site refuses the ticket, ChannelError where the database or the disk fails. Nothing is left
	behind then.
	"""
	for _ in range(TRIES):
		try:
			return _file_once(ledger, target, claim, message, draft, outcome, rules)
		except Collision as error:
			collision = error
	raise MessageError(Reason.SITE_REFUSED, collision.detail, passing=True) from collision


def _file_once(
	ledger: SiteLedger,
	target: Target,
	claim: Claim,
	message: Message,
	draft: Draft,
	outcome: Outcome,
	rules: FilingRules,
) -> Filed:
	try:
		with transaction(), fenced():
			ledger.check_may_decide(claim)
			identities.register(ledger.channel, message.identity, claim.key)
			filed = _file(target, draft, rules.outgoing_account)
			if rules.is_history(draft.mail.received_at):
				_close(filed)
			identities.point(ledger.channel, message.identity, filed)
			ledger.write_fate(claim, outcome, message, filed)
		return filed
	except identities.Known as known:
		raise AlreadyFiled(identities.ticket_of(ledger.channel, message.identity)) from known
	except MailChannelError:
		raise
	except Exception as error:
		raise _refusal(error) from error
	finally:
		frappe.clear_messages()


def _file(target: Target, draft: Draft, outgoing_account: str) -> Filed:
	ensure_contact(draft.mail.sender)
	match draft:
		case TicketDraft(mail=mail, values=values):
			ticket = target.insert(values, mail.received_at)
		case ReplyDraft(ticket=answered):
			ticket = _existing(answered)
	stored = attachments.store(draft.mail.files)
	communication = _communicate(draft.mail, ticket, stored, outgoing_account)
	attachments.attach(stored.names, "Communication", communication.name)
	ref = TicketRef(communication.reference_doctype, str(communication.reference_name))
	for note in (*draft.notes, *(f"{gone.name}: {gone.why}" for gone in stored.refused)):
		frappe.get_doc(ref.doctype, ref.name).add_comment("Comment", escape_html(note))
	return Filed(ref, communication.name)


def _existing(ticket: TicketRef) -> Document:
	try:
		return frappe.get_doc(ticket.doctype, ticket.name)
	except frappe.DoesNotExistError as error:
		raise MessageError(Reason.SITE_REFUSED, "Its ticket was just deleted.", passing=True) from error


def _communicate(
	mail: MailDraft, ticket: Document, stored: attachments.Stored, outgoing_account: str
) -> Document:
	"""Insert the Communication that shows the mail on its ticket."""
	communication = frappe.new_doc("Communication")
	communication.update(
		{
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Received",
			"email_status": "Open",
			"sender": mail.sender.address,
			"sender_full_name": mail.sender.name or mail.sender.address,
			"recipients": _listed(mail.to),
			"cc": _listed(mail.cc),
			"bcc": _listed(mail.bcc),
			"subject": mail.subject,
			"content": with_inline_urls(mail.html, stored.urls),
			"text_content": mail.text,
			"message_id": mail.message_id,
			"communication_date": to_site(mail.received_at),
			"reference_doctype": ticket.doctype,
			"reference_name": str(ticket.name),
			"email_account": outgoing_account or None,
			"has_attachment": int(bool(stored.names)),
		}
	)
	# `in_receive` keeps Frappe from refusing recipients that are not valid addresses: they are the sender's.
	communication.flags.in_receive = True
	communication.flags.skip_add_signature = True
	status = ticket.get("status")
	communication.insert(ignore_permissions=True)
	# Helpdesk moves mail for a merged ticket to the one it was merged into, past this object.
	where = ["reference_doctype", "reference_name"]
	communication.update(frappe.db.get_value("Communication", communication.name, where, as_dict=True))
	if mail.automatic and status:
		_keep_status(communication, status)
	return communication


def _keep_status(communication: Document, status: str) -> None:
	"""A robot's mail is added silently: it reopens nothing."""
	doctype, name = communication.reference_doctype, communication.reference_name
	if frappe.db.get_value(doctype, name, "status") != status:
		frappe.db.set_value(doctype, name, "status", status)


def _close(filed: Filed) -> None:
	ticket = filed.ticket
	frappe.db.set_value("Communication", filed.communication, "unread_notification_sent", 1)
	options = (frappe.get_meta(ticket.doctype).get_options("status") or "").split("\n")
	if CLOSED in options:
		frappe.db.set_value(ticket.doctype, ticket.name, "status", CLOSED)


def _listed(addresses: tuple[Address, ...]) -> str:
	return ", ".join(frappe.utils.formataddr((a.name, a.address)) if a.name else a.address for a in addresses)


def _refusal(error: Exception) -> MailChannelError:
	"""What the site answered, as an error of the engine."""
	if isinstance(error, frappe.MandatoryError):
		return MessageError(Reason.FIELD_MISSING, _words(error))
	if isinstance(error, OSError) and error.errno in OUR_DISK:
		return ChannelError(
			Trouble.SITE_TROUBLE, Step.FILE, f"Storing a file failed: {error.strerror or error}."
		)
	if isinstance(error, frappe.ValidationError | frappe.PermissionError):
		return MessageError(Reason.SITE_REFUSED, _words(error))
	log_error("Filing a message failed")
	return MessageError(Reason.SITE_REFUSED, f"{type(error).__name__}: {_words(error)}")


def _words(error: Exception) -> str:
	return strip_html(str(error))[:500]
