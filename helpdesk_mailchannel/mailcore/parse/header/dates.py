"""Reads the moments that a header names (RFC 5322 3.3), always aware and in UTC; nonsense is None."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

_OFFSET_BEHIND_ZONE = re.compile(r"\b(?:GMT|UTC|UT|Z)\s*([+-]\d{2}):?(\d{2})\b")
_COLON_IN_OFFSET = re.compile(r"([+-]\d{2}):(\d{2})\b")
_DOTTED_TIME = re.compile(r"\b(\d{2})\.(\d{2})\.(\d{2})\b")
_LONGEST = 120


def parse_date(value: str) -> datetime | None:
	"""Return the moment that a Date field names, or None."""
	text = " ".join(value[:_LONGEST].split())
	if not text:
		return None
	plain = _COLON_IN_OFFSET.sub(r"\1\2", _OFFSET_BEHIND_ZONE.sub(r"\1\2", text))
	return (
		_in_utc(parsedate_to_datetime, plain)
		or _in_utc(parsedate_to_datetime, _DOTTED_TIME.sub(r"\1:\2:\3", plain))
		or _in_utc(datetime.fromisoformat, text)
	)


def received_date(received: str) -> datetime | None:
	"""Return the moment after the last semicolon of a Received field, or None."""
	return parse_date(received.rpartition(";")[2]) if ";" in received else None


def _in_utc(read: Callable[[str], datetime], text: str) -> datetime | None:
	try:
		moment = read(text)
		aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
		utc = aware.astimezone(timezone.utc)
	except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
		return None
	return utc if 1900 <= utc.year < 9000 else None
