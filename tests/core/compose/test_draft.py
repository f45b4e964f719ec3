"""compose: what a message becomes when it is filed."""

import pytest

from helpdesk_mailchannel.mailcore.compose.draft import compose
from helpdesk_mailchannel.mailcore.errors import MessageError
from helpdesk_mailchannel.mailcore.model import (
	Accept,
	Address,
	Disposition,
	File,
	NewTicket,
	Reply,
	ReplyDraft,
	TicketDraft,
	TicketRef,
)
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.settings import MappingRow, Source
from tests.core.compose.build import NOW, PNG, channel, draft, kept_text, message, picture


def test_a_new_message_becomes_a_ticket_with_subject_and_sender():
	made = draft(message(text="It is on fire."))
	assert isinstance(made, TicketDraft)
	assert made.values == {"subject": "Re: Printer", "raised_by": "ann@customer.example"}
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
		draft(message(text="x"), required={"subject": "Subject", "customer_name": "Customer"})
	assert error.value.reason is Reason.FIELD_MISSING
	assert error.value.detail == "Without a value: Customer."


def test_a_mapped_field_overrides_the_channels_fixed_value_only_when_the_mail_gives_one():
	row = MappingRow("priority", Source.HEADER, "X-Urgency")
	assert draft(message(), values={"priority": "Low"}, mapping=(row,)).values["priority"] == "Low"


def test_a_mapped_subject_replaces_the_mails_own():
	row = MappingRow("subject", Source.SENDER_NAME)
	assert draft(message(), mapping=(row,)).values["subject"] == "Ann Customer"


def test_attachment_names_leave_out_pictures_that_the_text_shows():
	row = MappingRow("files", Source.ATTACHMENT_NAMES)
	files = (picture("p@x"), File("bill.pdf", "application/pdf", b"%PDF-1.4"))
	made = draft(message(html='<img src="cid:p@x">', files=files), mapping=(row,))
	assert made.values["files"] == "bill.pdf"


def test_the_original_message_is_attached_where_the_channel_wants_it():
	mail = message(text="x", subject="Re: Rechnung 5/2026 \u2013 Fehler", octets=b"From: a@b\r\n\r\nx")
	(original,) = draft(mail, attach_original=True).mail.files
	assert original.name == "Re_ Rechnung 5_2026 _ Fehler.eml"
	assert original.content_type == "message/rfc822"
	assert original.content == mail.octets
	assert draft(mail).mail.files == ()


def test_a_message_by_two_authors_has_no_sender():
	with pytest.raises(MessageError) as error:
		draft(message(authors=(Address("a@x.example"), Address("b@x.example"))))
	assert error.value.reason is Reason.AMBIGUOUS_SENDER


def test_a_message_by_nobody_has_no_sender():
	with pytest.raises(MessageError) as error:
		draft(message(authors=()))
	assert error.value.reason is Reason.NO_SENDER


def test_that_a_robot_wrote_it_is_kept_on_the_mail():
	made = compose(message(), Accept(automatic=True), NewTicket(), channel(), now=NOW)
	assert made.mail.automatic


def test_pictures_in_the_text_are_inline_and_all_others_are_attachments():
	files = (picture("shown@x"), picture("other@x", "other.png"))
	made = draft(message(html='<p>See <img src="cid:shown@x"></p>', files=files))
	assert [file.disposition for file in made.mail.files] == [Disposition.INLINE, Disposition.ATTACHMENT]
	assert made.mail.files[0].content == PNG


def test_a_reply_brings_its_note_for_the_agents():
	made = draft(message(), Reply(TicketRef("Issue", "ISS-1"), Reason.REPLY_BY_TOKEN, "New to the ticket."))
	assert made.notes == ("New to the ticket.",)


@pytest.mark.parametrize(
	("reaction", "line"),
	[
		("👍", "Ann Customer reacted with 👍"),
		("Liked", "Ann Customer reacted to a message: Liked."),
	],
)
def test_a_reaction_is_one_line(reaction, line):
	mail = message(
		reaction=reaction, text="👍\n\nAnn reacted via Gmail", html="<p>👍</p><p>Ann reacted via Gmail</p>"
	)
	composed = draft(mail).mail
	assert composed.text == line
	assert kept_text(composed.html) == line


def test_a_reaction_keeps_what_no_program_writes_and_leaves_out_the_history():
	history = (
		"\n\nOn Tue, Mar 5, 2024, 22:44 Help <help@desk.example> wrote:\n\n> Your printer is repaired.\n"
	)
	short = draft(
		message(reaction="💖", text=f"💖\n\nAnn reacted via Gmail\n<https://x.example/a>{history}")
	).mail
	assert short.text == "Ann Customer reacted with 💖"
	words = (
		"Please do call me back before noon today because the printer that you repaired has begun to burn."
	)
	assert words in draft(message(reaction="👍", text=f"👍 {words}")).mail.text
