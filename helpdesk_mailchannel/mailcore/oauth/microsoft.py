"""Microsoft 365, through Microsoft's own library msal.

msal handles endpoint discovery, PKCE, the nonce and which scopes are added; the network is ours: msal is
given an HTTP client that enforces this site's host rules and raises every refusal before msal sees it. The
site keeps the tokens, so msal's cache is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import msal

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.oauth.defaults import MICROSOFT_AUTHORITIES
from helpdesk_mailchannel.mailcore.oauth.http import HttpClient, HttpResponse
from helpdesk_mailchannel.mailcore.oauth.provider import Begun
from helpdesk_mailchannel.mailcore.oauth.provider_errors import error_for, refusal
from helpdesk_mailchannel.mailcore.oauth.tokens import TokenSet, token_set
from helpdesk_mailchannel.mailcore.ports import Clock
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import Sentence, _
from helpdesk_mailchannel.mailcore.settings import OAuthSettings

RESERVED_SCOPES = frozenset({"openid", "profile", "offline_access"})
"""msal adds these itself and rejects them if given."""

_TENANT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")


@dataclass(frozen=True)
class MicrosoftProvider:
	"""See `provider.Provider`."""

	settings: OAuthSettings
	client_secret: str = field(repr=False)
	http: HttpClient = field(repr=False)
	clock: Clock = field(repr=False)

	def begin(self, state: str) -> Begun:
		"""See `provider.Provider`.

		Microsoft asks which account to use even if one is signed in: the administrator who clicks
		*Authorize* is rarely the owner of the mailbox. The answer comes back by GET, because the browser
		would not send the site's session cookie with a POST from another site.
		"""
		flow = self._ask(
			lambda application: application.initiate_auth_code_flow(
				self._scopes(),
				redirect_uri=self.settings.redirect_uri,
				state=state,
				prompt="select_account",
				login_hint=self.settings.login_hint or None,
			)
		)
		return Begun(str(flow.pop("auth_uri")), flow)

	def redeem(self, remembered: Mapping[str, object], answer: Mapping[str, str]) -> TokenSet:
		"""See `provider.Provider`."""
		if not answer.get("code"):
			raise refusal(answer)
		result = self._ask(
			lambda application: application.acquire_token_by_auth_code_flow(dict(remembered), dict(answer))
		)
		tokens = token_set(result, self.clock.now())
		if not tokens.refresh:
			raise error_for("refresh_token_missing")
		claims = result.get("id_token_claims")
		account = claims.get("preferred_username") if isinstance(claims, dict) else ""
		return replace(tokens, account=str(account or ""))

	def renew(self, refresh: str) -> TokenSet:
		"""See `provider.Provider`."""
		result = self._ask(
			lambda application: application.acquire_token_by_refresh_token(refresh, self._scopes())
		)
		tokens = token_set(result, self.clock.now())
		return tokens if tokens.refresh else replace(tokens, refresh=refresh)

	def app_only(self) -> TokenSet:
		"""See `provider.Provider`."""
		result = self._ask(lambda application: application.acquire_token_for_client(self._scopes()))
		return token_set(result, self.clock.now())

	def _scopes(self) -> list[str]:
		return [scope for scope in self.settings.scopes if scope not in RESERVED_SCOPES]

	def _ask(self, question: Callable[[msal.ConfidentialClientApplication], object]) -> dict[str, object]:
		"""Let msal ask; anything in an answer that it stumbles over is blamed on the provider."""
		authority = self._authority()
		try:
			application = msal.ConfidentialClientApplication(
				self.settings.client_id,
				client_credential=self.client_secret,
				authority=authority,
				http_client=_MicrosoftOnly(self.http),
				token_cache=_NoCache(),
				azure_region=False,
			)
			result = question(application)
		except ChannelError:
			raise
		except Exception as error:
			# msal quotes answers in its errors, and answers may contain tokens: only the kind is told.
			kind = type(error).__name__
			raise _nonsense(_("Microsoft's answer could not be understood ({0}).").format(kind)) from None
		if not isinstance(result, dict):
			raise _nonsense(_("Microsoft's answer could not be understood."))
		if "error" in result:
			raise refusal(result)
		return result

	def _authority(self) -> str:
		if self.settings.authority not in MICROSOFT_AUTHORITIES:
			raise _incomplete(
				_("The sign-in host is not one of Microsoft's: {0}.").format(", ".join(MICROSOFT_AUTHORITIES))
			)
		if not _TENANT.fullmatch(self.settings.tenant):
			raise _incomplete(_("The tenant is neither a Directory (tenant) ID nor a domain."))
		if not self.settings.client_id or not self.client_secret:
			raise _incomplete(_("Client ID or client secret is missing."))
		return f"https://{self.settings.authority}/{self.settings.tenant}"


class _NoCache(msal.TokenCache):  # type: ignore[misc]
	"""Keeps nothing. msal's own cache also logs codes and PKCE verifiers at level DEBUG (measured, 1.39)."""

	def add(self, event: object, now: object = None) -> None:
		pass


@dataclass(frozen=True)
class _MicrosoftOnly:
	"""Keeps msal to Microsoft's hosts, whatever a discovery document names."""

	http: HttpClient

	def get(self, url: str, **request: object) -> HttpResponse:
		return self.http.get(_microsoft_url(url), **request)  # type: ignore[arg-type]

	def post(self, url: str, **request: object) -> HttpResponse:
		return self.http.post(_microsoft_url(url), **request)  # type: ignore[arg-type]

	def close(self) -> None:
		self.http.close()


def _microsoft_url(url: str) -> str:
	parts = urlsplit(url)
	if parts.scheme != "https" or parts.netloc not in MICROSOFT_AUTHORITIES:
		raise _nonsense(_("Microsoft named an address outside its sign-in hosts."))
	return url


def _nonsense(detail: Sentence) -> ChannelError:
	return ChannelError(Trouble.TOKEN_UNAVAILABLE, Step.TOKEN, detail)


def _incomplete(detail: Sentence) -> ChannelError:
	return ChannelError(Trouble.SETTINGS_INCOMPLETE, Step.SETTINGS, detail)
