"""Makes Dovecot look like a lesser server: profiles `uidplus` (no MOVE) and `neither` (no UIDPLUS either).

Dovecot cannot be told to unlearn an extension, so a small proxy stands before it. It takes the extension
out of every capability list, answers BAD to its commands, and removes its response codes; everything else
passes untouched. It ends TLS itself (implicit and STARTTLS) and speaks plain IMAP to Dovecot behind.
"""

import re
import select
import socket
import socketserver
import ssl
import sys
from collections.abc import Callable
from typing import Any

from devkit import ports
from devkit.ports import LOOPBACK
from devkit.services import certificates
from devkit.services.service import Service

LITERAL = re.compile(rb"\{(\d+)\+?\}\r\n$")
CAPABILITIES = re.compile(rb"(?i)(^\* CAPABILITY|\[CAPABILITY)([^\]\r\n]*)")

# extension -> (pattern of its commands, names of its response codes)
EXTENSIONS = {
	"MOVE": (re.compile(rb"(?i)^\S+ (?:UID )?MOVE\b"), ()),
	"UIDPLUS": (re.compile(rb"(?i)^\S+ UID EXPUNGE\b"), (b"COPYUID", b"APPENDUID", b"UIDNOTSTICKY")),
}


class Lines:
	"""Cuts a stream into lines and shows those to a function that may change them; literals pass unseen."""

	def __init__(self, change: Callable[[bytes], bytes]) -> None:
		self.change = change
		self.buffer = b""
		self.literal = 0
		self.fresh = True

	def feed(self, octets: bytes) -> bytes:
		"""Return what may be passed on after these octets."""
		self.buffer += octets
		out = []
		while self.buffer:
			if self.literal:
				piece, self.buffer = self.buffer[: self.literal], self.buffer[self.literal :]
				self.literal -= len(piece)
				out.append(piece)
				continue
			line, end, rest = self.buffer.partition(b"\n")
			if not end:
				break
			line, self.buffer = line + end, rest
			if match := LITERAL.search(line):
				self.literal = int(match[1])
			# After a literal the same command or response goes on; only beginnings are looked at.
			out.append(self.change(line) if self.fresh else line)
			self.fresh = not match
		return b"".join(out)


class Conversation(socketserver.BaseRequestHandler):
	"""One client's connection and ours to Dovecot for it."""

	server: "Front"

	def handle(self) -> None:
		"""Pass octets both ways until one side ends."""
		self.secure = self.server.implicit_tls
		client = self._wrapped(self.request) if self.secure else self.request
		server = socket.create_connection((LOOPBACK, self.server.behind))
		self.answers: list[bytes] = []
		self.upgrade = False
		upward, downward = Lines(self._command), Lines(self._response)
		with client, server:
			while True:
				ready = (
					[client]
					if self.secure and client.pending()
					else select.select([client, server], [], [])[0]
				)
				if server in ready:
					octets = server.recv(65536)
					client.sendall(downward.feed(octets))
					if not octets:
						return
				if client in ready:
					octets = client.recv(65536)
					server.sendall(upward.feed(octets))
					client.sendall(b"".join(self.answers))
					self.answers.clear()
					if not octets:
						return
					if self.upgrade:
						client, self.upgrade, self.secure = self._wrapped(client), False, True

	def _command(self, line: bytes) -> bytes:
		tag, _, command = line.strip().partition(b" ")
		if command.upper() == b"STARTTLS" and not self.secure:
			self.answers.append(tag + b" OK Begin TLS negotiation now.\r\n")
			self.upgrade = True
			return b""
		for extension in self.server.without:
			if EXTENSIONS[extension][0].match(line):
				self.answers.append(tag + b" BAD Error in IMAP command: Unknown command.\r\n")
				return b""
		return line

	def _response(self, line: bytes) -> bytes:
		line = CAPABILITIES.sub(self._fewer, line)
		for extension in self.server.without:
			for code in EXTENSIONS[extension][1]:
				line = re.sub(rb"(?i)^(\S+ (?:OK|NO|BAD) )\[" + code + rb"[^\]]*\] ?", rb"\1", line)
		return line

	def _fewer(self, match: re.Match[bytes]) -> bytes:
		withheld = {extension.encode() for extension in self.server.without}
		if self.secure:
			withheld |= {b"STARTTLS", b"LOGINDISABLED"}
		kept = [word for word in match[2].split() if word.upper() not in withheld]
		return b" ".join([match[1], *kept])

	def _wrapped(self, connection: socket.socket) -> ssl.SSLSocket:
		context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
		context.load_cert_chain(certificates.server_file())
		return context.wrap_socket(connection, server_side=True)


class Front(socketserver.ThreadingTCPServer):
	"""A port of a profile."""

	allow_reuse_address = True
	daemon_threads = True
	request_queue_size = 200

	def __init__(self, port: int, behind: int, without: list[str], implicit_tls: bool) -> None:
		super().__init__((LOOPBACK, port), Conversation)
		self.behind, self.without, self.implicit_tls = behind, without, implicit_tls

	def handle_error(self, request: Any, client_address: Any) -> None:
		"""A client that goes away in the middle is nothing to report; anything else is."""
		if not isinstance(sys.exc_info()[1], ConnectionError | ssl.SSLError):
			super().handle_error(request, client_address)


class ImapFilter(Service):
	"""The service that runs a profile."""

	port_names = ("imap", "imaps")

	def __init__(self, profile: str, without: tuple[str, ...]) -> None:
		self.profile = profile
		self.name = f"dovecot-{profile}"
		self.without = without

	def command(self) -> list[str]:
		"""See `Service`."""
		numbers = [str(self.port("imap")), str(self.port("imaps")), str(ports.get("dovecot.imap"))]
		return [sys.executable, "-m", "devkit.services.imap_filter", *numbers, *self.without]


FILTERS = (ImapFilter("uidplus", ("MOVE",)), ImapFilter("neither", ("MOVE", "UIDPLUS")))


def filter_named(profile: str) -> ImapFilter:
	"""Return the filter of a profile."""
	return next(one for one in FILTERS if one.profile == profile)


def main(imap: str, imaps: str, behind: str, *without: str) -> None:
	"""Serve both ports until ended."""
	import threading

	secure = Front(int(imaps), int(behind), list(without), implicit_tls=True)
	threading.Thread(target=secure.serve_forever, daemon=True).start()
	Front(int(imap), int(behind), list(without), implicit_tls=False).serve_forever()


if __name__ == "__main__":
	main(*sys.argv[1:])
