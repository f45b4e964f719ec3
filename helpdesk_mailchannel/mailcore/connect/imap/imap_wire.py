"""imapclient and imaplib on top of our own `Stream`.

imaplib names `open`, `read`, `readline`, `send` and `shutdown` as the methods to override, and imapclient
makes its imaplib object in one method: nothing else of theirs is changed. COPYUID and other response codes
remain readable with imaplib's public `response()`; imapclient's own `copy` and `move` discard them.
"""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from imapclient import IMAPClient, imap_utf7

from helpdesk_mailchannel.mailcore.connect.limits import USUAL_ANSWER, TooMuch
from helpdesk_mailchannel.mailcore.connect.server_errors import words_of
from helpdesk_mailchannel.mailcore.connect.stream import Stream
from helpdesk_mailchannel.mailcore.settings import MIB

DELIVERED_UNASKED = ("FETCH", "SEARCH", "COPYUID")
"""Answers that a server may send at any time, and that must not be taken for those to the next command."""


FOLDERS_ANSWER = 4 * MIB
MOST_PIECES = 50_000
"""Lines and literals that the answer to one command may have."""

KEPT = frozenset(
	"OK NO BAD BYE PREAUTH CAPABILITY ID NAMESPACE LIST SEARCH FETCH EXISTS RECENT FLAGS "
	"PERMANENTFLAGS UIDVALIDITY UIDNEXT UIDNOTSTICKY READ-ONLY READ-WRITE COPYUID".split()
)
"""Untagged answers and response codes that are read."""


@dataclass(frozen=True)
class Response:
	"""How the server answered a UID command: OK or not, its words, and the lines that came with it."""

	ok: bool
	words: str
	lines: tuple[Any, ...] = ()
	copyuid: str = ""
	"""What followed COPYUID (RFC 4315 3): UIDVALIDITY, source set, destination set."""


class ImapWire(imaplib.IMAP4):
	"""imaplib's IMAP4 over a Stream that is already connected."""

	def __init__(self, stream: Stream, name: str, port: int) -> None:
		self._stream = stream
		self._kept = 0
		super().__init__(name, port)

	def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
		"""Take the stream as the connection."""
		self.host, self.port, self.sock = host, port, self._stream.socket

	def read(self, size: int) -> bytes:
		"""See `Stream.read`."""
		return self._stream.read(size)

	def readline(self) -> bytes:
		"""See `Stream.readline`."""
		return self._stream.readline()

	def send(self, data: bytes) -> None:  # type: ignore[override]
		"""See `Stream.send`."""
		self._kept = 0
		self._stream.send(data)

	def shutdown(self) -> None:
		"""See `Stream.close`."""
		self._stream.close()

	def starttls(  # type: ignore[override]
		self, ssl_context: ssl.SSLContext | None = None
	) -> tuple[str, list[Any]]:
		"""Send STARTTLS, after which nothing that came before counts (RFC 3501 6.2.1)."""
		if ssl_context is None:
			raise ValueError("a verifying context is needed")
		typ, data = self.xatom("STARTTLS")
		if typ == "OK":
			self._stream.start_tls(ssl_context, self.host)
			self.sock = self._stream.socket
			self.untagged_responses.clear()
			self.capabilities = ()
		return typ, data

	def _append_untagged(self, typ: str, dat: Any) -> None:
		"""Keep what a command may have asked for; drop the rest as it comes, so that it fills no memory.

		imaplib keeps everything. This is the one method of its own that it calls for each untagged line.
		"""
		if typ.upper() in KEPT:
			self._kept += 1
			if self._kept > MOST_PIECES:
				raise TooMuch("more lines than the command can have asked for")
			super()._append_untagged(typ.upper(), dat)  # type: ignore[misc]

	def _log(self, line: str) -> None:
		"""Keep no protocol log: imaplib's would contain the LOGIN command."""


class Client(IMAPClient):  # type: ignore[misc]
	"""imapclient over a Stream."""

	def __init__(self, stream: Stream, name: str, port: int, *, secured: bool, timeout: float) -> None:
		self._stream = stream
		super().__init__(name, port, ssl=secured, timeout=timeout)
		# imapclient formats every line for its debug log, whether or not anybody reads it.
		self.wire.debug = 0
		self.normalise_times = False

	def _create_IMAP4(self) -> ImapWire:
		self.wire = ImapWire(self._stream, self.host, self.port)
		return self.wire

	def uid(self, command: str, *arguments: str | bytes, octets: int = USUAL_ANSWER) -> Response:
		"""Send a UID command whose refusal (NO or BAD) is an answer; only the end of the connection raises.

		`octets`: how many the answer may have.
		"""
		self._stream.allow(octets)
		for name in DELIVERED_UNASKED:
			self.wire.response(name)
		try:
			typ, data = self.wire.uid(command, *arguments)  # type: ignore[arg-type]
		except imaplib.IMAP4.abort:
			raise
		except imaplib.IMAP4.error as error:
			return Response(False, words_of(error), self.leftover("FETCH"))
		copyuid = (self.wire.response("COPYUID")[1] or [None])[-1]
		if typ != "OK":
			return Response(False, _text(data[-1]), self.leftover("FETCH"), _text(copyuid))
		return Response(True, "", tuple(line for line in data if line is not None), _text(copyuid))

	def renumbered(self) -> bool:
		"""Return whether the server has named another UIDVALIDITY since the folder was selected."""
		return bool(self.leftover("UIDVALIDITY"))

	def select_folder(self, folder: str, readonly: bool = False) -> dict[bytes, Any]:
		"""See imapclient; from now on, any UIDVALIDITY other than the one in this answer is a change."""
		answer: dict[bytes, Any] = super().select_folder(folder, readonly)
		self.leftover("UIDVALIDITY")
		return answer

	def list_folders(self, directory: str = "", pattern: str = "*") -> list[tuple[Any, Any, Any]]:
		"""See imapclient; the answer may be as large as 50,000 folders make it."""
		self._stream.allow(FOLDERS_ANSWER)
		folders: list[tuple[Any, Any, Any]] = super().list_folders(directory, pattern)
		return folders

	def leftover(self, name: str) -> tuple[Any, ...]:
		"""Return lines of this kind that came before a command failed or the connection ended."""
		return tuple(line for line in self.wire.response(name)[1] or () if line is not None)

	def authenticate(self, mechanism: str, respond: Callable[[bytes], bytes]) -> None:
		"""Run SASL. Raises imaplib's error on refusal and its abort at the end of the connection."""
		self.wire.response("CAPABILITY")
		self.wire.authenticate(mechanism, respond)

	def log_in(self, user: str, password: str) -> None:
		"""Send the LOGIN command, quoting the user name too. Raises like `authenticate`."""
		self.wire.response("CAPABILITY")
		self.wire.login(quoted(user), password)


def quoted(text: str) -> str:
	"""Return an IMAP quoted string (RFC 3501 4.3)."""
	escaped = text.replace("\\", "\\\\").replace('"', '\\"')
	return f'"{escaped}"'


def mailbox(name: str) -> str:
	"""Return a folder's name as commands carry it: modified UTF-7 (RFC 3501 5.1.3), quoted."""
	return quoted(imap_utf7.encode(name).decode("ascii"))


def _text(line: Any) -> str:
	if isinstance(line, tuple):
		line = b" ".join(part for part in line if isinstance(part, bytes))
	return line.decode("utf-8", "replace") if isinstance(line, bytes) else str(line or "")
