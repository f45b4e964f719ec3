"""IDs and secrets as people paste them: with spaces, line ends and invisible characters around them."""

from __future__ import annotations

import re

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_INVISIBLE = "\u00a0\u200b\u200c\u200d\u2060\ufeff"


def trimmed(value: str) -> str:
	"""Take an ID, secret, token or address as it was pasted; give it back without what surrounds it."""
	return value.strip(_INVISIBLE + " \t\r\n\v\f")


def looks_like_secret_id(secret: str) -> bool:
	"""Whether a Microsoft client secret is the *Secret ID*, which is a UUID; the *Value* never is one."""
	return _UUID.fullmatch(trimmed(secret)) is not None
