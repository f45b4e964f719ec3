"""Lets a message that finds a mistake of ours fail alone: it must neither stop the others nor be lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from helpdesk_mailchannel.mailcore.errors import MailChannelError, MessageError
from helpdesk_mailchannel.mailcore.reasons import Reason


@contextmanager
def failing_alone(what: str) -> Iterator[None]:
	"""Turn what was not foreseen into MessageError; `what` begins the sentence that says so."""
	try:
		yield
	except MailChannelError:
		raise
	except Exception as error:
		raise MessageError(Reason.UNREADABLE, f"{what} failed: {type(error).__name__}.") from error
