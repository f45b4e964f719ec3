"""Fixtures that several parts of the tests share; a part's conftest.py imports those it offers."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from devkit.background import Background, of_this_process
from devkit.services.dovecot import Dovecot
from devkit.services.imap_filter import FILTERS
from devkit.services.mailbox import Mailbox
from devkit.services.smtp_sink import SmtpSink

if "DEV_SITES" in os.environ:
	# Before any test is collected: Frappe 16 opens logs, relative to here, when its modules are imported.
	os.chdir(os.environ["DEV_SITES"])


@pytest.fixture(scope="session")
def dovecot() -> Dovecot:
	"""The private Dovecot, with its profiles, running."""
	server = Dovecot()
	for service in (server, *FILTERS):
		service.start()
	return server


@pytest.fixture
def mailbox(dovecot: Dovecot) -> Iterator[Mailbox]:
	"""A fresh, empty mailbox of its own for each test."""
	box = dovecot.new_mailbox()
	yield box
	dovecot.remove_mailbox(box)


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
	"""The server that takes the site's mail, empty at the start."""
	sink = SmtpSink()
	sink.start()
	sink.clear()
	yield sink
	sink.clear()


@pytest.fixture(scope="session")
def connected_site() -> Iterator[Any]:
	"""The framework, connected to the site under test for the whole session, without what a demo left."""
	import frappe

	from devkit.inside import demo

	frappe.init(site=os.environ["DEV_SITE"], sites_path=".")
	frappe.connect()
	# Frappe 16 asks the module, earlier ones the flags.
	frappe.in_test = frappe.flags.in_test = True
	_refuse_a_site_in_use(frappe)
	demo.forget(frappe)
	yield frappe
	frappe.destroy()


def _refuse_a_site_in_use(frappe: Any) -> None:
	"""End the tests before they begin where a bench's site has channels that somebody would miss."""
	from devkit.inside import demo

	others = frappe.get_all("Email Channel", {"name": ["!=", demo.CHANNEL]}, pluck="name", order_by="name")
	if others and "BENCH" in os.environ:
		pytest.exit(
			f"The site {os.environ['DEV_SITE']} has mail channels: {', '.join(others)}. "
			"The tests remove the app from the site, with all its records, and install it again. "
			"Use a site that is made for tests; if this is one, delete these channels.",
			returncode=1,
		)


@pytest.fixture
def site(connected_site: Any) -> Iterator[Any]:
	"""`frappe`, connected as Administrator; what the test leaves behind, even committed, is removed."""
	from devkit.inside import tidy

	frappe = connected_site
	frappe.set_user("Administrator")
	start = tidy.mark()
	yield frappe
	frappe.db.rollback()
	frappe.set_user("Administrator")
	tidy.back_to(start)


@pytest.fixture
def scheduler(connected_site: Any) -> Background:
	"""The scheduler's tick and workers of the site, in processes of their own; see `devkit.background`."""
	return of_this_process()
