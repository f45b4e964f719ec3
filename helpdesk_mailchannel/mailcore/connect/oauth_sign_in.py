"""Signs in with an access token over IMAP or POP3: once, then once more with a renewed token."""

from __future__ import annotations

import imaplib
from collections.abc import Callable, Collection

from helpdesk_mailchannel.mailcore.connect import sasl
from helpdesk_mailchannel.mailcore.connect.server_errors import plainly, refusal, words_of
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.ports import Credentials
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import NOTHING, _, verbatim

Authenticate = Callable[[str, Callable[[bytes], bytes]], None]
"""The connection's SASL command: the mechanism, and what answers the challenges."""


def offered_mechanism(offered: Collection[str]) -> str:
	"""Return the mechanism to use among those the server offers. Raises ChannelError(SIGN_IN_UNSUPPORTED)."""
	mechanism = next((name for name in sasl.TOKEN_MECHANISMS if name in offered), "")
	if not mechanism:
		raise ChannelError(Trouble.SIGN_IN_UNSUPPORTED, Step.SIGN_IN, _("It offers no OAuth."))
	return mechanism


def with_token(
	mechanism: str,
	authenticate: Authenticate,
	user: str,
	credentials: Credentials,
	refused: type[Exception],
) -> str:
	"""Sign in with the current token, and after a refusal with a renewed one: it may have been revoked early.

	`refused` is what `authenticate` raises when the server says no. Returns the mechanism. Raises
	ChannelError: TOKEN_REFUSED, what the server's words mean, and what `credentials` raises.
	"""
	first = _refusal(mechanism, authenticate, user, credentials.access_token(), refused)
	if first is None:
		return mechanism
	if first.trouble is not Trouble.TOKEN_REFUSED:
		raise first
	second = _refusal(mechanism, authenticate, user, credentials.access_token(renew=True), refused)
	if second is not None:
		raise second
	return mechanism


def _refusal(
	mechanism: str, authenticate: Authenticate, user: str, token: str, refused: type[Exception]
) -> ChannelError | None:
	"""Present the token and return the refusal, if any. Raises for every other failure."""
	with plainly(Step.SIGN_IN, [token]):
		exchange = sasl.TokenExchange(mechanism, user, token)
		try:
			authenticate(mechanism, exchange)
		except imaplib.IMAP4.abort:
			raise
		except refused as error:
			return _as_token_refusal(words_of(error), exchange.reason, token)
	return None


def _as_token_refusal(words: str, reason: str, token: str) -> ChannelError:
	"""Return TOKEN_REFUSED, unless the server's words mean something other than a refused sign-in."""
	known = refusal(
		words,
		Step.SIGN_IN,
		Trouble.TOKEN_REFUSED,
		[token],
		hint=verbatim(f"({reason}.)") if reason else NOTHING,
	)
	if known.trouble is Trouble.SIGN_IN_REFUSED:
		return ChannelError(Trouble.TOKEN_REFUSED, known.step, known.detail)
	return known
