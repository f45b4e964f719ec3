"""What a run did: counted per fate, with what an administrator should know."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Fate


@dataclass
class RunReport:
	"""Filled while the run goes on; the one value of the engine that changes."""

	listed: int = 0
	fates: Counter[Fate] = field(default_factory=Counter)
	postponed: int = 0
	settled: int = 0
	waiting: int = 0
	"""Messages that later runs will take."""
	warnings: list[str] = field(default_factory=list)
	"""What went well enough but should be mended, such as a folder that cannot be created."""
	trouble: ChannelError | None = None
	stopped: str = ""
	"""Why the run ended early although nothing is wrong."""

	def warn(self, text: str) -> None:
		"""Note a warning, once."""
		if text and text not in self.warnings:
			self.warnings.append(text)
