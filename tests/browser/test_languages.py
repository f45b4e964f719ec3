"""Each reader sees in a language of their own what the message log stores once."""

import pytest

from tests.browser.forms import READY, ChannelForm
from tests.site.mails import mail
from tests.site.polling import active_channel, poll, receive

GERMAN = {
	"Its sender is on the channel's blocked list.": "Der Absender ist gesperrt.",
	"{0} is blocked by {1}.": "Die Regel {1} sperrt {0}.",
	"It started a new ticket.": "Damit begann ein neuer Vorgang.",
	"The server refused user name or password.": "Der Server lehnt Benutzer oder Passwort ab.",
	"While {0}: {1}": "Beim Schritt {0}: {1}",
	"signing in": "Anmelden",
}
BLOCKED = "Der Absender ist gesperrt. Die Regel blocked.example sperrt jane@blocked.example."
ENGLISH = "Its sender is on the channel's blocked list. jane@blocked.example is blocked by blocked.example."


@pytest.fixture
def log(site, mailbox):
	"""A message log with a ticket and with a message whose sender is blocked."""
	channel = active_channel(
		mailbox, channel_name="Support", domains=[{"rule": "Blocked", "pattern": "blocked.example"}]
	)
	mailbox.append("INBOX", mail("The printer burns").as_bytes())
	mailbox.append("INBOX", mail("Buy this", sender="jane@blocked.example").as_bytes())
	receive(channel)
	return channel


@pytest.fixture
def reads(site):
	"""Lets Administrator read in a language; a few of our sentences are translated into German."""
	for source, translated in GERMAN.items():
		site.get_doc(
			{"doctype": "Translation", "language": "de", "source_text": source, "translated_text": translated}
		).insert()

	def choose(language):
		site.db.set_value("User", "Administrator", "language", language)
		site.db.commit()
		site.clear_cache()

	yield choose
	choose("en")


def stored(site):
	site.db.rollback()
	return site.get_all(
		"Email Channel Message", fields=["reason_code", "reason_details"], order_by="creation"
	)


def reasons(page):
	page.goto("/app/email-channel-message")
	page.locator(".list-row:visible").nth(1).wait_for()
	cells = page.locator(".list-row:visible .list-row-col > span[title]").all()
	return [cell.get_attribute("title") for cell in cells]


def test_the_list_and_the_form_say_the_reason_in_the_readers_language(site, log, reads, page, screenshot):
	before = stored(site)
	reads("de")
	assert BLOCKED in reasons(page)
	assert page.locator(".list-row-head:visible").get_by_text("Grund").is_visible()
	screenshot("languages-1-list")
	page.locator(".list-row:visible").get_by_text("Buy this").first.click()
	page.wait_for_function(f"window.cur_frm && cur_frm.doc.reason === {BLOCKED!r}")
	page.wait_for_function(READY)
	reads("en")
	assert ENGLISH in reasons(page)
	assert stored(site) == before


def test_the_list_is_filtered_by_a_reason_that_is_chosen_by_its_sentence(site, log, reads, page, screenshot):
	reads("de")
	assert BLOCKED in reasons(page)
	page.locator(".page-form:visible select[data-fieldname=reason_code]").select_option(
		label="Der Absender ist gesperrt."
	)
	page.wait_for_function("cur_list.data.length === 1")
	assert page.locator(".list-row:visible").count() == 1
	assert page.locator(".list-row:visible").get_by_text("Buy this").is_visible()
	screenshot("languages-2-filtered")


def test_a_channel_in_trouble_and_its_runs_speak_the_readers_language(site, log, reads, page, screenshot):
	log.reload()
	log.password = "wrong"
	log.save()
	site.db.commit()
	poll(log.name)
	reads("de")
	form = ChannelForm(page).open(log.name)
	assert "Beim Schritt Anmelden: Der Server lehnt Benutzer oder Passwort ab." in form.headline()
	screenshot("languages-3-channel")
	page.set_viewport_size({"width": 1900, "height": 900})
	page.goto("/app/email-channel-run")
	page.locator('.list-row:visible span[title^="Der Server lehnt Benutzer"]').first.wait_for()
