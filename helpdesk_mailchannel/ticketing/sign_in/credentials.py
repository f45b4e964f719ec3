"""A channel's secrets at the time of use (see `ports.Credentials`): the password, or a valid access token.

Only one worker renews an access token, under a row lock; the others wait and find the new one. A new refresh
token is committed before the new access token is used, so that a crash cannot lose it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import frappe

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.oauth.choose import obtain
from helpdesk_mailchannel.mailcore.oauth.tokens import TokenSet
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import Sentence, _, verbatim
from helpdesk_mailchannel.mailcore.settings import Grant, OAuthProvider
from helpdesk_mailchannel.ticketing.sign_in import tokens
from helpdesk_mailchannel.ticketing.sign_in.provider import registered_application, sign_in_provider
from helpdesk_mailchannel.ticketing.sign_in.stored_secrets import server, stored, typed, usable
from helpdesk_mailchannel.ticketing.times import SystemClock


class SiteCredentials:
	"""The secrets of a saved channel, only for the server that `doc` names.

	`doc` is the document the connection is opened with. It is not read again: an open connection goes to the
	same server whatever the settings say by now. `check` raises if the run must no longer sign in.
	"""

	def __init__(self, doc: Any, check: Callable[[], None] = lambda: None) -> None:
		self.channel = str(doc.name)
		self._doc = doc
		self._check = check
		self._clock = SystemClock()
		self._given = ""

	def __repr__(self) -> str:
		return f"SiteCredentials({self.channel!r})"

	def password(self) -> str:
		"""See `ports.Credentials`."""
		self._check()
		return stored(self._doc, "password")

	def access_token(self, *, renew: bool = False) -> str:
		"""See `ports.Credentials`.

		Commits if it renews: it is called while signing in, when the ledger has nothing open.
		"""
		self._check()
		refused = self._given if renew else ""
		value = self._kept(refused) or self._renewed(refused)
		# Waiting for the lock and for the provider takes time.
		self._check()
		self._given = _digest(value)
		return value

	def _kept(self, refused: str) -> str:
		"""Return the stored access token if it is valid and not the one the mail server just refused."""
		kept = tokens.read(self.channel)
		if kept.access is None or not kept.serves(self._doc, self._clock.now()):
			return ""
		return "" if _digest(kept.access.value) == refused else kept.access.value

	def _renewed(self, refused: str) -> str:
		"""Obtain a new access token, or the one that another worker stored while we waited for the lock."""
		tokens.lock(self.channel)
		try:
			value = self._kept(refused)
			if value:
				frappe.db.commit()
				return value
			found = _obtain(self._doc, _stored_refresh_token(self._doc), stored(self._doc, "client_secret"))
			tokens.store(self._doc, found)
			return found.access.value
		except ChannelError:
			frappe.db.rollback()
			raise
		except Exception as error:
			# The site logs unexpected errors with local variables, so this one must not propagate.
			frappe.db.rollback()
			raise _site_trouble(error) from None


LASTING_REFRESH_TOKENS = (OAuthProvider.MICROSOFT, OAuthProvider.GOOGLE)
"""Who uses one of their refresh tokens may use it again: Google gives no other, and Microsoft does not revoke
the old one (Microsoft identity platform, "Refresh tokens")."""


class FormCredentials:
	"""The secrets of a channel as its form shows it now, saved or not: for Test Connection.

	Stars in the form stand for the saved channel's secret, which `stored_secrets` gives only to its own
	server.
	"""

	def __init__(self, doc: Any) -> None:
		self._doc = doc

	def __repr__(self) -> str:
		return f"FormCredentials({self._doc.name!r})"

	def password(self) -> str:
		"""See `ports.Credentials`."""
		return usable(self._doc, "password")

	def access_token(self, *, renew: bool = False) -> str:
		"""See `ports.Credentials`.

		A channel that a user signed in for is tested with its stored tokens, because renewing may replace
		them; the application's own access is obtained with what the form shows, and so is that of a pasted
		refresh token if using it does not invalidate it.
		"""
		settings = registered_application(self._doc)
		if settings.grant is Grant.CLIENT_CREDENTIALS:
			return self._from_the_form("")
		pasted = typed(self._doc, "refresh_token")
		if pasted:
			if settings.provider in LASTING_REFRESH_TOKENS:
				return self._from_the_form(pasted)
			raise _not_signed_in(
				_("This provider may replace a pasted refresh token: save the channel first.")
			)
		if usable(self._doc, "refresh_token"):
			saved = frappe.get_doc("Email Channel", self._doc.name)
			if server(saved) == server(self._doc):
				return SiteCredentials(saved).access_token(renew=renew)
		raise _not_signed_in(_("Save the channel and click Authorize."))

	def _from_the_form(self, refresh: str) -> str:
		return _obtain(self._doc, refresh, usable(self._doc, "client_secret")).access.value


def _stored_refresh_token(doc: Any) -> str:
	"""Return the refresh token from a user's sign-in; the application's own access needs none."""
	own = registered_application(doc).grant is Grant.CLIENT_CREDENTIALS
	return "" if own else stored(doc, "refresh_token")


def _not_signed_in(remedy: Sentence) -> ChannelError:
	return ChannelError(
		Trouble.TOKEN_DEAD, Step.TOKEN, _("Nobody has signed in for this channel yet."), remedy=remedy
	)


def _obtain(doc: Any, refresh: str, secret: str) -> TokenSet:
	return obtain(sign_in_provider(doc, secret), registered_application(doc).grant, refresh)


def _digest(value: str) -> str:
	return hashlib.sha256(value.encode()).hexdigest()


def _site_trouble(error: Exception) -> ChannelError:
	return ChannelError(Trouble.SITE_TROUBLE, Step.TOKEN, verbatim(f"{type(error).__name__}."))
