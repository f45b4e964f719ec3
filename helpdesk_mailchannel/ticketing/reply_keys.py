"""The keys that sign reply addresses and Message-IDs (`mailcore.thread.token`).

They are made from the site's encryption key whenever they are needed, and are never stored or logged. Who
changes that key puts the one before into the site config as `mailchannel_previous_encryption_key`, so that
answers to mail sent until then still find their tickets.
"""

from __future__ import annotations

import hashlib
import hmac

import frappe
from frappe.utils import now_datetime
from frappe.utils.password import get_encryption_key

from helpdesk_mailchannel.ticketing.times import spelled

_USE = b"mailchannel reply tokens"
_BOUND_SINCE = "mailchannel_tokens_bound_since"
"""The site's default value that tells since when tokens name the moment at which their ticket was made."""


def reply_keys() -> tuple[bytes, ...]:
	"""The key to sign with, then those that are accepted besides."""
	previous = frappe.conf.get("mailchannel_previous_encryption_key")
	return tuple(_derived(secret) for secret in (get_encryption_key(), previous) if secret)


def bound_since() -> str:
	"""Since when this site's tokens name the moment at which their ticket was made; empty before a migration.

	Tickets from before may have tokens that do not.
	"""
	return frappe.db.get_global(_BOUND_SINCE) or ""


def bind_from_now_on() -> None:
	"""Note that moment, once: when the app is installed, or first migrated to a version that binds tokens."""
	if not bound_since():
		frappe.db.set_global(_BOUND_SINCE, spelled(now_datetime()))


def forget_binding() -> None:
	"""Remove the note of it, with the app."""
	frappe.defaults.clear_default(_BOUND_SINCE, parent="__global")


def _derived(secret: str) -> bytes:
	return hmac.new(secret.encode(), _USE, hashlib.sha256).digest()
