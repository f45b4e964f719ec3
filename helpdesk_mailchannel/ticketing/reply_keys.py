"""The keys that sign reply addresses and Message-IDs (`mailcore.thread.token`).

They are made from the site's encryption key whenever they are needed, and are never stored or logged. Who
changes that key puts the one before into the site config as `mailchannel_previous_encryption_key`, so that
answers to mail sent until then still find their tickets.
"""

from __future__ import annotations

import hashlib
import hmac

import frappe
from frappe.utils.password import get_encryption_key

_USE = b"mailchannel reply tokens"


def reply_keys() -> tuple[bytes, ...]:
	"""The key to sign with, then those that are accepted besides."""
	previous = frappe.conf.get("mailchannel_previous_encryption_key")
	return tuple(_derived(secret) for secret in (get_encryption_key(), previous) if secret)


def _derived(secret: str) -> bytes:
	return hmac.new(secret.encode(), _USE, hashlib.sha256).digest()
