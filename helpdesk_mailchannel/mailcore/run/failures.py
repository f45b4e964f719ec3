"""Tells a message's failure from everybody's, by what the site files meanwhile.

docs/decisions/0003-failures-never-rest-the-channel.md says why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from helpdesk_mailchannel.mailcore.errors import ChannelError, MessageError, RunStopped
from helpdesk_mailchannel.mailcore.model import Claim, Message, Outcome, RawMessage
from helpdesk_mailchannel.mailcore.reasons import Fate, Reason, Step, Trouble
from helpdesk_mailchannel.mailcore.run.context import RunContext
from helpdesk_mailchannel.mailcore.run.outcomes import Outcomes

SAME_FAILURES = 3
"""So many messages refused alike, and none filed since the first, mean that the site may be at fault."""


@dataclass(frozen=True)
class Failure:
	"""A message that could not be filed, what it was to become, and why it did not."""

	claim: Claim
	raw: RawMessage
	message: Message
	fate: Fate
	error: MessageError
	asked: bool = False
	"""A person clicked Retry, and waits for the answer."""

	@property
	def kind(self) -> _Kind:
		"""What refusals that are alike have in common."""
		return self.fate, self.error.reason, type(self.error.__cause__)

	@property
	def outcome(self) -> Outcome:
		"""What the log says of it."""
		return Outcome(self.error.reason, self.error.detail)


_Kind = tuple[Fate, Reason, type]


@dataclass
class Failures:
	"""The failures of a run, and what the run has filed beside them.

	A failure is the message's own where the site filed another message in this run, or since it last
	refused this one. Without such proof, refusals that are alike make the site suspect: the messages wait,
	and no attempt counts against them.
	"""

	run: RunContext
	outcomes: Outcomes
	held: list[Failure] = field(default_factory=list)
	"""Too few of their kind to suspect the site; nothing was filed that would clear it."""
	_filed: set[Fate] = field(default_factory=set)
	_refused: dict[_Kind, set[str]] = field(default_factory=lambda: defaultdict(set))
	"""Keys of the messages refused alike, of earlier runs too."""
	_refused_at: Mapping[str, datetime] = field(default_factory=dict)
	_last_filed: Mapping[Fate, datetime] = field(default_factory=dict)
	_suspicions: dict[_Kind, MessageError] = field(default_factory=dict)
	_last_site_error: ChannelError | None = None

	def remember(self, refused_at: Mapping[str, datetime]) -> None:
		"""Take note of when earlier runs refused messages, by key."""
		self._refused_at = refused_at
		self._last_filed = self.run.ledger.last_filed() if refused_at else {}

	def is_cleared(self, key: str) -> bool:
		"""Whether the site has made a ticket since it refused this message."""
		return Fate.TICKET in self._filed or self._filed_since(key, Fate.TICKET)

	def clear(self, fate: Fate) -> None:
		"""The site has filed a message: what was to become the same failed by itself."""
		self._filed.add(fate)
		self._suspicions = {kind: error for kind, error in self._suspicions.items() if kind[0] is not fate}
		for failure in [failure for failure in self.held if failure.fate is fate]:
			self.held.remove(failure)
			self._blame(failure)

	def add(self, failure: Failure) -> None:
		"""Blame the message, or suspect the site, or hold the failure until more is known."""
		if failure.asked or self._is_its_own(failure):
			self._blame(failure)
			return
		alike = self._alike(failure)
		alike.add(failure.claim.key)
		if len(alike) >= SAME_FAILURES:
			self._suspect(failure)
		elif isinstance(failure.error.__cause__, ChannelError):
			# Written down at once: that fails too where the database is gone, and then the run must end.
			self._last_site_error = failure.error.__cause__
			self._blame(failure)
		else:
			self.held.append(failure)

	def release(self) -> None:
		"""Fail or postpone what is still held: too few to suspect the site."""
		while self.held:
			self._blame(self.held.pop(0))

	def put_off(self, claim: Claim, message: Message, error: ChannelError) -> None:
		"""Let a message at which the site failed come later: perhaps it alone is the cause."""
		with suppress(RunStopped, ChannelError):
			self.outcomes.postpone(claim, Outcome(Reason.SITE_REFUSED, error.detail), message)

	def give_back(self) -> None:
		"""Leave nothing in suspense when the run ends early."""
		self.outcomes.give_back(failure.claim for failure in self.held)
		self.held.clear()

	def trouble(self) -> ChannelError | None:
		"""What the channel has to say about the site. It goes on reading its mailbox all the same."""
		for error in self._suspicions.values():
			return ChannelError(Trouble.SAME_FAILURE, Step.FILE, str(error), rests=False)
		if self._last_site_error and not self._filed:
			site = self._last_site_error
			return ChannelError(site.trouble, site.step, site.detail, rests=False)
		return None

	def _is_its_own(self, failure: Failure) -> bool:
		return failure.fate in self._filed or self._filed_since(failure.claim.key, failure.fate)

	def _filed_since(self, key: str, fate: Fate) -> bool:
		refused, filed = self._refused_at.get(key), self._last_filed.get(fate)
		return bool(refused and filed and filed > refused)

	def _alike(self, failure: Failure) -> set[str]:
		"""The messages refused alike since the site last filed one, this run's and earlier ones'."""
		if failure.kind not in self._refused:
			found = self.run.ledger.refused(failure.error.reason, failure.fate, SAME_FAILURES)
			self._refused[failure.kind].update(found)
		return self._refused[failure.kind]

	def _suspect(self, failure: Failure) -> None:
		self._suspicions[failure.kind] = failure.error
		for alike in [*(held for held in self.held if held.kind == failure.kind), failure]:
			self.outcomes.let_wait(alike.claim, alike.outcome, alike.message)
		self.held = [held for held in self.held if held.kind != failure.kind]

	def _blame(self, failure: Failure) -> None:
		if failure.error.passing and failure.claim.attempt < self.run.settings.retry.max_passing_attempts:
			self.outcomes.postpone(failure.claim, failure.outcome, failure.message)
		else:
			octets = failure.raw.octets
			self.outcomes.conclude(failure.claim, failure.outcome, failure.message, keep=octets)
