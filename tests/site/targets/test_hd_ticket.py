"""What Frappe Helpdesk makes of a ticket that came by mail: one message, a description, status, answers."""

from email import message_from_string, policy
from functools import partial

import pytest

from tests.site import polling
from tests.site.channels import user_with
from tests.site.files import may_open
from tests.site.mails import mail
from tests.site.polling import active_channel

FIRST = "<one@customer.example>"


@pytest.fixture
def channel(site, mailbox):
	if not site.db.exists("DocType", "HD Ticket"):
		pytest.skip("this site has no HD Ticket")
	return active_channel(mailbox, target_doctype="HD Ticket")


@pytest.fixture
def ticket_of(mailbox, channel):
	"""Lets a message arrive, and returns the ticket it is on."""
	return partial(polling.ticket_of, channel, mailbox)


def conversation(site, ticket):
	return site.get_all(
		"Communication",
		{"reference_doctype": "HD Ticket", "reference_name": str(ticket.name)},
		["name", "subject", "sender", "sent_or_received", "message_id", "content"],
		order_by="creation",
	)


def has_helpdesk(site) -> bool:
	return "helpdesk" in site.get_installed_apps()


def test_a_ticket_has_its_mail_once_and_a_description(site, ticket_of):
	ticket = ticket_of(mail("The printer burns", "New Person <new@customer.example>", Message_ID=FIRST))
	assert (ticket.subject, ticket.raised_by) == ("The printer burns", "new@customer.example")
	assert "It smokes." in ticket.description
	assert site.db.get_value("Contact", ticket.contact, "email_id") == "new@customer.example"
	[only] = conversation(site, ticket)
	assert (only.sender, only.sent_or_received) == ("new@customer.example", "Received")
	assert only.message_id == FIRST.strip("<>")


def test_no_acknowledgement_of_helpdesks_own_leaves(site, ticket_of):
	if has_helpdesk(site):
		site.db.set_single_value("HD Settings", "send_acknowledgement_email", 1)
		site.db.commit()
	before = site.db.count("Email Queue")
	ticket_of(mail("The printer burns"))
	assert site.db.count("Email Queue") == before


def test_an_agent_sees_the_files(site, ticket_of):
	message = mail("The printer burns")
	message.add_attachment("a,b\r\n", subtype="csv", filename="meter.csv")
	ticket = ticket_of(message)
	[communication] = conversation(site, ticket)
	for place in (("Communication", communication.name), ("HD Ticket", str(ticket.name))):
		filters = {"attached_to_doctype": place[0], "attached_to_name": place[1]}
		[file] = site.get_all("File", filters, ["file_name", "file_url", "is_private"])
		assert (file.file_name, file.is_private) == ("meter.csv", 1)
	if has_helpdesk(site):
		from helpdesk.helpdesk.doctype.hd_ticket.api import get_communications

		site.set_user(user_with(site, "Agent"))
		[shown] = get_communications(str(ticket.name))
		assert [file.file_name for file in shown.attachments] == ["meter.csv"]
		assert may_open(file.file_url)


@pytest.mark.parametrize("status", ["Replied", "Resolved", "Closed"])
def test_an_answer_reopens_the_ticket(site, ticket_of, status):
	ticket = ticket_of(mail("The printer burns", Message_ID=FIRST))
	site.db.set_value("HD Ticket", ticket.name, "status", status)
	site.db.commit()
	again = ticket_of(mail("Re: The printer burns", body="Still.", In_Reply_To=FIRST))
	assert (again.name, again.status) == (ticket.name, "Open")
	assert "It smokes." in again.description
	assert len(conversation(site, ticket)) == 2


def test_automatic_mail_is_added_without_a_change(site, channel, ticket_of):
	channel.automatic_replies = "Add to Ticket Silently"
	channel.save()
	site.db.commit()
	ticket = ticket_of(mail("The printer burns", Message_ID=FIRST))
	site.db.set_value("HD Ticket", ticket.name, "status", "Closed")
	site.db.commit()
	note = mail("Automatic reply: The printer burns", In_Reply_To=FIRST, Auto_Submitted="auto-replied")
	again = ticket_of(note)
	assert (again.name, again.status) == (ticket.name, "Closed")
	assert again.last_customer_response == ticket.last_customer_response
	assert len(conversation(site, ticket)) == 2


def test_an_answer_to_a_merged_ticket_joins_the_one_that_lives_on(site, outgoing, ticket_of):
	first = ticket_of(mail("The printer burns", Message_ID=FIRST))
	second = ticket_of(mail("It still burns", Message_ID="<two@customer.example>"))
	if not first.meta.has_field("merged_with"):
		pytest.skip("this Helpdesk does not merge tickets")
	if has_helpdesk(site):
		from helpdesk.helpdesk.doctype.hd_ticket.api import merge_ticket

		merge_ticket(str(first.name), str(second.name))
	else:
		first.db_set({"is_merged": 1, "merged_with": second.name})
	site.db.commit()
	answer = mail("Re: The printer burns", body="Still.", In_Reply_To=FIRST)
	assert ticket_of(answer).name == second.name
	assert conversation(site, second)[-1].subject == "Re: The printer burns"


def test_the_customers_answer_to_an_agent_joins_the_ticket(site, outgoing, ticket_of):
	if not has_helpdesk(site):
		pytest.skip("this site has no Helpdesk")
	ticket = ticket_of(mail("The printer burns", Message_ID=FIRST))
	ticket.reply_via_agent("<p>Have you tried turning it off?</p>", to="jane@customer.example")
	site.db.commit()
	[queued] = site.get_all("Email Queue", {"reference_name": str(ticket.name)}, ["message"])
	sent = message_from_string(queued.message, policy=policy.default)
	answer = mail("AW: The printer burns", body="Yes.", In_Reply_To=sent["Message-ID"])
	assert ticket_of(answer).name == ticket.name
	kinds = [row.sent_or_received for row in conversation(site, ticket)]
	assert kinds == ["Received", "Sent", "Received"]
