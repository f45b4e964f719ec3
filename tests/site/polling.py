"""Email Channels on real mailboxes, as an administrator would fill in the form, and their polls."""

from datetime import datetime
from email.message import EmailMessage

import frappe

from devkit.services.mailbox import Mailbox
from helpdesk_mailchannel.ticketing.polling.job import poll
from tests.site import explained

FOLDERS = {
	"read_folder": "INBOX",
	"success_folder": "Done",
	"failure_folder": "Failed",
	"exclusion_folder": "Excluded",
}


def active_channel(mailbox: Mailbox, **values):
	"""An active channel on a mailbox, reading its INBOX into Issues."""
	channel = new_channel(mailbox, **values)
	channel.status = "Active"
	channel.save()
	frappe.db.commit()
	return channel


def new_channel(mailbox: Mailbox, **values):
	"""A saved draft of a channel on a mailbox."""
	channel = frappe.get_doc({**form_values(mailbox), **values})
	channel.insert()
	frappe.db.commit()
	return channel


def form_values(mailbox: Mailbox) -> dict:
	"""What the form of a new channel on a mailbox holds, not yet saved."""
	return {
		"doctype": "Email Channel",
		"channel_name": f"Support {mailbox.user}",
		"email_address": mailbox.user,
		"host": "localhost",
		"protocol": "IMAP",
		"security": "TLS",
		"port": mailbox.imaps_port,
		"user_name": mailbox.user,
		"password": mailbox.password,
		"ca_file": mailbox.ca_file,
		"target_doctype": "Issue",
		"existing_mail": "File as Open",
		"folder_mapping": [FOLDERS],
	}


def ticket_of(channel, mailbox: Mailbox, message: EmailMessage, date: datetime | None = None):
	"""The ticket that a message is on, once it has arrived, at `date`, and the channel was polled."""
	mailbox.append("INBOX", message.as_bytes(), date=date)
	receive(channel)
	newest = {"order_by": "creation desc", "limit": 1}
	[receipt] = explained.messages({"channel": channel.name}, ["ticket", "fate"], **newest)
	assert receipt.ticket, (receipt.fate, receipt.reason)
	return frappe.get_doc(channel.target_doctype, receipt.ticket)


def receive(channel) -> None:
	"""Let a worker's job poll the channel, and expect that nothing is wrong with it."""
	poll(channel.name)
	told = explained.channel(channel.name)
	assert told.health == "Connected", told.health_reason
