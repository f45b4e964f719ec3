"""What a person sees when an activation is refused, a server changes, or a pattern is entered."""

import pytest

from tests.browser.forms import ChannelForm, close_dialog, dialog
from tests.site.channels import MACHINE, active_channel, channel
from tests.site.polling import new_channel

PATTERN = r"order (?P<value>\d+)"


@pytest.fixture
def form(page):
	return ChannelForm(page)


def test_a_refused_activation_leaves_nothing_for_the_next_save(page, site, mailbox, form, screenshot):
	doc = new_channel(mailbox)
	form.open(doc.name)
	form.click("Activate")
	activation = dialog(page)
	activation.wait_for()
	# Meanwhile somebody else's channel has begun to read the same mailbox.
	other = new_channel(mailbox, channel_name="Other", email_address="other@desk.example")
	site.db.set_value("Email Channel", other.name, "status", "Active")
	site.db.commit()
	activation.get_by_role("button", name="Activate").click()
	page.get_by_text("reads the same mailbox").first.wait_for()
	screenshot("activation-refused")
	assert [error for error in page.errors if "417" not in error and "ValidationError" not in error] == []
	page.errors.clear()
	close_dialog(page)
	assert form.doc["status"] == "Draft"
	page.wait_for_function("!cur_frm.is_dirty()")
	form.fill(poll_interval=7)
	form.save()
	site.db.rollback()
	assert site.db.get_value("Email Channel", doc.name, ["status", "poll_interval"]) == ("Draft", 7)


def test_pausing_works_with_unsaved_changes_and_keeps_them(page, site, form):
	doc = active_channel(site)
	site.db.commit()
	form.open(doc.name)
	form.fill(poll_interval=8)
	form.click("Pause")
	page.get_by_role("button", name="Resume").wait_for()
	site.db.rollback()
	assert site.db.get_value("Email Channel", doc.name, "status") == "Paused"
	assert form.doc["poll_interval"] == 8
	form.save()
	site.db.rollback()
	assert site.db.get_value("Email Channel", doc.name, ["status", "poll_interval"]) == ("Paused", 8)


def test_another_server_asks_for_the_password_again(page, site, form, screenshot):
	doc = channel(site).insert()
	site.db.commit()
	form.open(doc.name)
	form.fill(host="other.desk.example")
	form.save()
	form.tab("Activate")
	page.get_by_text("Password: enter it again").wait_for()
	screenshot("password-again")


def test_no_password_is_judged_or_measured(page, site, form, screenshot):
	doc = channel(site, password="short").insert()
	site.db.commit()
	asked = []
	page.on("request", lambda request: asked.append(request.url))
	form.open(doc.name)
	assert form.doc["password"] == "*" * 16
	box = form.field("password").locator("input").first
	box.fill("")
	box.press_sequentially("abc", delay=30)
	page.wait_for_timeout(1_200)
	assert not [url for url in asked if "password_strength" in url]
	assert page.locator(".password-strength-indicator:visible").count() == 0
	screenshot("password-field")


def test_a_pattern_is_shown_saved_and_shown_again_as_it_was_typed(page, site, form, screenshot):
	doc = channel(site).insert()
	row = next(row for row in doc.field_mapping if row.ticket_field == "subject")
	row.update({"source": "Pattern in Subject", "source_argument": PATTERN})
	doc.save()
	site.db.commit()
	form.open(doc.name)
	form.tab("Ticket")
	cell = page.locator(
		"[data-fieldname=field_mapping] .grid-row [data-fieldname=source_argument]", has_text="order"
	)
	cell.first.wait_for()
	assert cell.first.inner_text().strip() == PATTERN
	screenshot("pattern-in-table")
	form.tab("Connection")
	form.fill(poll_interval=9)
	form.save()
	site.db.rollback()
	kept = site.db.get_value(
		"Field Mapping", {"parent": doc.name, "ticket_field": "subject"}, "source_argument"
	)
	assert kept == PATTERN


def test_a_new_mandatory_field_is_said_and_blocks_nothing(page, site, form, screenshot):
	doc = active_channel(site)
	field = site.get_doc(MACHINE).insert()
	site.db.commit()
	site.clear_cache(doctype="Issue")
	try:
		form.open(doc.name)
		assert "Ticket" in form.headline() and "fail" in form.headline()
		assert not page.evaluate("cur_frm.is_dirty()")
		screenshot("mandatory-field-added")
		form.fill(poll_interval=11)
		form.save()
		form.click("Pause")
		page.get_by_role("button", name="Resume").wait_for()
	finally:
		site.db.rollback()
		site.delete_doc("Custom Field", field.name, force=True)
		site.db.commit()
		site.clear_cache(doctype="Issue")


@pytest.mark.parametrize("existing_mail", ["Start from Now", "File as Open"])
def test_opening_a_channel_changes_nothing(page, site, form, existing_mail):
	doc = active_channel(site, existing_mail=existing_mail)
	site.db.commit()
	form.open(doc.name)
	page.wait_for_timeout(1_500)
	shown = form.doc
	stored = site.get_doc("Email Channel", doc.name).as_dict(convert_dates_to_str=True)
	compared = {
		field.fieldname: (str(stored[field.fieldname] or ""), str(shown.get(field.fieldname) or ""))
		for field in doc.meta.fields
		if field.fieldtype in ("Data", "Select", "Datetime", "Int", "Small Text", "Link", "Password")
		and not field.is_virtual
	}
	assert {name: pair for name, pair in compared.items() if pair[0] != pair[1] and pair != ("0", "")} == {}
	assert not page.evaluate("cur_frm.is_dirty()")
