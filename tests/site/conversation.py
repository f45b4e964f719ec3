"""Both ends of a conversation by mail: an agent at the site, and customers with mail programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default

import frappe

from devkit.services.mailbox import Mailbox
from devkit.services.smtp_sink import SmtpSink, deliver
from tests.site.mails import mail

_ids = iter(range(1, 10_000))
_UNFOLDED = default.clone(max_line_length=998)
"""Mail programs keep a long Message-ID whole; Python would encode one of more than 77 characters."""


def outgoing_account(sink: SmtpSink, address: str, **values):
	"""An Email Account that hands its mail to the sink."""
	fields = {
		"doctype": "Email Account",
		"email_account_name": f"Account of {address}",
		"email_id": address,
		"enable_outgoing": 1,
		"smtp_server": "localhost",
		"smtp_port": sink.port("smtp"),
		"no_smtp_authentication": 1,
		"use_tls": 0,
		"awaiting_password": 1,
	}
	account = frappe.get_doc({**fields, **values}).insert()
	frappe.db.commit()
	return account


def answer(ticket, recipients: str, body: str = "Have you tried water?", **values):
	"""The agent answers in the Desk, through the method its form calls; return the Communication."""
	made = frappe.get_attr("frappe.core.doctype.communication.email.make")(
		doctype=ticket.doctype,
		name=ticket.name,
		subject=f"Re: {ticket.subject}",
		content=f"<p>{body}</p>",
		recipients=recipients,
		send_email=1,
		**values,
	)
	frappe.db.commit()
	return frappe.get_doc("Communication", made["name"])


def send_queued() -> None:
	"""Send what waits in the queue, over SMTP: in tests, Frappe would only pretend to."""
	with _in_earnest():
		for name in frappe.get_all("Email Queue", {"status": "Not Sent"}, pluck="name", order_by="creation"):
			frappe.get_doc("Email Queue", name).send()


def write_back(customer: str, to: EmailMessage, body: str = "Better now.", **changes: str) -> EmailMessage:
	"""What a customer's mail program makes of Reply; `changes` replace fields, empty ones are left out."""
	fields = {
		"Message_ID": f"<written-{next(_ids)}@customer.example>",
		"In_Reply_To": to["Message-ID"],
		"References": f"{to['References'] or ''} {to['Message-ID']}".strip(),
		**changes,
	}
	written = mail(to["Subject"], customer, body, **{name: value for name, value in fields.items() if value})
	del written["To"]
	written["To"] = to["Reply-To"] or to["From"]
	written.policy = _UNFOLDED
	return written


def post(written: EmailMessage) -> None:
	"""Deliver a customer's mail to the mailbox it is addressed to."""
	recipient = written["To"].addresses[0]
	deliver(recipient.addr_spec, written.as_bytes())


def delivered_to(mailbox: Mailbox) -> EmailMessage:
	"""The only message in this mailbox."""
	[message] = mailbox.messages("INBOX")
	return message.parsed


@contextmanager
def _in_earnest() -> Iterator[None]:
	frappe.in_test = frappe.flags.in_test = False
	try:
		yield
	finally:
		frappe.in_test = frappe.flags.in_test = True
