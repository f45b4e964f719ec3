"""Words as rules compare them: each program sets its own case, width and spaces."""

from __future__ import annotations

from unicodedata import normalize


def comparable(text: str) -> str:
	"""Return the text in one case and width (Unicode's NFKC), its words one space apart."""
	return " ".join(normalize("NFKC", text).casefold().split())
