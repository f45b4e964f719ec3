"""Strangers' mail on a real site, and a real browser that opens every view of it."""

import pytest

from devkit.fixtures import connected_site, dovecot, mailbox, site  # noqa: F401
from tests.attack.strangers import Strangers
from tests.attack.watch import FIGURES, Watch
from tests.browser.conftest import browser, web  # noqa: F401


@pytest.fixture(scope="session")
def strangers(connected_site, dovecot):  # noqa: F811
	"""Every payload in every place, filed; all of it is gone at the end."""
	from devkit.inside import tidy
	from devkit.services.smtp_sink import SmtpSink

	sink = SmtpSink()
	sink.start()
	sink.clear()
	start = tidy.mark()
	boxes = [dovecot.new_mailbox(), dovecot.new_mailbox()]
	connected_site.set_user("Administrator")
	try:
		sent = Strangers(*boxes, sink)
		sent.write()
		yield sent
	finally:
		connected_site.db.rollback()
		connected_site.set_user("Administrator")
		tidy.back_to(start)
		sink.clear()
		for box in boxes:
			dovecot.remove_mailbox(box)


@pytest.fixture(scope="session")
def watch(strangers, web):  # noqa: F811
	"""Remembers what was seen, over all views."""
	watching = Watch(strangers.marker, web.url)
	yield watching
	FIGURES.append(
		f"Markup: {len(strangers.marker.tries)} tries in {strangers.sent} messages, "
		f"{len(watching.seen)} of them seen; {watching.views} views opened; {len(watching.holes)} holes."
	)


def pytest_terminal_summary(terminalreporter):
	"""Print the figures."""
	if FIGURES:
		terminalreporter.section("figures")
		for line in FIGURES:
			terminalreporter.write_line(line)
