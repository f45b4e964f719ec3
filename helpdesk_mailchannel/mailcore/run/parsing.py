"""Reads what was fetched."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from helpdesk_mailchannel.mailcore.errors import MessageError
from helpdesk_mailchannel.mailcore.model import Message, Outcome, RawMessage
from helpdesk_mailchannel.mailcore.parse.message import parse
from helpdesk_mailchannel.mailcore.run.batch import Batch, Parsed
from helpdesk_mailchannel.mailcore.run.mistakes import failing_alone
from helpdesk_mailchannel.mailcore.run.run import Run
from helpdesk_mailchannel.mailcore.sentences import _


def parse_all(run: Run, batch: Batch, raws: Sequence[RawMessage]) -> list[Parsed]:
	"""Read the messages; those that cannot be read fail."""
	readable: list[Parsed] = []
	for raw in raws:
		try:
			readable.append(Parsed(batch.claims[raw.ref], raw, _read(run, raw), batch.asked))
		except MessageError as error:
			outcome = Outcome(error.reason, error.detail)
			run.conclude(batch.claims.pop(raw.ref), outcome, None, keep=raw.octets)
	return readable


def try_to_read(run: Run, raw: RawMessage) -> Message | None:
	"""Return the message, or None if it cannot be read: for the log only."""
	with suppress(MessageError):
		return _read(run, raw)
	return None


def _read(run: Run, raw: RawMessage) -> Message:
	with failing_alone(_("Reading it failed: {0}.")):
		settings = run.settings
		return parse(
			raw,
			settings.limits,
			now=run.clock.now(),
			time_zone=settings.time_zone,
			translate=settings.translate,
		)
