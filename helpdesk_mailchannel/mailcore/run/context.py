"""What every part of a run works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from helpdesk_mailchannel.mailcore.ports import Clock, Ledger, Session, Ticketing
from helpdesk_mailchannel.mailcore.report import RunReport
from helpdesk_mailchannel.mailcore.settings import ChannelSettings


@dataclass
class RunContext:
	"""The channel, its collaborators, and what is told of the run afterwards."""

	settings: ChannelSettings
	session: Session
	ledger: Ledger
	ticketing: Ticketing
	clock: Clock
	dice: Random
	deadline: datetime
	report: RunReport = field(default_factory=RunReport)

	def note_progress(self) -> None:
		"""Note that something was done for a message, just now."""
		self.report.progress_at = self.clock.now()

	def is_late(self) -> bool:
		"""Whether the run's time is used up, so that the rest is for the next one."""
		return self.clock.now() >= self.deadline
