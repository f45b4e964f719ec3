"""Does a mail system report what became of a mail?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import DeliveryReport, Facts, Message, Recipient
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.screen.signs import null_return_path, report_type
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy

_NAMED = 5
"""How many recipients the detail names."""
_WORDS = 200
"""How many letters of a stranger's words the detail repeats."""


def is_delivery_report(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""A delivery status notification (RFC 3464), or one in a mail system's own words.

	The ticket whose mail bounced is named where the original's Message-ID is known (R6).
	"""
	if message.report is not None:
		return Hit(_told_by(message.report), note_on=facts.ticket_of(message.report.original_message_id))
	if report_type(message) == "delivery-status" or "x-ms-exchange-message-is-ndr" in message.headers:
		return Hit("It does not say which recipient was not reached.")
	failed = message.headers.get("x-failed-recipients")
	if failed and null_return_path(message):
		return Hit(f"Not reached: {failed[:_WORDS]}.")
	return None


def _told_by(report: DeliveryReport) -> str:
	told = [_told_of(recipient) for recipient in report.recipients[:_NAMED]]
	if len(report.recipients) > _NAMED:
		told.append(f"and {len(report.recipients) - _NAMED} more")
	original = report.original_message_id[:_WORDS]
	about = f" Original Message-ID: {original}." if original else ""
	return "; ".join(told or ["No recipient named"]) + "." + about


def _told_of(recipient: Recipient) -> str:
	why = f"({recipient.diagnostic[:_WORDS]})" if recipient.diagnostic else ""
	what = " ".join(filter(None, (recipient.action, recipient.status, why)))
	return f"{recipient.address}: {what}" if what else recipient.address


RULE = Rule(
	name="bounce",
	description="A mail system reports that a mail could not be delivered, is delayed or was delivered: "
	"`multipart/report` with `report-type=delivery-status`, one of the older forms, or a filter's rejection "
	"in the form of a read receipt. Where the report is about a mail of ours, its ticket gets a note that "
	"says who was not reached and why.",
	settings=("exclude_automatic", "accepted_robots"),
	reason=Reason.BOUNCE,
	ask=is_delivery_report,
)
