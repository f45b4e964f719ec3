"""Attacks on the engine; prints what they came to."""

from tests.hostile.figures import FIGURES


def pytest_terminal_summary(terminalreporter):
	"""Say what the attacks came to."""
	if FIGURES:
		terminalreporter.section("figures")
		for line in FIGURES:
			terminalreporter.write_line(line)
