"""A conversation goes round: the customer writes, the agent answers, the customer's answer comes home."""

from email import message_from_bytes, message_from_string, policy

import pytest

from devkit.steps import tail
from helpdesk_mailchannel.mailcore.settings import LOOP_HEADER
from tests.site.conversation import answer, delivered_to, outgoing_account, post, send_queued, write_back
from tests.site.mails import mail
from tests.site.polling import active_channel, receive

FIRST_ID = "<AM6PR10MB3447B4B9B8F2C0AA0F4C7F2DA5F49@AM6PR10MB3447.EURPRD10.PROD.OUTLOOK.COM>"
"""Longer than a line, as Outlook's are."""


@pytest.fixture(autouse=True)
def default_account(site, smtp_sink):
	"""Frappe wants one before it sends anything."""
	return outgoing_account(smtp_sink, "site@desk.example", default_outgoing=1)


@pytest.fixture
def customer(dovecot):
	box = dovecot.new_mailbox("jane@customer.example")
	yield box
	dovecot.remove_mailbox(box)


@pytest.fixture
def channel(site, mailbox, smtp_sink):
	"""Answers leave from the channel's own address, and come back to a signed one."""
	account = outgoing_account(smtp_sink, mailbox.user)
	return active_channel(
		mailbox, outgoing_account=account.name, from_name="Exämple Support", signed_reply_address=1
	)


@pytest.fixture
def issue(site, mailbox, channel):
	"""Jane's request, filed."""
	mailbox.append("INBOX", mail("The printer burns", Message_ID=FIRST_ID).as_bytes())
	receive(channel)
	[receipt] = log(site, channel)
	return site.get_doc("Issue", receipt.ticket)


@pytest.fixture
def answered(issue, customer):
	"""What Jane finds in her mailbox after an agent has answered."""
	answer(issue, "jane@customer.example")
	send_queued()
	return delivered_to(customer)


def log(site, channel):
	fields = ["fate", "reason_code", "ticket", "communication"]
	return site.get_all("Email Channel Message", {"channel": channel.name}, fields, order_by="creation, uid")


def last(site, channel):
	return log(site, channel)[-1]


# ── What leaves ──────────────────────────────────────────────────────────────────────────────────────


def test_round_and_round_with_the_sites_own_worker(
	site, scheduler, channel, issue, customer, smtp_sink, mailbox
):
	answer(issue, "Jane Doe <jane@customer.example>")
	site.db.set_value("Issue", issue.name, "status", "Closed")
	# Frappe 16 leaves a sender ten seconds to change his mind.
	minute_ago = site.utils.add_to_date(site.utils.now_datetime(), minutes=-1)
	queued = {"reference_name": issue.name}
	site.db.set_value("Email Queue", queued, {"creation": minute_ago, "modified": minute_ago})
	site.db.commit()
	site.enqueue("frappe.email.queue.flush")
	scheduler.work()
	site.db.rollback()
	[sent] = site.get_all("Email Queue", queued, ["status", "error"])
	assert sent.status == "Sent", (sent, tail(scheduler.log))
	[stored] = customer.messages("INBOX")
	assert f"In-Reply-To: {FIRST_ID}".encode() in stored.octets.replace(b"\r\n ", b" ")
	assert f"References: {FIRST_ID}".encode() in stored.octets.replace(b"\r\n ", b" ")
	assert mailbox.user in smtp_sink.messages()[0].sender
	post(write_back("jane@customer.example", stored.parsed))
	receive(channel)
	assert (last(site, channel).fate, last(site, channel).ticket) == ("Reply", issue.name)
	assert site.db.get_value("Issue", issue.name, "status") == "Open"
	answer(issue, "jane@customer.example", "Good.")
	send_queued()
	second = customer.messages("INBOX")[-1].parsed
	assert second["References"].split()[0] == FIRST_ID
	assert second["References"].split()[-1] == second["In-Reply-To"] != FIRST_ID
	post(write_back("jane@customer.example", second, "Thank you."))
	receive(channel)
	assert [row.ticket for row in log(site, channel)] == [issue.name] * 3
	assert site.db.count("Communication", {"reference_name": issue.name}) == 5


def test_the_answer_is_from_the_channel_and_no_robots(answered, mailbox):
	[sender] = answered["From"].addresses
	assert (sender.display_name, sender.addr_spec) == ("Exämple Support", mailbox.user)
	[reply_to] = answered["Reply-To"].addresses
	assert reply_to.display_name == "Exämple Support"
	assert reply_to.addr_spec.startswith(mailbox.user.partition("@")[0] + "+tiss-")
	assert answered["To"] == "jane@customer.example"
	assert answered["X-Mailchannel-Loop"]
	assert answered["Auto-Submitted"] is None
	assert "Have you tried water?" in answered.get_body().get_content()


def test_the_timeline_and_the_mail_carry_the_same_message_id(site, issue, answered, channel):
	[sent] = site.get_all(
		"Communication",
		{"reference_name": issue.name, "sent_or_received": "Sent"},
		["message_id", "email_account"],
		order_by="creation",
	)
	assert answered["Message-ID"] == f"<{sent.message_id}>"
	assert sent.message_id.startswith(f"mc.t{issue.name.lower()}.")
	assert sent.email_account == channel.outgoing_account


def test_without_settings_only_the_way_home_is_added(site, mailbox, customer):
	channel = active_channel(mailbox)
	mailbox.append("INBOX", mail("The printer burns", Message_ID=FIRST_ID).as_bytes())
	receive(channel)
	answer(site.get_doc("Issue", last(site, channel).ticket), "jane@customer.example")
	send_queued()
	delivered = delivered_to(customer)
	assert delivered["Reply-To"] == mailbox.user
	assert "admin@example.com" in delivered["From"]


def test_another_reply_address_is_used_and_counts_as_the_channels(site, mailbox, customer):
	channel = active_channel(mailbox, reply_to="answers@desk.example", recipient_only=1)
	first = mail("The printer burns", Message_ID=FIRST_ID)
	first.replace_header("To", mailbox.user)
	mailbox.append("INBOX", first.as_bytes())
	receive(channel)
	issue = site.get_doc("Issue", last(site, channel).ticket)
	answer(issue, "jane@customer.example")
	send_queued()
	delivered = delivered_to(customer)
	assert delivered["Reply-To"] == "answers@desk.example"
	mailbox.append("INBOX", write_back("jane@customer.example", delivered).as_bytes())
	receive(channel)
	assert (last(site, channel).fate, last(site, channel).ticket) == ("Reply", issue.name)


def test_reply_all_does_not_mail_ourselves(site, mailbox, issue, channel):
	signed = f"{mailbox.user.partition('@')[0]}+tiss-1.aaaaaaaaaaaaaaaa@{mailbox.user.partition('@')[2]}"
	sent = answer(
		issue, "jane@customer.example", cc=f"Bob Doe <bob@customer.example>, {mailbox.user}, {signed}"
	)
	assert sent.recipients == "jane@customer.example"
	assert sent.cc == "Bob Doe <bob@customer.example>"
	only_us = answer(issue, mailbox.user)
	assert only_us.recipients == mailbox.user


def test_mail_about_a_ticket_that_only_received_mail_comes_home_too(site, mailbox, issue, channel, customer):
	site.db.set_value("Issue", issue.name, "email_channel", None)
	answer(issue, "jane@customer.example")
	send_queued()
	assert "+tiss-" in delivered_to(customer)["Reply-To"]


def test_other_mail_of_the_site_is_left_alone(site, channel, customer):
	site.sendmail(recipients=["jane@customer.example"], subject="Invoice", message="Hello", delayed=True)
	site.db.commit()
	send_queued()
	delivered = delivered_to(customer)
	assert delivered["X-Mailchannel-Loop"] is None
	assert "site@desk.example" in delivered["From"]


def test_a_channel_that_cannot_be_used_does_not_stop_the_mail(site, issue, channel, customer):
	site.db.set_value("Email Channel", channel.name, "reply_to", "jörg@desk.example")
	site.db.commit()
	site.clear_document_cache("Email Channel", channel.name)
	answer(issue, "jane@customer.example")
	send_queued()
	assert "Have you tried water?" in delivered_to(customer).get_body().get_content()
	titles = site.get_all("Error Log", pluck="method", order_by="creation")
	assert "A mail left without its channel's settings" in titles


def test_helpdesks_answer_has_one_message_id_everywhere(site, mailbox, customer):
	"""Helpdesk stores an answer without Message-ID and lets the queue make one."""
	if not site.db.exists("DocType", "HD Ticket"):
		pytest.skip("this site has no HD Ticket")
	channel = active_channel(mailbox, target_doctype="HD Ticket")
	mailbox.append("INBOX", mail("The printer burns", Message_ID=FIRST_ID).as_bytes())
	receive(channel)
	ticket = last(site, channel).ticket
	sent = site.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Sent",
			"sender": "Administrator",
			"recipients": "jane@customer.example",
			"subject": "Re: The printer burns",
			"content": "Water?",
			"reference_doctype": "HD Ticket",
			"reference_name": ticket,
		}
	).insert()
	site.sendmail(
		recipients="jane@customer.example",
		subject="Re: The printer burns",
		message="Water?",
		communication=sent.name,
		reference_doctype="HD Ticket",
		reference_name=ticket,
		delayed=True,
	)
	site.db.commit()
	send_queued()
	delivered = delivered_to(customer)
	assert delivered["Message-ID"] == f"<{site.db.get_value('Communication', sent.name, 'message_id')}>"
	post(write_back("bob@customer.example", delivered))
	receive(channel)
	assert (last(site, channel).reason_code, last(site, channel).ticket) == ("reply_by_token", ticket)


# ── What comes home ──────────────────────────────────────────────────────────────────────────────────


def test_home_by_the_customers_own_id_after_a_relay_rewrote_ours(site, channel, issue, answered, mailbox):
	answered.replace_header("Message-ID", "<0100-rewritten@email.relay.example>")
	answered.replace_header("Reply-To", mailbox.user)
	post(write_back("jane@customer.example", answered))
	receive(channel)
	assert (last(site, channel).reason_code, last(site, channel).ticket) == (
		"reply_by_message_id",
		issue.name,
	)


@pytest.mark.parametrize("folded", [str.lower, str.upper])
def test_home_by_the_address_alone_in_any_case(folded, site, channel, issue, answered):
	bare = write_back("jane@customer.example", answered, In_Reply_To="", References="")
	local_part, _, domain = bare["To"].addresses[0].addr_spec.partition("@")
	bare.replace_header("To", f"{folded(local_part)}@{domain}")
	post(bare)
	receive(channel)
	assert (last(site, channel).reason_code, last(site, channel).ticket) == ("reply_by_token", issue.name)


def test_a_colleague_with_the_reply_address_joins_and_is_named_to_the_agents(site, channel, issue, answered):
	post(write_back("bob@customer.example", answered, "Jane is on leave."))
	receive(channel)
	assert (last(site, channel).reason_code, last(site, channel).ticket) == ("reply_by_token", issue.name)
	notes = site.get_all(
		"Comment",
		{"reference_name": issue.name, "comment_type": "Comment"},
		pluck="content",
		order_by="creation",
	)
	assert [note for note in notes if "bob@customer.example was not yet on this ticket" in note]


def test_one_letter_changed_starts_a_ticket_of_its_own(site, channel, issue, answered):
	forged = write_back("eve@evil.example", answered, In_Reply_To="", References="")
	local_part, _, domain = forged["To"].addresses[0].addr_spec.partition("@")
	forged.replace_header("To", f"{local_part[:-1]}{'a' if local_part[-1] != 'a' else 'b'}@{domain}")
	post(forged)
	receive(channel)
	assert (last(site, channel).fate, last(site, channel).reason_code) == ("Ticket", "unproven_reply")
	assert last(site, channel).ticket != issue.name


# ── Loops ────────────────────────────────────────────────────────────────────────────────────────────


def test_our_own_mail_that_comes_back_is_excluded(site, channel, mailbox, answered):
	mailbox.append("INBOX", answered.as_bytes())
	receive(channel)
	assert (last(site, channel).fate, last(site, channel).reason_code) == ("Excluded", "loop")


def test_a_notification_says_that_a_robot_wrote_it(site, channel, issue, customer):
	notify(site, issue)
	delivered = delivered_to(customer)
	assert delivered["Auto-Submitted"] == "auto-generated"
	assert delivered["X-Auto-Response-Suppress"] == "All"
	assert delivered["In-Reply-To"] == FIRST_ID
	post(write_back("jane@customer.example", delivered))
	receive(channel)
	assert (last(site, channel).reason_code, last(site, channel).ticket) == ("reply_by_token", issue.name)


def test_two_help_desks_stop_after_one_exchange(site, channel, issue, customer, smtp_sink):
	"""The other one answers our robot's mail with its own; nothing of ours answers that."""
	notify(site, issue)
	acknowledged = write_back("jane@customer.example", delivered_to(customer), Auto_Submitted="auto-replied")
	post(acknowledged)
	receive(channel)
	send_queued()
	assert (last(site, channel).fate, last(site, channel).reason_code) == ("Excluded", "auto_reply")
	assert len(smtp_sink.messages()) == 1


def notify(site, issue):
	"""Send what a Notification sends: mail about the ticket that nobody wrote."""
	site.sendmail(
		recipients=["jane@customer.example"],
		subject="Your request was seen",
		message="We are on it.",
		reference_doctype=issue.doctype,
		reference_name=issue.name,
		delayed=True,
	)
	site.db.commit()
	send_queued()


def test_what_the_site_writes_to_a_channel_without_naming_a_ticket_makes_no_ticket(
	site, mailbox, channel, smtp_sink
):
	"""Such as a note about an assignment, to a user with its address, by a relay that makes its own ids."""
	site.sendmail(
		recipients=[channel.email_address], subject="Assigned to you", message="See it.", delayed=True
	)
	site.db.commit()
	send_queued()
	[sent] = [message_from_bytes(each.octets, policy=policy.SMTP) for each in smtp_sink.messages()]
	sent.replace_header("Message-ID", "<0100-000000@email.amazonses.example>")
	mailbox.append("INBOX", sent.as_bytes())
	receive(channel)
	assert last(site, channel).fate == "Excluded"


def test_what_the_site_writes_to_others_is_left_as_it_is(site):
	site.sendmail(recipients=["jane@customer.example"], subject="Invoice", message="See it.", delayed=True)
	[queued] = site.get_all("Email Queue", pluck="message", order_by="creation")
	assert LOOP_HEADER not in queued


# ── Placeholders and keys ────────────────────────────────────────────────────────────────────────────


def test_placeholders_stay_for_frappe_to_fill(site, issue):
	site.sendmail(
		recipients=["jane@customer.example"],
		subject="Seen",
		message="Hello",
		reference_doctype=issue.doctype,
		reference_name=issue.name,
		delayed=True,
	)
	[queued] = site.get_all("Email Queue", pluck="message", order_by="creation")
	assert "To: <!--recipient-->" in queued
	assert "<!--email_open_check-->" in queued
	assert message_from_string(queued, policy=policy.SMTP)["Reply-To"]
