"""The first ticket, as an administrator and an agent meet it: from an empty form to an answered Issue."""

from email.message import EmailMessage
from io import BytesIO

from PIL import Image

from tests.browser.forms import READY, ChannelForm, close_dialog, dialog
from tests.site.mails import mail

POLL = "helpdesk_mailchannel.ticketing.polling.schedule.enqueue_due_channels"


def html_mail() -> bytes:
	"""A message with text, HTML, a picture within the HTML, and a file."""
	message = EmailMessage()
	message["From"], message["To"] = "Jane Doe <jane@customer.example>", "support@desk.example"
	message["Subject"], message["Message-ID"] = "The printer burns", "<one@customer.example>"
	message.set_content("The printer on the third floor burns. See the picture.")
	message.add_alternative(
		"<p>The printer on the <b>third floor</b> burns.</p><p><img src='cid:flames'></p><p>Jane</p>",
		subtype="html",
	)
	picture = BytesIO()
	Image.new("RGB", (160, 80), (214, 69, 36)).save(picture, "PNG")
	_, html = message.iter_parts()
	html.add_related(picture.getvalue(), "image", "png", cid="<flames>", filename="flames.png")
	message.add_attachment(b"%PDF-1.4\n%%EOF\n", "application", "pdf", filename="guarantee.pdf")
	return message.as_bytes()


def answer() -> bytes:
	"""The customer's second message."""
	headers = {"In_Reply_To": "<one@customer.example>", "Message_ID": "<two@customer.example>"}
	return mail("Re: The printer burns", body="It still burns.", **headers).as_bytes()


def out_of_office() -> bytes:
	"""Sent by a robot."""
	return mail("Out of office", "Otto <otto@customer.example>", Auto_Submitted="auto-replied").as_bytes()


def fill(form, mailbox):
	"""Fill in a new channel by hand, as far as nothing is proposed."""
	form.fill(
		channel_name="Support",
		email_address=mailbox.user,
		host=mailbox.host,
		port=mailbox.imaps_port,
		password=mailbox.password,
		ca_file=mailbox.ca_file,
	)


def test_from_an_empty_form_to_an_answered_issue(page, site, mailbox, scheduler, screenshot):
	for octets in (html_mail(), answer(), out_of_office()):
		mailbox.append("INBOX", octets)
	set_up_the_channel(page, mailbox, screenshot)
	scheduler.make_due(POLL)
	scheduler.tick_and_work()
	site.db.rollback()
	support = site.get_doc("Email Channel", "Support")
	assert (support.health, support.health_reason) == ("Connected", "")
	read_the_message_log(page, screenshot)
	read_the_issue(page, site, screenshot)


def set_up_the_channel(page, mailbox, screenshot):
	form = ChannelForm(page).open()
	assert form.primary_buttons() == ["Save"]
	screenshot("first-1-empty-form")
	fill(form, mailbox)
	form.click("Test Connection")
	dialog(page).get_by_text("The Connection Works").wait_for()
	assert dialog(page).locator(".indicator-pill.red").count() == 0
	assert "3 in INBOX." in dialog(page).inner_text()
	screenshot("first-2-test-connection")
	close_dialog(page)
	form.tab("Reading")
	screenshot("first-3-reading")
	form.tab("Ticket")
	assert form.doc["target_doctype"] == "Issue"
	screenshot("first-4-ticket")
	form.save()
	assert form.primary_buttons() == ["Activate"]
	form.tab("Activate")
	screenshot("first-5-ready")
	form.click("Activate")
	dialog(page).get_by_text("3 in INBOX.").wait_for()
	dialog(page).get_by_text("They are left untouched").wait_for()
	dialog(page).locator("select").select_option("File as Open")
	dialog(page).get_by_text("Each becomes an open ticket").wait_for()
	screenshot("first-6-activate")
	dialog(page).get_by_role("button", name="Activate").click()
	page.locator(".page-head:visible").get_by_role("button", name="Fetch Now").wait_for()
	form.wait()
	assert form.primary_buttons() == ["Fetch Now"]
	screenshot("first-7-active")


def read_the_message_log(page, screenshot):
	form = ChannelForm(page).open("Support")
	screenshot("first-8-connected")
	form.tab("Activate")
	screenshot("first-9-health")
	page.goto("/app/email-channel-message")
	page.get_by_text("Re: The printer burns").first.wait_for()
	screenshot("first-10-message-log")
	rows = page.locator(".list-row-container:visible").all_text_contents()
	expected = {
		"Re: The printer burns": ("Reply", "It answers a message of the ticket"),
		"The printer burns": ("Ticket", "It started a new ticket."),
		"Out of office": ("Excluded", "It is an automatic reply"),
	}
	for subject, (fate, reason) in expected.items():
		[row] = [row for row in rows if subject in map(str.strip, row.splitlines())]
		assert fate in row
		assert reason in row
	page.get_by_text("Out of office").first.click()
	page.wait_for_function("window.cur_frm && cur_frm.doctype === 'Email Channel Message'")
	page.locator(".form-page:visible").get_by_text("Auto-Submitted").first.wait_for()
	screenshot("first-11-message")


def read_the_issue(page, site, screenshot):
	issue = site.get_all("Issue", {"subject": "The printer burns"}, pluck="name", order_by="name")
	assert len(issue) == 1
	page.goto(f"/app/issue/{issue[0]}")
	page.wait_for_function("window.cur_frm && cur_frm.doc.subject === 'The printer burns'")
	page.wait_for_function(READY)
	timeline = page.locator(".new-timeline")
	timeline.get_by_text("It still burns.").first.wait_for()
	timeline.get_by_text("third floor").first.wait_for()
	timeline.get_by_text("guarantee.pdf").first.wait_for()
	for place in (".new-timeline", "[data-fieldname=description]"):
		page.locator(f"{place} img").first.scroll_into_view_if_needed()
		page.wait_for_function(
			"place => document.querySelector(`${place} img`)?.naturalWidth === 160", arg=place
		)
	screenshot("first-12-issue")
	timeline.get_by_text("guarantee.pdf").first.scroll_into_view_if_needed()
	screenshot("first-13-issue-timeline")
