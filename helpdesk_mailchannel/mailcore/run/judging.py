"""Takes fetched messages through parse, facts and decide to their fate, in the mailbox's order."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from helpdesk_mailchannel.mailcore.decide import Decision, Duplicate, File, decide
from helpdesk_mailchannel.mailcore.errors import AlreadyFiled, ChannelError, MessageError
from helpdesk_mailchannel.mailcore.model import (
	Claim,
	Exclude,
	Facts,
	Filed,
	Message,
	Outcome,
	RawMessage,
	Refuse,
	RemoteRef,
	TicketRef,
	Verdict,
)
from helpdesk_mailchannel.mailcore.parse.message import parse
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.run.context import RunContext
from helpdesk_mailchannel.mailcore.run.failures import Failure, Failures
from helpdesk_mailchannel.mailcore.run.outcomes import Outcomes
from helpdesk_mailchannel.mailcore.thread.participants import brought_by


@dataclass
class Judging:
	"""Decides on messages, one after the other; each knows what became of those before it."""

	run: RunContext
	outcomes: Outcomes
	failures: Failures

	def judge_all(self, raws: Sequence[RawMessage], todo: dict[RemoteRef, Claim]) -> None:
		"""Judge as many as there is time for; a claim leaves `todo` when its fate is committed or held."""
		readable = self._read_all(raws, todo)
		messages = [message for _, message in readable]
		facts = self.run.ticketing.facts(messages) if messages else Facts()
		for raw, message in readable:
			if self.run.is_late():
				self.run.report.waiting += len(todo)
				return
			try:
				facts = self._judge(todo[raw.ref], raw, message, facts)
			except ChannelError as error:
				self.failures.put_off(todo.pop(raw.ref), message, error)
				raise
			del todo[raw.ref]
			self.failures.stop_if_all_alike()

	def try_to_read(self, raw: RawMessage) -> Message | None:
		"""The message, or None where it cannot be read: for the log alone."""
		with suppress(MessageError):
			return self._read(raw)
		return None

	def _read_all(
		self, raws: Sequence[RawMessage], todo: dict[RemoteRef, Claim]
	) -> list[tuple[RawMessage, Message]]:
		readable: list[tuple[RawMessage, Message]] = []
		for raw in raws:
			try:
				readable.append((raw, self._read(raw)))
			except MessageError as error:
				outcome = Outcome(error.reason, error.detail)
				self.outcomes.conclude(todo.pop(raw.ref), outcome, None, keep=raw.octets)
		return readable

	def _read(self, raw: RawMessage) -> Message:
		try:
			return parse(raw, self.run.settings.limits, now=self.run.clock.now())
		except MessageError:
			raise
		except Exception as error:
			# A message that finds a mistake of ours must neither stop the others nor be lost.
			raise MessageError(Reason.UNREADABLE, f"Reading it failed: {type(error).__name__}.") from error

	def _judge(self, claim: Claim, raw: RawMessage, message: Message, facts: Facts) -> Facts:
		"""Decide on one message and write it down; what is known afterwards."""
		filed: Filed | None = None
		noted_on: TicketRef | None = None
		verdict = Verdict.UNKNOWN
		try:
			match self._decide(message, facts):
				case Exclude(reason=reason, detail=detail, note_on=ticket):
					keep = None if self.run.session.abilities.folders else raw.octets
					outcome = Outcome(reason, detail)
					self.outcomes.conclude(claim, outcome, message, keep=keep, note_on=ticket)
					noted_on = ticket
				case Refuse(reason=reason, detail=detail):
					self.outcomes.conclude(claim, Outcome(reason, detail), message, keep=raw.octets)
				case Duplicate(reason=reason, detail=detail):
					self.outcomes.conclude(claim, Outcome(reason, detail), message)
				case File(draft=draft, reason=reason, detail=detail):
					verdict = draft.mail.verdict
					filed = self.outcomes.file(claim, message, draft, Outcome(reason, detail))
					self.failures.release()
		except AlreadyFiled as error:
			self.outcomes.conclude(claim, Outcome(error.reason, error.detail), message)
		except MessageError as error:
			self.failures.hold(Failure(claim, raw, message, error))
		taking_part = self._taking_part(message, verdict)
		return facts.after(message, filed, verdict=verdict, taking_part=taking_part, noted_on=noted_on)

	def _taking_part(self, message: Message, verdict: Verdict) -> frozenset[str]:
		return brought_by(
			(each.address for each in message.authors),
			(each.address for each in message.recipients),
			verdict,
			copies_take_part=self.run.settings.copies_take_part,
		)

	def _decide(self, message: Message, facts: Facts) -> Decision:
		try:
			return decide(message, facts, self.run.settings, self.run.clock.now())
		except MessageError:
			raise
		except Exception as error:
			raise MessageError(Reason.UNREADABLE, f"Judging it failed: {type(error).__name__}.") from error
