"""Sets a deadline for a whole HTTP exchange, even if a server drips: connect, TLS, headers and body together.

urllib3's and http.client's timeouts apply to each wait, so a server that sends an octet now and then, or one
`100 Continue` after another, holds its client forever. A connection made here reads through a socket that
knows when the exchange must be over and how many octets it may bring.
"""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable
from typing import Any

Monotonic = Callable[[], float]


class Deadline:
	"""A moment, and what is left until then."""

	def __init__(self, seconds: float, now: Monotonic = time.monotonic) -> None:
		self._now, self._end = now, now() + seconds

	def left(self) -> float:
		"""Return the seconds left. Raises TimeoutError if there are none."""
		left = self._end - self._now()
		if left <= 0:
			raise TimeoutError("the exchange took too long")
		return left


def bounded(kind: Any, deadline: Deadline, octets: int) -> Any:
	"""Return a class of urllib3 connections whose answers end at the deadline, and after this many octets."""

	def connect(self: Any) -> None:
		self.timeout = deadline.left()
		kind.connect(self)
		self.sock = _Socket(self.sock, deadline, octets)

	return type("Bounded", (kind,), {"connect": connect})


class _Socket:
	"""A connected socket, read through `_Octets`; everything else is the socket's own."""

	def __init__(self, plain: socket.socket, deadline: Deadline, octets: int) -> None:
		self._plain, self._deadline, self._octets = plain, deadline, octets

	def makefile(self, mode: str, *_: object, **__: object) -> io.BufferedReader:
		"""Return what http.client reads an answer from."""
		return io.BufferedReader(_Octets(self._plain, self._deadline, self._octets))

	def sendall(self, octets: bytes) -> None:
		self._plain.settimeout(self._deadline.left())
		self._plain.sendall(octets)

	def __getattr__(self, name: str) -> Any:
		return getattr(self._plain, name)


class _Octets(io.RawIOBase):
	"""The octets of an answer, while there is time for them and they are not too many."""

	def __init__(self, plain: socket.socket, deadline: Deadline, octets: int) -> None:
		self._plain, self._deadline, self._left = plain, deadline, octets

	def readable(self) -> bool:
		return True

	def readinto(self, buffer: Any) -> int:
		if self._left <= 0:
			raise OSError("the answer is far too long")
		self._plain.settimeout(self._deadline.left())
		count = self._plain.recv_into(buffer)
		self._left -= count
		return count
