"""Delivery reports in their standard form and as letters; and what is neither."""

from __future__ import annotations

import pytest

from helpdesk_mailchannel.mailcore.model import DeliveryReport
from tests.core.parse.mails import mail, part, parts, read

DAEMON = b"From: Mail Delivery System <MAILER-DAEMON@mx.example.com>\r\nSubject: Undelivered Mail\r\n"
ORIGINAL = "From: support@our.example\r\nMessage-ID: <one@our.example>\r\nSubject: Your ticket\r\n\r\nHello"


def report(status: str, kind: str = "report; report-type=delivery-status") -> DeliveryReport | None:
	octets = parts(
		part("text/plain", "Your message could not be delivered."),
		part("message/delivery-status", status),
		part("message/rfc822", ORIGINAL),
		kind=kind,
	)
	return read(octets).report


def letter(text: str, original: str = "") -> DeliveryReport | None:
	body = text + ("\r\n--- Below this line is a copy of the message.\r\n\r\n" + original if original else "")
	return read(DAEMON + b"\r\n" + body.encode()).report


def test_a_standard_report_names_recipient_status_and_original() -> None:
	found = report(
		"Reporting-MTA: dns; mx.example.com\r\n\r\n"
		"Final-Recipient: rfc822; Bob@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n"
		"Diagnostic-Code: smtp; 550 5.1.1 <bob@example.com>:\r\n User unknown\r\n"
	)
	assert found is not None
	[recipient] = found.recipients
	assert (recipient.address, recipient.action, recipient.status) == ("bob@example.com", "failed", "5.1.1")
	assert recipient.diagnostic == "550 5.1.1 <bob@example.com>: User unknown"
	assert recipient.permanent
	assert (found.original_message_id, found.original_subject) == ("one@our.example", "Your ticket")


@pytest.mark.parametrize(
	("fields", "permanent"),
	[
		("Action: failed\r\nStatus: 5.1.1", True),
		("Action: failed\r\nStatus: 5.1.2", True),
		("Action: failed\r\nStatus: 5.2.2", False),
		("Action: failed\r\nStatus: 5.7.1\r\nDiagnostic-Code: smtp; 550 blocked by reputation", False),
		("Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 552 mailbox full", False),
		("Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 mailbox is full", False),
		("Action: failed\r\nStatus: 4.4.7", False),
		("Action: delayed\r\nStatus: 4.4.1", False),
		("Action: delivered\r\nStatus: 2.0.0", False),
	],
)
def test_a_dead_address_is_told_from_a_bad_day(fields: str, permanent: bool) -> None:
	found = report(f"Final-Recipient: rfc822; bob@example.com\r\n{fields}\r\n")
	assert found is not None
	assert found.recipients[0].permanent is permanent


def test_several_recipients_are_told_apart() -> None:
	found = report(
		"Final-Recipient: rfc822; a@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
		"Final-Recipient: rfc822; b@example.com\r\nAction: delayed\r\nStatus: 4.2.0\r\n"
	)
	assert found is not None
	assert [(each.address, each.action) for each in found.recipients] == [
		("a@example.com", "failed"),
		("b@example.com", "delayed"),
	]


def test_a_letter_of_qmail() -> None:
	found = letter(
		"Hi. This is the qmail-send program at mx.example.com.\r\n"
		"I'm afraid I wasn't able to deliver your message to the following addresses.\r\n\r\n"
		"<bob@example.com>:\r\n192.0.2.1 does not like recipient.\r\n"
		"Remote host said: 550 5.1.1 <bob@example.com>... User Unknown\r\n",
		ORIGINAL.replace("From:", "Received: by a; b\r\nFrom:"),
	)
	assert found is not None
	assert [(each.address, each.status, each.permanent) for each in found.recipients] == [
		("bob@example.com", "5.1.1", True)
	]
	assert (found.original_message_id, found.original_subject) == ("one@our.example", "Your ticket")


def test_a_letter_that_warns_of_a_delay() -> None:
	found = letter(
		"Your message has not yet been delivered to:\r\n\r\n  bob@example.com\r\n\r\nWe will keep trying."
	)
	assert found is not None
	assert (found.recipients[0].action, found.recipients[0].permanent) == ("delayed", False)


def test_a_letter_that_names_nobody_is_no_report() -> None:
	assert letter("Your message could not be delivered. Call us.") is None


def test_a_person_who_writes_of_an_undelivered_mail_is_no_report() -> None:
	assert (
		read(
			mail(
				"My mail was undeliverable:\r\nbob@example.com: 550 User unknown", subject="Undelivered Mail"
			)
		).report
		is None
	)


def test_a_person_who_forwards_a_report_is_no_report() -> None:
	forwarded = parts(
		part("text/plain", "See below"),
		part("message/delivery-status", "Final-Recipient: rfc822; b@example.com"),
	)
	assert read(forwarded).report is None
	bounce = DAEMON + b"\r\n<bob@example.com>: 550 User unknown"
	assert read(parts(part("text/plain", "See attached"), part("message/rfc822", bounce))).report is None


def test_a_company_called_bounce_is_no_mail_system() -> None:
	octets = mail(
		"We could not deliver your parcel to\r\n\r\nbob@example.com",
		**{"from": "Bounce <info@bounce.example>"},
	)
	assert read(octets).report is None


def test_a_read_receipt_is_no_report_and_can_be_told_by_its_header() -> None:
	octets = parts(
		part("text/plain", "The message was read."),
		part(
			"message/disposition-notification",
			"Final-Recipient: rfc822; b@example.com\r\nDisposition: manual-action; displayed",
		),
		kind="report; report-type=disposition-notification",
	)
	message = read(octets)
	assert message.report is None
	assert "disposition-notification" in message.headers.get("content-type")


def test_a_complaint_is_no_report() -> None:
	octets = parts(
		part("text/plain", "A complaint."),
		part("message/feedback-report", "Feedback-Type: abuse\r\nOriginal-Rcpt-To: b@example.com"),
		kind="report; report-type=feedback-report",
	)
	assert read(octets).report is None
