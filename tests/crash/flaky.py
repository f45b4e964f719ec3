"""A mail server with moods: it cuts, stalls, stops half-way, lies about literals, and stammers."""

from __future__ import annotations

import re
import time
from collections import Counter
from random import Random

LITERAL = re.compile(rb"\{(\d+)\}\r\n")
TAGGED = re.compile(rb"(?m)^([A-Z]{4}\d+) OK ")


class Moods:
	"""Trouble at seeded random moments; see `tests.crash.wire.Trouble`."""

	def __init__(self, rng: Random, share: float, longest_wait: float) -> None:
		self.rng, self.share = rng, share
		self.longest_wait = longest_wait
		"""Longer than the client waits, in seconds."""
		self.seen: Counter[str] = Counter()
		self._mood = ""

	def command(self, number: int, octets: bytes) -> bool:
		"""See `Trouble`."""
		self._mood = ""
		if self.rng.random() >= self.share:
			return False
		self._mood = self.rng.choice([*ANSWERS, "cut before", "cut after", "stall", "slow"])
		if self._mood in ("cut before", "stall"):
			self.seen[self._mood] += 1
			time.sleep(self.longest_wait if self._mood == "stall" else 0)
			return True
		return False

	def answer(self, number: int, octets: bytes) -> bytes | None:
		"""See `Trouble`."""
		mood, self._mood = self._mood, ""
		if not mood:
			return octets
		self.seen[mood] += 1
		if mood == "cut after":
			return None
		if mood == "slow":
			time.sleep(self.longest_wait / 4)
			return octets
		return ANSWERS[mood](octets)


def half(octets: bytes) -> bytes:
	"""The server stops in the middle of its answer."""
	return octets[: len(octets) // 2]


def long_literal(octets: bytes) -> bytes:
	"""A literal that claims to be longer than it is."""
	return LITERAL.sub(lambda found: b"{%d}\r\n" % (int(found[1]) + 9), octets, count=1)


def short_literal(octets: bytes) -> bytes:
	"""A literal that goes on behind its end."""
	return LITERAL.sub(lambda found: b"{%d}\r\n" % max(0, int(found[1]) - 5), octets, count=1)


def broken_tag(octets: bytes) -> bytes:
	"""An end that is none."""
	return TAGGED.sub(rb"\1 ?? ", octets)


def stammer(octets: bytes) -> bytes:
	"""Lines that nobody asked for, the last one broken off."""
	return b"* 3 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* 17 FETCH (UID\r\n" + octets


ANSWERS = {
	"half": half,
	"long literal": long_literal,
	"short literal": short_literal,
	"broken tag": broken_tag,
	"stammer": stammer,
}
