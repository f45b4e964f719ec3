"""Tells a message's failure from everybody's, by what the site files meanwhile.

docs/decisions/0003-failures-never-rest-the-channel.md says why. What follows from it is in `failures`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from helpdesk_mailchannel.mailcore.errors import ChannelError, MessageError
from helpdesk_mailchannel.mailcore.model import Outcome
from helpdesk_mailchannel.mailcore.ports import Ledger
from helpdesk_mailchannel.mailcore.reasons import Fate, Reason, Step, Trouble
from helpdesk_mailchannel.mailcore.run.batch import Parsed

SAME_FAILURES = 3
"""This many messages refused alike, and none filed since the first, mean the site may be at fault."""


@dataclass(frozen=True)
class Failure:
	"""A message that could not be filed, what it was to become, and why it did not."""

	parsed: Parsed
	fate: Fate
	error: MessageError

	@property
	def kind(self) -> _Kind:
		"""What refusals that are alike have in common."""
		return self.fate, self.error.reason, type(self.error.__cause__)

	@property
	def outcome(self) -> Outcome:
		"""Return what the log says about it."""
		return Outcome(self.error.reason, self.error.detail)


_Kind = tuple[Fate, Reason, type]


class Fault(Enum):
	"""Whose fault a failure is."""

	MESSAGE = auto()
	SITE = auto()
	UNKNOWN = auto()
	"""Too few of its kind to suspect the site; nothing was filed that would clear it."""


@dataclass
class Suspicion:
	"""The evidence for and against the site in a run.

	A failure is the message's own if the site filed another message in this run, or since it last
	refused this one. Without such proof, refusals that are alike make the site suspect.
	"""

	ledger: Ledger
	_filed: set[Fate] = field(default_factory=set)
	_refused: dict[_Kind, set[str]] = field(default_factory=lambda: defaultdict(set))
	"""Keys of the messages refused alike, of earlier runs too."""
	_refused_at: Mapping[str, datetime] = field(default_factory=dict)
	_last_filed: Mapping[Fate, datetime] = field(default_factory=dict)
	_suspected: dict[_Kind, MessageError] = field(default_factory=dict)
	_last_site_error: ChannelError | None = None

	def remember(self, refused_at: Mapping[str, datetime]) -> None:
		"""Note when earlier runs refused messages, by key."""
		self._refused_at = refused_at
		self._last_filed = self.ledger.last_filed() if refused_at else {}

	def is_cleared(self, key: str) -> bool:
		"""Return whether the site has made a ticket since it refused this message."""
		return Fate.TICKET in self._filed or self._filed_since(key, Fate.TICKET)

	def clear(self, fate: Fate) -> None:
		"""Note that the site has filed a message: those that were to become the same failed by themselves."""
		self._filed.add(fate)
		self._suspected = {kind: error for kind, error in self._suspected.items() if kind[0] is not fate}

	def fault_of(self, failure: Failure) -> Fault:
		"""Return whose fault it is, as far as is known by now; a click on Retry is answered at once."""
		if failure.parsed.asked or self._is_its_own(failure):
			return Fault.MESSAGE
		alike = self._alike(failure)
		alike.add(failure.parsed.claim.key)
		if len(alike) >= SAME_FAILURES:
			self._suspected[failure.kind] = failure.error
			return Fault.SITE
		if isinstance(failure.error.__cause__, ChannelError):
			# Recorded at once: that fails too if the database is gone, and then the run must end.
			self._last_site_error = failure.error.__cause__
			return Fault.MESSAGE
		return Fault.UNKNOWN

	def trouble(self) -> ChannelError | None:
		"""Return what the channel has to say about the site. It keeps reading its mailbox all the same."""
		for error in self._suspected.values():
			return ChannelError(Trouble.SAME_FAILURE, Step.FILE, error.sentence, rests=False)
		if self._last_site_error and not self._filed:
			site = self._last_site_error
			return ChannelError(site.trouble, site.step, site.detail, rests=False)
		return None

	def _is_its_own(self, failure: Failure) -> bool:
		return failure.fate in self._filed or self._filed_since(failure.parsed.claim.key, failure.fate)

	def _filed_since(self, key: str, fate: Fate) -> bool:
		refused, filed = self._refused_at.get(key), self._last_filed.get(fate)
		return bool(refused and filed and filed > refused)

	def _alike(self, failure: Failure) -> set[str]:
		"""Return the messages refused alike since the site last filed one, in this run and earlier ones."""
		if failure.kind not in self._refused:
			found = self.ledger.refused(failure.error.reason, failure.fate, SAME_FAILURES)
			self._refused[failure.kind].update(found)
		return self._refused[failure.kind]
