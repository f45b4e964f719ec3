"""A real browser on the real desk of the site."""

import os
import shutil
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

from devkit import paths
from devkit.fixtures import connected_site, dovecot, mailbox, scheduler, site, smtp_sink  # noqa: F401
from devkit.sites import chosen
from devkit.sites.processes import WebUnderTest

FLAGS = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
]

# There is no socket.io server here, and the desk says so in its console. It also selects what stands in a
# number's field a moment after somebody has entered it, wherever the focus is by then.
TOLERATED = ("socket.io", "websocket", "activeElement.select")

LISTS = ("Email Channel", "Email Channel Message", "Issue")

# Nothing moves, the chosen tab is the one that is shown, and the cards have their numbers.
AT_REST = """() =>
	!document.getAnimations().some((animation) => animation instanceof CSSTransition) &&
	!document.querySelector(".tab-pane.fade.active:not(.show), .number-card-loading") &&
	[...document.querySelectorAll(".form-tabs .nav-link.active")].every((link) => {
		const pane = document.getElementById(link.getAttribute("aria-controls"));
		return !pane || pane.classList.contains("show");
	})
"""


@pytest.fixture(scope="session")
def web():
	"""The site's web server."""
	server = WebUnderTest(chosen())
	server.stop()
	server.start()
	yield server
	server.stop()


@pytest.fixture(scope="session")
def browser():
	"""Debian's own Chromium, without a window."""
	# The framework's event loop policy is of no concern to Playwright's.
	with sync_playwright() as playwright:
		running = playwright.chromium.launch(
			executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=FLAGS
		)
		yield running
		running.close()


@pytest.fixture
def page(browser, web):
	"""A page signed in as Administrator; at the end, errors in its console fail the test."""
	with signed_in(browser, web, "Administrator", web.platform.admin_password) as opened:
		yield opened


@contextmanager
def signed_in(browser, web, user, password):
	"""A page on which this user is signed in; at the end, errors in its console fail the test."""
	context = browser.new_context(base_url=web.url, viewport={"width": 1280, "height": 900})
	context.set_default_timeout(30_000)
	answer = context.request.post("/api/method/login", form={"usr": user, "pwd": password})
	assert answer.ok, answer.text()
	for doctype in LISTS:
		_forget_filters(context, doctype)
	opened = context.new_page()
	opened.errors = []
	opened.on("console", lambda message: _note(opened.errors, message))
	opened.on("pageerror", lambda error: _note_text(opened.errors, str(error)))
	yield opened
	context.close()
	assert opened.errors == []


def _forget_filters(context, doctype):
	"""A list shows what its user saw last, from one test to the next."""
	answer = context.request.get(
		"/api/method/frappe.model.utils.user_settings.save",
		params={"doctype": doctype, "user_settings": '{"List": {}}'},
	)
	assert answer.ok, answer.text()


def _note(errors, message):
	if message.type == "error":
		_note_text(errors, f"{message.text} {message.location.get('url', '')}")


def _note_text(errors, text):
	if not any(word in text for word in TOLERATED):
		errors.append(text)


@pytest.fixture
def screenshot(page, request):
	"""Keeps a picture of the page in .dev/screenshots/ and returns its path."""

	def take(name):
		page.wait_for_function(AT_REST)
		paths.SCREENSHOTS.mkdir(parents=True, exist_ok=True)
		file = paths.SCREENSHOTS / f"{name}.png"
		page.screenshot(path=str(file), full_page=False)
		return file

	return take


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
	"""Keep a picture of what a failed test saw last, and what the browser complained about."""
	report = yield
	page = item.funcargs.get("page")
	if report.failed and page and not page.is_closed():
		paths.SCREENSHOTS.mkdir(parents=True, exist_ok=True)
		file = paths.SCREENSHOTS / f"failed-{item.name}.png"
		page.screenshot(path=str(file))
		report.sections.append(("Browser", "\n".join([f"last seen: {file}", *page.errors])))
	return report
