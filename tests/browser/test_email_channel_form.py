"""The form of a channel in a browser: what it proposes, explains and offers."""

import pytest

from tests.site.channels import channel, receipt


@pytest.fixture
def saved(site):
	"""Save a channel and say where its form is."""

	def save(**values):
		doc = channel(site, **values).insert()
		site.db.commit()
		return f"/app/email-channel/{doc.name}"

	return save


def doc_of(page):
	return page.evaluate("cur_frm.doc")


def wait_for_form(page):
	page.wait_for_function(
		"window.cur_frm && cur_frm.doctype === 'Email Channel' && cur_frm.fields_dict.host"
	)
	page.wait_for_function("!window.frappe.request || !frappe.request.ajax_count")


def test_a_new_form_proposes_what_it_can(page, site):
	page.goto("/app/email-channel/new-email-channel-1")
	wait_for_form(page)
	page.wait_for_function("(cur_frm.doc.field_mapping || []).length >= 4")
	doc = doc_of(page)
	assert (doc["protocol"], doc["security"], doc["port"]) == ("IMAP", "TLS", 993)
	assert doc["target_doctype"] == "Issue"
	assert [row["read_folder"] for row in doc["folder_mapping"]] == ["INBOX"]
	assert {row["ticket_field"] for row in doc["field_mapping"]} >= {"subject", "raised_by"}
	assert "/api/method/helpdesk_mailchannel." in doc["redirect_url"]


def test_tabs_stand_in_the_order_of_the_work(page, saved):
	page.goto(saved())
	wait_for_form(page)
	tabs = [text.strip() for text in page.locator(".form-tabs .nav-link").all_inner_texts() if text.strip()]
	assert tabs[:5] == ["Connection", "Reading", "Ticket", "Replies", "Activate"]


def test_the_port_follows_the_protocol_until_it_was_changed(page, saved):
	page.goto(saved())
	wait_for_form(page)
	page.evaluate("cur_frm.set_value('security', 'STARTTLS')")
	page.wait_for_function("cur_frm.doc.port === 143")
	page.evaluate("cur_frm.set_value('protocol', 'POP3')")
	page.wait_for_function("cur_frm.doc.port === 110 && cur_frm.doc.after_processing === 'Leave in Place'")
	page.evaluate("cur_frm.set_value('port', 2110)")
	page.evaluate("cur_frm.set_value('security', 'TLS')")
	assert page.evaluate("frappe.timeout(0.5).then(() => cur_frm.doc.port)") == 2110


def test_known_providers_are_recognised(page):
	page.goto("/app/email-channel/new-email-channel-1")
	wait_for_form(page)
	page.evaluate("cur_frm.set_value('email_address', 'team@gmail.com')")
	page.wait_for_function("cur_frm.doc.host === 'imap.gmail.com'")
	assert (doc_of(page)["sign_in"], doc_of(page)["oauth_provider"]) == ("OAuth", "Google")


def test_what_is_missing_is_named_and_leads_to_the_field(page, saved, screenshot):
	page.goto(saved(host="", password=""))
	wait_for_form(page)
	assert (
		"something is missing on: Connection"
		in page.locator(".form-dashboard-headline, .form-message").first.inner_text()
	)
	page.get_by_role("tab", name="Activate", exact=True).click()
	links = page.locator("[data-fieldname=missing] a")
	assert links.count() == 2
	screenshot("email-channel-missing")
	links.first.click()
	page.wait_for_function("cur_frm.get_active_tab().label === 'Connection'")


def test_a_complete_draft_offers_activation_first(page, saved, screenshot):
	page.goto(saved())
	wait_for_form(page)
	assert page.locator(".page-actions .btn-primary:visible").get_by_text("Activate").count() == 1
	assert page.get_by_role("button", name="Test Connection").is_visible()
	screenshot("email-channel-connection")
	for tab in ("Reading", "Ticket", "Replies", "Activate"):
		page.get_by_role("tab", name=tab, exact=True).click()
		screenshot(f"email-channel-{tab.lower()}")


def test_an_active_channel_can_be_paused_and_resumed(page, saved):
	page.goto(saved())
	wait_for_form(page)
	page.evaluate("cur_frm.set_value('status', 'Active').then(() => cur_frm.save())")
	page.get_by_role("button", name="Fetch Now").wait_for()
	page.get_by_role("button", name="Pause").click()
	page.get_by_role("button", name="Resume").click()
	page.get_by_role("button", name="Fetch Now").wait_for()
	assert doc_of(page)["status"] == "Active"


def test_the_lists_show_how_channels_and_messages_are(page, saved, site, screenshot):
	saved()
	receipt(site, fate="Failed", reason_code="unreadable", sender="jane@a.example", subject="Printer")
	site.db.commit()
	page.goto("/app/email-channel")
	page.get_by_text("support@desk.example").first.wait_for()
	assert page.locator(".list-row .indicator-pill:visible", has_text="Draft").count() == 1
	screenshot("email-channel-list")
	page.goto("/app/email-channel-message")
	page.locator(".list-row", has_text="It could not be read.").first.wait_for()
	assert page.locator(".list-row .indicator-pill:visible", has_text="Failed").count() == 1
	screenshot("email-channel-message-list")


def test_a_failed_message_offers_retry_first(page, saved, site, screenshot):
	saved()
	record = receipt(site, fate="Failed", reason_code="unreadable", subject="Printer")
	site.db.commit()
	page.goto(f"/app/email-channel-message/{record.name}")
	page.locator(".page-actions .btn-primary:visible", has_text="Retry").wait_for()
	assert page.get_by_role("button", name="Discard").is_visible()
	screenshot("email-channel-message")
	page.get_by_role("button", name="Retry").click()
	page.get_by_text("It is tried again with the next poll.").wait_for()
	site.db.rollback()
	assert site.db.get_value("Email Channel Message", record.name, "retry_requested") == 1


def test_failed_messages_are_discarded_from_the_list(page, saved, site):
	saved()
	for name, fate in (("a" * 64, "Failed"), ("b" * 64, "Failed"), ("c" * 64, "Ticket")):
		receipt(site, name=name, fate=fate, subject=f"{fate} {name[0]}")
	site.db.commit()
	page.goto("/app/email-channel-message")
	page.get_by_text("Failed a").first.wait_for()
	page.locator(".list-header-subject .list-check-all, .list-check-all").first.click()
	page.get_by_role("button", name="Actions").click()
	page.locator(".dropdown-menu:visible").get_by_text("Discard", exact=True).click()
	page.locator(".modal:visible").get_by_role("button", name="Yes").click()
	page.get_by_text("2 messages discarded.").wait_for()
	site.db.rollback()
	fates = site.get_all("Email Channel Message", fields=["name", "fate"], order_by="name")
	assert [row.fate for row in fates] == ["Excluded", "Excluded", "Ticket"]


def test_the_workspace_leads_to_channels_and_failed_mail(page, screenshot):
	page.goto("/app/mail-channels")
	page.get_by_text("Failed Messages").first.wait_for()
	page.locator(".number-card-loading").first.wait_for(state="detached")
	screenshot("mail-channels")
