"""Carries out what was decided on a message, and records it (commit 2)."""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.decide import Decision, Duplicate, ToFile, verdict_of
from helpdesk_mailchannel.mailcore.errors import AlreadyFiled, ChannelError, MessageError
from helpdesk_mailchannel.mailcore.model import (
	Draft,
	Exclude,
	Facts,
	Filed,
	Message,
	Outcome,
	Refuse,
	TicketRef,
	Verdict,
)
from helpdesk_mailchannel.mailcore.reasons import Fate, Reason
from helpdesk_mailchannel.mailcore.run.batch import Parsed
from helpdesk_mailchannel.mailcore.run.failures import clear, fail
from helpdesk_mailchannel.mailcore.run.run import Run
from helpdesk_mailchannel.mailcore.run.suspicion import Failure
from helpdesk_mailchannel.mailcore.thread.participants import brought_by


def file(run: Run, parsed: Parsed, decision: Decision | MessageError, facts: Facts | None) -> Facts | None:
	"""Give a message its fate. Return the facts as they are afterwards, for the next one of its batch."""
	claim, message, octets = parsed.claim, parsed.message, parsed.raw.octets
	verdict = verdict_of(message, run.settings.screen)
	filed: Filed | None = None
	noted_on: TicketRef | None = None
	match decision:
		case ToFile(draft=draft, reason=reason, detail=detail):
			filed = _make(run, parsed, draft, Outcome(reason, detail, verdict=verdict))
		case Duplicate(reason=reason, detail=detail):
			run.conclude(claim, Outcome(reason, detail, verdict=verdict), message)
		case Exclude(reason=reason, detail=detail, note_on=noted_on):
			keep = None if run.session.capabilities.folders else octets
			outcome = Outcome(reason, detail, verdict=verdict)
			run.conclude(claim, outcome, message, keep=keep, note_on=noted_on)
		case Refuse(reason=reason, detail=detail):
			run.conclude(claim, Outcome(reason, detail, verdict=verdict), message, keep=octets)
		case MessageError():
			fail(run, Failure(parsed, Fate.TICKET, decision))
	if facts is None:
		return None
	taking_part = _taking_part(run, message, verdict)
	return facts.after(message, filed, verdict=verdict, taking_part=taking_part, noted_on=noted_on)


def _make(run: Run, parsed: Parsed, draft: Draft, outcome: Outcome) -> Filed | None:
	"""Make the ticket or the reply, unless it already exists or the site refuses it."""
	try:
		filed = _try_to_make(run, parsed, draft, outcome)
	except AlreadyFiled as error:
		known = Outcome(error.reason, error.detail, verdict=outcome.verdict)
		run.conclude(parsed.claim, known, parsed.message)
		return None
	except MessageError as error:
		fail(run, Failure(parsed, outcome.fate, error))
		return None
	clear(run, outcome.fate)
	return filed


def _try_to_make(run: Run, parsed: Parsed, draft: Draft, outcome: Outcome) -> Filed:
	"""Make it; if the site fails, raise MessageError, as this very message may be why: the others go on."""
	try:
		return run.file(parsed.claim, parsed.message, draft, outcome)
	except ChannelError as error:
		raise MessageError(Reason.SITE_REFUSED, error.detail, passing=True) from error


def _taking_part(run: Run, message: Message, verdict: Verdict) -> frozenset[str]:
	return brought_by(
		(each.address for each in message.authors),
		(each.address for each in message.recipients),
		verdict,
		copies_take_part=run.settings.copies_take_part,
	)
