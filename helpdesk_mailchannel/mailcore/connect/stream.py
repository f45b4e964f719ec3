"""The octets between this site and a mail server: bounded, timed, and switched to TLS at most once.

imaplib and poplib read through this instead of their own buffered files, for three reasons: no answer can
grow without limit, no server can hold a worker by trickling (`limits` has the figures), and anything that
arrived in the clear before a STARTTLS handshake is noticed and refused (RFC 3501 6.2.1, RFC 2595 4; the flaw
is known as command injection over STARTTLS, CVE-2011-0411).
"""

from __future__ import annotations

import re
import socket
import ssl
import time

from helpdesk_mailchannel.mailcore.connect import limits, tls
from helpdesk_mailchannel.mailcore.connect.limits import Brief, Monotonic, Patience, TooMuch, TooSlow
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import _

_PIECE = 256 * 1024
_DOT_ALONE = re.compile(rb"(?:\A|(?<=\n))\.\r?\n")


class Stream:
	"""A connection read by lines and by counted octets; each answer has limits on time and octets.

	An answer is what comes between two things we send. `patience` is shared by the connections of a session.
	"""

	def __init__(
		self,
		plain: socket.socket,
		timeout: float,
		patience: Patience | None = None,
		now: Monotonic = time.monotonic,
	) -> None:
		self.socket: socket.socket = plain
		self.patience = patience or Patience()
		self._timeout, self._now = timeout, now
		self._waiting = bytearray()
		self._last = float("inf")
		self._all_octets: int | None = None
		self._allowed = limits.USUAL_ANSWER
		self._begin()

	def finish_within(self, seconds: float) -> None:
		"""Give the whole conversation, not only each wait, this much time from now on."""
		self._last = min(self._last, self._now() + seconds)

	def be_brief(self, brief: Brief) -> None:
		"""Limit the whole conversation to a moment, and to this many octets."""
		self._last, self._all_octets = min(self._last, brief.end), brief.octets

	def allow(self, octets: int) -> None:
		"""Allow the answer to what is sent next this many octets, instead of the usual number."""
		self._allowed = min(octets, limits.LARGEST_ANSWER)

	@property
	def secured(self) -> ssl.SSLSocket | None:
		"""The connection once TLS protects it."""
		return self.socket if isinstance(self.socket, ssl.SSLSocket) else None

	def start_tls(self, context: ssl.SSLContext, name: str) -> None:
		"""Secure the connection; refuse if the server has already sent something that would count as secured.

		Raises ChannelError: TLS, CERTIFICATE, CONNECTION_TIMEOUT, CONNECTION_LOST.
		"""
		if self._waiting:
			raise ChannelError(
				Trouble.TLS,
				Step.TLS,
				_(
					"Something was slipped in before the connection was secure, as an attacker would do. "
					"Nothing was sent."
				),
			)
		self._begin()
		# Python's handshake applies the socket's timeout to the whole of it, not to each octet.
		self.socket.settimeout(max(0.001, min(self._end(), self._last) - self._now()))
		try:
			self.socket = tls.handshake(self.socket, context, name)
		finally:
			self._arrived = self._now()

	def readline(self) -> bytes:
		"""Return the next line with its line end; at the end of the connection, what is left, or nothing.

		Raises OSError (TimeoutError, TooSlow), TooMuch.
		"""
		seen = 0
		while (at := self._waiting.find(b"\n", seen)) < 0:
			seen = len(self._waiting)
			if not self._receive():
				return self._take(seen)
		return self._take(at + 1)

	def read(self, size: int) -> bytes:
		"""Read exactly this many octets; a message cut short by the connection's end never counts as whole.

		Raises OSError (TimeoutError, TooSlow), EOFError, TooMuch.
		"""
		if size - len(self._waiting) > self._left:
			raise TooMuch(f"a literal of {size} octets")
		while len(self._waiting) < size:
			if not self._receive():
				raise EOFError("the connection ended inside a message")
		return self._take(size)

	def read_to_dot(self) -> bytes:
		"""Read everything before a line that is a single dot (RFC 1939 3), and consume that line.

		Raises OSError (TimeoutError, TooSlow), EOFError, TooMuch.
		"""
		seen = 0
		while not (end := _DOT_ALONE.search(self._waiting, seen)):
			seen = max(0, len(self._waiting) - 3)
			if not self._receive():
				raise EOFError("the connection ended inside an answer")
		start, stop = end.span()
		return self._take(stop)[:start]

	def send(self, octets: bytes) -> None:
		"""Send everything; anything received from now on is a new answer. Raises OSError (TimeoutError)."""
		self._begin()
		self.socket.settimeout(self._wait())
		self.socket.sendall(octets)

	def close(self) -> None:
		"""Close the connection; never raises. The patience pays for an answer that was cut short."""
		self._spend_all()
		try:
			self.socket.shutdown(socket.SHUT_RDWR)
		except OSError:
			pass
		self.socket.close()

	# ── One answer ───────────────────────────────────────────────────────────────────────────────────

	def _begin(self) -> None:
		"""Begin a new answer; the patience pays for the last one."""
		if hasattr(self, "_begun"):
			self.patience.spend(self._wasted())
		self._begun = self._arrived = self._now()
		self._taken = 0
		self._left, self._allowed = self._allowed, limits.USUAL_ANSWER

	def _wasted(self) -> float:
		"""Return the seconds that the answer has taken beyond a decent pace."""
		return self._arrived - self._begun - self._taken / limits.SLOWEST

	def _end(self) -> float:
		"""Return when the answer must have arrived."""
		pace = self._taken / limits.SLOWEST
		return self._begun + pace + min(self._timeout, self.patience.left)

	def _wait(self) -> float:
		"""Return how long to wait for more. Raises TooSlow if the answer's time is over."""
		wait = min(self._end(), self._last) - self._now()
		if wait <= 0:
			self._arrived = self._now()
			self._spend_all()
			raise TooSlow("the server answers too slowly")
		return min(wait, self._timeout)

	def _receive(self) -> int:
		"""Wait for more and return how much came, 0 at the end of the connection."""
		if self._left <= 0:
			raise TooMuch("more than the command can have asked for")
		self.socket.settimeout(self._wait())
		try:
			piece = self.socket.recv(min(_PIECE, self._left))
		except OSError as error:
			self._arrived = self._now()
			self._spend_all()
			if isinstance(error, TimeoutError) and (self._taken or self.patience.is_over):
				raise TooSlow("the server stopped, or answers too slowly") from None
			raise
		self._arrived = self._now()
		self._count(len(piece))
		self._waiting += piece
		return len(piece)

	def _spend_all(self) -> None:
		"""Charge the patience at once, as nothing more is sent."""
		self.patience.spend(self._wasted())
		self._begun = self._arrived

	def _count(self, octets: int) -> None:
		self._taken += octets
		self._left -= octets
		if self._all_octets is not None:
			self._all_octets -= octets
			if self._all_octets < 0:
				raise TooMuch("more than the whole conversation may bring")

	def _take(self, size: int) -> bytes:
		taken = bytes(memoryview(self._waiting)[:size])
		del self._waiting[:size]
		return taken
