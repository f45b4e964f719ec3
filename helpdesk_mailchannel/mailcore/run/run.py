"""A run: what it works with, what it has decided, and what it holds until more is known.

Every fate goes through it (commit 2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from helpdesk_mailchannel.mailcore.errors import ChannelError, MailChannelError, RunStopped
from helpdesk_mailchannel.mailcore.model import (
	Claim,
	Draft,
	Filed,
	Message,
	Outcome,
	Receipt,
	RemoteRef,
	State,
	TicketRef,
	Withheld,
)
from helpdesk_mailchannel.mailcore.plan import spend
from helpdesk_mailchannel.mailcore.ports import Clock, Ledger, Session, Ticketing
from helpdesk_mailchannel.mailcore.report import RunReport
from helpdesk_mailchannel.mailcore.retry import is_too_wasteful, message_retry_at
from helpdesk_mailchannel.mailcore.run.suspicion import Failure, Suspicion
from helpdesk_mailchannel.mailcore.settings import Budget, ChannelSettings


@dataclass
class Run:
	"""One poll of one mailbox."""

	settings: ChannelSettings
	session: Session
	ledger: Ledger
	ticketing: Ticketing
	clock: Clock
	rng: Random
	report: RunReport = field(default_factory=RunReport)
	decided: list[Receipt] = field(default_factory=list)
	"""Their fate is committed, and the mailbox does not show it yet."""
	concluded: list[Receipt] = field(default_factory=list)
	"""What was decided in the open folder, settled or not."""
	failed: list[Failure] = field(default_factory=list)
	"""Held: it is not known yet whether they are the messages' own failures."""
	withheld: list[tuple[Claim, Withheld]] = field(default_factory=list)
	"""Held: it is not known yet whether the server hands out other messages."""
	folder_troubles: list[ChannelError] = field(default_factory=list)
	"""Troubles of single folders."""
	folders_read: int = 0
	failure: ChannelError | None = None
	"""What the session has to recover from before another folder is opened."""
	budget: Budget = field(init=False)
	"""What is left of the channel's budget."""
	deadline: datetime = field(init=False)
	suspicion: Suspicion = field(init=False)

	def __post_init__(self) -> None:
		self.budget = self.settings.budget
		self.deadline = self.clock.now() + timedelta(seconds=self.budget.seconds)
		self.suspicion = Suspicion(self.ledger)

	def end(self) -> RunReport:
		"""Leave nothing undecided, and report what is wrong with the channel."""
		self.let_go()
		self.report.trouble = self.report.trouble or self._of_folders() or self.suspicion.trouble()
		self.report.server_wasted = self.session.wasted
		return self.report

	def let_go(self) -> None:
		"""Give back what is held: what proves nothing does not count against its message.

		What is decided and not settled is left to the next run.
		"""
		self.give_back(failure.parsed.claim for failure in self.failed)
		self.give_back(claim for claim, _ in self.withheld)
		self.failed, self.withheld, self.decided = [], [], []

	def note_folder_trouble(self, error: ChannelError) -> None:
		"""Note a folder's trouble; it may have broken the session."""
		self.folder_troubles.append(error)
		self.failure = error

	def recover(self) -> None:
		"""Get the session ready to open a folder. Raises the last failure if it cannot recover from it."""
		failure, self.failure = self.failure, None
		if failure:
			self.session.go_on(failure)

	def _of_folders(self) -> ChannelError | None:
		"""Return the first trouble of a folder; it does not rest a channel that has read another one."""
		for error in self.folder_troubles:
			return error.without_rest() if self.folders_read else error
		return None

	# ── Time and budget ───────────────────────────────────────────────────────────────────────────

	def is_late(self) -> bool:
		"""Return whether the run's time is used up, so that the rest is for the next one."""
		return self.clock.now() >= self.deadline

	def begins_nothing_more(self, *, after: int) -> bool:
		"""Return whether the rest is for the next run: this one is late, or its server has wasted its share.

		`after` this many of the same kind. The first is begun even so, or a server that is slow to list its
		mail would have none of it read.
		"""
		return self.is_late() or (after > 0 and is_too_wasteful(self.session.wasted))

	def spend(self, refs: Collection[RemoteRef]) -> None:
		"""Deduct these messages from the budget."""
		self.budget = spend(self.budget, refs)

	def leave_over(self, messages: int) -> None:
		"""Leave this many messages to the very next run."""
		self.report.waiting += messages
		self.report.left_over += messages

	def note_progress(self) -> None:
		"""Note that something was just done for a message."""
		self.report.progress_at = self.clock.now()

	# ── Fates ─────────────────────────────────────────────────────────────────────────────────────

	def file(self, claim: Claim, message: Message, draft: Draft, outcome: Outcome) -> Filed:
		"""Make the ticket or the reply, and record the outcome with it."""
		filed = self.ticketing.file(claim, message, draft, outcome)
		self.session.note_filed(1)
		self._remember(claim, outcome, message)
		return filed

	def conclude(
		self,
		claim: Claim,
		outcome: Outcome,
		message: Message | None,
		*,
		keep: bytes | None = None,
		note_on: TicketRef | None = None,
	) -> None:
		"""Record a fate that makes no ticket."""
		try:
			self.ledger.conclude(claim, outcome, message, keep=keep, note_on=note_on)
		except MailChannelError:
			raise
		except Exception:
			# A message's words that its record cannot hold must not keep its fate from being recorded.
			self.ledger.conclude(claim, outcome, None, keep=keep)
		self._remember(claim, outcome, message, original_kept=keep is not None)

	def postpone(self, claim: Claim, outcome: Outcome, message: Message | None) -> None:
		"""Let a message be retried, later each time."""
		until = message_retry_at(self.clock.now(), claim.attempt, self.rng.random())
		self._postpone(claim, outcome, message, until, counts=True)

	def let_wait(self, claim: Claim, outcome: Outcome, message: Message | None) -> None:
		"""Let a message wait until the site files mail again; the attempt does not count against it."""
		self._postpone(claim, outcome, message, self.clock.now(), counts=False)

	def give_back(self, claims: Iterable[Claim]) -> None:
		"""Undo claims that were not worked on, so that the attempt does not count against the message."""
		claims = list(claims)
		if claims:
			with suppress(RunStopped, ChannelError):
				self.ledger.give_back(claims)

	def take_decided(self) -> list[Receipt]:
		"""Return what is to be settled; from now on it is the caller's."""
		decided, self.decided = self.decided, []
		return decided

	def _postpone(
		self, claim: Claim, outcome: Outcome, message: Message | None, until: datetime, *, counts: bool
	) -> None:
		try:
			self.ledger.postpone(claim, outcome, message, until, counts=counts)
		except MailChannelError:
			raise
		except Exception:
			self.ledger.postpone(claim, outcome, None, until, counts=counts)
		self.report.postponed += 1
		self.report.waiting += 1

	def _remember(
		self, claim: Claim, outcome: Outcome, message: Message | None, *, original_kept: bool = False
	) -> None:
		self.note_progress()
		self.report.fates[outcome.fate] += 1
		receipt = Receipt(
			claim.key,
			claim.ref,
			State.DONE,
			reason=outcome.reason,
			message_id=message.message_id if message else "",
			original_kept=original_kept,
		)
		self.decided.append(receipt)
		self.concluded.append(receipt)
