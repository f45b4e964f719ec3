"""Is it a read receipt?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.screen.signs import report_type
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy


def is_read_receipt(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Recognise a message disposition notification (RFC 8098): a message was shown or deleted.

	If it says that a mailbox's filter rejected the message (RFC 5429), it is a delivery report instead.
	"""
	return Hit() if report_type(message) == "disposition-notification" and not message.report else None


RULE = Rule(
	name="read receipt",
	description="A mail program reports that a message was read or deleted (`multipart/report` with "
	"`report-type=disposition-notification`).",
	settings=("exclude_automatic", "accepted_robots"),
	reason=Reason.READ_RECEIPT,
	ask=is_read_receipt,
)
