"""Lets a message that triggers a bug of ours fail alone: it must neither stop the others nor be lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from helpdesk_mailchannel.mailcore.errors import MailChannelError, MessageError
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.sentences import Sentence


@contextmanager
def failing_alone(sentence: Sentence) -> Iterator[None]:
	"""Turn an unexpected exception into MessageError, with `sentence`, whose `{0}` is that exception."""
	try:
		yield
	except MailChannelError:
		raise
	except Exception as error:
		raise MessageError(Reason.UNREADABLE, sentence.format(type(error).__name__)) from error
