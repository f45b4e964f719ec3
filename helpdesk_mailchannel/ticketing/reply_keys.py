"""The keys that sign reply addresses and Message-IDs (`mailcore.thread.token`).

They are derived from the site's encryption key whenever they are needed, and are never stored or logged. If
you change that key, put the previous one into the site config as `mailchannel_previous_encryption_key`, so
that answers to email sent until then still find their tickets.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timezone

import frappe
from frappe.utils.password import get_encryption_key

from helpdesk_mailchannel.ticketing.times import spelled, to_site

_USE = b"mailchannel reply tokens"
_BOUND_AT = "mailchannel_tokens_bound_at"
"""The site's default value that tells since when tokens name the moment at which their ticket was made.

In UTC: a new site gets its time zone only after its apps.
"""


def reply_keys() -> tuple[bytes, ...]:
	"""Return the key to sign with, then the others that are accepted."""
	previous = frappe.conf.get("mailchannel_previous_encryption_key")
	return tuple(_derived(secret) for secret in (get_encryption_key(), previous) if secret)


def bound_since() -> str:
	"""Return since when this site's tokens include their ticket's creation time; empty before a migration.

	In the format in which the site stores times. Tickets from before may have tokens without one.
	"""
	noted = frappe.db.get_global(_BOUND_AT)
	return spelled(to_site(datetime.fromisoformat(noted))) if noted else ""


def note_binding() -> None:
	"""Record that time, once: when the app is installed, or first migrated to a version that binds tokens."""
	if not frappe.db.get_global(_BOUND_AT):
		frappe.db.set_global(_BOUND_AT, datetime.now(timezone.utc).isoformat())


def forget_binding() -> None:
	"""Remove that record when the app is uninstalled."""
	frappe.defaults.clear_default(_BOUND_AT, parent="__global")


def _derived(secret: str) -> bytes:
	return hmac.new(secret.encode(), _USE, hashlib.sha256).digest()
