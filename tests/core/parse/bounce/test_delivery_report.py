"""Delivery reports in their standard form and as letters; and what is neither."""

from __future__ import annotations

import pytest

from helpdesk_mailchannel.mailcore.model import DeliveryReport
from tests.core.parse.mails import mail, part, parts, read

DAEMON = "From: Mail Delivery System <MAILER-DAEMON@mx.example.com>\r\n"
ORIGINAL = "From: support@our.example\r\nMessage-ID: <one@our.example>\r\nSubject: Your ticket\r\n\r\nHello"


def report(status: str, kind: str = "report; report-type=delivery-status") -> DeliveryReport | None:
	octets = parts(
		part("text/plain", "Your message could not be delivered."),
		part("message/delivery-status", status),
		part("message/rfc822", ORIGINAL),
		kind=kind,
	)
	return read(octets).report


def letter(text: str, original: str = "", *, subject: str = "Undelivered Mail") -> DeliveryReport | None:
	body = text + ("\r\n--- Below this line is a copy of the message.\r\n\r\n" + original if original else "")
	head = f"{DAEMON}Subject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
	return read((head + body).encode()).report


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
	assert found.original_message_id == "one@our.example"


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
	assert found.original_message_id == "one@our.example"


def test_a_letter_that_warns_of_a_delay() -> None:
	found = letter(
		"Your message has not yet been delivered to:\r\n\r\n  bob@example.com\r\n\r\nWe will keep trying."
	)
	assert found is not None
	assert (found.recipients[0].action, found.recipients[0].permanent) == ("delayed", False)


@pytest.mark.parametrize(
	"words",
	[
		"bob@example.com - no such user here.",
		"Your mail could not be delivered. It was\r\naddressed to 'bob@example.com' and not fetched.",
		"Delivery failed for:\r\n  a hidden address\r\n    (generated from bob@example.com)",
		"These could not be reached:\r\n\tRecipient: [SMTP:bob@example.com]\r\n\tReason: mailbox unavailable",
		"did not reach the following recipient(s):\r\n\r\nc=US;dda:SMTP=bob@example.com; on Friday",
		"Not delivered. Mailbox bob@example.com is unavailable: user not found",
		"I wasn't able to deliver the following message.\r\n\r\nTo: bob@example.com\r\nSubject: Hello",
		'Delivery of email to this address\r\n\r\n"bob@example.com"\r\n\r\nhas been postponed.',
		"Ihre Nachricht konnte nicht zugestellt werden:\r\n<bob@example.com>",
		"Votre message n'a pas pu être remis à\r\nbob@example.com",
		"No se ha podido entregar el mensaje a:\r\nbob@example.com",
		"Il messaggio non è stato recapitato a\r\nbob@example.com",
		"Wiadomość nie mogła zostać dostarczona:\r\nbob@example.com",
		"Письмо не было доставлено:\r\n<bob@example.com>",
		"邮件无法投递到以下地址：\r\n<bob@example.com>:",
		"메일을 전송하지 못했습니다\r\n<bob@example.com>",
	],
)
def test_a_letter_names_the_recipient_in_many_ways_and_languages(words: str) -> None:
	found = letter(words, subject="Mail")
	assert found is not None
	assert [each.address for each in found.recipients] == ["bob@example.com"]


def test_a_letter_ends_where_it_announces_the_original() -> None:
	found = letter(
		"Sorry, we were unable to deliver your message.\r\n\r\n<bob@example.com>:\r\n550 5.1.1 No such user"
		"\r\n\r\n--- Below this line is a copy of the message.\r\n\r\n<carol@example.com>:\r\n"
	)
	assert found is not None
	assert [each.address for each in found.recipients] == ["bob@example.com"]


def test_what_a_copied_list_mail_names_is_no_recipient() -> None:
	copied = "Received: by a; b\r\nList-Help: <mailto:list@example.com>\r\nMessage-ID: <one@list.example>\r\n"
	assert letter(f"Your mail cannot be delivered.\r\n\r\n dylan: no space\r\n\r\n{copied}\r\nHello") is None


@pytest.mark.parametrize(
	("answer", "permanent"),
	[
		("after RCPT TO:<bob@example.com>: 550 Requested action not taken: mailbox unavailable", True),
		("after RCPT TO:<bob@example.com>: 550 is not a known user on this system", True),
		("after RCPT TO:<bob@example.com>: 550 Der Empfänger existiert nicht", True),
		("after RCPT TO:<bob@example.com>: 550 Usuario bob no existe", True),
		("The error that the other server returned was: 550 Address unknown (state 14).", True),
		("after RCPT TO:<bob@example.com>: 550 max message size exceeded", False),
		("after end of data: 550 Requested action not taken: mailbox unavailable", False),
	],
)
def test_a_servers_words_tell_a_dead_address(answer: str, permanent: bool) -> None:
	found = letter(f"Delivery to the following recipient failed:\r\n\r\n  bob@example.com\r\n\r\n{answer}")
	assert found is not None
	assert found.recipients[0].permanent is permanent


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
	bounce = f"{DAEMON}Subject: Undelivered Mail\r\n\r\n<bob@example.com>: 550 User unknown"
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


REJECTION = (
	"Final-Recipient: rfc822; b@example.com\r\nOriginal-Message-ID: <one@our.example>\r\nDisposition: "
)


def test_a_mailboxs_filter_that_rejects_is_a_soft_failure() -> None:
	octets = parts(
		part("text/plain", "Your message to <b@example.com> was automatically rejected:\r\nQuota exceeded"),
		part(
			"message/disposition-notification",
			f"{REJECTION}automatic-action/MDN-sent-automatically; deleted",
		),
		part("message/rfc822", ORIGINAL),
		kind="report; report-type=disposition-notification",
	)
	report = read(octets).report
	assert report is not None
	assert [(each.address, each.action, each.permanent) for each in report.recipients] == [
		("b@example.com", "failed", False)
	]
	assert "Quota exceeded" in report.recipients[0].diagnostic
	assert report.original_message_id == "one@our.example"


def test_a_receipt_for_a_mail_deleted_unread_is_no_report() -> None:
	octets = parts(
		part("text/plain", "Your message was deleted without being read."),
		part(
			"message/disposition-notification",
			f"{REJECTION}automatic-action/MDN-sent-automatically; deleted",
		),
		kind="report; report-type=disposition-notification",
	)
	assert read(octets).report is None


def test_a_vacation_note_that_names_a_colleague_is_no_report() -> None:
	octets = mail(
		"This address is no longer in use and your mail was not delivered. Please write to\r\n\r\n"
		"bob@example.com",
		**{"from": "Ann <ann@example.com>", "return-path": "<>", "auto-submitted": "auto-replied"},
	)
	assert read(octets).report is None


def test_a_complaint_is_no_report() -> None:
	octets = parts(
		part("text/plain", "A complaint."),
		part("message/feedback-report", "Feedback-Type: abuse\r\nOriginal-Rcpt-To: b@example.com"),
		kind="report; report-type=feedback-report",
	)
	assert read(octets).report is None


def test_a_report_that_gives_its_reasons_in_the_text_only() -> None:
	octets = parts(
		part(
			"text/plain",
			"Delivery failed for:\r\n\r\n"
			"bob@example.com: 550 5.1.1 <bob@example.com>: User unknown\r\n"
			"ann@example.com: 552 5.2.2 <ann@example.com>: Mailbox full\r\n"
			"eve@example.com: Timed out\r\n\r\nBelow is a copy of the message.\r\n",
		),
		part(
			"message/delivery-status",
			"Reporting-MTA: dns; mx.example.com\r\n\r\n"
			+ "\r\n".join(
				f"Final-Recipient: rfc822; {name}@example.com\r\nAction: failed\r\nStatus: 5.0.0\r\n"
				for name in ("bob", "ann", "eve")
			),
		),
		part("message/rfc822", ORIGINAL),
		kind="report; report-type=delivery-status",
	)
	found = read(octets).report
	assert found is not None
	assert [
		(each.address[:3], each.status, each.diagnostic, each.permanent) for each in found.recipients
	] == [
		("bob", "5.1.1", "550 5.1.1 <bob@example.com>: User unknown", True),
		("ann", "5.2.2", "552 5.2.2 <ann@example.com>: Mailbox full", False),
		("eve", "5.0.0", "", False),
	]


@pytest.mark.parametrize(
	"sender",
	[
		"MAIL From:<support@our.example>",
		"MAIL FROM: <support@our.example> SIZE=10",
		"Mail from:<support@our.example>",
	],
)
def test_a_transcript_names_the_sender_who_is_no_recipient(sender: str) -> None:
	transcript = (
		"   ----- Transcript of session follows -----\r\nWhile talking to mx.example.com:\r\n"
		f">>> {sender}\r\n<<< 550 Insecure Mail Relay\r\n554 <bob@example.com>... Remote protocol error\r\n"
	)
	head = f"{DAEMON}To: support@our.example\r\nSubject: Returned mail: see transcript\r\n\r\n"
	found = read((head + transcript).encode()).report
	assert found is not None
	assert [each.address for each in found.recipients] == ["bob@example.com"]


@pytest.mark.parametrize(
	("words", "status", "diagnostic"),
	[
		(
			"bob@example.com\r\n    SMTP error: 550 5.1.1 no such user",
			"5.1.1",
			"SMTP error: 550 5.1.1 no such user",
		),
		(
			"<bob@example.com>: host mx said: 552 5.2.2 over quota",
			"5.2.2",
			"host mx said: 552 5.2.2 over quota",
		),
		(
			"550 5.1.1 <bob@example.com>... User unknown",
			"5.1.1",
			"550 5.1.1 <bob@example.com>... User unknown",
		),
		("bob@example.com\r\n\r\n   550 5.4.4 Host not found", "5.4.4", "550 5.4.4 Host not found"),
		("Mail to bob@example.com failed.\r\n\r\nIt said: 550 5.7.1 no", "5.7.1", "It said: 550 5.7.1 no"),
	],
)
@pytest.mark.parametrize("code", ["", "Diagnostic-Code: smtp; 550\r\n"])
def test_reasons_are_found_where_mail_systems_write_them(
	words: str, status: str, diagnostic: str, code: str
) -> None:
	octets = parts(
		part("text/plain", f"Your mail could not be delivered.\r\n\r\n{words}\r\n"),
		part(
			"message/delivery-status", f"Final-Recipient: rfc822; bob@example.com\r\nStatus: 5.0.0\r\n{code}"
		),
		kind="report; report-type=delivery-status",
	)
	found = read(octets).report
	assert found is not None
	assert [(each.status, each.diagnostic) for each in found.recipients] == [(status, diagnostic)]
