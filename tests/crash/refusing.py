"""A mail server that refuses at random: listings, messages, moves, and parts of its answers."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

NOTHING = b"OK nothing found"
"""As a server says whose index is being rebuilt, after an empty SEARCH line."""

IMAP = {
	"search": (rb"\S+ UID SEARCH", [b"NO [UNAVAILABLE] later", b"BAD what", b"OK done", NOTHING]),
	"listing": (rb"\S+ UID FETCH \S+ \(UID RFC822", [b"NO [SERVERBUG] oops", b"OK done", b"BAD what"]),
	"fetch": (rb"\S+ UID FETCH \S+ \(UID BODY", [b"NO [SERVERBUG] oops", b"OK done", b"BAD", b"NO damaged"]),
	"move": (rb"\S+ UID (?:MOVE|COPY|STORE|EXPUNGE)", [b"NO [CANNOT] not now", b"NO", b"BAD what"]),
	"select": (rb"\S+ SELECT", [b"NO [UNAVAILABLE] later"]),
}
POP3 = {
	"names": (rb"UIDL", [b"-ERR [SYS/TEMP] later"]),
	"sizes": (rb"LIST", [b"-ERR no", b"+OK\r\n."]),
	"fetch": (rb"RETR", [b"-ERR Server Unavailable. 21", b"-ERR [SYS/TEMP] later", b"+OK\r\n."]),
	"delete": (rb"DELE", [b"-ERR locked"]),
}
LINE = re.compile(rb"(?m)^(\* \d+ FETCH \(UID \d+ RFC822|\d+ \w{10,}).*\r\n")


class Refusing:
	"""Refuses a share of the commands, and leaves lines out of a share of the listings."""

	def __init__(self, rng: Random, share: float, *, pop3: bool = False) -> None:
		self.rng, self.share, self.kinds = rng, share, POP3 if pop3 else IMAP
		self.pop3 = pop3
		self.seen: Counter[str] = Counter()

	def command(self, number: int, octets: bytes) -> bool:
		"""See `tests.crash.wire.Trouble`."""
		return False

	def refuse(self, octets: bytes) -> bytes:
		"""See `tests.crash.wire.Trouble`."""
		for kind, (pattern, answers) in self.kinds.items():
			if re.match(pattern, octets, re.IGNORECASE) and self.rng.random() < self.share:
				self.seen[kind] += 1
				tag = b"" if self.pop3 else octets.split(b" ", 1)[0] + b" "
				said = self.rng.choice(answers)
				untagged = b"* SEARCH\r\n" if said is NOTHING else b""
				return untagged + tag + said + (b" refused" if tag and b" " not in said else b"") + b"\r\n"
		return b""

	def answer(self, number: int, octets: bytes) -> bytes:
		"""See `tests.crash.wire.Trouble`."""
		if not LINE.search(octets) or b"{" in octets or self.rng.random() >= self.share:
			return octets
		self.seen["partial"] += 1
		return LINE.sub(lambda line: b"" if self.rng.random() < 0.3 else line[0], octets)
