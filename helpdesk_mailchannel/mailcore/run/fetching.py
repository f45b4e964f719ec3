"""Claims a batch of messages (commit 1) and fetches it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from helpdesk_mailchannel.mailcore.errors import ChannelError, RunStopped
from helpdesk_mailchannel.mailcore.model import Outcome, RawMessage, RemoteRef, Withheld
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.run.batch import Batch
from helpdesk_mailchannel.mailcore.run.folders import Folder
from helpdesk_mailchannel.mailcore.run.run import Run
from helpdesk_mailchannel.mailcore.run.withholding import hold

LONGEST_FETCH = timedelta(seconds=60)
"""After this, what a slow server has handed out of a batch is filed before more is requested."""


@contextmanager
def claimed(run: Run, refs: Sequence[RemoteRef]) -> Iterator[Batch]:
	"""Claim a batch, and give back what could not be finished of it.

	Whatever broke the server's answer is raised at the end, after the messages before it are handled.
	"""
	batch = Batch({claim.ref: claim for claim in run.ledger.claim(refs)})
	try:
		yield batch
	except (ChannelError, RunStopped):
		run.give_back(batch.claims.values())
		raise
	run.give_back(batch.claims.values())
	if batch.broken:
		raise batch.broken


def fetch(run: Run, folder: Folder, batch: Batch) -> list[RawMessage]:
	"""Fetch the batch, in the mailbox's order. What is refused is held; what is not there is gone."""
	refs, raws = list(batch.claims), dict[RemoteRef, RawMessage]()
	if _answered(run, folder, batch, raws):
		_conclude_gone(run, batch, raws)
	return [raws[ref] for ref in refs if ref in raws]


def _answered(run: Run, folder: Folder, batch: Batch, raws: dict[RemoteRef, RawMessage]) -> bool:
	"""Take what the server hands out, and return whether it has answered for the whole batch."""
	refs, enough = list(batch.claims), run.clock.now() + LONGEST_FETCH
	try:
		for answer in run.session.fetch(refs):
			if isinstance(answer, Withheld):
				hold(run, folder, batch.claims.pop(answer.ref), answer)
			else:
				folder.handed_out = True
				raws[answer.ref] = answer
			if run.clock.now() >= enough and len(raws) < len(refs):
				return False
	except ChannelError as error:
		batch.broken = error
	return batch.broken is None


def _conclude_gone(run: Run, batch: Batch, raws: dict[RemoteRef, RawMessage]) -> None:
	"""Conclude that what was listed and claimed, and is no longer named, was removed by others."""
	for ref in [ref for ref in batch.claims if ref not in raws]:
		run.conclude(batch.claims.pop(ref), Outcome(Reason.GONE), None)
