"""The `state` of a person's sign-in: random, single-use, valid for ten minutes, one user and one channel.

It ties the provider's answer to the person who clicked *Authorize* and to what the channel was then (RFC 6749
section 10.12). What has to be remembered in between, above all the PKCE verifier, stays on the server under a
digest of the state, so that reading the store is not enough to finish somebody's sign-in.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from helpdesk_mailchannel.mailcore.errors import MailChannelError
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import OAuthSettings

LIFETIME = timedelta(minutes=10)

RandomOctets = Callable[[int], bytes]
"""`secrets.token_bytes`, passed in."""


class StateStore(Protocol):
	"""Where the site keeps what waits for a person to come back from the provider."""

	def put(self, key: str, value: str, seconds: int) -> None:
		"""Keep a value for this many seconds, visible to every process of the site."""
		...

	def take(self, key: str) -> str | None:
		"""Return a value and forget it. Of two simultaneous callers, one gets None."""
		...


class Doubt(Enum):
	"""Why a state is refused: the sentence for the person who came back with it."""

	UNKNOWN = _("This sign-in was already used, or took longer than ten minutes. Click Authorize again.")
	FOREIGN = _(
		"This sign-in was begun by another user. Sign in to the site as yourself and click Authorize."
	)
	CHANGED = _("The channel's settings were changed during the sign-in. Click Authorize again.")


class StateRefused(MailChannelError):
	"""The provider's answer does not belong to a sign-in that this person has in progress."""

	def __init__(self, doubt: Doubt) -> None:
		super().__init__(doubt.value)
		self.doubt = doubt


@dataclass(frozen=True)
class Pending:
	"""A sign-in in progress: who began it for which channel, and what the provider needs to finish it."""

	user: str
	channel: str
	application: str
	"""`fingerprint` of the settings it was begun with."""
	expires_at: datetime
	remembered: Mapping[str, object] = field(repr=False)


def new_state(random_octets: RandomOctets) -> str:
	"""Return a state no one can guess: 256 random bits, safe in a URL."""
	return base64.urlsafe_b64encode(random_octets(32)).decode().rstrip("=")


def fingerprint(settings: OAuthSettings, server: str = "") -> str:
	"""Return a digest of the application a sign-in is for; it changes with every setting.

	`server` is a digest of where the tokens will go, if that counts as well.
	"""
	return hashlib.sha256(f"{settings!r}{server}".encode()).hexdigest()


def remember(store: StateStore, state: str, pending: Pending) -> None:
	"""Keep a sign-in that is in progress until the person comes back."""
	value = {
		"user": pending.user,
		"channel": pending.channel,
		"application": pending.application,
		"expires_at": pending.expires_at.isoformat(),
		"remembered": dict(pending.remembered),
	}
	store.put(_key(state), json.dumps(value), int(LIFETIME.total_seconds()))


def recall(store: StateStore, state: str, *, user: str, now: datetime) -> Pending:
	"""Return the sign-in that belongs to a state, once.

	It is forgotten in any case. Raises StateRefused if there is none, it has expired, or another user began
	it. The caller compares `application` with the channel's current settings: `same_application`.
	"""
	value = store.take(_key(state)) if state else None
	if value is None:
		raise StateRefused(Doubt.UNKNOWN)
	kept = json.loads(value)
	pending = Pending(
		kept["user"],
		kept["channel"],
		kept["application"],
		datetime.fromisoformat(kept["expires_at"]),
		kept["remembered"],
	)
	if now >= pending.expires_at:
		raise StateRefused(Doubt.UNKNOWN)
	if pending.user != user:
		raise StateRefused(Doubt.FOREIGN)
	return pending


def same_application(pending: Pending, settings: OAuthSettings, server: str = "") -> None:
	"""Raise StateRefused if the channel is no longer the one the sign-in was begun for."""
	if pending.application != fingerprint(settings, server):
		raise StateRefused(Doubt.CHANGED)


def _key(state: str) -> str:
	return hashlib.sha256(state.encode("utf-8", "surrogatepass")).hexdigest()
