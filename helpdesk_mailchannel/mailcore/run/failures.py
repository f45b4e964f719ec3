"""Tells a message's failure from everybody's: a failure is held until the next message shows which it is.

docs/decisions/0003-failures-wait-for-the-next-message.md says why.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from helpdesk_mailchannel.mailcore.errors import ChannelError, MessageError, RunStopped
from helpdesk_mailchannel.mailcore.model import Claim, Message, Outcome, RawMessage
from helpdesk_mailchannel.mailcore.reasons import Reason, Step, Trouble
from helpdesk_mailchannel.mailcore.run.context import RunContext
from helpdesk_mailchannel.mailcore.run.outcomes import Outcomes

SAME_FAILURES = 3
"""So many different messages failing alike in a row mean that not the messages are at fault."""


@dataclass(frozen=True)
class Failure:
	"""A message that could not be filed, and why."""

	claim: Claim
	raw: RawMessage
	message: Message
	error: MessageError


@dataclass
class Failures:
	"""The failures of a run that are still held."""

	run: RunContext
	outcomes: Outcomes
	held: list[Failure] = field(default_factory=list)

	def hold(self, failure: Failure) -> None:
		"""Keep a failure until the next message tells whether it is alone."""
		if self.held and not _alike(self.held[-1].error, failure.error):
			self.release()
		self.held.append(failure)

	def stop_if_all_alike(self) -> None:
		"""Stop the channel where too many messages in a row have failed alike; they are tried again."""
		if len(self.held) < SAME_FAILURES:
			return
		error = self.held[-1].error
		self.release(all_alike=True)
		raise ChannelError(Trouble.SAME_FAILURE, Step.FILE, str(error))

	def release(self, *, all_alike: bool = False) -> None:
		"""Fail or postpone what was held; where all failed alike, no message is blamed at once."""
		while self.held:
			failure = self.held.pop(0)
			outcome = Outcome(failure.error.reason, failure.error.detail)
			if (failure.error.passing or all_alike) and self._may_try_again(failure):
				self.outcomes.postpone(failure.claim, outcome, failure.message)
			else:
				octets = failure.raw.octets
				self.outcomes.conclude(failure.claim, outcome, failure.message, keep=octets)

	def put_off(self, claim: Claim, message: Message, error: ChannelError) -> None:
		"""Let a message at which the site failed come later: perhaps it alone is the cause."""
		with suppress(RunStopped, ChannelError):
			self.outcomes.postpone(claim, Outcome(Reason.SITE_REFUSED, error.detail), message)

	def give_back(self) -> None:
		"""Leave nothing in suspense when the run ends early."""
		self.outcomes.give_back(failure.claim for failure in self.held)
		self.held.clear()

	def _may_try_again(self, failure: Failure) -> bool:
		retry = self.run.settings.retry
		most = retry.max_passing_attempts if failure.error.passing else retry.max_attempts
		return failure.claim.attempt < most


def _alike(one: MessageError, other: MessageError) -> bool:
	return one.reason is other.reason and type(one.__cause__) is type(other.__cause__)
