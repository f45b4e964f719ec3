"""A real browser on the real desk of the site."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from devkit import paths
from devkit.fixtures import connected_site, dovecot, mailbox, scheduler, site, smtp_sink  # noqa: F401
from devkit.services.site_processes import WebUnderTest
from devkit.sites import chosen

FLAGS = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
]

# There is no socket.io server here, and the desk says so in its console.
TOLERATED = ("socket.io", "websocket")


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
	context = browser.new_context(base_url=web.url, viewport={"width": 1280, "height": 900})
	context.set_default_timeout(30_000)
	signed_in = context.request.post(
		"/api/method/login", form={"usr": "Administrator", "pwd": web.platform.admin_password}
	)
	assert signed_in.ok, signed_in.text()
	opened = context.new_page()
	opened.errors = []
	opened.on("console", lambda message: _note(opened.errors, message))
	opened.on("pageerror", lambda error: opened.errors.append(str(error)))
	yield opened
	context.close()
	assert opened.errors == []


def _note(errors, message):
	text = f"{message.text} {message.location.get('url', '')}"
	if message.type == "error" and not any(word in text for word in TOLERATED):
		errors.append(text)


@pytest.fixture
def screenshot(page, request):
	"""Keeps a picture of the page in .dev/screenshots/ and returns its path."""

	def take(name):
		paths.SCREENSHOTS.mkdir(parents=True, exist_ok=True)
		file = paths.SCREENSHOTS / f"{name}.png"
		page.screenshot(path=str(file), full_page=False)
		return file

	return take
