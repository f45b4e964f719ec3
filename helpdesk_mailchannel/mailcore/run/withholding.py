"""Tells a message that a server does not hand out from a server that hands out nothing.

A refusal is held until another message shows which it is, as with failures of the site. Nothing that is
refused is ever called gone: see docs/decisions/0135-gone-is-what-a-listing-says.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.model import Claim, Message, Outcome, RawMessage, RemoteRef, Withheld
from helpdesk_mailchannel.mailcore.reasons import Reason, Step, Trouble
from helpdesk_mailchannel.mailcore.run.context import RunContext
from helpdesk_mailchannel.mailcore.run.judging import Judging
from helpdesk_mailchannel.mailcore.run.outcomes import Outcomes

SAME_REFUSALS = 3
"""So many different messages refused in a row are reason to ask whether the server hands out any."""


@dataclass
class Withholding:
	"""The refusals of a run of which it is not known yet whether they are the messages' own."""

	run: RunContext
	outcomes: Outcomes
	judging: Judging
	witnesses: Sequence[RemoteRef] = ()
	"""Messages of the open folder that no attempt has failed at: what to ask for when others are refused."""
	handed_out: bool = False
	"""The server has handed out a message in this folder and run, so a refusal is the message's own."""
	held: list[tuple[Claim, Withheld]] = field(default_factory=list)

	def enter(self, witnesses: Sequence[RemoteRef]) -> None:
		"""Begin with a folder."""
		self.witnesses, self.handed_out = witnesses, False

	def hold(self, claim: Claim, refusal: Withheld) -> None:
		"""Keep a refusal until it is known whose it is. Raises ChannelError if everything is refused."""
		self.held.append((claim, refusal))
		if len(self.held) >= SAME_REFUSALS:
			self._stop_if_all_refused()

	def release(self) -> None:
		"""Let the refusals count against their messages if the server has handed out another one."""
		if self.handed_out:
			self._count_all()

	def leave(self) -> None:
		"""End with a folder: what is still held is decided. Raises ChannelError."""
		if self.held:
			self._stop_if_all_refused()
			self._count_all()

	def give_back(self) -> None:
		"""Leave nothing in suspense when the run ends early; what proves nothing does not count."""
		self.outcomes.give_back(claim for claim, _ in self.held)
		self.held.clear()

	def count(self, claim: Claim, refusal: Withheld) -> None:
		"""Let a message be asked for again later, or fail once that was often enough."""
		outcome = Outcome(Reason.WITHHELD, refusal.said)
		message = self.message_by_header(claim.ref)
		if claim.attempt < self.run.settings.retry.max_passing_attempts:
			self.outcomes.postpone(claim, outcome, message)
		else:
			self.outcomes.conclude(claim, outcome, message)

	def message_by_header(self, ref: RemoteRef) -> Message | None:
		"""What the server tells of a message without handing it out; nothing where it tells nothing."""
		try:
			header = self.run.session.fetch_header(ref)
		except ChannelError as error:
			if error.trouble is Trouble.SERVER_SLOW:
				self.run.report.trouble = error
			return None
		return self.judging.try_to_read(header) if header and header.octets else None

	def _count_all(self) -> None:
		held, self.held = self.held, []
		for claim, refusal in held:
			self.count(claim, refusal)

	def _stop_if_all_refused(self) -> None:
		if self.handed_out or self._are_known() or self._is_single() or self._another_is_handed_out():
			return
		refusal = self.held[-1][1]
		raise ChannelError(refusal.trouble, Step.FETCH, refusal.said)

	def _are_known(self) -> bool:
		"""Whether all of them were found to be the messages' own before."""
		return all(claim.attempt > 1 for claim, _ in self.held)

	def _is_single(self) -> bool:
		"""Whether only one message is there to be asked for, and the refusal is about it."""
		about_it = self.held[0][1].trouble is not Trouble.MAILBOX_UNAVAILABLE
		return len(self.held) == 1 and about_it and not self._others()

	def _another_is_handed_out(self) -> bool:
		"""Ask for a message from the other end: some bad ones at the front must not stop the channel."""
		answers = list(self.run.session.fetch(self._others()[-1:]))
		self.handed_out = any(isinstance(answer, RawMessage) for answer in answers)
		return self.handed_out

	def _others(self) -> list[RemoteRef]:
		held = {claim.ref for claim, _ in self.held}
		return [ref for ref in self.witnesses if ref not in held]
