"""The desk opens, lists tickets and opens one."""


def test_sign_in_through_the_form(browser, web):
	context = browser.new_context(base_url=web.url)
	page = context.new_page()
	page.goto("/login")
	page.fill("#login_email", "Administrator")
	page.fill("#login_password", web.platform.admin_password)
	page.click(".btn-login")
	page.wait_for_url("**/app**")
	context.close()


def test_the_desk_opens_without_errors(page, screenshot):
	page.goto("/app")
	page.wait_for_selector(".desk-sidebar, .body-sidebar, .layout-main")
	page.wait_for_function("window.frappe && frappe.boot.user.name === 'Administrator'")
	assert screenshot("desk").stat().st_size > 10_000


def test_a_ticket_is_listed_and_opened(site, page, screenshot):
	issue = site.get_doc(
		{"doctype": "Issue", "subject": "The printer smokes", "raised_by": "jane@customer.example"}
	).insert()
	site.db.commit()
	page.goto("/app/issue")
	page.get_by_text("The printer smokes").first.click()
	page.wait_for_function("window.cur_frm && cur_frm.doc.subject === 'The printer smokes'")
	assert page.evaluate("cur_frm.doc.name") == issue.name
	screenshot("issue")


def test_the_form_of_a_channel_opens_without_errors(page, screenshot):
	page.goto("/app/email-channel/new")
	page.wait_for_function("window.cur_frm && cur_frm.doctype === 'Email Channel' && cur_frm.is_new()")
	page.locator(".form-tabs .nav-link").first.wait_for()
	for tab in page.locator(".form-tabs .nav-link:visible").all():
		tab.click()
	screenshot("email-channel")
