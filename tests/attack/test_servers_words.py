"""Nothing runs of what mail servers and token endpoints say, where the form and the log repeat it."""

from __future__ import annotations

import frappe
import pytest

from helpdesk_mailchannel.ticketing.polling.job import poll
from tests.attack.payloads import PAYLOADS, Marker
from tests.attack.watch import FIGURES, Watch
from tests.browser.forms import READY, ChannelForm, dialog
from tests.core.connect.imap_scripts import greeting
from tests.core.connect.scripted_server import ScriptedServer
from tests.oauth.desk import ENDPOINTS, lead_to
from tests.oauth.provider import OTHER, ProviderServer
from tests.site.polling import new_channel

SAID = tuple(payload for number, payload in enumerate(PAYLOADS) if number % 3 == 0 and payload.isprintable())
FOLDERS = (
	"<img src=x onerror=ran({n}) id=planted{n}>",
	"&lt;img src=x onerror=ran({n}) id=planted{n}&gt;",
	"' onfocus=ran({n}) autofocus id=planted{n} x='",
	'" onmouseover=ran({n}) id=planted{n} x="',
	"[x](javascript:ran({n}))",
	"q{{{{ 7*191 }}}}q",
	"<svg onload=ran({n}) id=planted{n} x=",
)


@pytest.fixture
def marker():
	return Marker()


@pytest.fixture
def page(browser, web, watch_of_words):
	context = browser.new_context(base_url=web.url)
	context.set_default_timeout(30_000)
	form = {"usr": "Administrator", "pwd": web.platform.admin_password}
	assert context.request.post("/api/method/login", form=form).ok
	watch_of_words.over(context)
	yield context.new_page()
	context.close()


@pytest.fixture
def watch_of_words(marker, web):
	watching = Watch(marker, web.url)
	yield watching
	figures = f"{len(marker.tries)} tries, {watching.views} views, {len(watching.holes)} holes."
	FIGURES.append(f"Words of servers: {figures}")


@pytest.fixture
def provider(site, tmp_path):
	with ProviderServer(tmp_path) as running:
		lead_to(running)
		yield running


def fail_now(channel) -> None:
	"""Poll, and expect that it went wrong."""
	frappe.db.set_value("Email Channel", channel.name, {"next_poll_at": None, "status": "Active"})
	frappe.db.commit()
	poll(channel.name)
	frappe.db.rollback()
	assert frappe.db.get_value("Email Channel", channel.name, "health") not in ("Connected", "Not Polled Yet")


def look_everywhere(page, watch, channel):
	form = ChannelForm(page).open(channel.name)
	form.page.locator(".form-message:visible, .form-dashboard-headline:visible").first.wait_for()
	form.tab("Activate")
	watch.look(page, "channel's form")
	page.goto("/app/email-channel")
	page.locator(".list-row:visible").first.wait_for()
	watch.look(page, "list of channels")
	page.goto("/app/email-channel-run")
	page.locator(".list-row:visible").first.wait_for()
	page.wait_for_function(READY)
	watch.look(page, "list of runs")
	for name in frappe.get_all("Email Channel Run", {"channel": channel.name}, pluck="name"):
		page.goto(f"/app/email-channel-run/{name}")
		page.wait_for_function(
			"name => window.cur_frm && cur_frm.doc && cur_frm.doc.name == name", arg=str(name)
		)
		page.wait_for_function(READY)
		watch.look(page, "a run")
	page.locator(".notifications-icon:visible, .sidebar-notification:visible").first.click()
	page.wait_for_function(READY)
	watch.look(page, "bell")


def test_a_refusal_to_sign_in(site, mailbox, marker, page, watch_of_words):
	channel = new_channel(mailbox, channel_name="Refused", security="None")

	def refusing(words):
		def script(talk):
			greeting(talk)
			talk.command(b"LOGIN", answer=b"NO " + words)

		return script

	for payload in SAID:
		words = marker.at(payload)("Answer to LOGIN").encode()
		with ScriptedServer(refusing(words)) as server:
			site.local.conf["mailchannel_extra_ports"] = [server.port]
			frappe.db.set_value("Email Channel", channel.name, "port", server.port)
			fail_now(channel)
	look_everywhere(page, watch_of_words, channel)
	assert list(watch_of_words.holes) == []


def test_a_refusal_of_a_token(site, mailbox, provider, marker, page, watch_of_words):
	application = provider.register(OTHER)
	channel = new_channel(
		mailbox,
		channel_name="No Token",
		sign_in="OAuth",
		password="",
		oauth_provider="Other",
		grant_type="Client Credentials",
		client_id=application.client_id,
		client_secret=application.secret,
		**ENDPOINTS,
	)
	for payload in SAID:
		fill = marker.at(payload)
		answer = {
			"error": fill("error of a token endpoint"),
			"error_description": fill("error_description"),
			"error_uri": fill("error_uri"),
		}
		provider.fail("/token", 400, answer)
		fail_now(channel)
	look_everywhere(page, watch_of_words, channel)
	assert list(watch_of_words.holes) == []


def test_names_of_folders(site, mailbox, marker, page, watch_of_words):
	for payload in FOLDERS:
		mailbox.create_folder(marker.at(payload)("folder"))
	channel = new_channel(mailbox, channel_name="Folders", all_folders=1, status="Draft")
	form = ChannelForm(page).open(channel.name)
	form.tab("Reading")
	page.get_by_role("button", name="Pick from Server").first.click()
	dialog(page).get_by_text("INBOX").first.wait_for()
	watch_of_words.look(page, "folder picker")
	assert "(javascript:" in dialog(page).inner_text(), "names without markup can be chosen"
	dialog(page).locator("input[data-fieldname=success_folder]").first.fill("x")
	watch_of_words.look(page, "folder picker, choosing")
	dialog(page).locator("input[type=checkbox]").evaluate_all("all => all.forEach((each) => each.click())")
	page.evaluate("cur_dialog.get_primary_btn().click()")
	page.wait_for_function(READY)
	watch_of_words.look(page, "form with picked folders")
	form.click("Test Connection")
	dialog(page).get_by_text("The Connection Works").or_(dialog(page).locator(".modal-body")).first.wait_for()
	watch_of_words.look(page, "Test Connection")
	assert list(watch_of_words.holes) == []
