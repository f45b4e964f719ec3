"""Measurements: a real site and real mail servers; nothing is asserted about time."""

from devkit.fixtures import connected_site, dovecot, mailbox, site  # noqa: F401

FIGURES: list[str] = []


def pytest_terminal_summary(terminalreporter):
	"""Print what was measured."""
	if FIGURES:
		terminalreporter.section("figures")
		for line in FIGURES:
			terminalreporter.write_line(line)
