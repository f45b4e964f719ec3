"""The one way a message takes, and the only place that knows its order.

	list → plan → claim → fetch → parse → look up facts → decide → file → settle

(`decide` is screen → thread → compose.) Three commits hold it together: a batch is claimed before it is
fetched (1), each message's fate is written together with the ticket it makes (2), and the mailbox is touched
only after that (3). Whatever moment a run dies at, the next one repeats the cheap half. What follows from
this for the administrator stands in docs/promises.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from helpdesk_mailchannel.mailcore.decide import Duplicate, File, decide
from helpdesk_mailchannel.mailcore.errors import AlreadyFiled, ChannelError, MessageError, RunStopped
from helpdesk_mailchannel.mailcore.model import (
	Claim,
	Exclude,
	Facts,
	Filed,
	FolderState,
	Message,
	Outcome,
	RawMessage,
	Receipt,
	Refuse,
	RemoteFolder,
	RemoteRef,
	State,
	TicketRef,
)
from helpdesk_mailchannel.mailcore.parse.message import parse
from helpdesk_mailchannel.mailcore.plan import Plan, plan, spend
from helpdesk_mailchannel.mailcore.ports import (
	Action,
	Clock,
	Leave,
	Ledger,
	Move,
	NotSettled,
	Session,
	Settled,
	Ticketing,
)
from helpdesk_mailchannel.mailcore.reasons import Fate, Reason, Step, Trouble
from helpdesk_mailchannel.mailcore.report import RunReport
from helpdesk_mailchannel.mailcore.retry import message_retry_at
from helpdesk_mailchannel.mailcore.settings import ChannelSettings, FolderRoute, ReadingSettings
from helpdesk_mailchannel.mailcore.settle import settle

MOST_UIDVALIDITY_CHANGES = 5
"""Of one folder within a day; beyond it the server's numbers mean nothing."""

SAME_FAILURES = 3
"""So many different messages failing alike in a row mean that not the messages are at fault."""


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
	poll = _Poll(settings, session, ledger, ticketing, clock, dice)
	try:
		poll.retry_failed()
		poll.read_folders()
	except ChannelError as error:
		poll.report.trouble = error
	except RunStopped as stop:
		poll.report.stopped = str(stop)
	poll.give_back_held()
	return poll.report


def routes(reading: ReadingSettings, folders: Sequence[RemoteFolder]) -> tuple[FolderRoute, ...]:
	"""The folders to read: the mapped ones, or by R2 all that are neither skipped nor outcome folders."""
	if not reading.all_folders or not reading.routes:
		return reading.routes
	mapped = {route.read: route for route in reading.routes}
	outcomes = {name for r in reading.routes for name in (r.success, r.failure, r.exclusion) if name}
	names = [
		folder.name
		for folder in folders
		if folder.selectable
		and folder.special_use not in reading.skipped_uses
		and folder.name not in outcomes | reading.skipped_folders
	]
	return tuple(mapped.get(name) or replace(reading.routes[0], read=name) for name in names)


@dataclass(frozen=True)
class _Decided:
	"""A message whose fate is committed and whose mailbox is not yet in line with it."""

	receipt: Receipt
	fate: Fate


@dataclass(frozen=True)
class _Held:
	"""A failure that waits to be told apart: is it this message, or all of them?"""

	claim: Claim
	raw: RawMessage
	message: Message | None
	error: MessageError


@dataclass
class _Poll:
	"""One run: its collaborators, and what it has yet to bring to an end."""

	settings: ChannelSettings
	session: Session
	ledger: Ledger
	ticketing: Ticketing
	clock: Clock
	dice: Random
	report: RunReport = field(default_factory=RunReport)
	held: list[_Held] = field(default_factory=list)
	decided: list[_Decided] = field(default_factory=list)
	renumbered: bool = False
	"""The open folder got another UIDVALIDITY lately: copies made before have lost their receipts."""

	def __post_init__(self) -> None:
		self.budget = self.settings.budget
		self.deadline = self.clock.now() + timedelta(seconds=self.budget.seconds)

	# ── Folder by folder ──────────────────────────────────────────────────────────────────────────

	def read_folders(self) -> None:
		"""Read every folder; one that is missing does not keep the others from being read."""
		missing: ChannelError | None = None
		for route in routes(self.settings.reading, self._folders()):
			try:
				self._read(route)
			except ChannelError as error:
				if error.trouble is not Trouble.FOLDER_MISSING:
					raise
				missing = error
		if missing:
			raise missing

	def _folders(self) -> Sequence[RemoteFolder]:
		return self.session.folders() if self.settings.reading.all_folders else ()

	def _read(self, route: FolderRoute) -> None:
		state = self._open(route.read)
		work = self._plan(route.read)
		self._sweep(work, route, state)
		self._give_up(work.poison, route, state)
		self._refuse_oversized(work.oversized, route, state)
		for number, batch in enumerate(work.batches):
			if self._is_late():
				self.report.waiting += sum(len(later) for later in work.batches[number:])
				break
			self.budget = spend(self.budget, batch)
			self._work(batch)
			self._settle(route, state)
		self._release_held()
		self._settle(route, state)

	def _open(self, folder: str) -> FolderState:
		state = self.session.open(folder)
		changes = self.ledger.changes_of_uidvalidity(folder, state.uidvalidity)
		if changes > MOST_UIDVALIDITY_CHANGES:
			raise ChannelError(Trouble.UIDVALIDITY_UNSTABLE, Step.FOLDER, f"Folder: {folder}.")
		self.renumbered = changes > 0
		return state

	def _plan(self, folder: str) -> Plan:
		listing = self.session.list(self.settings.reading.since)
		self.report.listed += len(listing)
		work = plan(
			listing,
			self.ledger.receipts(listing),
			self.ledger.open_receipts(folder),
			self.settings,
			self.budget,
			self.clock.now(),
		)
		self.report.waiting += work.waiting
		return work

	def _is_late(self) -> bool:
		return self.clock.now() >= self.deadline

	# ── What earlier runs left ────────────────────────────────────────────────────────────────────

	def _sweep(self, work: Plan, route: FolderRoute, state: FolderState) -> None:
		"""Close what has left the folder, and settle what an earlier run decided but did not move."""
		decided = (State.DONE, State.SETTLING, State.SETTLED)
		gone = {r.key: Settled(r.ref) for r in work.vanished if r.state in decided}
		if gone:
			self.ledger.settled(gone)
		undecided = [r.key for r in work.vanished if r.key not in gone]
		if undecided:
			self.ledger.forget(undecided)
		self.decided += [_Decided(r, r.reason.fate) for r in work.unsettled if r.reason]
		self._settle(route, state)

	def _give_up(self, refs: Sequence[RemoteRef], route: FolderRoute, state: FolderState) -> None:
		"""Fail messages whose every attempt ended a run; they are not read again, not even fetched."""
		for claim in self._claims(refs):
			self._conclude(claim, Outcome(Reason.TOO_MANY_ATTEMPTS), None)
		self._settle(route, state)

	def _refuse_oversized(self, refs: Sequence[RemoteRef], route: FolderRoute, state: FolderState) -> None:
		limit = _in_mib(self.settings.limits.message)
		for claim in self._claims(refs):
			header = self.session.fetch_header(claim.ref)
			message = self._try_parse(header) if header else None
			detail = f"It has {_in_mib(claim.ref.size)}; the channel's limit is {limit}."
			self._conclude(claim, Outcome(Reason.TOO_LARGE, detail), message)
		self._settle(route, state)

	def _claims(self, refs: Sequence[RemoteRef]) -> Sequence[Claim]:
		return self.ledger.claim(refs) if refs else ()

	# ── A batch ───────────────────────────────────────────────────────────────────────────────────

	def _work(self, batch: Sequence[RemoteRef]) -> None:
		"""Claim, fetch and judge a batch; what could not be finished is given back."""
		todo = {claim.ref: claim for claim in self.ledger.claim(batch)}
		raws, broken = self._fetch([ref for ref in batch if ref in todo])
		try:
			if not broken:
				for ref in set(todo) - {raw.ref for raw in raws}:
					self._conclude(todo.pop(ref), Outcome(Reason.GONE), None)
			self._judge_all(raws, todo)
		except (ChannelError, RunStopped):
			self._give_back(todo)
			raise
		self._give_back(todo)
		if broken:
			raise broken

	def _fetch(self, refs: Sequence[RemoteRef]) -> tuple[list[RawMessage], ChannelError | None]:
		"""What could be fetched, and why not all of it could."""
		raws: list[RawMessage] = []
		try:
			raws.extend(self.session.fetch(refs))
		except ChannelError as error:
			return raws, error
		return raws, None

	def _judge_all(self, raws: Sequence[RawMessage], todo: dict[RemoteRef, Claim]) -> None:
		"""Judge in the mailbox's order; a claim leaves `todo` when its fate is committed or held."""
		readable: list[tuple[RawMessage, Message]] = []
		for raw in raws:
			try:
				readable.append((raw, self._parse(raw)))
			except MessageError as error:
				self._conclude(todo.pop(raw.ref), Outcome(error.reason, error.detail), None, keep=raw.octets)
		facts = self.ticketing.facts([message for _, message in readable]) if readable else Facts()
		for raw, message in readable:
			if self._is_late():
				self.report.waiting += len(todo)
				return
			try:
				facts = self._judge(todo[raw.ref], raw, message, facts)
			except ChannelError as error:
				self._put_off(todo.pop(raw.ref), message, error)
				raise
			del todo[raw.ref]
			self._stop_if_all_alike()

	def _parse(self, raw: RawMessage) -> Message:
		try:
			return parse(raw, self.settings.limits, now=self.clock.now())
		except MessageError:
			raise
		except Exception as error:
			# A message that finds a mistake of ours must neither stop the others nor be lost.
			raise MessageError(Reason.UNREADABLE, f"Reading it failed: {type(error).__name__}.") from error

	def _try_parse(self, raw: RawMessage) -> Message | None:
		with suppress(MessageError):
			return self._parse(raw)
		return None

	def _judge(self, claim: Claim, raw: RawMessage, message: Message, facts: Facts) -> Facts:
		"""Decide on one message and write it down; what is known afterwards."""
		filed: Filed | None = None
		try:
			match self._decide(message, facts):
				case Exclude(reason=reason, detail=detail, note_on=ticket):
					keep = None if self.session.abilities.folders else raw.octets
					self._conclude(claim, Outcome(reason, detail), message, keep=keep, note_on=ticket)
				case Refuse(reason=reason, detail=detail):
					self._conclude(claim, Outcome(reason, detail), message, keep=raw.octets)
				case Duplicate():
					self._conclude(claim, Outcome(Reason.DUPLICATE), message)
				case File() as decision:
					filed = self._file(claim, message, decision)
					self._release_held()
		except AlreadyFiled as error:
			self._conclude(claim, Outcome(error.reason, error.detail), message)
		except MessageError as error:
			self._hold(_Held(claim, raw, message, error))
		return facts.after(message, filed)

	def _decide(self, message: Message, facts: Facts) -> File | Duplicate | Exclude | Refuse:
		try:
			return decide(message, facts, self.settings, self.clock.now())
		except MessageError:
			raise
		except Exception as error:
			raise MessageError(Reason.UNREADABLE, f"Judging it failed: {type(error).__name__}.") from error

	def _file(self, claim: Claim, message: Message, decision: File) -> Filed:
		outcome = Outcome(decision.reason, decision.detail)
		filed = self.ticketing.file(claim, message, decision.draft, outcome)
		self._count(claim, outcome, message)
		return filed

	# ── Failures ──────────────────────────────────────────────────────────────────────────────────

	def _hold(self, failure: _Held) -> None:
		"""Keep a failure until the next message tells whether it is alone."""
		if self.held and not _alike(self.held[-1].error, failure.error):
			self._release_held()
		self.held.append(failure)

	def _stop_if_all_alike(self) -> None:
		if len(self.held) < SAME_FAILURES:
			return
		error = self.held[-1].error
		self._release_held(all_alike=True)
		raise ChannelError(Trouble.SAME_FAILURE, Step.FILE, str(error))

	def _release_held(self, *, all_alike: bool = False) -> None:
		"""Fail or postpone what was held; where all failed alike, no message is blamed at once."""
		while self.held:
			failure = self.held.pop(0)
			attempt = failure.claim.attempt
			retry = self.settings.retry
			most = retry.max_passing_attempts if failure.error.passing else retry.max_attempts
			outcome = Outcome(failure.error.reason, failure.error.detail)
			if attempt < most and (failure.error.passing or all_alike):
				self._postpone(failure.claim, outcome, failure.message)
			else:
				self._conclude(failure.claim, outcome, failure.message, keep=failure.raw.octets)

	def _put_off(self, claim: Claim, message: Message, error: ChannelError) -> None:
		"""Let a message at which the site failed come later: perhaps it alone is the cause."""
		outcome = Outcome(Reason.SITE_REFUSED, error.detail)
		with suppress(RunStopped, ChannelError):
			self._postpone(claim, outcome, message)

	def _postpone(self, claim: Claim, outcome: Outcome, message: Message | None) -> None:
		until = message_retry_at(self.clock.now(), claim.attempt, self.dice.random())
		self.ledger.postpone(claim, outcome, message, until)
		self.report.postponed += 1
		self.report.waiting += 1

	def _give_back(self, todo: Mapping[RemoteRef, Claim]) -> None:
		"""Undo claims that were not worked on, so that the attempt does not count against the message."""
		if todo:
			with suppress(RunStopped, ChannelError):
				self.ledger.give_back(list(todo.values()))

	def give_back_held(self) -> None:
		"""Leave nothing in suspense when the run ends early."""
		self._give_back({failure.claim.ref: failure.claim for failure in self.held})
		self.held.clear()

	# ── Writing down and settling ─────────────────────────────────────────────────────────────────

	def _conclude(
		self,
		claim: Claim,
		outcome: Outcome,
		message: Message | None,
		*,
		keep: bytes | None = None,
		note_on: TicketRef | None = None,
	) -> None:
		self.ledger.conclude(claim, outcome, message, keep=keep, note_on=note_on)
		self._count(claim, outcome, message, original_kept=keep is not None)

	def _count(
		self, claim: Claim, outcome: Outcome, message: Message | None, *, original_kept: bool = False
	) -> None:
		self.report.fates[outcome.fate] += 1
		receipt = Receipt(
			claim.key,
			claim.ref,
			State.DONE,
			reason=outcome.reason,
			message_id=message.message_id if message else "",
			original_kept=original_kept,
		)
		self.decided.append(_Decided(receipt, outcome.fate))

	def _settle(self, route: FolderRoute, state: FolderState) -> None:
		"""Bring the mailbox in line with every fate committed so far, and write down that it is."""
		decided, self.decided = self.decided, []
		if not decided:
			return
		if state.read_only:
			self.report.warn(f"The folder {state.name} is read-only: its messages stay there.")
			self.ledger.settled({d.receipt.key: _stays(d.receipt.ref) for d in decided})
			self.report.settled += len(decided)
			return
		self._perform([(d.receipt, self._action(d, route)) for d in decided])

	def _action(self, decided: _Decided, route: FolderRoute) -> Action:
		resumed = decided.receipt.state is State.SETTLING or self.renumbered
		return settle(decided.receipt, decided.fate, route, self.settings.reading, resumed=resumed)

	def _perform(self, work: Sequence[tuple[Receipt, Action]]) -> None:
		results = {receipt.key: _stays(receipt.ref) for receipt, action in work if isinstance(action, Leave)}
		to_do = [(receipt, action) for receipt, action in work if not isinstance(action, Leave)]
		if not self.session.abilities.move:
			slow = [receipt for receipt, action in to_do if isinstance(action, Move)]
			if slow:
				self.ledger.settling(slow)
		answers = self.session.perform([action for _, action in to_do]) if to_do else ()
		for (receipt, _), answer in zip(to_do, answers, strict=True):
			match answer:
				case Settled():
					results[receipt.key] = answer
				case NotSettled(why=why):
					self.report.warn(why)
		if results:
			self.ledger.settled(results)
			self.report.settled += len(results)

	# ── What a person wants tried again ───────────────────────────────────────────────────────────

	def retry_failed(self) -> None:
		"""Take up failed messages for which somebody clicked Retry, wherever their copies are now."""
		for receipt in self.ledger.retries():
			if self._is_late():
				return
			self._retry(receipt)

	def _retry(self, receipt: Receipt) -> None:
		copy, state = self._copy_of(receipt)
		if receipt.state not in (State.DONE, State.SETTLING):
			self._retry_filing(receipt, copy)
		else:
			assert receipt.reason is not None
			self.decided.append(_Decided(receipt, receipt.reason.fate))
		decided, self.decided = self.decided, []
		route = self._route_of(receipt)
		if copy is None or state is None or state.read_only:
			where = Settled(receipt.ref) if copy is None else _stays(copy)
			self.ledger.settled({d.receipt.key: where for d in decided})
			return
		moved = [_Decided(replace(d.receipt, ref=copy), d.fate) for d in decided]
		self._perform([(d.receipt, self._action(d, route)) for d in moved])

	def _retry_filing(self, receipt: Receipt, copy: RemoteRef | None) -> None:
		for claim in self.ledger.claim([receipt.ref]):
			raw = self._octets_of(receipt, copy)
			if raw is None:
				reason = Reason.TOO_LARGE if copy and self._is_too_large(copy) else Reason.GONE
				self._conclude(claim, Outcome(reason), None)
			elif claim.attempt > self.settings.retry.max_attempts:
				self._conclude(claim, Outcome(Reason.TOO_MANY_ATTEMPTS), None, keep=raw.octets)
			else:
				self._judge_all([raw], {receipt.ref: claim})
		self._release_held()

	def _copy_of(self, receipt: Receipt) -> tuple[RemoteRef | None, FolderState | None]:
		"""Where the message is now, its folder opened; nothing where it cannot be found."""
		where = receipt.where or receipt.ref
		try:
			state = self.session.open(where.folder)
		except ChannelError as error:
			if error.trouble is not Trouble.FOLDER_MISSING:
				raise
			return None, None
		if where.uid and where.uidvalidity == state.uidvalidity:
			return where, state
		return (self.session.find(receipt.message_id) if receipt.message_id else None), state

	def _octets_of(self, receipt: Receipt, copy: RemoteRef | None) -> RawMessage | None:
		kept = self.ledger.original(receipt.key)
		if kept is not None:
			return RawMessage(receipt.ref, kept)
		if copy is None or self._is_too_large(copy):
			return None
		fetched = next(iter(self.session.fetch([copy])), None)
		return RawMessage(receipt.ref, fetched.octets) if fetched else None

	def _is_too_large(self, ref: RemoteRef) -> bool:
		return ref.size > self.settings.limits.message

	def _route_of(self, receipt: Receipt) -> FolderRoute:
		for route in self.settings.reading.routes:
			if route.read == receipt.ref.folder:
				return route
		return self.settings.reading.routes[0]


def _alike(one: MessageError, other: MessageError) -> bool:
	return one.reason is other.reason and type(one.__cause__) is type(other.__cause__)


def _stays(ref: RemoteRef) -> Settled:
	return Settled(ref, ref.folder, ref.uidvalidity, ref.uid)


def _in_mib(octets: int) -> str:
	return f"{octets / (1024 * 1024):.1f} MB"
