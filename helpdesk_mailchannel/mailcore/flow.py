"""The one way a message takes, and the only place that knows its order.

	list → plan → claim → fetch → parse → look up facts → decide → file → settle

(`decide` is screen → thread → compose; the parts of a run are in `run/`.) Three commits hold it together: a
batch is claimed before it is fetched (1), each message's fate is written together with the ticket it makes
(2), and the mailbox is touched only after that (3). Whatever moment a run dies at, the next one repeats the
cheap half. What follows from this for the administrator stands in docs/promises.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from helpdesk_mailchannel.mailcore.errors import ChannelError, RunStopped
from helpdesk_mailchannel.mailcore.model import (
	Claim,
	FolderState,
	Listing,
	Outcome,
	RawMessage,
	Receipt,
	RemoteFolder,
	RemoteRef,
	Withheld,
)
from helpdesk_mailchannel.mailcore.plain_text import is_plain, plain_line
from helpdesk_mailchannel.mailcore.plan import Plan, plan, recognised, spend
from helpdesk_mailchannel.mailcore.ports import Clock, Ledger, Session, Settled, Ticketing
from helpdesk_mailchannel.mailcore.reasons import Reason, Step, Trouble
from helpdesk_mailchannel.mailcore.report import RunReport
from helpdesk_mailchannel.mailcore.routes import routes
from helpdesk_mailchannel.mailcore.run.context import RunContext
from helpdesk_mailchannel.mailcore.run.failures import Failures
from helpdesk_mailchannel.mailcore.run.judging import Judging
from helpdesk_mailchannel.mailcore.run.outcomes import Outcomes
from helpdesk_mailchannel.mailcore.run.retrying import Retrying
from helpdesk_mailchannel.mailcore.run.settling import Settling
from helpdesk_mailchannel.mailcore.run.withholding import Withholding
from helpdesk_mailchannel.mailcore.settings import AfterProcessing, ChannelSettings, FolderRoute

PROBES = 20
"""How many messages that were refused before are tried in a run while the site has filed nothing since."""
LONGEST_FETCH = timedelta(seconds=60)
"""After which what a slow server has handed out of a batch is filed before more is asked for."""
MOST_UIDVALIDITY_CHANGES = 5
"""Of one folder within a day; beyond it the server's numbers mean nothing."""


def run(
	settings: ChannelSettings,
	session: Session,
	ledger: Ledger,
	ticketing: Ticketing,
	clock: Clock,
	dice: Random,
) -> RunReport:
	"""Poll one mailbox once, within the channel's budget.

	Trouble with the channel is in the report, not raised. Only what no run can survive, such as a job's time
	limit, comes out as an exception.
	"""
	deadline = clock.now() + timedelta(seconds=settings.budget.seconds)
	context = RunContext(settings, session, ledger, ticketing, clock, dice, deadline)
	outcomes, settling = Outcomes(context), Settling(context)
	failures = Failures(context, outcomes)
	judging = Judging(context, outcomes, failures)
	withholding = Withholding(context, outcomes, judging)
	try:
		Retrying(context, outcomes, judging, withholding, settling).retry_all()
		_Reading(context, outcomes, failures, judging, withholding, settling).read_folders()
	except ChannelError as error:
		context.report.trouble = context.report.trouble or error
	except RunStopped as stop:
		context.report.stopped = str(stop)
	failures.give_back()
	withholding.give_back()
	context.report.trouble = context.report.trouble or failures.trouble()
	return context.report


@dataclass
class _Reading:
	"""The folders of a channel, one after the other."""

	run: RunContext
	outcomes: Outcomes
	failures: Failures
	judging: Judging
	withholding: Withholding
	settling: Settling

	def __post_init__(self) -> None:
		self.budget = self.run.settings.budget

	def read_folders(self) -> None:
		"""Read every folder; one that is missing does not keep the others from being read."""
		missing: ChannelError | None = None
		read = routes(self.run.settings.reading, self._folders())
		self._close_abandoned([route.read for route in read])
		for route in read:
			try:
				self._read(route)
			except ChannelError as error:
				if error.trouble is not Trouble.FOLDER_MISSING:
					raise
				missing = error
			if self.run.is_late():
				break
		if missing:
			raise missing

	def _folders(self) -> Sequence[RemoteFolder]:
		if not self.run.settings.reading.all_folders:
			return ()
		folders = self.run.session.folders()
		for unreadable in (folder.name for folder in folders if not is_plain(folder.name)):
			self.run.report.warn(
				f'The folder {plain_line(unreadable)} is not read: rename it without < > " and entities.'
			)
		return folders

	def _read(self, route: FolderRoute) -> None:
		state = self._open(route.read)
		listing, work = self._plan(route.read)
		self._close_vanished(listing, work)
		self._take_up_unsettled(work)
		self._settle(route, state)
		self._give_up(work.poison)
		self._refuse_oversized(work.oversized)
		self._settle(route, state)
		self.withholding.enter(work.witnesses)
		for number, batch in enumerate(work.batches):
			if self.run.is_late():
				self._leave_over(sum(len(later) for later in work.batches[number:]))
				break
			self.budget = spend(self.budget, batch)
			self._work(batch)
			self._settle(route, state)
		self._read_refused(work.refused, route, state)
		self.withholding.leave()
		self.failures.release()
		self._settle(route, state)

	def _open(self, folder: str) -> FolderState:
		state = self.run.session.open(folder)
		if state.read_only and self.run.settings.reading.after is not AfterProcessing.LEAVE:
			self.run.report.warn(f"The folder {state.name} is read-only: its messages stay there.")
		changes = self.run.ledger.changes_of_uidvalidity(folder, state.uidvalidity)
		if changes > MOST_UIDVALIDITY_CHANGES:
			raise ChannelError(Trouble.UIDVALIDITY_UNSTABLE, Step.FOLDER, f"Folder: {folder}.")
		self.settling.renumbered = changes > 0
		return state

	def _plan(self, folder: str) -> tuple[Listing, Plan]:
		listing = self.run.session.list(self.run.settings.reading.since)
		self.run.report.warn(listing.doubt)
		if self.run.settings.reading.after is AfterProcessing.LEAVE:
			self.run.report.warn(listing.shared)
		self.run.report.listed += len(listing)
		open_receipts = self.run.ledger.open_receipts(folder)
		refs = recognised(listing, open_receipts, self.run.settings.name)
		work = plan(
			refs,
			self.run.ledger.receipts(refs),
			open_receipts,
			self.run.settings,
			self.budget,
			self.run.clock.now(),
		)
		self.run.report.waiting += work.waiting
		self.run.report.left_over += work.left_over
		return listing, work

	def _settle(self, route: FolderRoute, state: FolderState) -> None:
		self.settling.settle(self.outcomes.take_decided(), route, state)

	# ── What earlier runs left ────────────────────────────────────────────────────────────────────

	def _close_abandoned(self, read: Sequence[str]) -> None:
		"""Close what was decided in a folder that is read no longer: nobody moves it now, so it stays."""
		left = self.run.ledger.abandoned(read)
		if left:
			self.run.ledger.settled({each.key: Settled(each.ref, each.ref.folder) for each in left})

	def _close_vanished(self, listing: Listing, work: Plan) -> None:
		"""Close the receipts of what has left the folder, if the listing leaves no doubt of it."""
		if listing.doubt:
			return
		since = self.run.settings.reading.since
		vanished = [receipt for receipt in work.vanished if not _is_older(receipt.ref, since)]
		left = set(self.run.session.gone([receipt.ref for receipt in vanished])) if vanished else ()
		vanished = [receipt for receipt in vanished if receipt.ref in left]
		gone = {receipt.key: Settled(receipt.ref) for receipt in vanished if receipt.state.is_decided}
		if gone:
			self.run.ledger.settled(gone)
		undecided = [receipt.key for receipt in vanished if receipt.key not in gone]
		if undecided:
			self.run.ledger.forget(undecided)

	def _take_up_unsettled(self, work: Plan) -> None:
		"""What an earlier run decided but did not move is to be moved."""
		self.outcomes.decided += [receipt for receipt in work.unsettled if receipt.reason]

	def _give_up(self, refs: Sequence[RemoteRef]) -> None:
		"""Fail messages whose every attempt ended a run; they are not read again, not even fetched."""
		for claim in self._claims(refs):
			self.outcomes.conclude(claim, Outcome(Reason.TOO_MANY_ATTEMPTS), None)

	def _refuse_oversized(self, refs: Sequence[RemoteRef]) -> None:
		limit = _in_mib(self.run.settings.limits.message)
		for claim in self._claims(refs):
			header = self.run.session.fetch_header(claim.ref)
			message = self.judging.try_to_read(header) if header else None
			detail = f"It has {_in_mib(claim.ref.size)}; the channel's limit is {limit}."
			self.outcomes.conclude(claim, Outcome(Reason.TOO_LARGE, detail), message)

	def _claims(self, refs: Sequence[RemoteRef]) -> Sequence[Claim]:
		return self.run.ledger.claim(refs) if refs else ()

	# ── What earlier runs saw refused ─────────────────────────────────────────────────────────────

	def _read_refused(self, refused: Sequence[Receipt], route: FolderRoute, state: FolderState) -> None:
		"""Try again what the site refused: all that it may take by now, and a few of the others.

		Each alone, and after all that is new: strangers' mail that is refused must hold nobody up.
		"""
		self.failures.remember({each.key: each.next_attempt_at for each in refused if each.next_attempt_at})
		probes = PROBES
		for number, receipt in enumerate(refused):
			cleared = self.failures.is_cleared(receipt.key)
			if not cleared and not probes:
				self.run.report.waiting += 1
				continue
			if self.run.is_late() or not (self.budget.messages and self.budget.octets):
				self._leave_refused(refused[number:])
				return
			probes -= not cleared
			self.budget = spend(self.budget, [receipt.ref])
			self._work([receipt.ref])
			self._settle(route, state)

	def _leave_refused(self, refused: Sequence[Receipt]) -> None:
		"""Leave what the site may take by now to the very next run, and the others to their turn."""
		cleared = sum(self.failures.is_cleared(receipt.key) for receipt in refused)
		self._leave_over(cleared)
		self.run.report.waiting += len(refused) - cleared

	def _leave_over(self, messages: int) -> None:
		self.run.report.waiting += messages
		self.run.report.left_over += messages

	# ── A batch ───────────────────────────────────────────────────────────────────────────────────

	def _work(self, batch: Sequence[RemoteRef]) -> None:
		"""Claim, fetch and judge a batch; what could not be finished is given back."""
		todo = {claim.ref: claim for claim in self.run.ledger.claim(batch)}
		raws, answered, broken = self._fetch([ref for ref in batch if ref in todo], todo)
		try:
			if answered:
				self._conclude_gone(raws, todo)
			self.judging.judge_all(raws, todo)
			self.withholding.release()
		except (ChannelError, RunStopped):
			self.outcomes.give_back(todo.values())
			raise
		self.outcomes.give_back(todo.values())
		if broken:
			raise broken

	def _fetch(
		self, refs: Sequence[RemoteRef], todo: dict[RemoteRef, Claim]
	) -> tuple[list[RawMessage], bool, ChannelError | None]:
		"""What was handed out, in the mailbox's order; whether all was answered; and what broke the answer.

		What was refused leaves `todo`.
		"""
		raws: dict[RemoteRef, RawMessage] = {}
		broken: ChannelError | None = None
		answered, enough = True, self.run.clock.now() + LONGEST_FETCH
		try:
			for answer in self.run.session.fetch(refs):
				if isinstance(answer, Withheld):
					self.withholding.hold(todo.pop(answer.ref), answer)
				else:
					self.withholding.handed_out = True
					raws[answer.ref] = answer
				if self.run.clock.now() >= enough and len(raws) < len(refs):
					answered = False
					break
		except ChannelError as error:
			answered, broken = False, error
		return [raws[ref] for ref in refs if ref in raws], answered, broken

	def _conclude_gone(self, raws: Sequence[RawMessage], todo: dict[RemoteRef, Claim]) -> None:
		"""What was listed and claimed, and is not named any more, has left the mailbox by other hands."""
		for ref in set(todo) - {raw.ref for raw in raws}:
			self.outcomes.conclude(todo.pop(ref), Outcome(Reason.GONE), None)


def _is_older(ref: RemoteRef, since: datetime | None) -> bool:
	"""Whether a listing since that moment says nothing of it."""
	return since is not None and ref.received_at is not None and ref.received_at < since


def _in_mib(octets: int) -> str:
	return f"{octets / (1024 * 1024):.1f} MB"
