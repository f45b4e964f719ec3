"""A TCP server on loopback that follows a script: for servers odder than any that can be installed.

A script is a function that is given the conversation: it expects lines and sends octets. Everything that
arrives is kept, so that a test can assert what was never sent. Every wait ends after a few seconds.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable

PATIENCE = 5.0


class Conversation:
	"""The server's side of one connection."""

	def __init__(self, connection: socket.socket, received: bytearray) -> None:
		self.connection = connection
		self.received = received
		self._waiting = b""

	def send(self, octets: bytes) -> None:
		self.connection.sendall(octets)

	def expect(self, pattern: bytes) -> re.Match[bytes]:
		"""The next line, which must match."""
		line = self._line()
		match = re.match(pattern, line, re.IGNORECASE)
		if match is None:
			raise AssertionError(f"expected {pattern!r}, got {line!r}")
		return match

	def command(self, pattern: bytes, *untagged: bytes, answer: bytes = b"OK done") -> None:
		"""Expect an IMAP command and answer it: untagged lines, then the tagged one."""
		tag = self.expect(rb"(\S+) " + pattern)[1]
		self.send(b"".join(b"* " + line + b"\r\n" for line in untagged) + tag + b" " + answer + b"\r\n")

	def upgrade(self, context: ssl.SSLContext) -> None:
		self.connection = context.wrap_socket(self.connection, server_side=True)

	def _line(self) -> bytes:
		while b"\n" not in self._waiting:
			piece = self.connection.recv(4096)
			if not piece:
				raise ConnectionError("the client went away")
			self.received += piece
			self._waiting += piece
		line, _, self._waiting = self._waiting.partition(b"\n")
		return line.rstrip(b"\r")


class ScriptedServer:
	"""Serves one connection after the other, each by the next script; use as a context manager."""

	def __init__(self, *scripts: Callable[[Conversation], None], tls: ssl.SSLContext | None = None) -> None:
		self._scripts = scripts
		self._tls = tls
		self.received = bytearray()
		self.failures: list[BaseException] = []
		self._listener = socket.create_server(("127.0.0.1", 0))
		self._listener.settimeout(PATIENCE)
		self.port: int = self._listener.getsockname()[1]
		self._thread = threading.Thread(target=self._serve, daemon=True)

	def __enter__(self) -> ScriptedServer:
		self._thread.start()
		return self

	def __exit__(self, *_: object) -> None:
		with contextlib.suppress(OSError):
			self._listener.shutdown(socket.SHUT_RDWR)  # Ends the wait for a connection that never came.
		self._listener.close()
		self._thread.join(PATIENCE)
		assert not self._thread.is_alive()

	def _serve(self) -> None:
		for left, script in zip(range(len(self._scripts))[::-1], self._scripts, strict=True):
			try:
				connection, _ = self._listener.accept()
			except OSError:
				return
			connection.settimeout(PATIENCE)
			if not left:
				self._listener.close()  # Who comes once more is refused, and does not wait.
			with connection:
				self._follow(script, connection)

	def _follow(self, script: Callable[[Conversation], None], connection: socket.socket) -> None:
		try:
			conversation = Conversation(connection, self.received)
			if self._tls is not None:
				conversation.upgrade(self._tls)
			script(conversation)
			conversation.connection.close()
		except OSError:
			pass  # The client left, as it may; what it sent is kept.
		except Exception as error:
			self.failures.append(error)
