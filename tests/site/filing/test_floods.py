"""Very many recipients, very much mail of one sender, and messages larger than the site's files may be."""

from datetime import datetime, timedelta, timezone

import pytest

from helpdesk_mailchannel.ticketing.desk import api
from helpdesk_mailchannel.ticketing.ledger.originals import keep_original, read_original
from helpdesk_mailchannel.ticketing.times import to_site
from tests.site import explained
from tests.site.channels import receipt
from tests.site.mails import mail
from tests.site.polling import active_channel, new_channel, receive

MEGABYTE = 1024 * 1024


@pytest.fixture
def statements(site, monkeypatch):
	"""Counts what the database is asked."""
	asked = []
	sql = site.db.sql

	def counted(query, *args, **kwargs):
		asked.append(query)
		return sql(query, *args, **kwargs)

	monkeypatch.setattr(site.db, "sql", counted)
	return asked


def deliver(site, mailbox, channel, recipients, statements):
	message = mail("To everybody")
	del message["To"]
	message["To"] = ", ".join(f"p{number}@customer.example" for number in range(recipients))
	mailbox.append("INBOX", message.as_bytes())
	before = len(statements)
	receive(channel)
	return len(statements) - before


def test_a_mail_to_thousands_asks_the_database_no_more_than_one_to_a_hundred(site, mailbox, statements):
	channel = active_channel(mailbox)
	hundred = deliver(site, mailbox, channel, 100, statements)
	thousands = deliver(site, mailbox, channel, 3_000, statements)
	assert thousands < hundred + 60
	listed = site.get_all(
		"Communication", {"subject": "To everybody"}, pluck="recipients", order_by="creation"
	)
	assert [people.count("@") for people in listed if people] == [100, 3_000], "all are listed"


def test_very_much_mail_of_one_sender_is_counted_no_further_than_the_limit(site, mailbox, statements):
	channel = active_channel(mailbox, per_sender_hourly_limit=5)
	arrived = to_site(datetime.now(timezone.utc) - timedelta(minutes=10))
	for number in range(40):
		receipt(
			site,
			f"{number:064}",
			channel=channel.name,
			sender="jane@customer.example",
			received_at=arrived,
			folder="INBOX",
			uid=str(900 + number),
		)
	site.db.commit()
	mailbox.append("INBOX", mail("One more").as_bytes())
	receive(channel)
	assert [query for query in statements if "received_at DESC LIMIT" in str(query)]
	[row] = explained.messages({"channel": channel.name, "subject": "One more"}, [])
	assert row.reason_code == "flood"
	assert "sent 5 messages" in row.reason


def test_a_refused_mail_larger_than_a_file_of_the_site_may_be_is_kept_and_retried(site, mailbox):
	site.conf.max_file_size = MEGABYTE
	site.db.set_single_value("System Settings", "max_file_size", 1)
	site.db.commit()
	try:
		pop3 = {"protocol": "POP3", "port": mailbox.pop3s_port, "after_processing": "Delete"}
		channel = active_channel(mailbox, folder_mapping=[], **pop3)
		octets = b"Subject: Nobody wrote this\r\n\r\n" + b"A line of a large message.\r\n" * 100_000
		mailbox.append("INBOX", octets)
		mailbox.append("INBOX", mail("Behind it").as_bytes())
		receive(channel)
		[failed] = site.get_all("Email Channel Message", {"fate": "Failed"}, pluck="name", order_by="name")
		assert read_original(failed) == octets
		assert site.db.exists("Issue", {"subject": "Behind it"})
		api.download_original(failed)
		assert site.local.response.filecontent == octets
		api.retry([failed])
		site.db.commit()
		receive(channel)
		reason = site.db.get_value("Email Channel Message", failed, "reason_code")
		assert reason == "no_sender", "it was read again, and fails for the same reason"
	finally:
		site.db.set_single_value("System Settings", "max_file_size", 0)
		site.db.commit()


@pytest.mark.parametrize("size", [0, 1, MEGABYTE, MEGABYTE + 1, 3 * MEGABYTE])
def test_an_original_in_pieces_is_the_message_octet_for_octet(site, mailbox, size):
	site.db.set_single_value("System Settings", "max_file_size", 1)
	name = receipt(site, channel=new_channel(mailbox).name).name
	octets = bytes(number % 251 for number in range(997)) * (size // 997 + 1)
	keep_original(name, octets[:size] or b"\n")
	assert read_original(name) == (octets[:size] or b"\n")
	site.db.set_single_value("System Settings", "max_file_size", 0)


def sent(subject, sender="jane@customer.example", **header):
	return mail(subject, sender, Message_ID=f"<{subject.replace(' ', '-')}@customer.example>", **header)


def reasons(site, channel):
	site.db.commit()
	fields = ["subject", "reason_code"]
	rows = site.get_all("Email Channel Message", {"channel": channel.name}, fields, order_by="creation")
	return [(row.subject, row.reason_code) for row in rows]


def test_a_customers_own_mail_sent_again_by_a_stranger_does_not_use_up_the_hour(site, mailbox):
	channel = active_channel(mailbox, per_sender_hourly_limit=3, trusted_authserv_ids="mx.desk.example")
	signed = "mx.desk.example; dmarc=pass header.from=customer.example"
	again = sent("To a list", Authentication_Results=signed).as_bytes()
	for _ in range(4):
		mailbox.append("INBOX", again)
	receive(channel)
	mailbox.append("INBOX", again)
	receive(channel)
	mailbox.append("INBOX", sent("The printer burns", Authentication_Results=signed).as_bytes())
	receive(channel)
	assert reasons(site, channel)[-1] == ("The printer burns", "new_ticket")


ODD_SENDERS = {
	"a reference": "a&lt@evil.example",
	"a quoted bracket": '"a<b"@evil.example',
	"a long one": f"{'a' * 60}@{'b' * 60}.{'c' * 60}.example",
}


@pytest.mark.parametrize("sender", ODD_SENDERS.values(), ids=ODD_SENDERS)
def test_a_robot_with_an_odd_address_meets_the_limit_too(site, mailbox, sender):
	channel = active_channel(mailbox, per_sender_hourly_limit=2)
	for number in range(3):
		mailbox.append("INBOX", sent(f"Number {number}", sender).as_bytes())
		receive(channel)
	assert [code for _, code in reasons(site, channel)] == ["new_ticket", "new_ticket", "flood"]
