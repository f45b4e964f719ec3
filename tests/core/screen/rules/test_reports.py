"""Bounces and read receipts."""

from __future__ import annotations

import pytest

from helpdesk_mailchannel.mailcore.model import (
	Accept,
	Address,
	DeliveryReport,
	Exclude,
	Facts,
	Recipient,
	TicketRef,
)
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.chain import screen

TICKET = TicketRef("Issue", "ISS-2026-00007")
DAEMON = (Address("mailer-daemon@mx.example"),)


def test_bounce_tells_who_was_not_reached_and_notes_it_on_the_ticket(person, policy):
	report = DeliveryReport(
		(Recipient("gone@customer.example", "failed", "5.1.1", "550 no such user"),),
		original_message_id="MC.T7.x.y@help.example",
	)
	own_id = "mc.t7.x.y@help.example"
	facts = Facts(message_ids={own_id: TICKET}, sent_ids=frozenset({own_id}))
	assert screen(person(authors=DAEMON, report=report), facts, policy) == Exclude(
		Reason.BOUNCE,
		"gone@customer.example: failed 5.1.1 (550 no such user). "
		"Original Message-ID: MC.T7.x.y@help.example.",
		note_on=TICKET,
	)


def test_bounce_of_a_merged_tickets_mail_is_noted_where_the_ticket_lives_on(person, policy):
	merged = TicketRef("Issue", "ISS-2026-00009")
	own_id = "a@help.example"
	facts = Facts(message_ids={own_id: TICKET}, sent_ids=frozenset({own_id}), merged={TICKET: merged})
	message = person(report=DeliveryReport((Recipient("x@y.example"),), "a@help.example"))
	assert screen(message, facts, policy).note_on == merged


def test_bounce_of_a_customers_mail_is_noted_nowhere_though_its_id_is_on_a_ticket(person, policy):
	facts = Facts(message_ids={"first@customer.example": TICKET})
	report = DeliveryReport((Recipient("x@y.example"),), "first@customer.example")
	assert screen(person(authors=DAEMON, report=report), facts, policy).note_on is None


def test_bounces_leave_a_bounded_number_of_notes_within_an_hour(person, policy):
	own_ids = [f"{number}@help.example" for number in range(100)]
	tickets = {one: TicketRef("Issue", f"ISS-{number // 10}") for number, one in enumerate(own_ids)}
	facts = Facts(message_ids=tickets, sent_ids=frozenset(own_ids))
	noted = []
	for own_id in own_ids:
		message = person(authors=DAEMON, report=DeliveryReport((Recipient("x@y.example"),), own_id))
		excluded = screen(message, facts, policy)
		facts = facts.after(message, noted_on=excluded.note_on)
		noted.append(excluded.note_on)
		assert excluded.note_on or "got no note" in excluded.detail
	assert {ticket: noted.count(ticket) for ticket in tickets.values()} == dict.fromkeys(tickets.values(), 5)
	another = person(
		authors=(Address("mailer-daemon@other.example"),),
		report=DeliveryReport((Recipient("x@y.example"),), own_ids[0]),
	)
	assert screen(another, facts, policy).note_on is None


def test_bounce_of_somebody_elses_mail_is_noted_nowhere(person, facts, policy):
	message = person(report=DeliveryReport((Recipient("x@y.example"),), "strange@elsewhere.example"))
	screening = screen(message, facts, policy)
	assert screening.reason is Reason.BOUNCE
	assert screening.note_on is None


def test_bounce_repeats_a_strangers_words_only_so_far(person, facts, policy):
	report = DeliveryReport((Recipient("x@y.example", diagnostic="no " * 10_000),), "i" * 900)
	assert len(screen(person(report=report), facts, policy).detail) < 600


def test_bounce_with_many_recipients_names_a_few(person, facts, policy):
	recipients = tuple(Recipient(f"r{number}@y.example", status="5.2.2") for number in range(9))
	screening = screen(person(report=DeliveryReport(recipients)), facts, policy)
	assert screening.detail.endswith("r4@y.example: 5.2.2; and 4 more.")


@pytest.mark.parametrize(
	"headers",
	[
		[("Content-Type", 'multipart/report; report-type=delivery-status; boundary="x"')],
		[("Content-Type", 'multipart/report; boundary=x; Report-Type="Delivery-Status"')],
		[("X-Failed-Recipients", "gone@customer.example")],
		[("X-MS-Exchange-Message-Is-Ndr", "")],
	],
)
def test_bounce_that_could_not_be_read_in_detail_is_still_one(headers, person, facts, policy):
	message = person(*headers, authors=DAEMON, return_path="")
	assert screen(message, facts, policy).reason is Reason.BOUNCE


def test_a_persons_mail_about_a_bounce_is_none(person, facts, policy):
	message = person(subject="Undelivered Mail Returned to Sender", text="550 5.1.1 user unknown")
	assert screen(message, facts, policy) == Accept()


def test_read_receipt_is_excluded(person, facts, policy):
	message = person(
		("Content-Type", "multipart/report; report-type=disposition-notification; boundary=x"),
		subject="Read: your ticket",
	)
	assert screen(message, facts, policy).reason is Reason.READ_RECEIPT


def test_a_rejection_in_the_form_of_a_read_receipt_is_a_bounce(person, facts, policy):
	message = person(
		("Content-Type", "multipart/report; report-type=disposition-notification; boundary=x"),
		report=DeliveryReport((Recipient("full@customer.example", "failed", hard=False),)),
	)
	assert screen(message, facts, policy).reason is Reason.BOUNCE


def test_other_reports_are_a_programs_mail(person, facts, policy):
	message = person(("Content-Type", "multipart/report; report-type=feedback-report; boundary=x"))
	assert screen(message, facts, policy).reason is Reason.AUTO_GENERATED
