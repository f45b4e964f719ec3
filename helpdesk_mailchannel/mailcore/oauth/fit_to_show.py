"""Makes what a provider said fit to be shown: without secrets, on one line, short."""

from __future__ import annotations

import re
from collections.abc import Iterable

from helpdesk_mailchannel.mailcore.outside.plain_text import plain_line
from helpdesk_mailchannel.mailcore.outside.redact import HIDDEN, redact

LENGTH = 300

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TOKEN_LIKE = re.compile(r"[A-Za-z0-9_~+=-]{24,}(?:[./][A-Za-z0-9_~+=-]+)*")
_DIAGNOSTICS = re.compile(r"(?:(?<!\s)\s+)?(Trace ID|Correlation ID|Timestamp):.*", re.DOTALL)
_NOT_PRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")


def fit_to_show(text: str, secrets: Iterable[str] = ()) -> str:
	"""Return a provider's text masked and shortened.

	`secrets` are masked, as is anything that looks like a token, even if nobody named it. IDs of applications
	and tenants stay, as readers compare them; the trailing trace and correlation IDs that Microsoft adds are
	removed, as they mean nothing to the reader.
	"""
	text = _DIAGNOSTICS.sub("", redact(text, secrets))
	text = _TOKEN_LIKE.sub(_mask_unless_id, text)
	text = plain_line(" ".join(_NOT_PRINTABLE.sub(" ", text).split()))
	return text if len(text) <= LENGTH else text[: LENGTH - 1] + "…"


def _mask_unless_id(match: re.Match[str]) -> str:
	return match[0] if _UUID.fullmatch(match[0]) else HIDDEN
