"""poplib on top of our own `Stream`.

poplib reads lines of at most 2,048 octets, for the whole process, and returns a message as a list of lines;
this reads longer lines, limits the total, and returns the octets.
"""

from __future__ import annotations

import poplib
import re
import socket
import ssl
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

from helpdesk_mailchannel.mailcore.connect.limits import USUAL_ANSWER
from helpdesk_mailchannel.mailcore.connect.stream import Stream

_STUFFED = re.compile(rb"^\.", re.MULTILINE)
_LINE_END = re.compile(rb"\r?\n")


class Pop3Wire(poplib.POP3):
	"""poplib's POP3 over a Stream that is already connected."""

	def __init__(self, stream: Stream, name: str, port: int) -> None:
		self._stream = stream
		super().__init__(name, port)

	def secure(self, context: ssl.SSLContext) -> None:
		"""Send STLS (RFC 2595 4): everything after it is secured, and nothing that came before counts.

		Raises poplib.error_proto if the server refuses, ChannelError if the handshake fails.
		"""
		self.say("STLS")
		self._stream.start_tls(context, self.host)
		self.sock = self._stream.socket

	def authenticate(self, mechanism: str, respond: Callable[[bytes], bytes]) -> None:
		"""Run SASL (RFC 5034) without an initial response, which Exchange does not accept on one line."""
		answer = self.say(f"AUTH {mechanism}")
		while answer.startswith(b"+ ") or answer == b"+":
			answer = self.say(b64encode(respond(b64decode(answer[2:]))).decode("ascii"))

	def lines(self, command: str, octets: int = USUAL_ANSWER) -> list[str]:
		"""Return the lines that answer a command such as LIST or UIDL, within this many octets."""
		return self.octets(command, octets).decode("ascii", "backslashreplace").split("\r\n")[:-1]

	def octets(self, command: str, most: int = USUAL_ANSWER) -> bytes:
		"""Return the answer to a command such as RETR or TOP, byte-stuffing undone, with CRLF line ends."""
		self._stream.allow(most)
		self.say(command)
		octets = self._stream.read_to_dot()
		return _LINE_END.sub(b"\r\n", _STUFFED.sub(b"", octets))

	def close(self) -> None:
		"""Close the connection; never raises."""
		# poplib has opened a file on the socket, unused here, which would keep it open.
		self.file.close()
		self._stream.close()

	def say(self, command: str) -> bytes:
		"""Send a command; return the server's answer if it is positive. Raises poplib.error_proto if not."""
		self._putline(command.encode())
		return self._getresp()

	def _getresp(self) -> bytes:
		answer = self._getline()[0]
		if answer.startswith(b"-"):
			raise poplib.error_proto(answer)
		if not answer.startswith(b"+"):
			# Possibly a line of somebody's mail, so it is not shown.
			raise ValueError("a line that is no answer")
		return answer

	def _create_socket(self, timeout: Any) -> socket.socket:
		return self._stream.socket

	def _putline(self, line: bytes) -> None:
		if b"\r" in line or b"\n" in line:
			raise ValueError("a line break in a command")
		self._stream.send(line + b"\r\n")

	def _getline(self) -> tuple[bytes, int]:
		line = self._stream.readline()
		if not line.endswith(b"\n"):
			raise EOFError("the connection ended")
		return line[:-2] if line.endswith(b"\r\n") else line[:-1], len(line)
