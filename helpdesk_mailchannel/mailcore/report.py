"""What a run did: counted per fate, with what an administrator should know."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Fate, Trouble
from helpdesk_mailchannel.mailcore.retry import is_wasteful
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence

A_MESSAGE = timedelta(seconds=2)
"""What a slow server may take for a message without having to rest for it."""


@dataclass
class RunReport:
	"""Filled during the run; the engine's only mutable value."""

	listed: int = 0
	fates: Counter[Fate] = field(default_factory=Counter)
	postponed: int = 0
	settled: int = 0
	waiting: int = 0
	"""Messages that later runs will take."""
	left_over: int = 0
	"""Those among them that were not tried, because the run's budget was used up."""
	warnings: list[Sentence] = field(default_factory=list)
	"""What went well enough but should be fixed, such as a folder that cannot be created."""
	trouble: ChannelError | None = None
	progress_at: datetime | None = None
	"""When the last message was decided or moved; anything after that was wasted if the run failed."""
	server_wasted: timedelta = timedelta()
	"""How long the session has waited for its server beyond what the filed messages pay for."""
	stopped: Sentence = NOTHING
	"""Why the run ended early although nothing is wrong."""

	@property
	def goes_on_at_once(self) -> bool:
		"""Return whether mail was left over for lack of time, and nothing keeps the next run from it."""
		rests = bool(self.stopped or (self.trouble and self.trouble.rests) or is_wasteful(self.server_wasted))
		return bool(self.left_over and self._brought_news and not rests)

	def wasted(self, started: datetime, now: datetime) -> timedelta:
		"""Return how long the run held its worker for nothing: since it last did something for a message.

		For a run that ended because its server is slow, everything but a moment for each filed message; for
		one that does not rest the channel, what its server wasted. Never less than that.
		"""
		if self.trouble and not self.trouble.rests:
			return self.server_wasted
		for_nothing = now - (self.progress_at or started)
		if self.trouble and self.trouble.trouble is Trouble.SERVER_SLOW:
			for_nothing = max(for_nothing, now - started - self._filed * A_MESSAGE)
		return max(for_nothing, self.server_wasted)

	@property
	def _brought_news(self) -> bool:
		"""Return whether most of the messages were new: a server can rename the same ones forever."""
		duplicates = self.fates[Fate.DUPLICATE]
		return sum(self.fates.values()) - duplicates + self.postponed > duplicates

	@property
	def _filed(self) -> int:
		return self.fates[Fate.TICKET] + self.fates[Fate.REPLY]

	def warn(self, text: Sentence) -> None:
		"""Note a warning, once."""
		if text and text not in self.warnings:
			self.warnings.append(text)
