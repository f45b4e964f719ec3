"""Email Channels on real mailboxes, as an administrator would fill in the form, and their polls."""

import frappe

from devkit.services.mailbox import Mailbox
from helpdesk_mailchannel.ticketing.polling.job import poll

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


def receive(channel) -> None:
	"""Let a worker's job poll the channel, and expect that nothing is wrong with it."""
	poll(channel.name)
	health, reason = frappe.db.get_value("Email Channel", channel.name, ["health", "health_reason"])
	assert health == "Connected", reason
