"""What the forms may ask the server to do. Each method checks the caller; none returns a secret."""

from contextlib import closing
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, now_datetime

from helpdesk_mailchannel.mailcore import connect
from helpdesk_mailchannel.mailcore.connect.limits import Brief
from helpdesk_mailchannel.mailcore.connect.probe import probe
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.outside.plain_text import is_plain, plain_line
from helpdesk_mailchannel.mailcore.reasons import Fate, Reason
from helpdesk_mailchannel.mailcore.sentences import in_a_row
from helpdesk_mailchannel.ticketing import run_state
from helpdesk_mailchannel.ticketing.desk.permissions import must_manage
from helpdesk_mailchannel.ticketing.desk.typed_secrets import keeping_typed_secrets
from helpdesk_mailchannel.ticketing.language import said, stored
from helpdesk_mailchannel.ticketing.ledger.originals import RECEIPT, read_original
from helpdesk_mailchannel.ticketing.polling import schedule
from helpdesk_mailchannel.ticketing.settings import channel_settings
from helpdesk_mailchannel.ticketing.sign_in.credentials import FormCredentials
from helpdesk_mailchannel.ticketing.why import reason_of

MOST_AT_ONCE = 1_000


@frappe.whitelist(methods=["POST"])
def test_connection(channel: Any) -> list[dict[str, str]]:
	"""Test the form's values, saved or not, step by step; each step reports its result and what to do.

	Accepts the form's document as any type: Frappe logs arguments it rejects, including a typed password.
	Changes nothing on the site or in the mailbox.
	"""
	must_manage()
	return keeping_typed_secrets(lambda: _tested(_as_in_the_form(channel)))


def _tested(doc: Document) -> list[dict[str, str]]:
	steps = probe(channel_settings(doc), FormCredentials(doc))
	return [
		{
			"title": said(step.title),
			"result": step.result.value,
			"sentence": said(step.sentence),
			"remedy": said(step.remedy),
		}
		for step in steps
	]


@frappe.whitelist(methods=["POST"])
def list_folders(channel: Any) -> list[dict[str, object]]:
	"""List the mailbox's folders for the form's folder picker, using the form's values, saved or not.

	Frappe renders the choices unescaped, so a folder with markup in its name is not offered; it is not read
	either (`mailcore.routes`).
	"""
	must_manage()
	return keeping_typed_secrets(lambda: _folders(_as_in_the_form(channel)))


def _folders(doc: Document) -> list[dict[str, object]]:
	try:
		connection = channel_settings(doc).connection
		with closing(connect.open(connection, FormCredentials(doc), brief=Brief())) as session:
			folders = session.folders()
	except ChannelError as error:
		frappe.throw(escape_html(said(error.sentence)), title=_("The Folders Could Not Be Read"))
	return [
		{
			"name": plain_line(folder.name),
			"special_use": folder.special_use,
			"selectable": folder.selectable and is_plain(folder.name),
		}
		for folder in folders
	]


def _as_in_the_form(channel: Any) -> Document:
	"""Return the form's document, tidied as a save would, but not saved."""
	values = frappe.parse_json(channel)
	return frappe.get_doc({**values, "doctype": "Email Channel"})


@frappe.whitelist(methods=["POST"])
def set_status(channel: str, status: str, existing_mail: str | None = None) -> dict[str, object]:
	"""Activate or pause a saved channel; `existing_mail` says what to do with the messages already waiting.

	Raises ValidationError and changes nothing if the channel cannot be activated yet.
	"""
	must_manage()
	doc = frappe.get_doc("Email Channel", channel)
	doc.check_permission("write")
	doc.status = status
	if existing_mail:
		doc.existing_mail = existing_mail
	doc.save()
	return {"status": doc.status, "modified": doc.modified}


@frappe.whitelist(methods=["POST"])
def fetch_now(channel: str) -> str:
	"""Poll a channel as soon as a worker is free, even in its skip times; return a message for the user."""
	must_manage()
	if frappe.db.get_value("Email Channel", channel, "status") != "Active":
		frappe.throw(_("{0} is not active: activate it first.").format(channel))
	run_state.make_due(channel, now_datetime())
	schedule.enqueue(channel)
	return str(_("The mailbox is being read. New tickets appear within moments."))


@frappe.whitelist(methods=["POST"])
def retry(names: list[str] | str) -> int:
	"""Retry failed messages; return how many will be retried."""
	must_manage()
	rows = _failed(names)
	for row in rows:
		values = {"retry_requested": 1, "attempts": 0, "next_attempt_at": None}
		frappe.db.set_value(RECEIPT, row.name, values)
	for channel in {row.channel for row in rows}:
		schedule.enqueue(channel)
	return len(rows)


@frappe.whitelist(methods=["POST"])
def retry_all(channel: str) -> int:
	"""Retry every failed message of a channel; return how many will be retried."""
	must_manage()
	filters = {"channel": channel, "fate": Fate.FAILED.value}
	names = frappe.get_all(RECEIPT, filters, pluck="name", limit=MOST_AT_ONCE, order_by="creation")
	return int(retry(names))


@frappe.whitelist(methods=["POST"])
def discard(names: list[str] | str) -> int:
	"""Give up on failed messages: they stay in the mailbox but no longer wait for anyone."""
	must_manage()
	rows = _failed(names)
	for row in rows:
		values = {
			"fate": Reason.DISCARDED.fate.value,
			"reason_code": Reason.DISCARDED.code,
			"reason_details": stored(in_a_row(f"({frappe.session.user})", reason_of(row))),
			"retry_requested": 0,
		}
		frappe.db.set_value(RECEIPT, row.name, values)
	for channel in {row.channel for row in rows}:
		run_state.count_failed_messages(channel)
	return len(rows)


@frappe.whitelist(methods=["GET"])
def download_original(name: str) -> None:
	"""Send the original of a failed message as a download, never as a page to display."""
	must_manage()
	octets = read_original(name)
	if octets is None:
		frappe.throw(_("The original of this message was not kept here; see the mailbox."))
	frappe.local.response.filename = f"message-{name[:12]}.eml"
	frappe.local.response.filecontent = octets
	frappe.local.response.type = "download"
	frappe.local.response.content_type = "message/rfc822"


def _failed(names: list[str] | str) -> list[frappe._dict]:
	# A browser sends a list as JSON text.
	chosen = frappe.parse_json(names)[:MOST_AT_ONCE]
	filters = {"name": ["in", chosen], "fate": Fate.FAILED.value}
	rows: list[frappe._dict] = frappe.get_all(
		RECEIPT, filters, ["name", "channel", "reason_code", "reason_details"], order_by="creation"
	)
	return rows
