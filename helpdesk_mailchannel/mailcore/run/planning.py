"""Plans what a run does with an open folder, and hands it out as far as time and budget allow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helpdesk_mailchannel.mailcore.model import Listing, Receipt, RemoteRef
from helpdesk_mailchannel.mailcore.plan import Plan, plan, recognised
from helpdesk_mailchannel.mailcore.run.folders import Folder
from helpdesk_mailchannel.mailcore.run.run import Run
from helpdesk_mailchannel.mailcore.settings import AfterProcessing

PROBES = 20
"""How many previously refused messages a run tries while the site has filed nothing since."""


def plan_folder(run: Run, folder: Folder, listing: Listing) -> Plan:
	"""Compare what the folder holds with what the ledger knows of it."""
	run.report.warn(listing.doubt)
	if run.settings.reading.after is AfterProcessing.LEAVE:
		run.report.warn(listing.shared)
	run.report.listed += len(listing)
	open_receipts = run.ledger.open_receipts(folder.route.read)
	refs = recognised(listing, open_receipts, run.settings.name)
	receipts = run.ledger.receipts(refs)
	work = plan(refs, receipts, open_receipts, run.settings, run.budget, run.clock.now())
	run.report.waiting += work.waiting
	run.report.left_over += work.left_over
	folder.witnesses, folder.missing = work.witnesses, work.missing
	return work


def batches(run: Run, work: Plan) -> Iterator[Sequence[RemoteRef]]:
	"""Yield what no run has judged yet, and then what earlier runs saw refused."""
	yield from _new(run, work.batches)
	yield from _refused(run, work.refused)


def _new(run: Run, new: Sequence[Sequence[RemoteRef]]) -> Iterator[Sequence[RemoteRef]]:
	for number, batch in enumerate(new):
		if run.begins_nothing_more(after=number):
			run.leave_over(sum(len(later) for later in new[number:]))
			return
		run.spend(batch)
		yield batch


def _refused(run: Run, refused: Sequence[Receipt]) -> Iterator[Sequence[RemoteRef]]:
	"""Yield what the site refused before: everything it may accept by now, and a few of the others.

	Each alone, and after everything new: strangers' refused mail must hold nobody up.
	"""
	run.suspicion.remember({each.key: each.next_attempt_at for each in refused if each.next_attempt_at})
	probes = PROBES
	for number, receipt in enumerate(refused):
		cleared = run.suspicion.is_cleared(receipt.key)
		if not cleared and not probes:
			run.report.waiting += 1
			continue
		if run.begins_nothing_more(after=number) or not (run.budget.messages and run.budget.octets):
			_leave_refused(run, refused[number:])
			return
		probes -= not cleared
		run.spend([receipt.ref])
		yield [receipt.ref]


def _leave_refused(run: Run, refused: Sequence[Receipt]) -> None:
	"""Leave what the site may accept by now to the very next run, and the others to their turn."""
	cleared = sum(run.suspicion.is_cleared(receipt.key) for receipt in refused)
	run.leave_over(cleared)
	run.report.waiting += len(refused) - cleared
