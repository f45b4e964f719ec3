"""The octets between this site and a mail server: bounded, timed, and switched to TLS at most once.

imaplib and poplib read through this instead of their own buffered files, for three reasons: a line or a
literal cannot grow without limit, a server that trickles cannot hold a worker for hours, and what arrived
in the clear before a STARTTLS handshake is seen and refused (RFC 3501 6.2.1, RFC 2595 4; the flaw is known
as command injection over STARTTLS, CVE-2011-0411).
"""

from __future__ import annotations

import socket
import ssl
import time

from helpdesk_mailchannel.mailcore.connect import tls
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.settings import MIB

LONGEST_LINE = 16 * MIB
"""One million UIDs in one SEARCH answer are 8 MB; imaplib alone stops at 1 MB."""
LARGEST_LITERAL = 128 * MIB
SLOWEST = 4 * 1024
"""Octets a second below which a transfer counts as hanging, beyond the timeout."""

_PIECE = 256 * 1024


class TooLong(ValueError):
	"""The server sent more than anything sensible could be."""


class Stream:
	"""A connection read by lines and by counted octets; every wait ends within the timeout."""

	def __init__(self, plain: socket.socket, timeout: float) -> None:
		self.socket: socket.socket = plain
		self._timeout = timeout
		self._waiting = bytearray()
		self._last = float("inf")

	def finish_within(self, seconds: float) -> None:
		"""From now on the whole conversation, not only each wait, has this much time."""
		self._last = time.monotonic() + seconds

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
				"Something was slipped in before the connection was secure, as an attacker would do. "
				"Nothing was sent.",
			)
		self.socket.settimeout(self._timeout)
		self.socket = tls.handshake(self.socket, context, name)

	def readline(self, most: int = LONGEST_LINE) -> bytes:
		"""The next line with its line end; nothing at the end of the connection.

		Raises OSError (TimeoutError), TooLong.
		"""
		end = time.monotonic() + self._timeout
		seen = 0
		while (at := self._waiting.find(b"\n", seen)) < 0:
			seen = len(self._waiting)
			if seen > most:
				raise TooLong(f"a line of more than {most} octets")
			if not self._receive(end + seen / SLOWEST):
				return self._take(seen)
		return self._take(at + 1)

	def read(self, size: int) -> bytes:
		"""Exactly so many octets; a message cut short by the end of the connection is never taken for whole.

		Raises OSError (TimeoutError), EOFError, TooLong.
		"""
		if size > LARGEST_LITERAL:
			raise TooLong(f"a literal of {size} octets")
		end = time.monotonic() + self._timeout + size / SLOWEST
		while len(self._waiting) < size:
			if not self._receive(end):
				raise EOFError("the connection ended inside a message")
		return self._take(size)

	def send(self, octets: bytes) -> None:
		"""Send everything, within the timeout. Raises OSError."""
		self.socket.settimeout(self._timeout)
		self.socket.sendall(octets)

	def close(self) -> None:
		"""Close the connection; never raises."""
		try:
			self.socket.shutdown(socket.SHUT_RDWR)
		except OSError:
			pass
		self.socket.close()

	def _receive(self, end: float) -> int:
		"""Wait for more, until `end` and never longer than the timeout; says how much came, 0 at the end."""
		wait = min(min(end, self._last) - time.monotonic(), self._timeout)
		if wait <= 0:
			raise TimeoutError("the server sends too slowly")
		self.socket.settimeout(wait)
		piece = self.socket.recv(_PIECE)
		self._waiting += piece
		return len(piece)

	def _take(self, size: int) -> bytes:
		taken = bytes(self._waiting[:size])
		del self._waiting[:size]
		return taken
