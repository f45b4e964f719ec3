"""Access and refresh tokens: what a provider gave, for how long, and when to ask again.

No token's value is ever part of a repr.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import _

SKEW = timedelta(minutes=5)
"""How long before its end a token is renewed, so that none expires in the middle of a run."""
USUAL_LIFETIME = timedelta(hours=1)
"""If the provider does not give `expires_in`, which RFC 6749 only recommends."""


@dataclass(frozen=True)
class AccessToken:
	"""What a mail server is shown."""

	value: str = field(repr=False)
	issued_at: datetime
	expires_at: datetime

	def is_fresh(self, now: datetime) -> bool:
		"""Return whether it may be used without renewing it first.

		The skew is at most half of the lifetime: some providers' tokens live for only five minutes.
		"""
		return now < self.expires_at - min(SKEW, (self.expires_at - self.issued_at) / 2)


@dataclass(frozen=True)
class TokenSet:
	"""The result of signing in or renewing."""

	access: AccessToken
	refresh: str = field(default="", repr=False)
	"""To be stored before the access token is used: with some providers it has replaced the old one."""
	account: str = ""
	"""Who signed in, if the provider said so."""
	scope: str = ""


def token_set(answer: Mapping[str, object], now: datetime) -> TokenSet:
	"""Read a token endpoint's answer (RFC 6749 section 5.1), obtained at `now`.

	Raises ChannelError(TOKEN_UNAVAILABLE) if it is nonsense.
	"""
	value = answer.get("access_token")
	if not isinstance(value, str) or not value or not value.isascii() or not value.isprintable():
		raise ChannelError(Trouble.TOKEN_UNAVAILABLE, Step.TOKEN, _("Its answer holds no access token."))
	kind = str(answer.get("token_type") or "Bearer")
	if kind.lower() != "bearer":
		raise ChannelError(
			Trouble.TOKEN_UNAVAILABLE, Step.TOKEN, _("Its token is of a kind mail does not know.")
		)
	refresh = answer.get("refresh_token")
	return TokenSet(
		AccessToken(value, now, now + _lifetime(answer.get("expires_in"))),
		refresh if isinstance(refresh, str) else "",
		scope=str(answer.get("scope") or ""),
	)


def _lifetime(expires_in: object) -> timedelta:
	try:
		seconds = float(str(expires_in))
		return timedelta(seconds=seconds) if 0 < seconds < 10 * 365 * 86_400 else USUAL_LIFETIME
	except ValueError:
		return USUAL_LIFETIME
