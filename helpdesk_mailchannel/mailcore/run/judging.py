"""Decides on messages, one after another: each knows what became of those before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from helpdesk_mailchannel.mailcore.decide import Decision, decide
from helpdesk_mailchannel.mailcore.errors import ChannelError, MailChannelError, MessageError
from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.run.batch import Batch, Parsed
from helpdesk_mailchannel.mailcore.run.failures import put_off
from helpdesk_mailchannel.mailcore.run.mistakes import failing_alone
from helpdesk_mailchannel.mailcore.run.run import Run
from helpdesk_mailchannel.mailcore.sentences import _


def facts_of(run: Run, messages: Sequence[Parsed]) -> Facts | None:
	"""Ask what the site knows of these messages; return None if one of them cannot be looked up."""
	if not messages:
		return Facts()
	try:
		return run.ticketing.facts([each.message for each in messages])
	except MailChannelError:
		raise
	except Exception:
		# Looking each up alone shows which one; then it alone fails.
		return None


def in_turn(run: Run, batch: Batch, messages: Sequence[Parsed]) -> Iterator[Parsed]:
	"""Yield as many of the messages as there is time for."""
	for each in messages:
		if run.is_late():
			run.leave_over(len(batch.claims))
			return
		yield each


@contextmanager
def finishing(run: Run, batch: Batch, parsed: Parsed) -> Iterator[None]:
	"""Take a message out of the batch once it is decided, or postpone it if the site fails at it."""
	try:
		yield
	except ChannelError as error:
		del batch.claims[parsed.raw.ref]
		put_off(run, parsed, error)
		raise
	del batch.claims[parsed.raw.ref]


def judge(run: Run, parsed: Parsed, facts: Facts | None) -> Decision | MessageError:
	"""Decide what a message is to become; return MessageError if it cannot become anything."""
	try:
		known = _look_up(run, parsed.message) if facts is None else facts
		with failing_alone(_("Judging it failed: {0}.")):
			return decide(parsed.message, known, run.settings, run.clock.now())
	except MessageError as error:
		return error


def _look_up(run: Run, message: Message) -> Facts:
	with failing_alone(_("Looking it up failed: {0}.")):
		return run.ticketing.facts([message])
