"""What every sign-in provider can do for us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from helpdesk_mailchannel.mailcore.oauth.tokens import TokenSet


@dataclass(frozen=True)
class Begun:
	"""A person's sign-in in progress: the page to send them to, and what to remember until they are back."""

	url: str
	remembered: Mapping[str, object] = field(repr=False)
	"""Goes to `state.remember` and stays on the server: it holds the PKCE verifier."""


class Provider(Protocol):
	"""A sign-in provider, for one registered application.

	Every method raises ChannelError, and nothing else: TOKEN_DEAD and OAUTH_MISCONFIGURED for deliberate
	refusals, TOKEN_UNAVAILABLE for anything temporary, SETTINGS_INCOMPLETE for values that prevent a request.
	"""

	def begin(self, state: str) -> Begun:
		"""Start the authorization code grant with PKCE (RFC 6749 section 4.1, RFC 7636)."""
		...

	def redeem(self, remembered: Mapping[str, object], answer: Mapping[str, str]) -> TokenSet:
		"""Finish it with the query the person came back with; the result has a refresh token."""
		...

	def renew(self, refresh: str) -> TokenSet:
		"""Get a new access token with a refresh token, which comes back replaced or unchanged (section 6)."""
		...

	def app_only(self) -> TokenSet:
		"""Get an access token for the application itself, without a person (section 4.4)."""
		...
