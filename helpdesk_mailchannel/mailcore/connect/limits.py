"""How much and how slowly a mail server may answer, so that none holds a worker or fills its memory.

Three bounds, all enforced by `Stream`, through which every octet passes:

- an answer may have as many octets as its command makes likely, and no more;
- an answer may take the channel's timeout, and longer only while octets arrive at a decent pace;
- a server has `PATIENCE` for a whole session. Each wait is deducted from it, except for the time the octets
  take at a decent pace; each message that is handed out or settled gives a moment back.

Together they end a session within about a minute if the server drips, stalls, floods, or is slow with each
command or message. Whatever it has handed out by then is filed. How long the channel then rests depends on
the total wait, of which only filed messages pay for a part.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from helpdesk_mailchannel.mailcore.settings import MIB

Monotonic = Callable[[], float]
"""Seconds of a clock that only goes forward; `time.monotonic`, or a test's."""

PATIENCE = 45.0
"""Seconds for which a session waits for its server, beyond what its messages earn."""
BRIEF = 20.0
"""Seconds for a whole conversation while a person waits at a form."""
MOMENT = 2.0
"""Seconds of patience that each message earns when it is handed out, and again when it is settled; and
the seconds that a server may take for a message that is filed."""
SLOWEST = 128 * 1024
"""Octets per second at which an answer may go on for longer than the timeout: one megabit."""

USUAL_ANSWER = MIB
"""Octets of an answer about which nothing more is known."""
LARGEST_ANSWER = 128 * MIB
"""Octets of the answer to any one command, whatever was announced."""
HEADER_OCTETS = 64 * 1024
"""Octets of a message's header if it is fetched alone."""
BRIEF_ANSWERS = 16 * MIB
"""Octets of a whole conversation while a person waits at a form."""
SLACK = 8 * MIB
"""Octets by which a message may exceed the size the server gave: some count only its header."""


class TooMuch(ValueError):
	"""The server sent more than its command can have asked for."""


class TooSlow(TimeoutError):
	"""The server goes on answering, but too slowly to be waited for."""


class Patience:
	"""What is left of the time that a server may waste; shared by all connections of a session.

	`left` decides whether the session goes on, and is replenished by each message. `wasted` is what the
	session has cost, and is not: a wait before the messages counts like one after them.
	"""

	def __init__(self, seconds: float = PATIENCE) -> None:
		self._full = self.left = seconds
		self._waited = 0.0
		self._filed = 0

	def spend(self, seconds: float) -> None:
		"""Deduct the time spent waiting for an answer."""
		waited = max(0.0, seconds)
		self._waited += waited
		self.left = max(0.0, self.left - waited)

	@contextmanager
	def waiting(self) -> Iterator[None]:
		"""Deduct the time that passes inside the block, such as a look-up's."""
		begun = time.monotonic()
		try:
			yield
		finally:
			self.spend(time.monotonic() - begun)

	def earn(self, messages: int) -> None:
		"""Give some back, but never more than there was: the server has handed out or settled messages."""
		self.left = min(self._full, self.left + messages * MOMENT)

	def note_filed(self, messages: int) -> None:
		"""Note that something new was made of this many messages: a slow server is worth the wait."""
		self._filed += messages

	@property
	def wasted(self) -> float:
		"""Return the seconds waited in the whole session, less a moment for each message that was filed."""
		return max(0.0, self._waited - self._filed * MOMENT)

	@property
	def is_over(self) -> bool:
		"""Return whether to stop waiting for the server."""
		return self.left <= 0


class Brief:
	"""The end of a whole conversation while a person waits: this many seconds and octets from now."""

	def __init__(
		self, seconds: float = BRIEF, octets: int = BRIEF_ANSWERS, now: Monotonic = time.monotonic
	) -> None:
		self.end, self.octets = now() + seconds, octets


def body_allowance(*sizes: int) -> int:
	"""Return how many octets the answer with these messages may have; a size of 0 was not given."""
	announced = sum(2 * size + 64 * 1024 for size in sizes)
	unknown = 0 if all(sizes) else 32 * MIB
	return min(announced + unknown + SLACK, LARGEST_ANSWER)
