"""Writes fates down (commit 2), and remembers for which of them the mailbox is not in line yet."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from helpdesk_mailchannel.mailcore.errors import ChannelError, MailChannelError, RunStopped
from helpdesk_mailchannel.mailcore.model import (
	Claim,
	Draft,
	Filed,
	Message,
	Outcome,
	Receipt,
	State,
	TicketRef,
)
from helpdesk_mailchannel.mailcore.retry import message_retry_at
from helpdesk_mailchannel.mailcore.run.context import RunContext


@dataclass
class Outcomes:
	"""The pen of a run: every fate goes through it."""

	run: RunContext
	decided: list[Receipt] = field(default_factory=list)
	"""Their fate is committed, and the mailbox does not show it yet."""

	def file(self, claim: Claim, message: Message, draft: Draft, outcome: Outcome) -> Filed:
		"""Make the ticket or the reply, and write down the outcome with it."""
		filed = self.run.ticketing.file(claim, message, draft, outcome)
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
		"""Write down a fate that makes no ticket."""
		try:
			self.run.ledger.conclude(claim, outcome, message, keep=keep, note_on=note_on)
		except MailChannelError:
			raise
		except Exception:
			# Words of a message that its record cannot hold must not keep its fate from being written down.
			self.run.ledger.conclude(claim, outcome, None, keep=keep)
		self._remember(claim, outcome, message, original_kept=keep is not None)

	def postpone(self, claim: Claim, outcome: Outcome, message: Message | None) -> None:
		"""Let a message be tried again, later the more often it was."""
		until = message_retry_at(self.run.clock.now(), claim.attempt, self.run.dice.random())
		self._postpone(claim, outcome, message, until, counts=True)

	def let_wait(self, claim: Claim, outcome: Outcome, message: Message | None) -> None:
		"""Let a message wait until the site files mail again; the attempt does not count against it."""
		self._postpone(claim, outcome, message, self.run.clock.now(), counts=False)

	def _postpone(
		self, claim: Claim, outcome: Outcome, message: Message | None, until: datetime, *, counts: bool
	) -> None:
		try:
			self.run.ledger.postpone(claim, outcome, message, until, counts=counts)
		except MailChannelError:
			raise
		except Exception:
			self.run.ledger.postpone(claim, outcome, None, until, counts=counts)
		self.run.report.postponed += 1
		self.run.report.waiting += 1

	def give_back(self, claims: Iterable[Claim]) -> None:
		"""Undo claims that were not worked on, so that the attempt does not count against the message."""
		claims = list(claims)
		if claims:
			with suppress(RunStopped, ChannelError):
				self.run.ledger.give_back(claims)

	def take_decided(self) -> list[Receipt]:
		"""What is to be settled; from now on it is the caller's."""
		decided, self.decided = self.decided, []
		return decided

	def _remember(
		self, claim: Claim, outcome: Outcome, message: Message | None, *, original_kept: bool = False
	) -> None:
		self.run.note_progress()
		self.run.report.fates[outcome.fate] += 1
		receipt = Receipt(
			claim.key,
			claim.ref,
			State.DONE,
			reason=outcome.reason,
			message_id=message.message_id if message else "",
			original_kept=original_kept,
		)
		self.decided.append(receipt)
