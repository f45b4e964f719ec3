"""Does a mail system report what became of an email?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import DeliveryReport, Facts, Message, Recipient
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.screen.signs import null_return_path, report_type
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, _, in_a_row, verbatim
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy

NOTES_ON_A_TICKET = 5
"""Notes about bounces that a ticket gets within an hour."""
NOTES_OF_A_SENDER = 50
"""Notes that one mail system's bounces leave within an hour."""
_NAMED = 5
"""Recipients that the detail names."""
_WORDS = 200
"""Characters of a stranger's words that the detail repeats."""


def is_delivery_report(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Recognise delivery status notifications (RFC 3464), and reports in a mail system's own words.

	The ticket whose mail bounced is named only if this site sent the original: anybody who saw a customer's
	mail knows its ID, and agents read the note.
	"""
	if message.report is not None:
		return _about(message, message.report, facts)
	if report_type(message) == "delivery-status" or "x-ms-exchange-message-is-ndr" in message.headers:
		return Hit(_("It does not say which recipient was not reached."))
	failed = message.headers.get("x-failed-recipients")
	if failed and null_return_path(message):
		return Hit(_("Not reached: {0}.").format(failed[:_WORDS]))
	return None


def _about(message: Message, report: DeliveryReport, facts: Facts) -> Hit:
	told = _told_by(report)
	original = report.original_message_id.lower()
	ticket = facts.ticket_of(original) if original in facts.sent_ids else None
	if ticket is None:
		return Hit(told)
	senders = sum(facts.bounce_notes.get(author.address, 0) for author in message.authors)
	if facts.bounce_notes.get(ticket, 0) >= NOTES_ON_A_TICKET or senders >= NOTES_OF_A_SENDER:
		return Hit(
			in_a_row(told, _("{0} got no note of it: there were many within the hour.").format(ticket.words))
		)
	return Hit(told, note_on=ticket)


def _told_by(report: DeliveryReport) -> Sentence:
	told = [verbatim(_told_of(recipient)) for recipient in report.recipients[:_NAMED]]
	if len(report.recipients) > _NAMED:
		told.append(_("and {0} more").format(len(report.recipients) - _NAMED))
	original = report.original_message_id[:_WORDS]
	about = _("Original Message-ID: {0}.").format(original) if original else NOTHING
	named = in_a_row(*told, between="; ") if told else _("No recipient named")
	return in_a_row(_("{0}.").format(named), about)


def _told_of(recipient: Recipient) -> str:
	why = f"({recipient.diagnostic[:_WORDS]})" if recipient.diagnostic else ""
	what = " ".join(filter(None, (recipient.action, recipient.status, why)))
	return f"{recipient.address}: {what}" if what else recipient.address


RULE = Rule(
	name="bounce",
	description="A mail system reports that an email could not be delivered, is delayed or was "
	"delivered: `multipart/report` with `report-type=delivery-status`, one of the older forms, or a "
	"filter's rejection in the form of a read receipt. If the report is about an email that this site "
	"sent, its ticket gets a note that says who was not reached and why, at most five within an hour, "
	"and fifty from one mail system. A report about anybody else's mail leaves no note.",
	settings=("exclude_automatic", "accepted_robots"),
	reason=Reason.BOUNCE,
	ask=is_delivery_report,
)
