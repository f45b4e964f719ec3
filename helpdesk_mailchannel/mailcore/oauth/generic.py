"""Google and any other provider that follows RFC 6749 (OAuth 2.0) and RFC 7636 (PKCE)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote_plus, urlencode, urlsplit, urlunsplit

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.oauth.http import HttpClient
from helpdesk_mailchannel.mailcore.oauth.provider import Begun
from helpdesk_mailchannel.mailcore.oauth.provider_errors import error_for, refusal
from helpdesk_mailchannel.mailcore.oauth.state import RandomOctets
from helpdesk_mailchannel.mailcore.oauth.tokens import TokenSet, token_set
from helpdesk_mailchannel.mailcore.ports import Clock
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import ClientAuthentication, OAuthProvider, OAuthSettings

GOOGLE_PARAMETERS: Mapping[str, str] = {"access_type": "offline", "prompt": "consent"}
"""Without both, Google gives a refresh token only the first time, if at all."""


@dataclass(frozen=True)
class GenericProvider:
	"""See `provider.Provider`."""

	settings: OAuthSettings
	client_secret: str = field(repr=False)
	http: HttpClient = field(repr=False)
	clock: Clock = field(repr=False)
	random_octets: RandomOctets = field(repr=False)

	def begin(self, state: str) -> Begun:
		"""See `provider.Provider`."""
		verifier = _base64url(self.random_octets(32))
		parameters = {
			"response_type": "code",
			"client_id": self.settings.client_id,
			"redirect_uri": self.settings.redirect_uri,
			"scope": " ".join(self.settings.scopes),
			"state": state,
			"code_challenge": _base64url(hashlib.sha256(verifier.encode()).digest()),
			"code_challenge_method": "S256",
			"login_hint": self.settings.login_hint,
			**(GOOGLE_PARAMETERS if self._is_google else {}),
		}
		given = {name: value for name, value in parameters.items() if value}
		return Begun(_with_query(self.settings.authorization_url, given), {"verifier": verifier})

	def redeem(self, remembered: Mapping[str, object], answer: Mapping[str, str]) -> TokenSet:
		"""See `provider.Provider`."""
		if not answer.get("code"):
			raise refusal(answer)
		tokens = self._obtain(
			{
				"grant_type": "authorization_code",
				"code": answer["code"],
				"redirect_uri": self.settings.redirect_uri,
				"code_verifier": str(remembered["verifier"]),
			}
		)
		self._check_scope(tokens)
		if not tokens.refresh:
			raise error_for("refresh_token_missing")
		return tokens

	def renew(self, refresh: str) -> TokenSet:
		"""See `provider.Provider`."""
		tokens = self._obtain({"grant_type": "refresh_token", "refresh_token": refresh})
		return tokens if tokens.refresh else replace(tokens, refresh=refresh)

	def app_only(self) -> TokenSet:
		"""See `provider.Provider`."""
		return self._obtain({"grant_type": "client_credentials", "scope": " ".join(self.settings.scopes)})

	@property
	def _is_google(self) -> bool:
		return self.settings.provider is OAuthProvider.GOOGLE

	def _obtain(self, form: dict[str, str]) -> TokenSet:
		headers: dict[str, str] = {}
		if self.settings.client_authentication is ClientAuthentication.BASIC:
			headers["Authorization"] = f"Basic {self._basic()}"
		else:
			form["client_id"] = self.settings.client_id
			form["client_secret"] = self.client_secret
		given = {name: value for name, value in form.items() if value}
		answer = self.http.post(self.settings.token_endpoint, data=given, headers=headers)
		return token_set(answer.json, self.clock.now())

	def _basic(self) -> str:
		"""Return the Basic credentials, both parts form-encoded before joining (RFC 6749 section 2.3.1)."""
		pair = f"{quote_plus(self.settings.client_id)}:{quote_plus(self.client_secret)}"
		return base64.b64encode(pair.encode()).decode()

	def _check_scope(self, tokens: TokenSet) -> None:
		"""Check the granted scope: Google signs in even if a person ticks only some permissions."""
		if self._is_google and tokens.scope and not set(self.settings.scopes) <= set(tokens.scope.split()):
			raise error_for("mail_scope_missing")


def _base64url(octets: bytes) -> str:
	return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def _with_query(url: str, parameters: Mapping[str, str]) -> str:
	"""Add to the query of an https address, which may already have one (RFC 6749 section 3.1)."""
	parts = urlsplit(url)
	if parts.scheme not in ("https", "http") or not parts.hostname:
		raise ChannelError(Trouble.SETTINGS_INCOMPLETE, Step.SETTINGS, _("The authorization URL is missing."))
	query = "&".join(filter(None, (parts.query, urlencode(parameters))))
	return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
