"""Nothing of what a stranger wrote runs, loads or becomes an element, in whatever view somebody opens it."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.attack.strangers import PASSWORD, RECEIPT
from tests.browser.forms import READY

AT_LEAST = 200
"""Tries, as the promise says."""
SHOWN = """([doctype, name]) =>
	window.cur_frm && cur_frm.doctype === doctype && cur_frm.doc && cur_frm.doc.name === name &&
	!cur_frm.is_new() && !frappe.request.ajax_count"""
LEAVE_DIALOGS = """() => {
	for (const dialog of [...frappe.ui.open_dialogs]) dialog.hide();
	document.querySelectorAll(".modal, .modal-backdrop").forEach((each) => each.remove());
}"""
LIST_SHOWN = "doctype => window.cur_list && cur_list.doctype === doctype && !frappe.request.ajax_count"


@pytest.fixture(scope="module", params=["Administrator", "an agent"])
def page(request, browser, web, strangers, watch):
	"""A page on which a System Manager or an agent is signed in, and watched."""
	context = browser.new_context(base_url=web.url, viewport={"width": 1280, "height": 900})
	context.set_default_timeout(30_000)
	user, password = (
		("Administrator", web.platform.admin_password)
		if request.param == "Administrator"
		else (strangers.agent, PASSWORD)
	)
	answer = context.request.post("/api/method/login", form={"usr": user, "pwd": password})
	assert answer.ok, answer.text()
	watch.over(context)
	opened = context.new_page()
	opened.goto("/app/issue")
	opened.wait_for_function(LIST_SHOWN, arg="Issue")
	yield opened
	context.close()


@pytest.fixture
def look(page, watch):
	"""Look at the page; at the end of the test, nothing may have been found in it."""
	before = len(watch.holes)

	def at(view):
		watch.look(page, view)

	yield at
	page.wait_for_timeout(300)  # What is loading may still run.
	found = list(watch.holes)[before:]
	assert not found, f"{len(found)} holes:\n" + "\n".join(found[:40])


def is_manager(page):
	return page.evaluate("frappe.user.has_role('System Manager')")


def some(page, strangers):
	"""The tickets that a System Manager opens: each payload in every place, and a tenth of the others.

	An agent, whose forms are the same, opens a tenth of all. Lists show all of them to both.
	"""
	if not is_manager(page):
		return strangers.issues()[::10]
	return [*strangers.issues("jane-"), *strangers.issues("jo")[::10], *strangers.issues("jim-")[::10]]


def open_form(page, doctype, name):
	page.evaluate("route => frappe.set_route(...route)", ["Form", doctype, name])
	page.wait_for_function(SHOWN, arg=[doctype, name])


def open_list(page, doctype, view="List"):
	page.evaluate("route => frappe.set_route(...route)", ["List", doctype, view])
	page.wait_for_function(LIST_SHOWN, arg=doctype)
	page.wait_for_function("view => cur_list.view_name === view && cur_list.$paging_area", arg=view)
	page.evaluate("async () => { cur_list.page_length = 500; await cur_list.refresh(); }")
	page.wait_for_function(READY)


def test_there_are_as_many_tries_as_promised(strangers):
	assert len(strangers.marker.tries) >= AT_LEAST
	assert len(strangers.issues()) >= AT_LEAST / 2


def test_every_ticket_with_its_timeline(page, strangers, look):
	for name in some(page, strangers):
		open_form(page, "Issue", name)
		page.locator(".new-timeline:visible .timeline-item").first.wait_for()
		page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
		look(f"Issue {name}")


def test_tickets_in_lists_and_reports(page, look):
	for view in ("List", "Report"):
		open_list(page, "Issue", view)
		look(f"Issue {view}")


def test_tickets_in_print(page, strangers, look):
	for name in some(page, strangers):
		page.goto(f"/printview?doctype=Issue&name={quote(name)}&format=Standard&no_letterhead=1")
		look(f"print of Issue {name}")
	page.goto("/app/issue")
	page.wait_for_function(LIST_SHOWN, arg="Issue")
	page.evaluate("name => frappe.set_route('print', 'Issue', name)", strangers.issues()[0])
	page.frame_locator(".print-preview-wrapper iframe, iframe.print-preview").first.locator("body").wait_for()
	look("print preview")


def test_people_and_mails(page, strangers, look):
	"""Contacts of the senders, and the mails' own forms."""
	for view in ("List", "Report"):
		open_list(page, "Contact", view)
		look(f"Contact {view}")
	for name in strangers.records("Contact", email_id=["like", "%customer.example"])[::10]:
		open_form(page, "Contact", name)
		look(f"Contact {name}")
	if not is_manager(page):
		return
	for view in ("List", "Report"):
		open_list(page, "Communication", view)
		look(f"Communication {view}")
	for name in strangers.records("Communication", sent_or_received="Received")[::10]:
		open_form(page, "Communication", name)
		look(f"Communication {name}")


def test_the_message_log(page, strangers, look):
	if not is_manager(page):
		return
	for view in ("List", "Report"):
		open_list(page, RECEIPT, view)
		look(f"{RECEIPT} {view}")
	for name in strangers.records(RECEIPT)[::10]:
		open_form(page, RECEIPT, name)
		look(f"{RECEIPT} {name}")
	page.goto("/app/mail-channels")
	page.wait_for_function(READY)
	page.locator(".widget:visible").first.wait_for()
	look("workspace Mail Channels")
	page.goto("/app/home")
	page.wait_for_function(READY)
	look("workspace Home")


def test_files(page, strangers, look):
	page.evaluate("frappe.set_route('List', 'File', 'Home', 'Attachments')")
	page.wait_for_function("window.cur_list && cur_list.doctype === 'File'")
	page.wait_for_function(READY)
	look("File browser")
	if is_manager(page):
		for name in strangers.records("File", attached_to_doctype="Issue")[::25]:
			open_form(page, "File", name)
			look(f"File {name}")


def test_searching(page, strangers, look):
	page.evaluate("frappe.set_route('List', 'Issue', 'List')")
	page.wait_for_function(LIST_SHOWN, arg="Issue")
	box = page.locator("#navbar-search:visible, .search-bar input:visible").first
	for words in ("onerror", "ran(", "planted", "img src", "script", "javascript", "191"):
		box.fill(words)
		page.wait_for_timeout(250)
		page.wait_for_function(READY)
		look(f"search bar: {words}")
	page.keyboard.press("Escape")


def test_choosing_in_a_link_field(page, strangers, look):
	"""As any form does that links to a ticket or a contact."""
	for doctype in ("Issue", "Contact", "Communication"):
		page.evaluate(
			"""doctype => {
				const field = { fieldtype: "Link", fieldname: "chosen", options: doctype, label: doctype };
				new frappe.ui.Dialog({ title: "Choose", fields: [field] }).show();
			}""",
			doctype,
		)
		box = page.locator(".modal.show input[data-fieldname=chosen]").last
		for words in ("", "img", "onerror", "script", "svg", "x", "'"):
			box.fill(words)
			box.focus()
			page.wait_for_timeout(350)
			page.wait_for_function(READY)
			look(f"choosing a {doctype}: {words}")
		page.evaluate(LEAVE_DIALOGS)


def test_answering(page, strangers, look):
	for name in some(page, strangers)[::8]:
		open_form(page, "Issue", name)
		for button in ("reply", "reply-all"):
			page.locator(f".new-timeline:visible a.{button}").first.evaluate("e => e.click()")
			page.locator(".modal.show .modal-title").last.wait_for()
			page.wait_for_function(READY)
			look(f"{button} on Issue {name}")
			page.evaluate(LEAVE_DIALOGS)


def test_notices(page, strangers, look):
	page.locator(".notifications-icon:visible, .sidebar-notification:visible").first.click()
	page.wait_for_timeout(500)
	page.wait_for_function(READY)
	look("bell")
	open_list(page, "Notification Log")
	look("Notification Log List")
	for name in strangers.records("Notification Log", for_user=page.evaluate("frappe.session.user")):
		open_form(page, "Notification Log", name)
		look(f"Notification Log {name}")
	open_list(page, "ToDo")
	look("ToDo List")
	for name in strangers.records("ToDo", reference_type="Issue")[:10]:
		open_form(page, "ToDo", name)
		look(f"ToDo {name}")


def test_mail_to_agents(page, strangers, look):
	written = strangers.mails_to_agents()
	assert len(written) > 20
	for number, html in enumerate(written):
		page.set_content(html, wait_until="domcontentloaded")
		look(f"mail {number} to an agent")
