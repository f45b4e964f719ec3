"""A channel that may not sign in: it says so, tells the managers once, and mends with the right password."""

import re

from tests.browser.forms import ChannelForm
from tests.site.polling import active_channel

POLL = "helpdesk_mailchannel.ticketing.polling.schedule.enqueue_due_channels"


def poll(site, scheduler, name):
	site.db.set_value("Email Channel", name, "next_poll_at", site.utils.now_datetime())
	site.db.commit()
	scheduler.make_due(POLL)
	scheduler.tick_and_work()
	site.db.rollback()


def notices(page):
	"""What the bell shows. Administrator's also shows what other administrators were told."""
	page.locator(".notifications-icon:visible").first.click()
	listed = page.locator(".notifications-list:visible, .dropdown-notifications .dropdown-menu:visible").first
	listed.get_by_text("Mail channel").first.wait_for()
	told = re.findall(r"Mail channel .* (?:does not receive mail|receives mail again)", listed.inner_text())
	return sorted(set(told))


def times_told(site):
	"""How often Administrator was told about the channel."""
	return site.db.count("Notification Log", {"for_user": "Administrator", "document_name": "Support"})


def test_it_needs_authorization_until_the_password_is_right(page, site, mailbox, scheduler, screenshot):
	name = active_channel(mailbox, channel_name="Support", password="wrong").name
	poll(site, scheduler, name)
	form = ChannelForm(page).open(name)
	headline = form.headline()
	assert "Needs Authorization" in headline
	assert "The server refused user name or password." in headline
	assert "Enter the password again." in headline
	assert re.search(r"tried again at [\d.-]+ [\d:]+", headline)
	screenshot("wrong-password-1-first-refusal")

	poll(site, scheduler, name)
	form.open(name)
	assert "not tried again before you change the channel or click Fetch Now" in form.headline()
	assert notices(page) == ["Mail channel Support does not receive mail"]
	assert times_told(site) == 1
	screenshot("wrong-password-2-bell")
	page.keyboard.press("Escape")

	form.open(name)
	form.fill(password=mailbox.password)
	assert form.primary_buttons() == ["Save"]
	form.save()
	assert form.doc["health"] == "Not Polled Yet"
	assert page.locator(".form-message:visible").count() == 0
	screenshot("wrong-password-3-saved")

	poll(site, scheduler, name)
	form.open(name)
	page.locator(".page-head:visible").get_by_text("Connected").wait_for()
	assert notices(page) == [
		"Mail channel Support does not receive mail",
		"Mail channel Support receives mail again",
	]
	assert times_told(site) == 2
	screenshot("wrong-password-4-connected")
