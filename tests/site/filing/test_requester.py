"""Who asks, where the administrator said that a field of the mail tells."""

from __future__ import annotations

from tests.site.polling import active_channel, receive

FORM = b"""From: Web form <form@shop.example>
Reply-To: Carol Doe <carol@customer.example>
To: desk@desk.example
Subject: New inquiry
Message-ID: <form-1@shop.example>

What does it cost?
"""


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
	row = {"ticket_field": "raised_by", "source": "Header", "source_argument": "Reply-To"}
	channel = active_channel(mailbox, field_mapping=[row])
	mailbox.append("INBOX", FORM)
	receive(channel)
	issue = issue_of(site, channel)
	assert issue.raised_by == "carol@customer.example"
	assert site.db.get_value("Contact", issue.contact, "email_id") == "carol@customer.example"
