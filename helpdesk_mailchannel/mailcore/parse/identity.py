"""The content identity: tells whether two copies are one mail.

Not over trace fields, so that one mail delivered to two aliases has one identity; over the body, so that a
Message-ID used again for other words has another.
"""

from __future__ import annotations

from hashlib import sha256


def content_identity(message_id: str, author: str, date: str, subject: str, body: bytes) -> str:
	"""Hex SHA-256 over Message-ID (in lower case), From address, Date, Subject and the body's own digest.

	`date` is the field's text as it came. `body` is every octet after the header.
	"""
	parts = (message_id.lower(), author, date, subject, sha256(body).hexdigest())
	# Lengths keep neighbours apart: no text can move from one part into the next.
	return sha256("".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "replace")).hexdigest()
