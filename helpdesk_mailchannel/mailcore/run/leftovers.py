"""Finishes what needs no reading: what earlier runs left, and what is too large to be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from helpdesk_mailchannel.mailcore.model import Claim, Listing, Outcome, RemoteRef
from helpdesk_mailchannel.mailcore.plan import Plan
from helpdesk_mailchannel.mailcore.ports import Settled
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.run.folders import Folder
from helpdesk_mailchannel.mailcore.run.parsing import try_to_read
from helpdesk_mailchannel.mailcore.run.run import Run
from helpdesk_mailchannel.mailcore.run.settling import settle
from helpdesk_mailchannel.mailcore.sentences import Sentence, _


def finish_leftovers(run: Run, folder: Folder, listing: Listing, work: Plan) -> None:
	"""Finish all of the plan that needs no reading."""
	_close_vanished(run, listing, work)
	_take_up_unsettled(run, work)
	settle(run, folder)
	_give_up(run, work.poison)
	_refuse_oversized(run, work.oversized)
	settle(run, folder)


def _close_vanished(run: Run, listing: Listing, work: Plan) -> None:
	"""Close the receipts of what has left the folder, if the listing leaves no doubt about it."""
	if listing.doubt:
		return
	since = run.settings.reading.since
	vanished = [receipt for receipt in work.vanished if not _is_older(receipt.ref, since)]
	left = set(run.session.gone([receipt.ref for receipt in vanished])) if vanished else ()
	vanished = [receipt for receipt in vanished if receipt.ref in left]
	gone = {receipt.key: Settled(receipt.ref) for receipt in vanished if receipt.state.is_decided}
	if gone:
		run.ledger.settled(gone)
	undecided = [receipt.key for receipt in vanished if receipt.key not in gone]
	if undecided:
		run.ledger.forget(undecided)


def _take_up_unsettled(run: Run, work: Plan) -> None:
	"""Take up what an earlier run decided but did not move."""
	run.decided += [receipt for receipt in work.unsettled if receipt.reason]


def _give_up(run: Run, refs: Sequence[RemoteRef]) -> None:
	"""Fail messages if every attempt at them ended a run; they are not read again, not even fetched."""
	for claim in _claims(run, refs):
		run.conclude(claim, Outcome(Reason.TOO_MANY_ATTEMPTS), None)


def _refuse_oversized(run: Run, refs: Sequence[RemoteRef]) -> None:
	limit = _in_mib(run.settings.limits.message)
	for claim in _claims(run, refs):
		header = run.session.fetch_header(claim.ref)
		message = try_to_read(run, header) if header else None
		detail = _("It has {0}; the channel's limit is {1}.").format(_in_mib(claim.ref.size), limit)
		run.conclude(claim, Outcome(Reason.TOO_LARGE, detail), message)


def _claims(run: Run, refs: Sequence[RemoteRef]) -> Sequence[Claim]:
	return run.ledger.claim(refs) if refs else ()


def _is_older(ref: RemoteRef, since: datetime | None) -> bool:
	"""Return whether a listing since that moment says nothing about it."""
	return since is not None and ref.received_at is not None and ref.received_at < since


def _in_mib(octets: int) -> Sentence:
	return _("{0} MB").format(f"{octets / (1024 * 1024):.1f}")
