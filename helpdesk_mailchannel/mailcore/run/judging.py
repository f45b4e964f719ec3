"""Takes fetched messages through parse, facts and decide to their fate, in the mailbox's order."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from helpdesk_mailchannel.mailcore.decide import Decision, Duplicate, File, decide, verdict_of
from helpdesk_mailchannel.mailcore.errors import (
	AlreadyFiled,
	ChannelError,
	MailChannelError,
	MessageError,
)
from helpdesk_mailchannel.mailcore.model import (
	Claim,
	Draft,
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
from helpdesk_mailchannel.mailcore.reasons import Fate, Reason
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

	def judge_all(
		self, raws: Sequence[RawMessage], todo: dict[RemoteRef, Claim], *, asked: bool = False
	) -> None:
		"""Judge as many as there is time for; a claim leaves `todo` when its fate is committed or held.

		`asked`: a person clicked Retry on them.
		"""
		readable = self._read_all(raws, todo)
		facts = self._facts_of(readable)
		for raw, message in readable:
			if self.run.is_late():
				self.run.report.waiting += len(todo)
				self.run.report.left_over += len(todo)
				return
			try:
				facts = self._judge(todo[raw.ref], raw, message, facts, asked=asked)
			except ChannelError as error:
				self.failures.put_off(todo.pop(raw.ref), message, error)
				raise
			del todo[raw.ref]

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
			settings = self.run.settings
			return parse(raw, settings.limits, now=self.run.clock.now(), time_zone=settings.time_zone)
		except MessageError:
			raise
		except Exception as error:
			# A message that finds a mistake of ours must neither stop the others nor be lost.
			raise MessageError(Reason.UNREADABLE, f"Reading it failed: {type(error).__name__}.") from error

	def _facts_of(self, readable: Sequence[tuple[RawMessage, Message]]) -> Facts | None:
		"""What the site knows of these messages; None where one of them cannot be looked up."""
		messages = [message for _, message in readable]
		if not messages:
			return Facts()
		try:
			return self.run.ticketing.facts(messages)
		except MailChannelError:
			raise
		except Exception:
			# Which one is told by looking each up alone; then it alone fails.
			return None

	def _judge(
		self, claim: Claim, raw: RawMessage, message: Message, facts: Facts | None, *, asked: bool
	) -> Facts | None:
		"""Decide on one message and write it down; what is known afterwards."""
		filed: Filed | None = None
		noted_on: TicketRef | None = None
		verdict = verdict_of(message, self.run.settings.screen)
		fate = Fate.TICKET
		try:
			known = self._look_up(message) if facts is None else facts
			match self._decide(message, known):
				case Exclude(reason=reason, detail=detail, note_on=ticket):
					keep = None if self.run.session.abilities.folders else raw.octets
					outcome = Outcome(reason, detail, verdict=verdict)
					self.outcomes.conclude(claim, outcome, message, keep=keep, note_on=ticket)
					noted_on = ticket
				case Refuse(reason=reason, detail=detail):
					outcome = Outcome(reason, detail, verdict=verdict)
					self.outcomes.conclude(claim, outcome, message, keep=raw.octets)
				case Duplicate(reason=reason, detail=detail):
					self.outcomes.conclude(claim, Outcome(reason, detail, verdict=verdict), message)
				case File(draft=draft, reason=reason, detail=detail):
					fate = reason.fate
					filed = self._file(claim, message, draft, Outcome(reason, detail, verdict=verdict))
					self.failures.clear(fate)
		except AlreadyFiled as error:
			self.outcomes.conclude(claim, Outcome(error.reason, error.detail, verdict=verdict), message)
		except MessageError as error:
			self.failures.add(Failure(claim, raw, message, fate, error, asked))
		if facts is None:
			return None
		taking_part = self._taking_part(message, verdict)
		return facts.after(message, filed, verdict=verdict, taking_part=taking_part, noted_on=noted_on)

	def _taking_part(self, message: Message, verdict: Verdict) -> frozenset[str]:
		return brought_by(
			(each.address for each in message.authors),
			(each.address for each in message.recipients),
			verdict,
			copies_take_part=self.run.settings.copies_take_part,
		)

	def _look_up(self, message: Message) -> Facts:
		try:
			return self.run.ticketing.facts([message])
		except MailChannelError:
			raise
		except Exception as error:
			raise MessageError(Reason.UNREADABLE, f"Looking it up failed: {type(error).__name__}.") from error

	def _file(self, claim: Claim, message: Message, draft: Draft, outcome: Outcome) -> Filed:
		"""File a message. What the site fails at may be this very message, so that the others go on."""
		try:
			return self.outcomes.file(claim, message, draft, outcome)
		except ChannelError as error:
			raise MessageError(Reason.SITE_REFUSED, error.detail, passing=True) from error

	def _decide(self, message: Message, facts: Facts) -> Decision:
		try:
			return decide(message, facts, self.run.settings, self.run.clock.now())
		except MessageError:
			raise
		except Exception as error:
			raise MessageError(Reason.UNREADABLE, f"Judging it failed: {type(error).__name__}.") from error
