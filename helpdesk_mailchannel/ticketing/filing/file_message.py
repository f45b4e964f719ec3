"""The single transaction in which a message becomes a ticket or a reply (see `ports.Ticketing.file`).

Order matters, for Frappe, ERPNext and Helpdesk alike: the Contact first, because the ticket looks it up;
then the files, so that the ticket and the Communication are saved once, with the URLs of inline images; the
receipt last. Saving the ticket itself is left to Frappe's hooks on the Communication.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import frappe
from frappe.model.document import Document
from frappe.utils import escape_html, strip_html

from helpdesk_mailchannel.mailcore.compose.html.safe_html import with_inline_urls
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
	Verdict,
)
from helpdesk_mailchannel.mailcore.outside.plain_text import address_list, plain_line, plain_text
from helpdesk_mailchannel.mailcore.parse.content_identity import decoded_identity
from helpdesk_mailchannel.mailcore.reasons import Reason, Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import Sentence, _, verbatim
from helpdesk_mailchannel.mailcore.settings import MappingRow, Source
from helpdesk_mailchannel.ticketing.filing import attachments
from helpdesk_mailchannel.ticketing.filing.facts import own_addresses
from helpdesk_mailchannel.ticketing.filing.fitting import fitted, takes_address, without_mapped
from helpdesk_mailchannel.ticketing.filing.people import VERDICT_FIELD
from helpdesk_mailchannel.ticketing.filing.pictures import unasked
from helpdesk_mailchannel.ticketing.language import in_sites_language
from helpdesk_mailchannel.ticketing.ledger import identities
from helpdesk_mailchannel.ticketing.ledger.site_ledger import SiteLedger
from helpdesk_mailchannel.ticketing.targets import Target
from helpdesk_mailchannel.ticketing.targets.contacts import Refused, ensure_contact
from helpdesk_mailchannel.ticketing.targets.generic import VARCHAR_LENGTH
from helpdesk_mailchannel.ticketing.times import to_site
from helpdesk_mailchannel.ticketing.transaction import (
	Collision,
	concerns_all,
	fenced,
	is_disk_trouble,
	log_error,
	transaction,
)

CLOSED = "Closed"
SAVEPOINT = "mailchannel_ticket"
MOST_LINKED = 100
"""Recipients of a mail whose Contacts Frappe looks for, to show the mail in their timelines."""
TRIES = 3
"""Where other workers file at the same moment, such as a mail to two channels from a new customer."""


@dataclass(frozen=True)
class FilingRules:
	"""A channel's rules for every message it files."""

	outgoing_account: str = ""
	"""The Email Account by which agents' answers leave."""
	mapping: tuple[MappingRow, ...] = ()
	"""Where the ticket's values come from."""
	closed_before: datetime | None = None
	"""Mail that arrived before is history: its tickets are closed, and Frappe counts them as read."""

	def is_history(self, received_at: datetime) -> bool:
		"""Return whether email received at that time predates the channel."""
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
	"""Create the ticket or the reply, and record the outcome.

	Raises AlreadyFiled if the content is known, LeaseLost if another run has the mailbox, MessageError if the
	site refuses the ticket, ChannelError if the database or the disk fails. In each case nothing is left
	behind.
	"""
	for _try in range(TRIES):
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
	identity = message.registered_as(draft.mail.verdict)
	decoded = _decoded_identity(message, draft)
	try:
		with transaction(), fenced(), unasked():
			ledger.check_may_decide(claim)
			_must_not_be_there(ledger.channel, message, draft, decoded)
			identities.register(ledger.channel, identity, claim.key, decoded)
			filed = _file(target, draft, rules)
			if rules.is_history(draft.mail.received_at):
				_close(filed)
			identities.point(ledger.channel, identity, filed)
			ledger.write_fate(claim, outcome, message, filed)
		return filed
	except identities.Known as known:
		raise AlreadyFiled(identities.ticket_of(ledger.channel, identity)) from known
	except MailChannelError:
		raise
	except Exception as error:
		raise _refusal(error) from error
	finally:
		frappe.clear_messages()


def _must_not_be_there(channel: str, message: Message, draft: Draft, decoded: str) -> None:
	"""Raise AlreadyFiled if another channel has put the reply on its ticket, perhaps only just now."""
	if isinstance(draft, ReplyDraft):
		known = message.known_as(draft.mail.verdict)
		if other := identities.other_channel_on(draft.ticket, channel, known, decoded):
			raise AlreadyFiled(draft.ticket, other)


def _decoded_identity(message: Message, draft: Draft) -> str:
	"""Return what identifies a re-encoded copy; it must not let a forged email pass for the real one."""
	return "" if draft.mail.verdict is Verdict.FAIL else decoded_identity(message)


def _file(target: Target, draft: Draft, rules: FilingRules) -> Filed:
	known = takes_address(draft.mail.sender.address)
	contact, unmade = _contact(draft.mail.sender) if known else (None, ())
	answered = _existing(draft.ticket) if isinstance(draft, ReplyDraft) else None
	stored = attachments.store(draft.mail.files, answered)
	ticket = answered
	misfits: tuple[str, ...] = ()
	if isinstance(draft, TicketDraft):
		ticket, misfits = _new_ticket(target, draft, stored, contact, rules)
	silently = draft.mail.automatic and answered is not None
	communication = _communicate(draft.mail, ticket, stored, rules.outgoing_account, silently=silently)
	if not known:
		_show_sender(draft.mail, communication)
	_show_all_recipients(draft.mail, communication)
	attachments.attach(stored, communication)
	ref = TicketRef(communication.reference_doctype, str(communication.reference_name))
	for note in (*draft.notes, *unmade, *misfits, *stored.notes):
		frappe.get_doc(ref.doctype, ref.name).add_comment("Comment", escape_html(in_sites_language(note)))
	return Filed(ref, communication.name)


def _contact(sender: Address) -> tuple[str | None, tuple[Sentence, ...]]:
	"""Return the sender's Contact, or why there is none: no sender may choose which email is filed."""
	try:
		return ensure_contact(sender), ()
	except Refused as refused:
		return None, (_("The site made no Contact of the sender: {0}").format(refused),)


def _new_ticket(
	target: Target, draft: TicketDraft, stored: attachments.Stored, contact: str | None, rules: FilingRules
) -> tuple[Document, tuple[Sentence, ...]]:
	"""Create the ticket; return it, and what to tell its people about values it could not hold."""
	values = _shown_values(draft, stored)
	if asked_by := _asked_by(values, draft.mail, target, rules.mapping):
		values[target.sender_field] = asked_by
		if asked_by != draft.mail.sender.address:
			contact, _unmade = _contact(Address(asked_by))
	fit = fitted(values, target, rules.mapping)
	people = target.people(contact) if contact else {}
	less = without_mapped(fit.values, target, rules.mapping)
	if not less.notes:
		return target.insert({**people, **fit.values}, draft.mail.received_at), fit.notes
	frappe.db.savepoint(SAVEPOINT)
	try:
		return target.insert({**people, **fit.values}, draft.mail.received_at), fit.notes
	except Exception as refusal:
		if concerns_all(refusal):
			raise
		frappe.db.rollback(save_point=SAVEPOINT)
		frappe.clear_messages()
		try:
			ticket = target.insert({**people, **less.values}, draft.mail.received_at)
		except Exception as error:
			if concerns_all(error):
				raise
			# The email's values are not to blame, so the first error is the useful one.
			raise refusal from error
	return ticket, (*fit.notes, *less.notes)


def _asked_by(
	values: Mapping[str, object], mail: MailDraft, target: Target, rows: Sequence[MappingRow]
) -> str:
	"""Find the requester: the first one a mapping row finds, such as a web form's Reply-To, or the sender.

	An email that may be forged has no say, and an address of this site is never the requester. Nothing if
	the email does not decide who the requester is.
	"""
	field, sender = target.sender_field, mail.sender.address
	rows = [row for row in rows if row.target == field]
	if not (field and rows) or any(row.source is Source.FIXED for row in rows):
		return ""
	found = str(values.get(field) or "").lower().split(", ") if mail.verdict is not Verdict.FAIL else []
	own = own_addresses() if found else frozenset()
	return next((each for each in found if takes_address(each) and each not in own), sender)


def _shown_values(draft: TicketDraft, stored: attachments.Stored) -> dict[str, object]:
	"""Return the ticket's values; a field filled with the message's body shows its inline images too."""
	html = draft.mail.html.strip()

	def shown(value: object) -> object:
		if isinstance(value, str) and value and html.startswith(value):
			return with_inline_urls(value, stored.urls)
		return value

	return {name: shown(value) for name, value in draft.values.items()}


def _existing(ticket: TicketRef) -> Document:
	try:
		return frappe.get_doc(ticket.doctype, ticket.name)
	except frappe.DoesNotExistError as error:
		raise MessageError(Reason.SITE_REFUSED, _("Its ticket was just deleted."), passing=True) from error


def _communicate(
	mail: MailDraft, ticket: Document, stored: attachments.Stored, outgoing_account: str, *, silently: bool
) -> Document:
	"""Insert the Communication that shows the email on its ticket."""
	communication = frappe.new_doc("Communication")
	communication.update(
		{
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Received",
			"email_status": "Open",
			"sender": mail.sender.address if takes_address(mail.sender.address) else "",
			"sender_full_name": plain_line(mail.sender.name or mail.sender.address)[:VARCHAR_LENGTH],
			**_recipients(mail, MOST_LINKED),
			"subject": plain_line(mail.subject),
			"content": with_inline_urls(mail.html, stored.urls),
			"text_content": plain_text(mail.text),
			"message_id": mail.message_id,
			"communication_date": to_site(mail.received_at),
			"email_account": outgoing_account or None,
			"has_attachment": int(bool(stored.files)),
			VERDICT_FIELD: mail.verdict.value,
		}
	)
	# `in_receive` keeps Frappe from refusing invalid recipient addresses: the sender chose them.
	communication.flags.in_receive = True
	communication.flags.skip_add_signature = True
	place = {"reference_doctype": ticket.doctype, "reference_name": str(ticket.name)}
	if silently:
		return _insert_silently(communication, place)
	communication.update(place).insert(ignore_permissions=True)
	# Helpdesk moves email for a merged ticket to the one it was merged into, perhaps without this object.
	moved = frappe.db.get_value("Communication", communication.name, list(place), as_dict=True)
	return communication.update(moved)


def _show_sender(mail: MailDraft, communication: Document) -> None:
	"""Record a sender whose address Frappe refuses, such as one with non-ASCII letters (RFC 6531).

	Bypasses its checks, and only on the Communication: a ticket is saved repeatedly, and would be refused.
	"""
	if len(mail.sender.address) <= VARCHAR_LENGTH:
		communication.db_set("sender", plain_line(mail.sender.address), update_modified=False)


def _recipients(mail: MailDraft, most: int) -> dict[str, str]:
	"""Return the Communication's recipient fields, with at most `most` of the email's recipients."""
	listed = {}
	for name, addresses in (("recipients", mail.to), ("cc", mail.cc), ("bcc", mail.bcc)):
		listed[name] = _listed(addresses[:most])
		most -= len(addresses[:most])
	return listed


def _show_all_recipients(mail: MailDraft, communication: Document) -> None:
	"""Add the recipients after the first hundred: Frappe runs several queries for each one it is given."""
	everybody = len(mail.to) + len(mail.cc) + len(mail.bcc)
	if everybody > MOST_LINKED:
		values = _recipients(mail, everybody)
		frappe.db.set_value("Communication", communication.name, values, update_modified=False)
		communication.update(values)


def _insert_silently(communication: Document, place: dict[str, str]) -> Document:
	"""Insert an automatic email without any effect on the ticket's status, clock or assignment.

	A ticket reacts when a Communication that refers to it is saved, so the reference is set afterwards.
	"""
	communication.insert(ignore_permissions=True)
	values = {**place, "status": "Linked"}
	communication.update(values)
	frappe.db.set_value("Communication", communication.name, values, update_modified=False)
	communication.notify_change("add")
	return communication


def _close(filed: Filed) -> None:
	ticket = filed.ticket
	frappe.db.set_value("Communication", filed.communication, "unread_notification_sent", 1)
	options = (frappe.get_meta(ticket.doctype).get_options("status") or "").split("\n")
	if CLOSED in options:
		frappe.db.set_value(ticket.doctype, ticket.name, "status", CLOSED)


def _listed(addresses: tuple[Address, ...]) -> str:
	"""Format addresses as people read and search them; Frappe's `formataddr` encodes non-ASCII names."""
	return address_list((each.name, each.address) for each in addresses)


def _refusal(error: Exception) -> MailChannelError:
	"""Convert the site's error to one of the engine's."""
	if isinstance(error, frappe.MandatoryError):
		return MessageError(Reason.FIELD_MISSING, verbatim(_words(error)))
	if isinstance(error, OSError) and is_disk_trouble(error):
		return ChannelError(
			Trouble.SITE_TROUBLE, Step.FILE, _("Storing a file failed: {0}.").format(error.strerror or error)
		)
	if isinstance(error, frappe.ValidationError | frappe.PermissionError):
		return MessageError(Reason.SITE_REFUSED, verbatim(_words(error)))
	log_error("Filing a message failed")
	return MessageError(Reason.SITE_REFUSED, verbatim(f"{type(error).__name__}: {_words(error)}"))


def _words(error: Exception) -> str:
	return str(strip_html(str(error)))[:500]
