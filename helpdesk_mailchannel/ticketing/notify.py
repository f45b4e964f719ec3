"""Notifies the administrators about a channel, in the Desk; Frappe does not email alerts."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import frappe
from frappe.desk.doctype.notification_log.notification_log import enqueue_create_notification
from frappe.permissions import get_doctype_roles
from frappe.utils import escape_html, format_datetime, formatdate

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.retry import NextTry
from helpdesk_mailchannel.mailcore.sentences import Sentence, _, in_a_row
from helpdesk_mailchannel.ticketing.language import said, sites_language
from helpdesk_mailchannel.ticketing.times import to_site


def failed(channel: str, error: ChannelError, next_try: NextTry) -> None:
	"""Notify once that a channel fails, why, and what to do."""
	when = to_site(next_try.at)
	later = _("It tries again at {0}.").format(format_datetime(when)) if when else _("It waits for you.")
	subject = _("Mail channel {0} does not receive mail").format(channel)
	_tell(channel, subject, in_a_row(error.sentence, later))


def recovered(channel: str) -> None:
	"""Notify once that a channel receives email again."""
	subject = _("Mail channel {0} receives mail again").format(channel)
	_tell(channel, subject, _("No mail was lost: it waited in the mailbox."))


def secret_ends(channel: str, day: date, days: int) -> None:
	"""Notify that the client secret expires on a day, `days` days from now."""
	match days:
		case 0:
			subject = _("The client secret of mail channel {0} expires today").format(channel)
		case 1:
			subject = _("The client secret of mail channel {0} expires tomorrow").format(channel)
		case _:
			subject = _("The client secret of mail channel {0} expires in {1} days").format(channel, days)
	words = _(
		"It expires on {0}; from then on the channel receives no mail. Create a new client secret at the "
		"sign-in provider, enter it in the channel, and note its expiry date."
	)
	_tell(channel, subject, words.format(formatdate(day)))


def administrators() -> list[str]:
	"""Return the enabled users whose roles may write channels; if there are none, Administrator."""
	holders = frappe.get_all(
		"Has Role",
		{"role": ["in", get_doctype_roles("Email Channel", "write")], "parenttype": "User"},
		pluck="parent",
		distinct=True,
		order_by="parent",
	)
	enabled = {"name": ["in", holders], "enabled": 1}
	return frappe.get_all("User", enabled, pluck="name", order_by="name") or ["Administrator"]


def _tell(channel: str, subject: Sentence, words: Sentence) -> None:
	"""Notify each administrator in their own language."""
	for language, addresses in _by_language(administrators()).items():
		note = {
			"type": "Alert",
			"document_type": "Email Channel",
			"document_name": channel,
			"subject": escape_html(" ".join(said(subject, language).split())),
			"email_content": escape_html(said(words, language)),
			"from_user": "Administrator",
		}
		enqueue_create_notification(addresses, note)


def _by_language(users: list[str]) -> dict[str, list[str]]:
	"""Group email addresses, which Frappe needs here (Administrator's is not its name), by user language."""
	found: dict[str, list[str]] = defaultdict(list)
	fields = ["email", "language"]
	for user in frappe.get_all("User", {"name": ["in", users]}, fields, order_by="name"):
		found[user.language or sites_language()].append(user.email)
	return found
