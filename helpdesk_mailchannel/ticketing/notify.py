"""Tells the administrators about a channel, among the Desk's notifications; Frappe e-mails no alerts."""

from __future__ import annotations

from datetime import date

import frappe
from frappe.desk.doctype.notification_log.notification_log import enqueue_create_notification
from frappe.permissions import get_doctype_roles
from frappe.utils import escape_html, format_datetime, formatdate

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.outside.plain_text import plain_line, plain_text
from helpdesk_mailchannel.mailcore.retry import NextTry
from helpdesk_mailchannel.ticketing.times import to_site


def failed(channel: str, error: ChannelError, next_try: NextTry) -> None:
	"""Say once that a channel fails, why, and what to do."""
	when = to_site(next_try.at)
	later = f"It tries again at {format_datetime(when)}." if when else "It waits for you."
	_tell(channel, f"Mail channel {channel} does not receive mail", f"{error} {later}")


def recovered(channel: str) -> None:
	"""Say once that it receives mail again."""
	_tell(
		channel, f"Mail channel {channel} receives mail again", "No mail was lost: it waited in the mailbox."
	)


def secret_ends(channel: str, day: date, days: int) -> None:
	"""Say that the client secret ends on a day, so many days from now."""
	when = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
	_tell(
		channel,
		f"The client secret of mail channel {channel} expires {when}",
		f"It expires on {formatdate(day)}; from then on the channel receives no mail. Create a new client "
		"secret at the sign-in provider, enter it in the channel, and note its expiry date.",
	)


def administrators() -> list[str]:
	"""Enabled users whose roles may write channels; where there are none, Administrator."""
	holders = frappe.get_all(
		"Has Role",
		{"role": ["in", get_doctype_roles("Email Channel", "write")], "parenttype": "User"},
		pluck="parent",
		distinct=True,
		order_by="parent",
	)
	enabled = {"name": ["in", holders], "enabled": 1}
	return frappe.get_all("User", enabled, pluck="name", order_by="name") or ["Administrator"]


def _tell(channel: str, subject: str, words: str) -> None:
	note = {
		"type": "Alert",
		"document_type": "Email Channel",
		"document_name": channel,
		"subject": escape_html(plain_line(subject)),
		"email_content": escape_html(plain_text(words)),
		"from_user": "Administrator",
	}
	# Frappe wants addresses here; Administrator's is not its name.
	told = {"name": ["in", administrators()]}
	enqueue_create_notification(frappe.get_all("User", told, pluck="email", order_by="name"), note)
