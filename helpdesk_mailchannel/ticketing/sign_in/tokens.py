"""Where a channel's tokens are kept, encrypted, and the row lock under which they change.

The refresh token is a Password field of the channel, where it may also be pasted; the access token is one of
the channel's Email Channel Token. Code that changes them holds the lock on that row: `lock`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import frappe
from frappe.utils.password import get_decrypted_password, remove_encrypted_password, set_encrypted_password

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.oauth.state import fingerprint
from helpdesk_mailchannel.mailcore.oauth.tokens import AccessToken, TokenSet
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.ticketing.sign_in import stored_secrets
from helpdesk_mailchannel.ticketing.sign_in.provider import registered_application
from helpdesk_mailchannel.ticketing.times import from_site, to_site

CHANNEL = "Email Channel"
TOKEN = "Email Channel Token"


@dataclass(frozen=True)
class Kept:
	"""A channel's stored tokens, and the digest of what the access token was obtained with."""

	access: AccessToken | None
	refresh: str = field(repr=False)
	application: str = ""

	def serves(self, doc: Any, now: datetime) -> bool:
		"""Return whether the access token is still valid and belongs to the channel as configured now."""
		mine = self.application == application_of(doc, self.refresh)
		return self.access is not None and mine and self.access.is_fresh(now)


def read(channel: str) -> Kept:
	"""Read what is kept for a channel, as this transaction sees it."""
	fields = ("issued_at", "expires_at", "application")
	row = frappe.db.get_value(TOKEN, channel, fields, as_dict=True) or frappe._dict()
	value = _secret(TOKEN, channel, "access_token")
	issued_at, expires_at = from_site(row.issued_at), from_site(row.expires_at)
	access = AccessToken(value, issued_at, expires_at) if value and issued_at and expires_at else None
	return Kept(access, _secret(CHANNEL, channel, "refresh_token"), row.application or "")


def lock(channel: str) -> None:
	"""Begin a new transaction that alone may change the channel's tokens; commit or rollback ends it.

	Commits what was written before: a read after the lock has to see what the previous worker stored, and
	MariaDB would show it the state as of the old transaction's first read. So this is called only when the
	ledger has nothing open, which is the case whenever a session signs in.

	Raises ChannelError(TOKEN_UNAVAILABLE) if another worker holds the lock for too long.
	"""
	try:
		# A locking read of a missing row would lock the gap, and concurrent workers would deadlock.
		if not frappe.db.exists(TOKEN, channel):
			_make_row(channel)
		# The locking read must be the first read of its transaction.
		frappe.db.commit()
		frappe.db.get_value(TOKEN, channel, "name", for_update=True)
	except (frappe.QueryTimeoutError, frappe.QueryDeadlockError):
		frappe.db.rollback()
		raise ChannelError(
			Trouble.TOKEN_UNAVAILABLE, Step.TOKEN, _("Another worker is still renewing it.")
		) from None


def store(doc: Any, tokens: TokenSet) -> None:
	"""Store new, unused tokens of this Email Channel and commit, which releases the lock.

	The refresh token goes first: if the provider replaced it, the old one is worthless.
	"""
	if tokens.refresh:
		stored_secrets.store(doc, "refresh_token", tokens.refresh)
	set_encrypted_password(TOKEN, doc.name, tokens.access.value, "access_token")
	values = {
		"issued_at": to_site(tokens.access.issued_at),
		"expires_at": to_site(tokens.access.expires_at),
		"application": application_of(doc, tokens.refresh),
	}
	frappe.db.set_value(TOKEN, doc.name, values, update_modified=False)
	frappe.db.commit()


def forget(channel: str) -> None:
	"""Remove a channel's access token, for example when the channel is deleted."""
	remove_encrypted_password(TOKEN, channel, "access_token")
	frappe.db.delete(TOKEN, {"name": channel})


def application_of(doc: Any, refresh: str) -> str:
	"""Return a digest of what an access token was obtained with and for: the sign-in and the mail server.

	The redirect URL is left out: a web request and a background job may compute it differently.
	"""
	settings = replace(registered_application(doc), redirect_uri="")
	told = f"{fingerprint(settings, stored_secrets.server(doc))} {refresh}"
	return hashlib.sha256(told.encode()).hexdigest()


def _make_row(channel: str) -> None:
	"""Make the row to lock; if another worker made it at the same moment, use that one."""
	row = frappe.get_doc({"doctype": TOKEN, "name": channel, "channel": channel})
	row.set_user_and_timestamp()
	try:
		# A full save looks for passwords that are not there yet, and locks the gaps where they will be:
		# concurrent workers deadlock.
		row.db_insert()
	except frappe.DuplicateEntryError:
		frappe.clear_last_message()


def _secret(doctype: str, name: str, fieldname: str) -> str:
	return get_decrypted_password(doctype, name, fieldname, raise_exception=False) or ""
