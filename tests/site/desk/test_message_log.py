"""Failed messages: kept, explained, and tried again when a person asks for it."""

import pytest

from helpdesk_mailchannel.ticketing.desk import api
from tests.site.channels import MACHINE
from tests.site.mails import mail
from tests.site.polling import active_channel, receive


@pytest.fixture
def channel(site, mailbox):
	return active_channel(mailbox)


@pytest.fixture
def failed(site, mailbox, channel):
	"""A message that failed because the ticket insists on a field that nothing fills."""
	field = site.get_doc(MACHINE).insert()
	site.clear_cache(doctype="Issue")
	mailbox.append("INBOX", mail("No machine named", Message_ID="<a@customer.example>").as_bytes())
	receive(channel)
	yield site.get_doc("Email Channel Message", {"channel": channel.name})
	site.delete_doc("Custom Field", field.name, force=True, ignore_missing=True)
	site.clear_cache(doctype="Issue")


def mend(site):
	site.db.set_value("Custom Field", {"dt": "Issue", "fieldname": "machine"}, "reqd", 0)
	site.db.commit()
	site.clear_cache(doctype="Issue")


def test_a_failed_message_names_the_field_keeps_the_original_and_moves_to_the_failure_folder(
	site, mailbox, failed
):
	assert (failed.fate, failed.reason_code, failed.state) == ("Failed", "field_missing", "Settled")
	assert "machine" in failed.reason.lower()
	assert [m.subject for m in mailbox.messages("Failed")] == ["No machine named"]
	api.download_original(failed.name)
	assert b"No machine named" in site.local.response.filecontent
	assert site.local.response.type == "download"


def test_retry_files_it_and_moves_it_to_the_success_folder(site, mailbox, channel, failed):
	mend(site)
	assert api.retry([failed.name]) == 1
	site.db.commit()
	receive(channel)
	failed.reload()
	assert (failed.fate, failed.state, failed.retry_requested) == ("Ticket", "Settled", 0)
	assert site.db.get_value("Issue", failed.ticket, "subject") == "No machine named"
	assert mailbox.messages("Failed") == []
	assert [m.subject for m in mailbox.messages("Done")] == ["No machine named"]
	assert not failed.original, "what was kept of a filed message is removed"


def test_retry_all_takes_every_failed_message_of_the_channel(site, mailbox, channel, failed):
	mend(site)
	assert api.retry_all(channel.name) == 1
	site.db.commit()
	receive(channel)
	assert site.db.count("Email Channel Message", {"channel": channel.name, "fate": "Failed"}) == 0


def test_a_retry_that_fails_again_stays_failed(site, mailbox, channel, failed):
	api.retry([failed.name])
	site.db.commit()
	receive(channel)
	failed.reload()
	assert (failed.fate, failed.state, failed.retry_requested) == ("Failed", "Settled", 0)
	assert len(mailbox.messages("Failed")) == 1


def test_discarding_ends_the_wait_and_leaves_the_mailbox_alone(site, mailbox, channel, failed):
	assert api.discard([failed.name]) == 1
	failed.reload()
	assert (failed.fate, failed.reason_code) == ("Excluded", "discarded")
	assert len(mailbox.messages("Failed")) == 1


def test_messages_that_fail_alike_wait_in_the_mailbox_while_none_is_filed(site, mailbox, channel, failed):
	for number in range(5):
		mailbox.append("INBOX", mail(f"Number {number}").as_bytes())
	with pytest.raises(AssertionError, match="refused several messages alike"):
		receive(channel)
	assert len(mailbox.messages("INBOX")) == 5
	untouched = site.get_all("Email Channel Message", {"channel": channel.name, "attempts": 0}, pluck="name")
	assert len(untouched) == 5, "no attempt counts against them"


def test_several_failed_messages_are_retried_or_discarded_at_once(site, mailbox, channel, failed):
	mailbox.append("INBOX", mail("Second", "Joe <joe@customer.example>").as_bytes())
	receive(channel)
	filters = {"channel": channel.name, "fate": "Failed"}
	names = site.get_all("Email Channel Message", filters, pluck="name", order_by="creation")
	assert len(names) == 2
	mend(site)
	assert api.retry(names) == 2
	assert api.discard([*names, "nonsense"]) == 2, "a person may still give up before the next poll"
	site.db.commit()
	receive(channel)
	assert site.db.count("Issue", {"email_channel": channel.name}) == 0
	assert api.retry(names) == 0, "what was discarded is not failed any more"


def test_a_failed_message_of_a_pop3_mailbox_is_retried_from_its_private_file(site, mailbox):
	channel = active_channel(
		mailbox, protocol="POP3", port=mailbox.pop3s_port, after_processing="Delete", folder_mapping=[]
	)
	mailbox.append(
		"INBOX", b"Subject: Nobody wrote this\r\nMessage-ID: <n@customer.example>\r\n\r\nText.\r\n"
	)
	receive(channel)
	[receipt] = site.get_all(
		"Email Channel Message",
		{"channel": channel.name},
		["name", "fate", "reason_code", "original"],
		order_by="name",
	)
	assert (receipt.fate, receipt.reason_code) == ("Failed", "no_sender")
	assert site.db.get_value("File", {"file_url": receipt.original}, "is_private") == 1
	assert len(mailbox.messages("INBOX")) == 1, "POP3 has no failure folder: it stays"
	api.download_original(receipt.name)
	assert b"Nobody wrote this" in site.local.response.filecontent
	receive(channel)
	assert site.db.count("Email Channel Message", {"channel": channel.name}) == 1, "and is not read again"


def age_and_clear(site, channel):
	table = site.qb.DocType("Email Channel Message")
	long_ago = site.utils.add_days(site.utils.now_datetime(), -400)
	site.qb.update(table).set(table.modified, long_ago).where(table.channel == channel.name).run()
	site.db.commit()
	site.get_doc("Log Settings").clear_logs()
	site.db.commit()


def test_log_settings_clears_what_was_filed_and_moved_and_keeps_what_failed(site, mailbox, channel, failed):
	mend(site)
	mailbox.append("INBOX", mail("Filed").as_bytes())
	receive(channel)
	age_and_clear(site, channel)
	left = site.get_all("Email Channel Message", {"channel": channel.name}, pluck="fate", order_by="name")
	assert left == ["Failed"]


def test_log_settings_keeps_the_record_of_a_message_that_stays_in_the_mailbox(site, mailbox):
	channel = active_channel(mailbox, after_processing="Leave in Place")
	mailbox.append("INBOX", mail("Stays").as_bytes())
	receive(channel)
	age_and_clear(site, channel)
	receive(channel)
	assert site.db.count("Issue", {"email_channel": channel.name}) == 1
	assert site.db.count("Email Channel Message", {"channel": channel.name}) == 1
	remove_all(mailbox)
	receive(channel)
	age_and_clear(site, channel)
	assert site.db.count("Email Channel Message", {"channel": channel.name}) == 0


def remove_all(mailbox):
	with mailbox.connected() as connection:
		connection.select("INBOX")
		connection.store("1:*", "+FLAGS", "\\Deleted")
		connection.expunge()


def test_the_log_shows_messages_in_their_order_and_none_without_a_title(site, mailbox, channel):
	mailbox.append("INBOX", mail("First").as_bytes())
	mailbox.append("INBOX", b"\r\n\x00\x01no header at all\r\n")
	mailbox.append("INBOX", mail("").as_bytes())
	mailbox.append("INBOX", mail("Last").as_bytes())
	receive(channel)
	log = site.get_all(
		"Email Channel Message", {"channel": channel.name}, ["subject", "fate"], order_by="creation"
	)
	assert [(row.subject, row.fate) for row in log] == [
		("First", "Ticket"),
		("(not read)", "Failed"),
		("(no subject)", "Ticket"),
		("Last", "Ticket"),
	]


@pytest.mark.parametrize("field", ["original", None])
def test_a_file_that_somebody_attached_is_not_taken_for_the_original(site, failed, field):
	planted = site.get_doc(
		{
			"doctype": "File",
			"file_name": "planted.eml",
			"attached_to_doctype": "Email Channel Message",
			"attached_to_name": failed.name,
			"attached_to_field": "original",
			"content": b"Subject: Planted\n\nx",
		}
	).insert()
	if field:
		# What Frappe does when the planted file is made private.
		site.db.set_value("Email Channel Message", failed.name, field, planted.file_url)
	api.download_original(failed.name)
	assert b"No machine named" in site.local.response.filecontent
	site.db.set_value("Email Channel Message", failed.name, "original_files", None)
	with pytest.raises(site.ValidationError):
		api.download_original(failed.name)
