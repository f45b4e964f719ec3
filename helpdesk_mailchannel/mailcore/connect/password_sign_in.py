"""Signs in with a password over IMAP or POP3: by a command of the protocol or by SASL PLAIN."""

from __future__ import annotations

import imaplib
from collections.abc import Callable
from dataclasses import dataclass

from helpdesk_mailchannel.mailcore.connect import sasl
from helpdesk_mailchannel.mailcore.connect.server_errors import plainly, refusal, words_of
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import _


@dataclass(frozen=True)
class Way:
	"""How a password reaches the server: what the command is called, and the command."""

	name: str
	command: Callable[[str, str], object]
	"""Takes user name and password."""


def by_plain(authenticate: Callable[[str, Callable[[bytes], bytes]], None]) -> Way:
	"""Return SASL PLAIN, over the connection's SASL command."""
	return Way(
		sasl.PLAIN,
		lambda user, password: authenticate(sasl.PLAIN, lambda _: sasl.plain(user, password)),
	)


def with_password(choose: Callable[[], Way], user: str, password: str, refused: type[Exception]) -> str:
	"""Sign in the way that `choose` picks from those the server offers; return its name.

	`refused` is what the way's command raises when the server says no. Raises ChannelError:
	SIGN_IN_REFUSED, what the server's words mean, and what `choose` raises.
	"""
	if any(letter in "\r\n\0" for letter in user + password):
		raise ChannelError(
			Trouble.SIGN_IN_REFUSED,
			Step.SIGN_IN,
			_("User name or password contains a line break; it was not sent."),
		)
	way = choose()
	with plainly(Step.SIGN_IN, [password]):
		try:
			way.command(user, password)
		except imaplib.IMAP4.abort:
			raise
		except refused as error:
			raise refusal(words_of(error), Step.SIGN_IN, Trouble.SIGN_IN_REFUSED, [password]) from None
	return way.name
