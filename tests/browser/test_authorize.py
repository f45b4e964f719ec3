"""The whole round trip in a browser: Authorize on the form, the provider's page, back on the form."""

import json
import os
import shutil
from pathlib import Path

import pytest

from devkit import ports
from devkit.services.dovecot_oauth import INTROSPECTION_PORT, OAuthDovecot
from tests.browser.conftest import FLAGS
from tests.browser.forms import ChannelForm, close_dialog, dialog
from tests.oauth.desk import Desk, lead_to, led_hosts
from tests.oauth.provider import HOSTS, MICROSOFT, TENANT, ProviderServer
from tests.site.mails import mail

POLL = "helpdesk_mailchannel.ticketing.polling.schedule.enqueue_due_channels"


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
	folder = tmp_path_factory.mktemp("provider")
	with ProviderServer(folder, plain_port=ports.get(INTROSPECTION_PORT)) as provider:
		yield provider


@pytest.fixture(scope="module")
def dovecot(provider):
	server = OAuthDovecot()
	server.start()
	return server


@pytest.fixture(scope="module")
def browser(browser, provider):
	"""A browser for which the providers' names lead to loopback, as they do for the site."""
	rules = ",".join(f"MAP {host} 127.0.0.1:{provider.port}" for host in HOSTS)
	running = browser.browser_type.launch(
		executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
		args=[*FLAGS, f"--host-resolver-rules={rules}", "--ignore-certificate-errors"],
	)
	yield running
	running.close()


@pytest.fixture
def led(provider, site, web):
	"""The site's config leads to the provider."""
	provider.reset()
	config = dict(site.local.conf)
	lead_to(provider)
	site.local.conf.host_name = web.url
	file = Path(os.environ["DEV_SITES"], os.environ["DEV_SITE"], "site_config.json")
	before = file.read_text()
	file.write_text(json.dumps({**json.loads(before), **led_hosts(provider), "host_name": web.url}))
	yield
	file.write_text(before)
	site.local.conf.clear()
	site.local.conf.update(config)


@pytest.fixture
def desk(led, provider, mailbox):
	"""A channel for Microsoft that nobody has signed in for."""
	return Desk(provider, mailbox)


def open_form(page, desk):
	page.goto(f"/app/email-channel/{desk.name}")
	wait_for_form(page, desk)
	desk.application.redirect_uris.add(page.evaluate("cur_frm.doc.redirect_url"))


def wait_for_form(page, desk):
	page.wait_for_function(
		"window.cur_frm && cur_frm.doctype === 'Email Channel' && cur_frm.fields_dict.host"
	)
	page.wait_for_function("!window.frappe.request || !frappe.request.ajax_count")
	assert page.evaluate("cur_frm.doc.name") == desk.name


def click_authorize(page):
	page.get_by_role("button", name="Authorize").first.click()
	page.wait_for_url(f"https://{MICROSOFT}/**")


def test_from_an_empty_form_to_connected(page, led, provider, mailbox, site, scheduler, screenshot):
	mailbox.append("INBOX", mail("The printer burns").as_bytes())
	application = provider.register(MICROSOFT, "")
	form = ChannelForm(page).open()
	form.choose("sign_in", "OAuth")
	form.choose("oauth_provider", "Microsoft")
	form.fill(
		channel_name="Support",
		email_address=mailbox.user,
		host=mailbox.host,
		port=mailbox.imaps_port,
		ca_file=mailbox.ca_file,
		tenant_id=TENANT,
		client_id=application.client_id,
		client_secret=application.secret,
	)
	form.save()
	assert form.headline() == "All is entered. Click Authorize to sign in at the provider."
	assert form.primary_buttons() == ["Authorize"]
	screenshot("authorize-1-filled-in")
	application.redirect_uris.add(form.doc["redirect_url"])
	click_authorize(page)
	assert page.get_by_label("Account").input_value() == mailbox.user
	screenshot("authorize-2-at-the-provider")
	page.get_by_role("button", name="Accept").click()
	page.wait_for_url("**/app/email-channel/**")
	page.get_by_text("Signed in.").wait_for()
	form.wait()
	screenshot("authorize-3-signed-in")
	form.click("Test Connection")
	dialog(page).get_by_text("The Connection Works").wait_for()
	assert "XOAUTH2" in dialog(page).inner_text() or "OAUTHBEARER" in dialog(page).inner_text()
	close_dialog(page)
	form.click("Activate")
	dialog(page).get_by_text("1 in INBOX.").wait_for()
	dialog(page).locator("select").select_option("File as Open")
	dialog(page).get_by_role("button", name="Activate").click()
	page.locator(".page-head:visible").get_by_role("button", name="Fetch Now").wait_for()
	scheduler.make_due(POLL)
	scheduler.tick_and_work()
	form.open("Support")
	page.locator(".page-head:visible").get_by_text("Connected").wait_for()
	screenshot("authorize-4-connected")
	site.db.rollback()
	assert site.db.exists("Issue", {"subject": "The printer burns", "email_channel": "Support"})


def test_declining_is_told_on_the_form(page, desk, screenshot):
	open_form(page, desk)
	click_authorize(page)
	page.get_by_role("button", name="Cancel").click()
	page.wait_for_url("**/app/email-channel/**")
	page.get_by_text("The person who signed in declined to give access").wait_for()
	screenshot("authorize-declined")
	page.reload()
	wait_for_form(page, desk)
	assert page.get_by_text("declined to give access").count() == 0


def test_a_channel_that_needs_authorization_is_mended_by_one_click(page, desk, screenshot):
	desk.ready()
	desk.provider.revoke()
	assert desk.poll() == "Needs Authorization"
	open_form(page, desk)
	screenshot("authorize-needed")
	click_authorize(page)
	page.get_by_role("button", name="Accept").click()
	page.wait_for_url("**/app/email-channel/**")
	page.get_by_text("Signed in.").wait_for()
	assert desk.poll() == "Connected", desk.state("health_reason")


def test_an_answer_that_comes_back_twice_is_refused_on_a_page_of_its_own(page, desk, screenshot):
	open_form(page, desk)
	click_authorize(page)
	with page.expect_response(lambda response: "authorise.callback?" in response.url) as came_back:
		page.get_by_role("button", name="Accept").click()
	page.wait_for_url("**/app/email-channel/**")
	page.goto(came_back.value.url)
	page.get_by_text("already used").wait_for()
	screenshot("authorize-replayed")
	page.errors.clear()  # The browser notes the status 400 of this page.
