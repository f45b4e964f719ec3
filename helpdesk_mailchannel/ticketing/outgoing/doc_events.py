"""Makes answers to outgoing email about tickets come back to their ticket (see docs/replies.md).

Frappe calls these for every Communication and every queued email of the site, whoever wrote it: an agent in
the Desk or in Helpdesk, a Notification, another app. Email about no ticket of a channel is left unchanged.
Nothing here may raise, because that would stop all email of the site: errors are logged and the email is sent
as Frappe made it. (A deadlock and a job timeout are passed on: the caller's work is rolled back.)
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import frappe
from frappe.utils import parse_addr, split_emails
from rq.timeouts import JobTimeoutException

from helpdesk_mailchannel.mailcore.outgoing.header_text import field, with_fields
from helpdesk_mailchannel.mailcore.outgoing.references import Named, in_reply_to, references
from helpdesk_mailchannel.mailcore.outgoing.sender import mailbox, renamed
from helpdesk_mailchannel.mailcore.settings import LOOP_HEADER
from helpdesk_mailchannel.ticketing.filing.facts import own_addresses
from helpdesk_mailchannel.ticketing.outgoing.long_message_ids import keep_long_message_ids
from helpdesk_mailchannel.ticketing.outgoing.reply_channel import ReplyChannel, reply_channel
from helpdesk_mailchannel.ticketing.settings import loop_mark

_SAVEPOINT = "mailchannel_outgoing"
_LOOKED_AT = 200
"""How many messages of a conversation are looked at, newest first."""


def before_answer(communication: Any, method: str | None = None) -> None:
	"""Give an answer the channel's account and a signed Message-ID (Communication, before_insert).

	Recipients that are the channel itself are dropped: "Reply All" copies them from the customer's email.
	"""
	with _harmless("An answer was stored without its channel's settings"):
		if _is_answer(communication) and (channel := _channel_for(communication)):
			communication.update(_answer_values(communication, channel))


def before_queued(queue: Any, method: str | None = None) -> None:
	"""Write headers that lead the answer back to the ticket (Email Queue, before_insert).

	What the site sends to a channel, such as an assignment notification, is marked: it makes no ticket.
	"""
	with _harmless("A mail left without its channel's settings"):
		if channel := _channel_for(queue):
			keep_long_message_ids()
			queue.update(_queue_values(queue, channel))
		elif _goes_home(queue):
			queue.message = with_fields(queue.message, {LOOP_HEADER: loop_mark()})


def after_queued(queue: Any, method: str | None = None) -> None:
	"""Store the email's Message-ID on its Communication (Email Queue, after_insert).

	Helpdesk keeps it only in the queue, which is cleared after a month.
	"""
	with _harmless("A Message-ID was not noted"):
		if not queue.communication or not _is_ticket(queue.reference_doctype):
			return
		known = frappe.db.get_value(
			"Communication", queue.communication, ["message_id", "sent_or_received"], as_dict=True
		)
		if known and not known.message_id and known.sent_or_received == "Sent":
			frappe.db.set_value(
				"Communication",
				queue.communication,
				"message_id",
				(queue.message_id or "").strip("<>"),
				update_modified=False,
			)


@contextmanager
def _harmless(title: str) -> Iterator[None]:
	"""Log errors instead of raising them, without local variables: they contain people's email."""
	try:
		frappe.db.savepoint(_SAVEPOINT)
		yield
	except (frappe.QueryDeadlockError, JobTimeoutException):
		raise
	except Exception:
		report = traceback.format_exc()
		# Postgres refuses everything in a transaction until its failed statement is rolled back.
		with suppress(Exception):
			frappe.db.rollback(save_point=_SAVEPOINT)
		frappe.log_error(title=title, message=report)


def _is_ticket(doctype: str | None) -> bool:
	return bool(doctype and frappe.db.exists("Email Channel", {"target_doctype": doctype}))


def _goes_home(queue: Any) -> bool:
	own = own_addresses()
	return any(parse_addr(each.recipient or "")[1].lower() in own for each in queue.recipients)


def _channel_for(doc: Any) -> ReplyChannel | None:
	return reply_channel(doc.reference_doctype, doc.reference_name)


# ── An answer ────────────────────────────────────────────────────────────────────────────────────────


def _is_answer(communication: Any) -> bool:
	return (
		communication.sent_or_received == "Sent"
		and communication.communication_medium == "Email"
		and not communication.flags.in_receive
	)


def _answer_values(communication: Any, channel: ReplyChannel) -> dict[str, Any]:
	values: dict[str, Any] = {}
	if account := channel.outgoing_account():
		values["email_account"] = account.name
	if _is_frappes_own(communication.message_id):
		values["message_id"] = channel.new_message_id()
	for fieldname in ("recipients", "cc", "bcc"):
		if others := _others(communication.get(fieldname), channel.is_own):
			values[fieldname] = others
		elif fieldname != "recipients" and communication.get(fieldname):
			values[fieldname] = None
	return values


def _is_frappes_own(message_id: str | None) -> bool:
	"""Return whether Frappe has just made the id, or there is none yet: an id from elsewhere is kept."""
	return not message_id or message_id.strip("<>").endswith(f"@{frappe.local.site}")


def _others(listed: str | None, is_own: Callable[[str], bool]) -> str:
	recipients = split_emails(listed) if listed else []
	return ", ".join(each for each in recipients if not is_own(parse_addr(each)[1]))


# ── A mail ───────────────────────────────────────────────────────────────────────────────────────────


def _queue_values(queue: Any, channel: ReplyChannel) -> dict[str, Any]:
	"""Return the new values of the queued email."""
	answer = _answer_of(queue)
	message_id = (answer and answer.message_id) or channel.new_message_id()
	account = channel.outgoing_account()
	fields = {
		"Reply-To": mailbox(channel.from_name, channel.reply_address),
		"Message-ID": f"<{message_id}>",
		LOOP_HEADER: loop_mark(),
		**_thread(queue, channel),
		**({} if answer and answer.by_person else _automatic(queue.message)),
	}
	values = {"message_id": message_id}
	if account:
		values["email_account"] = account.name
	if account or channel.from_name:
		values["sender"] = renamed(queue.sender or "", channel.from_name, account.email_id if account else "")
		fields["From"] = values["sender"]
	return {**values, "message": with_fields(queue.message, fields)}


def _answer_of(queue: Any) -> Any | None:
	"""Return the Communication that this email sends; None if it has none, as with automatic email."""
	if not queue.communication:
		return None
	fields = ["message_id", "communication_type", "sent_or_received"]
	row = frappe.db.get_value("Communication", queue.communication, fields, as_dict=True)
	if not row or row.sent_or_received != "Sent":
		return None
	row.by_person = row.communication_type == "Communication"
	return row


def _thread(queue: Any, channel: ReplyChannel) -> dict[str, str]:
	"""Return the headers for threading; if the ticket has no conversation, Frappe's are kept."""
	conversation = _conversation(channel, queue.communication)
	if not conversation:
		return {}
	return {"In-Reply-To": in_reply_to(conversation), "References": references(conversation)}


def _conversation(channel: ReplyChannel, without: str | None) -> list[Named]:
	"""Return the ticket's messages that have an id, in chronological order."""
	filters = {
		"reference_doctype": channel.ticket.doctype,
		"reference_name": channel.ticket.name,
		"message_id": ["is", "set"],
		"name": ["!=", without or ""],
	}
	fields = ["message_id", "sent_or_received"]
	rows = frappe.get_all("Communication", filters, fields, order_by="creation desc", limit=_LOOKED_AT)
	return [Named(row.message_id, received=row.sent_or_received == "Received") for row in reversed(rows)]


def _automatic(message: str) -> dict[str, str]:
	"""Return the headers that mark an email as automatic (RFC 3834, 5; [MS-OXCMAIL] 2.2.3.2.14)."""
	kind = "auto-replied" if field(message, "In-Reply-To") else "auto-generated"
	return {"Auto-Submitted": kind, "X-Auto-Response-Suppress": "All"}
