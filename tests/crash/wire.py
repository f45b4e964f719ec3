"""A wire that can be watched and cut: a TCP proxy on loopback that counts the commands passing through it.

A trap springs at one command: before it reaches the server, or after the server has carried it out but
before the answer reaches the client. That covers every moment that differs for the two ends, without touching
the code under test.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

LOOPBACK = "127.0.0.1"


class Trouble(Protocol):
	"""What may happen on a wire. One that has a method `refuse` answers commands in the server's place."""

	def command(self, number: int, octets: bytes) -> bool:
		"""Say whether the wire goes dead at a command, before it reaches the server; numbers are from 1."""
		...

	def answer(self, number: int, octets: bytes) -> bytes | None:
		"""Return what the client gets of a piece of an answer; None: the wire goes dead instead."""
		...


@dataclass
class Trap:
	"""Springs once, before or after the command with this number; from then on the wire is dead."""

	number: int
	after: bool
	spring: Callable[[], None]
	sprung: bool = False

	def command(self, number: int, octets: bytes) -> bool:
		"""See `Trouble`."""
		return self._hit(number, after=False)

	def answer(self, number: int, octets: bytes) -> bytes | None:
		"""See `Trouble`."""
		return None if self._hit(number, after=True) else octets

	def _hit(self, number: int, *, after: bool) -> bool:
		if not self.sprung and (number, after) == (self.number, self.after):
			self.sprung = True
			self.spring()
		return self.sprung


@dataclass
class Poison:
	"""Springs whenever these octets are about to be sent."""

	octets: bytes
	spring: Callable[[], None]
	times: int = 0

	def command(self, number: int, octets: bytes) -> bool:
		"""See `Trouble`."""
		if self.octets not in octets:
			return False
		self.times += 1
		self.spring()
		return True

	def answer(self, number: int, octets: bytes) -> bytes | None:
		"""See `Trouble`."""
		return octets


@dataclass
class Wire:
	"""Listens on a port of its own and passes everything on to a server's port."""

	upstream: int
	cut_into_commands: Callable[[], Commands]
	trap: Trouble | None = None
	commands: list[str] = field(default_factory=list)
	answered: int = 0
	"""Octets that came from the server."""

	def __post_init__(self) -> None:
		self._lock = threading.Lock()
		self._listener = socket.create_server((LOOPBACK, 0))
		self.port = self._listener.getsockname()[1]
		threading.Thread(target=self._accept, daemon=True).start()

	def close(self) -> None:
		"""Stop listening; a mere `close` would leave the port open for as long as somebody waits at it."""
		_shut(self._listener)
		self._listener.close()

	def _accept(self) -> None:
		with contextlib.suppress(OSError):
			while True:
				client, _ = self._listener.accept()
				threading.Thread(target=self._serve, args=(client,), daemon=True).start()

	def _serve(self, client: socket.socket) -> None:
		with client, socket.create_connection((LOOPBACK, self.upstream)) as server:
			latest = _Latest()
			back = threading.Thread(target=self._backward, args=(server, client, latest), daemon=True)
			back.start()
			self._forward(client, server, latest)
			_shut(server)
			back.join(timeout=10)

	def _forward(self, client: socket.socket, server: socket.socket, latest: _Latest) -> None:
		cutter = self.cut_into_commands()
		with contextlib.suppress(OSError):
			while octets := client.recv(65536):
				for piece, name in cutter.feed(octets):
					if name:
						with self._lock:
							self.commands.append(name)
							latest.number = len(self.commands)
						if self.trap and self.trap.command(latest.number, piece):
							return
						if said := self._refusal(piece):
							client.sendall(said)
							continue
					server.sendall(piece)
		_shut(client)

	def _refusal(self, command: bytes) -> bytes:
		"""What the client is answered without asking the server; nothing where the command is passed on."""
		refuse: Callable[[bytes], bytes] = getattr(self.trap, "refuse", lambda command: b"")
		return refuse(command)

	def _backward(self, server: socket.socket, client: socket.socket, latest: _Latest) -> None:
		with contextlib.suppress(OSError):
			while octets := server.recv(65536):
				self.answered += len(octets)
				passed = self.trap.answer(latest.number, octets) if self.trap and latest.number else octets
				if passed is None:
					break
				client.sendall(passed)
		_shut(client)
		_shut(server)


@dataclass
class _Latest:
	"""The number of the command that was passed on last."""

	number: int = 0


class Commands:
	"""Cuts what a client sends into pieces; a piece that begins a command comes with the command's name."""

	def __init__(self) -> None:
		self.buffer = b""

	def feed(self, octets: bytes) -> list[tuple[bytes, str]]:
		"""Take octets, and return the pieces that are complete."""
		raise NotImplementedError


class Lines(Commands):
	"""IMAP and POP3: a command a line."""

	def feed(self, octets: bytes) -> list[tuple[bytes, str]]:
		"""See `Commands`."""
		self.buffer += octets
		*lines, self.buffer = self.buffer.split(b"\n")
		return [(line + b"\n", line.decode(errors="replace").strip() or "…") for line in lines]


class Packets(Commands):
	"""MariaDB's protocol: four octets of head (length, number), and a command where the number is 0."""

	def feed(self, octets: bytes) -> list[tuple[bytes, str]]:
		"""See `Commands`."""
		self.buffer += octets
		pieces = []
		while len(self.buffer) >= 4:
			length = 4 + int.from_bytes(self.buffer[:3], "little")
			if len(self.buffer) < length:
				break
			packet, self.buffer = self.buffer[:length], self.buffer[length:]
			is_query = packet[3] == 0 and packet[4:5] == b"\x03"
			name = " ".join(packet[5:].decode(errors="replace").split())[:160] if is_query else ""
			pieces.append((packet, name))
		return pieces


def _shut(end: socket.socket) -> None:
	with contextlib.suppress(OSError):
		end.shutdown(socket.SHUT_RDWR)
