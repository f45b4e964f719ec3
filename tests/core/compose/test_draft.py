"""compose: what a message becomes when it is filed."""

from datetime import datetime, timezone

import pytest

from helpdesk_mailchannel.mailcore.compose.draft import compose
from helpdesk_mailchannel.mailcore.errors import MessageError
from helpdesk_mailchannel.mailcore.model import (
	Accept,
	Address,
	Message,
	NewTicket,
	RemoteRef,
	Reply,
	ReplyDraft,
	TicketDraft,
	TicketRef,
)
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.settings import ChannelSettings, ConnectionSettings, TicketSettings

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
REF = RemoteRef("INBOX", 1, "7", 1000)
CUSTOMER = Address("ann@customer.example", "Ann Customer")


def message(**changes):
	usual = {"ref": REF, "identity": "i", "message_id": "m@customer.example", "authors": (CUSTOMER,)}
	return Message(**{**usual, "subject": "Printer", **changes})


def channel(**ticket):
	return ChannelSettings(
		"Support",
		"help@desk.example",
		ConnectionSettings("mail.example", "help"),
		ticket=TicketSettings(**ticket),
	)


def draft(mail, threading=None, **ticket):
	return compose(mail, Accept(), threading or NewTicket(), channel(**ticket), now=NOW)


def test_a_new_message_becomes_a_ticket_with_subject_and_sender():
	made = draft(message(text="It is on fire."))
	assert isinstance(made, TicketDraft)
	assert made.values == {"subject": "Printer", "raised_by": "ann@customer.example"}
	assert "It is on fire." in made.mail.html
	assert made.mail.text == "It is on fire."
	assert made.mail.received_at == NOW


def test_a_reply_keeps_its_ticket_and_the_reason():
	ticket = TicketRef("Issue", "ISS-1")
	made = draft(message(text="Thanks"), Reply(ticket, Reason.REPLY_BY_TOKEN))
	assert isinstance(made, ReplyDraft)
	assert (made.ticket, made.reason) == (ticket, Reason.REPLY_BY_TOKEN)


def test_a_claim_that_was_not_proven_is_a_note_for_agents():
	made = draft(message(text="x"), NewTicket(TicketRef("Issue", "ISS-1"), "Its sender takes no part in it."))
	assert made.notes == ("This message claims to answer Issue ISS-1. Its sender takes no part in it.",)


def test_a_message_without_subject_gets_one():
	assert draft(message(subject="  ")).values["subject"] == "(no subject)"


def test_a_long_subject_fits_the_field_and_stays_whole_on_the_mail():
	made = draft(message(subject="x" * 300))
	assert len(made.values["subject"]) == 140
	assert len(made.mail.subject) == 300


def test_a_required_field_without_value_names_the_field():
	with pytest.raises(MessageError) as error:
		draft(message(text="x"), required=("subject", "customer"))
	assert error.value.reason is Reason.FIELD_MISSING
	assert "customer" in error.value.detail
