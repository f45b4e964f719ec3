"""A channel's secrets at the moment of use (see `ports.Credentials`): the password, or a token that lives.

An access token is renewed by one worker alone, under a row lock; the others wait and find the new one. A new
refresh token is committed before the new access token is used, so that no crash can lose it.
"""

from __future__ import annotations

import hashlib
from typing import Any

import frappe

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.oauth.choose import obtain
from helpdesk_mailchannel.mailcore.oauth.tokens import TokenSet
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.settings import Grant, OAuthProvider
from helpdesk_mailchannel.ticketing import tokens
from helpdesk_mailchannel.ticketing.settings import trimmed
from helpdesk_mailchannel.ticketing.sign_in import registered_application, sign_in_provider
from helpdesk_mailchannel.ticketing.times import SystemClock


class SiteCredentials:
	"""The secrets of a saved channel."""

	def __init__(self, channel: str) -> None:
		self.channel = channel
		self._clock = SystemClock()
		self._given = ""

	def __repr__(self) -> str:
		return f"SiteCredentials({self.channel!r})"

	def password(self) -> str:
		"""See `ports.Credentials`."""
		doc = frappe.get_doc("Email Channel", self.channel)
		return doc.get_password("password", raise_exception=False) or ""

	def access_token(self, *, renew: bool = False) -> str:
		"""See `ports.Credentials`.

		Commits where it renews: it is called while signing in, when the ledger has nothing open.
		"""
		refused = self._given if renew else ""
		value = self._kept(refused) or self._renewed(refused)
		self._given = _digest(value)
		return value

	def _kept(self, refused: str) -> str:
		"""The stored access token, if it serves and is not the one the mail server just refused."""
		kept = tokens.read(self.channel)
		settings = registered_application(frappe.get_doc("Email Channel", self.channel))
		if kept.access is None or not kept.serves(settings, self._clock.now()):
			return ""
		return "" if _digest(kept.access.value) == refused else kept.access.value

	def _renewed(self, refused: str) -> str:
		"""A new access token, or the one that another worker stored while we waited for the lock."""
		tokens.lock(self.channel)
		try:
			value = self._kept(refused)
			if value:
				frappe.db.commit()
				return value
			doc = frappe.get_doc("Email Channel", self.channel)
			found = _obtain(doc, tokens.read(self.channel).refresh)
			tokens.store(self.channel, found, registered_application(doc))
			return found.access.value
		except ChannelError:
			frappe.db.rollback()
			raise
		except Exception as error:
			# The site logs unexpected errors with local variables, so this one must not travel further.
			frappe.db.rollback()
			raise _site_trouble(error) from None


SERVER = (
	"host",
	"port",
	"protocol",
	"security",
	"ca_file",
	"sign_in",
	"oauth_provider",
	"tenant_id",
	"token_endpoint",
)
"""Where the secrets go: who changes one of these must enter the secrets again."""


LASTING_REFRESH_TOKENS = (OAuthProvider.MICROSOFT, OAuthProvider.GOOGLE)
"""Who uses one of their refresh tokens may use it again: Google gives no other, and Microsoft does not revoke
the old one (Microsoft identity platform, "Refresh tokens")."""


class FormCredentials:
	"""The secrets of a channel as its form shows it now, saved or not: for Test Connection.

	What the form shows as stars is the saved channel's secret. It is given to the server it was saved for and
	to no other, or Test Connection would hand it to whatever host somebody types.
	"""

	def __init__(self, doc: Any) -> None:
		self._doc = doc
		self._saved = SiteCredentials(doc.name) if self._is_for_the_saved_server() else None

	def _is_for_the_saved_server(self) -> bool:
		if not self._doc.name:
			return False
		saved = frappe.db.get_value(self._doc.doctype, self._doc.name, SERVER, as_dict=True)
		if saved is None:
			return False
		return all(_same(saved[fieldname], self._doc.get(fieldname)) for fieldname in SERVER)

	def password(self) -> str:
		"""See `ports.Credentials`."""
		return self._secret("password")

	def access_token(self, *, renew: bool = False) -> str:
		"""See `ports.Credentials`.

		A channel that somebody signed in for is tested with its stored tokens, as renewing may replace them;
		the application's own access is obtained with what the form shows, and so is that of a pasted refresh
		token where its use does not end it.
		"""
		settings = registered_application(self._doc)
		if settings.grant is Grant.CLIENT_CREDENTIALS:
			return self._from_the_form("")
		pasted = trimmed(self._doc.refresh_token)
		if pasted and not self._doc.is_dummy_password(pasted):
			if settings.provider in LASTING_REFRESH_TOKENS:
				return self._from_the_form(pasted)
			raise _not_signed_in("This provider may replace a pasted refresh token: save the channel first.")
		if self._saved:
			return self._saved.access_token(renew=renew)
		raise _not_signed_in("Save the channel and click Authorise.")

	def _from_the_form(self, refresh: str) -> str:
		self._secret("client_secret")
		return _obtain(self._doc, refresh).access.value

	def _secret(self, fieldname: str) -> str:
		shown = trimmed(self._doc.get(fieldname))
		if shown and not self._doc.is_dummy_password(shown):
			return shown
		if self._saved:
			return trimmed(self._doc.get_password(fieldname, raise_exception=False))
		if shown:
			raise ChannelError(
				Trouble.SETTINGS_INCOMPLETE,
				Step.SIGN_IN,
				"The stored secret belongs to the server that is saved.",
				remedy="Enter the password or secret again, or save the channel first.",
			)
		return ""


def _not_signed_in(remedy: str) -> ChannelError:
	return ChannelError(
		Trouble.TOKEN_DEAD, Step.TOKEN, "Nobody has signed in for this channel yet.", remedy=remedy
	)


def _same(saved: object, shown: object) -> bool:
	return str(saved or "").strip() == str(shown or "").strip()


def _obtain(doc: Any, refresh: str) -> TokenSet:
	settings = registered_application(doc)
	return obtain(sign_in_provider(doc), settings.grant, refresh)


def _digest(value: str) -> str:
	return hashlib.sha256(value.encode()).hexdigest()


def _site_trouble(error: Exception) -> ChannelError:
	return ChannelError(Trouble.SITE_TROUBLE, Step.TOKEN, f"{type(error).__name__}.")
