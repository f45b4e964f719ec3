"""Mail of our corpus as an agent sees it: in the timeline of an Issue, and on the mail's own form."""

from __future__ import annotations

import re
from base64 import b64decode
from pathlib import Path

import pytest

from tests.site.polling import active_channel, receive

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
OUTLOOK = "001-outlook-reply-with-history"
APPLE_MAIL = "003-apple-mail-inline-pictures"
JAPANESE = "005-japanese-iso-2022-jp"
ARABIC = "007-arabic-windows-1256"
NEWSLETTER = "023-newsletter-with-remote-images"
INVITATION = "085-meeting-invitation"
LOOKED_AT = (OUTLOOK, "002-gmail-reply", APPLE_MAIL, JAPANESE, ARABIC, NEWSLETTER, INVITATION)
PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@pytest.fixture
def filed(site, mailbox):
	"""Files these messages of the corpus; returns where their receipts say they are."""

	def file(*names):
		uids = [mailbox.append("INBOX", (CORPUS / f"{name}.eml").read_bytes()) for name in names]
		channel = active_channel(
			mailbox, mailing_lists="File as Ticket", list_unsubscribe="Never Bulk By Itself"
		)
		receive(channel)
		fields = ["uid", "ticket", "communication"]
		rows = site.get_all("Email Channel Message", {"channel": channel.name}, fields)
		by_uid = {int(row.uid): row for row in rows}
		return [by_uid[uid] for uid in uids]

	return file


@pytest.fixture
def opened(filed, page):
	"""Files a message and opens its Issue; returns the message in the timeline."""

	def open_issue(name):
		[receipt] = filed(name)
		return in_timeline(page, receipt)

	return open_issue


@pytest.fixture
def requested(page):
	"""The addresses of other servers that the page asked for; each is answered with a picture."""
	asked = []

	def answer(route):
		asked.append(route.request.url)
		route.fulfill(body=PIXEL, content_type="image/gif")

	page.route(re.compile("^https://"), answer)
	return asked


def in_timeline(page, receipt):
	page.goto(f"/app/issue/{receipt.ticket}")
	message = page.locator(f"[data-name='{receipt.communication}'] .timeline-message-box .content")
	message.scroll_into_view_if_needed()
	return message


def is_loaded(image):
	image.wait_for()
	return image.evaluate("async image => { await image.decode(); return image.naturalWidth > 0 }")


def test_mail_of_many_programs_opens_without_errors(filed, page, screenshot):
	for name, receipt in zip(LOOKED_AT, filed(*LOOKED_AT), strict=True):
		assert in_timeline(page, receipt).inner_text().strip()
		screenshot(f"mail-{name}")


def test_history_is_folded_and_opens_in_its_place(opened):
	message = opened(OUTLOOK)
	history, words = message.locator("details.mail-history"), message.get_by_text("please clean the drum")
	history.locator("summary").wait_for()
	assert not words.is_visible()
	assert "Cleaning the drum did not help" in message.inner_text()
	history.locator("summary").click()
	assert words.is_visible()


def test_inline_images_are_seen(opened, requested):
	message = opened(APPLE_MAIL)
	assert message.locator("img").count() == 2
	assert all(is_loaded(image) for image in message.locator("img").all())
	assert requested == []


def test_an_image_of_another_server_is_loaded_only_when_asked_for(opened, requested):
	message = opened(NEWSLETTER)
	stand_in = message.locator(".mail-remote-image")
	stand_in.wait_for()
	assert (requested, message.locator("img").count()) == ([], 0)
	stand_in.click()
	assert is_loaded(message.locator("img"))
	assert requested == ["https://shop.example/banner.jpg"]


def test_all_images_of_a_mail_are_shown_at_once(opened, requested):
	message = opened(NEWSLETTER)
	button = message.get_by_role("button", name="Show all images from this mail")
	button.click()
	assert is_loaded(message.locator("img"))
	assert not button.is_visible()


def test_an_image_that_cannot_be_loaded_gives_way_to_its_words(opened, page):
	page.route(re.compile("^https://"), lambda route: route.fulfill(body="none", content_type="text/plain"))
	message = opened(NEWSLETTER)
	message.locator(".mail-remote-image").click()
	message.locator(".mail-image-failed").wait_for()
	assert message.locator("img").count() == 0


def test_arabic_runs_from_right_to_left(opened):
	message = opened(ARABIC)
	style = message.locator("div").first.evaluate(
		"e => { const s = getComputedStyle(e); return [s.direction, s.textAlign] }"
	)
	assert style == ["rtl", "start"]


def test_japanese_and_an_invitation_are_read(filed, page):
	japanese, invitation = filed(JAPANESE, INVITATION)
	assert "プリンタ" in in_timeline(page, japanese).inner_text()
	assert "Where: Second floor" in in_timeline(page, invitation).inner_text()


def test_the_mails_own_form_shows_it_alike(filed, page, requested, screenshot):
	[receipt] = filed(NEWSLETTER)
	page.goto(f"/app/communication/{receipt.communication}")
	stand_in = page.locator(".mail-remote-image").first
	stand_in.wait_for()
	screenshot("communication")
	assert requested == []
	page.get_by_role("button", name="Show all images from this mail").click()
	assert is_loaded(page.locator(".mail-shown-image"))
	assert "<img" not in page.evaluate("cur_frm.doc.content")


def test_what_is_being_edited_is_left_alone(filed, page, requested):
	[receipt] = filed(NEWSLETTER)
	page.goto(f"/app/issue/{receipt.ticket}")
	editor = page.locator("[data-fieldname='description'] [contenteditable='true']")
	editor.get_by_text("[Image]").wait_for()
	page.locator(".timeline-message-box .mail-images-offer").wait_for()
	assert editor.locator(".mail-images-offer").count() == 0
	assert not page.evaluate("cur_frm.is_dirty()")
	assert requested == []
