"""Somebody who looks after the channels and is no System Manager can do all of it."""

import pytest
from frappe.utils.password import update_password

from tests.browser.conftest import signed_in
from tests.browser.forms import READY, ChannelForm, close_dialog, dialog
from tests.browser.test_first_ticket import fill
from tests.site.channels import user_with
from tests.site.mails import mail
from tests.site.polling import receive

PASSWORD = "correct horse battery staple"


@pytest.fixture
def page(browser, web, site):
	user = user_with(site, "Email Channel Manager")
	update_password(user, PASSWORD)
	site.get_doc(
		{
			"doctype": "Email Account",
			"email_account_name": "Outgoing",
			"email_id": "out@desk.example",
			"enable_outgoing": 0,
		}
	).insert()
	site.db.set_value("Email Account", "Outgoing", "enable_outgoing", 1)
	site.db.commit()
	with signed_in(browser, web, user, PASSWORD) as page:
		yield page


def test_a_manager_sets_up_a_channel_and_reads_its_log(page, site, mailbox, screenshot):
	page.goto("/app/mail-channels")
	page.locator(".widget", has_text="Failed Messages").first.wait_for()
	screenshot("manager-1-workspace")
	assert (
		page.locator(".standard-sidebar-item, .sidebar-item-container")
		.filter(has_text="Mail Channels")
		.count()
	)

	form = ChannelForm(page).open()
	fill(form, mailbox)
	form.tab("Ticket")
	form.link("target_doctype", "Iss", "Issue")
	assert form.doc["target_doctype"] == "Issue"
	restrict_the_last_row(page, "Email Channel Manager")
	form.tab("Replies")
	form.link("outgoing_account", "Out", "Outgoing")
	screenshot("manager-2-form")
	form.click("Test Connection")
	dialog(page).get_by_text("The Connection Works").wait_for()
	close_dialog(page)
	form.save()
	assert form.doc["outgoing_account"] == "Outgoing"
	assert form.doc["field_mapping"][-1]["restricted_to"] == "Email Channel Manager"
	form.click("Activate")
	dialog(page).get_by_role("button", name="Activate").click()
	page.locator(".page-head:visible").get_by_role("button", name="Fetch Now").wait_for()
	form.wait()

	mailbox.append("INBOX", mail("The printer burns").as_bytes())
	site.db.rollback()
	receive(site.get_doc("Email Channel", "Support"))
	page.goto("/app/email-channel-message")
	page.get_by_text("The printer burns").first.wait_for()
	screenshot("manager-3-log")


def restrict_the_last_row(page, role):
	"""Choose a role in the last row of the field mapping."""
	table = page.locator("[data-fieldname=field_mapping]:visible").first
	table.locator(".grid-body .grid-row").last.locator(".btn-open-row").click()
	row = table.locator(".grid-row-open")
	# The row's first field takes the focus a moment after the row has opened.
	page.wait_for_function(
		"document.activeElement.closest('.grid-row-open [data-fieldname=ticket_field]') !== null"
	)
	box = row.locator("[data-fieldname=restricted_to] input").first
	box.click()
	box.fill(role[:10])
	row.locator("[role=option], .awesomplete li").get_by_text(role, exact=True).first.click()
	page.wait_for_function(READY)
	row.locator(".grid-collapse-row").first.click()
