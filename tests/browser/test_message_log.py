"""The queue of failed messages, as an administrator works it off."""

from pathlib import Path

import pytest

from tests.browser.forms import READY, ChannelForm, dialog
from tests.site.channels import MACHINE
from tests.site.mails import mail
from tests.site.polling import active_channel, receive

SUBJECTS = ("No machine named", "Which machine?")


@pytest.fixture
def channel(site, mailbox):
	"""A channel with two messages that failed, for the ticket insists on a field that nothing fills."""
	channel = active_channel(mailbox, channel_name="Support")
	name = site.get_doc(MACHINE).insert().name
	site.clear_cache(doctype="Issue")
	for subject in SUBJECTS:
		mailbox.append("INBOX", mail(subject).as_bytes())
	receive(channel)
	yield channel
	site.delete_doc("Custom Field", name, force=True, ignore_missing=True)
	site.clear_cache(doctype="Issue")


def mend(site):
	site.db.set_value("Custom Field", {"dt": "Issue", "fieldname": "machine"}, "reqd", 0)
	site.db.commit()
	site.clear_cache(doctype="Issue")


def fates(site):
	site.db.rollback()
	rows = site.get_all("Email Channel Message", fields=["subject", "fate"], order_by="subject")
	return {row.subject: row.fate for row in rows}


def open_message(page, subject):
	page.goto("/app/email-channel-message?fate=Failed")
	page.locator(".list-row:visible").get_by_text(subject).first.click()
	page.wait_for_function("subject => window.cur_frm && cur_frm.doc.subject === subject", arg=subject)
	page.wait_for_function(READY)


def test_from_the_channel_to_its_failed_messages_and_one_after_the_other(
	page, site, mailbox, channel, screenshot
):
	form = ChannelForm(page).open(channel.name)
	assert "2 messages could not be filed and wait for you." in form.headline()
	screenshot("message-log-1-channel")
	page.get_by_text("Show them").click()
	page.get_by_text(SUBJECTS[0]).first.wait_for()
	assert page.locator(".list-row:visible").count() == 2
	screenshot("message-log-2-list")

	open_message(page, SUBJECTS[0])
	screenshot("message-log-3-failed")
	address = page.url
	with page.expect_download() as download:
		page.get_by_role("button", name="Download Original").click()
	assert download.value.suggested_filename.endswith(".eml")
	assert f"Subject: {SUBJECTS[0]}" in Path(download.value.path()).read_text()
	assert page.url == address, "it is a file, not a page"

	mend(site)
	page.get_by_role("button", name="Retry").click()
	page.get_by_text("It is tried again with the next poll.").wait_for()
	receive(channel)
	assert fates(site) == {SUBJECTS[0]: "Ticket", SUBJECTS[1]: "Failed"}

	open_message(page, SUBJECTS[1])
	page.get_by_role("button", name="Discard").click()
	dialog(page).get_by_role("button", name="Yes").click()
	page.locator(".page-head:visible .indicator-pill", has_text="Excluded").wait_for()
	screenshot("message-log-4-discarded")
	assert fates(site) == {SUBJECTS[0]: "Ticket", SUBJECTS[1]: "Excluded"}
	form.open(channel.name)
	assert page.locator(".form-message:visible").count() == 0
	assert not page.get_by_role("button", name="Retry Failed Messages").is_visible()


def test_all_failed_messages_are_retried_from_the_channel(page, site, mailbox, channel):
	mend(site)
	ChannelForm(page).open(channel.name).click("Retry Failed Messages")
	page.get_by_text("2 messages are tried again with the next poll.").wait_for()
	receive(channel)
	assert set(fates(site).values()) == {"Ticket"}
	assert mailbox.folders()["Done"] == 2


def test_chosen_messages_are_retried_from_the_list(page, site, channel, screenshot):
	mend(site)
	page.goto("/app/email-channel-message")
	page.get_by_text(SUBJECTS[0]).first.wait_for()
	page.locator(".list-check-all:visible").first.click()
	page.get_by_role("button", name="Actions").click()
	screenshot("message-log-5-actions")
	page.locator(".dropdown-menu:visible").get_by_text("Retry", exact=True).click()
	page.get_by_text("2 messages are tried again with the next poll.").wait_for()
	receive(channel)
	assert set(fates(site).values()) == {"Ticket"}
