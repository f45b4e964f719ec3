"""The main job: a message in a mailbox becomes a ticket, its answer joins it, and the mailbox shows it."""

from base64 import b64decode

import pytest

from tests.site import explained
from tests.site.mails import mail
from tests.site.polling import active_channel, receive

# The smallest picture there is.
PICTURE = b64decode(
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def channel(site, mailbox):
	return active_channel(mailbox)


def log(site, channel):
	fields = ["fate", "state", "ticket", "communication", "subject", "attempts"]
	return explained.messages({"channel": channel.name}, fields, order_by="creation, uid")


def test_a_new_message_becomes_an_issue(site, mailbox, channel):
	mailbox.append("INBOX", mail("The printer burns", Message_ID="<one@customer.example>").as_bytes())
	receive(channel)
	[receipt] = log(site, channel)
	assert (receipt.fate, receipt.state) == ("Ticket", "Settled")
	issue = site.get_doc("Issue", receipt.ticket)
	assert (issue.subject, issue.raised_by, issue.status) == (
		"The printer burns",
		"jane@customer.example",
		"Open",
	)
	communication = site.get_doc("Communication", receipt.communication)
	assert "It smokes." in communication.content
	assert communication.sender_full_name == "Jane Doe"
	assert [m.subject for m in mailbox.messages("Done")] == ["The printer burns"]
	assert mailbox.messages("INBOX") == []


def test_a_second_run_does_nothing(site, mailbox, channel):
	mailbox.append("INBOX", mail("The printer burns").as_bytes())
	receive(channel)
	before = log(site, channel)
	receive(channel)
	assert log(site, channel) == before


def test_an_answer_joins_its_ticket_even_in_the_same_run(site, mailbox, channel):
	mailbox.append("INBOX", mail("The printer burns", Message_ID="<one@customer.example>").as_bytes())
	answer = mail("Re: The printer burns", body="Still.", In_Reply_To="<one@customer.example>")
	mailbox.append("INBOX", answer.as_bytes())
	receive(channel)
	first, second = log(site, channel)
	assert (second.fate, second.reason_code) == ("Reply", "reply_by_message_id")
	assert first.ticket == second.ticket
	assert site.db.count("Issue", {"name": first.ticket}) == 1


def test_a_stranger_who_names_a_known_message_gets_a_ticket_of_his_own(site, mailbox, channel):
	mailbox.append("INBOX", mail("The printer burns", Message_ID="<one@customer.example>").as_bytes())
	receive(channel)
	forged = mail("Re: The printer burns", "Mallory <m@evil.example>", In_Reply_To="<one@customer.example>")
	mailbox.append("INBOX", forged.as_bytes())
	receive(channel)
	first, second = log(site, channel)
	assert (second.fate, second.reason_code) == ("Ticket", "unproven_reply")
	assert f"Issue {first.ticket}: It answers a message of this ticket" in second.reason
	assert first.ticket != second.ticket


def test_an_out_of_office_note_is_excluded_with_its_reason(site, mailbox, channel):
	mailbox.append("INBOX", mail("Out of office", Auto_Submitted="auto-replied").as_bytes())
	receive(channel)
	[receipt] = log(site, channel)
	assert (receipt.fate, receipt.reason_code) == ("Excluded", "auto_reply")
	assert receipt.reason
	assert len(mailbox.messages("Excluded")) == 1
	assert site.db.count("Issue", {"subject": "Out of office"}) == 0


def test_the_same_message_delivered_twice_makes_one_ticket(site, mailbox, channel):
	message = mail("The printer burns", Message_ID="<one@customer.example>").as_bytes()
	mailbox.append("INBOX", message)
	mailbox.append("INBOX", message)
	receive(channel)
	assert [receipt.fate for receipt in log(site, channel)] == ["Ticket", "Duplicate"]
	assert len(mailbox.messages("Done")) == 2


def test_a_picture_within_the_text_is_shown_in_the_description_too(site, mailbox, channel):
	message = mail("The printer burns")
	message.add_alternative("<p>Look: <img src='cid:flames'></p>", subtype="html")
	message.get_payload()[1].add_related(PICTURE, "image", "png", cid="<flames>", filename="flames.png")
	mailbox.append("INBOX", message.as_bytes())
	receive(channel)
	[receipt] = log(site, channel)
	shown = (
		site.db.get_value("Issue", receipt.ticket, "description"),
		site.db.get_value("Communication", receipt.communication, "content"),
	)
	for html in shown:
		assert "cid:" not in html
		assert 'src="/private/files/flames' in html


def test_a_mail_to_everybody_in_a_company_is_filed_and_reaches_nobody_else(site, mailbox):
	everybody = ",\r\n ".join(f"Person {n} <person{n}@customer.example>" for n in range(2000))
	octets = (
		f"From: Jane <jane@customer.example>\r\nTo: {everybody}\r\nSubject: The office moves\r\n"
		"Message-ID: <move@customer.example>\r\n\r\nWe move on Friday.\r\n"
	)
	mailbox.append("INBOX", octets.encode())
	channel = active_channel(mailbox)
	contacts = site.db.count("Contact")
	receive(channel)
	[issue] = site.get_all("Issue", {"email_channel": channel.name}, pluck="name", order_by="name")
	[recipients] = site.get_all(
		"Communication", {"reference_name": issue}, pluck="recipients", order_by="name"
	)
	assert recipients.count("@customer.example") == 2000
	assert site.db.count("Contact") - contacts == 1, "only the sender's"


def test_recipients_are_stored_as_people_read_and_search_them(site, mailbox, channel):
	octets = (
		"From: Jane <jane@customer.example>\r\nSubject: Names\r\nMessage-ID: <names@customer.example>\r\n"
		"To: =?utf-8?q?H=C3=A4ndler?= <shop@customer.example>,\r\n"
		" =?utf-8?q?M=C3=BCller=2C_J?= <m@customer.example>\r\n"
		"Cc: =?utf-8?b?0K7Qu9C40Y8=?= <julia@customer.example>,\r\n"
		' "Doe, \\"Jo\\"" <jo@customer.example>\r\n\r\nHello\r\n'
	)
	mailbox.append("INBOX", octets.encode())
	receive(channel)
	[receipt] = log(site, channel)
	stored = site.db.get_value("Communication", receipt.communication, ["recipients", "cc"], as_dict=True)
	assert stored.recipients == 'Händler <shop@customer.example>, "Müller, J" <m@customer.example>'
	assert stored.cc == 'Юлия <julia@customer.example>, "Doe, “Jo”" <jo@customer.example>'


REACTION = """From: Jane Doe <jane@customer.example>
Subject: Re: The printer burns
Message-ID: <{name}@customer.example>
In-Reply-To: <{answered}@customer.example>
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

👍 Jane Doe reacted via Gmail
--b
Content-Type: text/vnd.google.email-reaction+json; charset=utf-8

{{"emoji":"👍","version":1}}
--b
Content-Type: text/html; charset=utf-8

<p>👍 Jane Doe reacted via Gmail</p>
--b--
"""


def test_a_reaction_is_a_line_on_its_ticket_which_stays_closed(site, mailbox, channel):
	mailbox.append("INBOX", mail("The printer burns", Message_ID="<one@customer.example>").as_bytes())
	receive(channel)
	ticket = log(site, channel)[0].ticket
	site.db.set_value("Issue", ticket, "status", "Closed")
	site.db.commit()
	for name, answered in (("two", "one"), ("three", "nothing")):
		mailbox.append("INBOX", REACTION.format(name=name, answered=answered).encode())
	receive(channel)
	_, reaction, stray = log(site, channel)
	assert (reaction.fate, reaction.ticket) == ("Reply", ticket)
	assert (stray.fate, stray.reason_code) == ("Excluded", "reaction")
	assert site.db.get_value("Issue", ticket, "status") == "Closed"
	shown = site.db.get_value("Communication", reaction.communication, "content")
	assert "Jane Doe reacted with 👍" in shown
	assert "via Gmail" not in shown
	assert not site.get_all("File", {"attached_to_name": reaction.communication})
