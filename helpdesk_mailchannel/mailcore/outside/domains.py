"""Domain names as they are compared: as A-labels, made the same way everywhere (UTS 46, RFC 5891)."""

from __future__ import annotations

import idna


def a_labels(domain: str) -> str:
	"""Return the domain in lower case as A-labels (`xn--…`), without white space; empty if IDNA bars it."""
	domain = domain.strip().lower()
	if domain.isascii():
		return domain
	try:
		return idna.encode(domain, uts46=True).decode("ascii")
	except (idna.IDNAError, ValueError, IndexError):
		return ""
