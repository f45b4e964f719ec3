"""Runs that are killed and cut: a real site, real mail servers, and watched wires between them."""

from devkit.fixtures import connected_site, dovecot, mailbox, scheduler, site  # noqa: F401
from tests.crash.harness import FIGURES


def pytest_terminal_summary(terminalreporter):
	"""Say how often runs were broken, and how fast the others were."""
	if FIGURES:
		terminalreporter.section("figures")
		for line in FIGURES:
			terminalreporter.write_line(line)
