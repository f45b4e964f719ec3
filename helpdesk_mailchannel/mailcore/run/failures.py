"""What becomes of messages that could not be filed.

A failure that may be the site's fault is held until it is known whose it is; if the site is suspect, the
messages wait, and no attempt counts against them.
"""

from __future__ import annotations

from contextlib import suppress

from helpdesk_mailchannel.mailcore.errors import ChannelError, RunStopped
from helpdesk_mailchannel.mailcore.model import Outcome
from helpdesk_mailchannel.mailcore.reasons import Fate, Reason
from helpdesk_mailchannel.mailcore.run.batch import Parsed
from helpdesk_mailchannel.mailcore.run.run import Run
from helpdesk_mailchannel.mailcore.run.suspicion import Failure, Fault


def fail(run: Run, failure: Failure) -> None:
	"""Blame the message, or suspect the site, or hold the failure until more is known."""
	match run.suspicion.fault_of(failure):
		case Fault.MESSAGE:
			_blame(run, failure)
		case Fault.SITE:
			_let_wait(run, failure)
		case Fault.UNKNOWN:
			run.failed.append(failure)


def clear(run: Run, fate: Fate) -> None:
	"""Note that the site has filed a message: those that were to become the same failed by themselves."""
	run.suspicion.clear(fate)
	for failure in [failure for failure in run.failed if failure.fate is fate]:
		run.failed.remove(failure)
		_blame(run, failure)


def decide_failures(run: Run) -> None:
	"""Fail or postpone what is still held at the end of a folder: too few to suspect the site."""
	while run.failed:
		_blame(run, run.failed.pop(0))


def put_off(run: Run, parsed: Parsed, error: ChannelError) -> None:
	"""Postpone a message at which the site failed: it alone may be the cause."""
	with suppress(RunStopped, ChannelError):
		run.postpone(parsed.claim, Outcome(Reason.SITE_REFUSED, error.detail), parsed.message)


def _let_wait(run: Run, failure: Failure) -> None:
	for alike in [*(held for held in run.failed if held.kind == failure.kind), failure]:
		run.let_wait(alike.parsed.claim, alike.outcome, alike.parsed.message)
	run.failed = [held for held in run.failed if held.kind != failure.kind]


def _blame(run: Run, failure: Failure) -> None:
	parsed = failure.parsed
	if failure.error.passing and parsed.claim.attempt < run.settings.retry.max_passing_attempts:
		run.postpone(parsed.claim, failure.outcome, parsed.message)
	else:
		run.conclude(parsed.claim, failure.outcome, parsed.message, keep=parsed.raw.octets)
