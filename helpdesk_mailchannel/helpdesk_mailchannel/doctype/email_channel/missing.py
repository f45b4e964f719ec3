"""What an Email Channel still needs before it may read its mailbox.

`missing` is asked by the form, to name what is open, and by the controller, to refuse activation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint

from helpdesk_mailchannel.mailcore.settings import AfterProcessing, Source
from helpdesk_mailchannel.ticketing.polling.same_mailbox import Mailbox, is_same, mailbox_of
from helpdesk_mailchannel.ticketing.sign_in.stored_secrets import has, is_of_another_server
from helpdesk_mailchannel.ticketing.targets import target_for


@dataclass(frozen=True)
class Gap:
	"""One thing that is missing: on which tab, at which field, and what to do."""

	tab: str
	fieldname: str
	sentence: str


def missing(channel: Any) -> list[Gap]:
	"""Everything that stands between the channel and its activation, in the form's order."""
	return [*_connection(channel), *_reading(channel), *_ticket(channel), *_other_readers(channel)]


def _connection(channel: Any) -> Iterator[Gap]:
	tab = _("Connection")
	if not channel.host:
		yield Gap(tab, "host", _("Host: enter the mail server's name, such as imap.example.com."))
	if channel.sign_in == "OAuth":
		yield from (Gap(tab, fieldname, sentence) for fieldname, sentence in _oauth(channel))
	elif not has(channel, "password"):
		yield Gap(tab, "password", _("Password: enter the mailbox's password."))
	elif is_of_another_server(channel, "password"):
		yield Gap(
			tab,
			"password",
			_("Password: enter it again. The stored one belongs to the server and user it was entered for."),
		)


def _oauth(channel: Any) -> Iterator[tuple[str, str]]:
	by_person = channel.grant_type == "Authorization Code"
	if channel.oauth_provider == "Microsoft" and not channel.tenant_id:
		yield (
			"tenant_id",
			_("Tenant ID: copy the Directory (tenant) ID from the application's overview page."),
		)
	if not channel.client_id:
		yield "client_id", _("Client ID: copy it from the application's page at the provider.")
	if not has(channel, "client_secret") and not (channel.oauth_provider == "Other" and by_person):
		yield "client_secret", _("Client Secret: create one at the provider and paste its Value.")
	elif is_of_another_server(channel, "client_secret"):
		yield (
			"client_secret",
			_("Client Secret: enter it again. The stored one belongs to the server and application before."),
		)
	if channel.oauth_provider == "Other" and not channel.token_endpoint:
		yield "token_endpoint", _("Token Endpoint: enter the address from the provider's manual.")
	if by_person and not has(channel, "refresh_token"):
		yield "refresh_token", _("Refresh Token: save the channel and click Authorize.")
	elif by_person and is_of_another_server(channel, "refresh_token"):
		yield (
			"refresh_token",
			_(
				"Refresh Token: the stored one belongs to the server and application before. "
				"Save the channel, paused if it is active, and click Authorize."
			),
		)


def _reading(channel: Any) -> Iterator[Gap]:
	if channel.protocol != "IMAP":
		return
	tab = _("Reading")
	if not channel.folder_mapping:
		yield Gap(tab, "folder_mapping", _("Folder Mapping: add the folder to read, such as INBOX."))
	if channel.after_processing == AfterProcessing.MOVE.value:
		for row in channel.folder_mapping:
			if not row.success_folder:
				yield Gap(
					tab,
					"folder_mapping",
					_(
						"Folder Mapping, row {0}: name the success folder, "
						"or choose another way of After Processing."
					).format(row.idx),
				)


def _ticket(channel: Any) -> Iterator[Gap]:
	tab = _("Ticket")
	if not channel.target_doctype:
		yield Gap(
			tab,
			"target_doctype",
			_("Ticket DocType: choose what a message becomes, such as Issue or HD Ticket."),
		)
		return
	if not frappe.db.exists("DocType", channel.target_doctype):
		return  # `checks.py` says so.
	target = target_for(channel.target_doctype)
	rows = {row.ticket_field: row for row in channel.field_mapping}
	for name in target.required_fields():
		row = rows.get(name)
		if not row or (row.source == Source.FIXED.value and not row.default_value):
			yield Gap(
				tab,
				"field_mapping",
				_("Field Mapping: {0} is mandatory on {1}; choose what fills it, or enter a value.").format(
					target.label(name), _(channel.target_doctype)
				),
			)


def _other_readers(channel: Any) -> Iterator[Gap]:
	"""Two readers of one mailbox would take each other's mail away."""
	if not channel.host:
		return
	tab = _("Connection")
	mailbox = mailbox_of(channel)
	for name in frappe.get_all(
		"Email Channel",
		filters={"status": "Active", "name": ["!=", channel.name or ""]},
		pluck="name",
		order_by="name",
	):
		if is_same(mailbox_of(frappe.get_cached_doc("Email Channel", name)), mailbox):
			yield Gap(
				tab,
				"host",
				_(
					"Host: the active channel {0} reads the same mailbox. "
					"Pause it, or use another mailbox here."
				).format(frappe.bold(name)),
			)
	for account in _accounts():
		if is_same(Mailbox(account.email_server, _user(account), account.email_id or ""), mailbox):
			yield Gap(
				tab,
				"host",
				_(
					"Host: the Email Account {0} reads the same mailbox. "
					"Switch off Enable Incoming there, or use another mailbox here."
				).format(frappe.bold(account.name)),
			)


def _accounts() -> list[Any]:
	return [
		account
		for account in frappe.get_all(
			"Email Account",
			filters={"enable_incoming": 1},
			fields=["name", "email_server", "email_id", "login_id", "login_id_is_different"],
			order_by="name",
		)
		if account.email_server
	]


def _user(account: Any) -> str:
	separate = cint(account.login_id_is_different) and account.login_id
	return (account.login_id if separate else account.email_id or "").lower()
