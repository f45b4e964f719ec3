"""Who asks, where the administrator said that a field of the mail tells."""

from __future__ import annotations

import pytest

from tests.site.polling import active_channel, receive

FORM = b"""From: Web form <form@shop.example>
Reply-To: Carol Doe <carol@customer.example>
To: desk@desk.example
Subject: New inquiry
Message-ID: <form-1@shop.example>

What does it cost?
"""
REPLY_TO = {"ticket_field": "raised_by", "source": "Header", "source_argument": "Reply-To"}


def issue_of(site, channel):
	site.db.commit()
	name = site.db.get_value("Email Channel Message", {"channel": channel.name}, "ticket")
	return site.get_doc("Issue", name)


def test_the_sender_asks_where_nothing_else_is_said(site, mailbox):
	channel = active_channel(mailbox)
	mailbox.append("INBOX", FORM)
	receive(channel)
	assert issue_of(site, channel).raised_by == "form@shop.example"


def test_a_web_forms_customer_asks_where_the_mapping_says_so(site, mailbox):
	channel = active_channel(mailbox, field_mapping=[REPLY_TO])
	mailbox.append("INBOX", FORM)
	receive(channel)
	issue = issue_of(site, channel)
	assert issue.raised_by == "carol@customer.example"
	assert site.db.get_value("Contact", issue.contact, "email_id") == "carol@customer.example"


NAMES_NOBODY = {
	"no address": "not an address",
	"an address that Frappe refuses": "a" * 200 + "@customer.example",
	"letters that look Latin": "аdmin@customer.example",
	"brackets without end": "(" * 1_500,
	"colons without end": ":" * 1_600,
	"the channel itself": "{channel}",
}


@pytest.mark.parametrize("reply_to", NAMES_NOBODY.values(), ids=NAMES_NOBODY)
def test_the_sender_asks_where_the_field_names_nobody_who_can(site, mailbox, reply_to):
	channel = active_channel(mailbox, field_mapping=[REPLY_TO])
	named = reply_to.replace("{channel}", channel.email_address)
	mailbox.append("INBOX", FORM.replace(b"Carol Doe <carol@customer.example>", named.encode()))
	receive(channel)
	assert issue_of(site, channel).raised_by == "form@shop.example"


def test_one_person_asks_where_the_field_names_several(site, mailbox):
	channel = active_channel(mailbox, field_mapping=[REPLY_TO])
	both = b"Carol <carol@customer.example>, Dave <dave@customer.example>"
	mailbox.append("INBOX", FORM.replace(b"Carol Doe <carol@customer.example>", both))
	receive(channel)
	assert issue_of(site, channel).raised_by == "carol@customer.example"


def test_a_mail_that_may_be_forged_does_not_choose_who_asks(site, mailbox):
	channel = active_channel(mailbox, field_mapping=[REPLY_TO], trusted_authserv_ids="mx.desk.example")
	judged = b"Authentication-Results: mx.desk.example; dmarc=fail header.from=shop.example\n" + FORM
	mailbox.append("INBOX", judged)
	receive(channel)
	issue = issue_of(site, channel)
	assert issue.raised_by == "form@shop.example"
	assert not site.db.exists("Contact", {"email_id": "carol@customer.example"})
