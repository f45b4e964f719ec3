"""Scripts for an IMAP server: the parts that most conversations share."""

from __future__ import annotations

from collections.abc import Callable

from tests.core.connect.scripted_server import Conversation

CAPABILITIES = b"CAPABILITY IMAP4rev1 AUTH=PLAIN"
Script = Callable[[Conversation], None]


def greeting(talk: Conversation, capabilities: bytes = CAPABILITIES) -> None:
	talk.send(b"* OK ready\r\n")
	talk.command(b"CAPABILITY", capabilities)


def signed_in(talk: Conversation, capabilities: bytes = b"CAPABILITY IMAP4rev1 MOVE UIDPLUS") -> None:
	"""Greets and takes any password; the capabilities come with the answer to LOGIN."""
	greeting(talk)
	talk.command(b"LOGIN", answer=b"OK [" + capabilities + b"] welcome")


def selected(talk: Conversation, exists: int = 1, *more: bytes) -> None:
	talk.command(
		b"SELECT",
		b"%d EXISTS" % exists,
		b"FLAGS (\\Seen \\Deleted)",
		b"OK [PERMANENTFLAGS (\\Seen \\Deleted \\*)] ok",
		b"OK [UIDVALIDITY 77] ok",
		*more,
		answer=b"OK [READ-WRITE] done",
	)


def mailbox(
	*rest: Script, capabilities: bytes = b"CAPABILITY IMAP4rev1 MOVE UIDPLUS", exists: int = 1
) -> Script:
	"""Sign in, select, then the rest, then LOGOUT; each part only if the client goes there."""

	def script(talk: Conversation) -> None:
		signed_in(talk, capabilities)
		if rest:
			selected(talk, exists)
		for part in rest:
			part(talk)
		talk.command(b"LOGOUT", b"BYE see you")

	return script


def answering(pattern: bytes, *untagged: bytes, answer: bytes = b"OK done") -> Script:
	return lambda talk: talk.command(pattern, *untagged, answer=answer)


def listing(*lines: bytes) -> Script:
	"""Answers to the SEARCH and the FETCH of a listing."""

	def script(talk: Conversation) -> None:
		uids = b" ".join(str(number).encode() for number in range(1, len(lines) + 1))
		talk.command(b"UID SEARCH UNDELETED", b"SEARCH " + uids)
		talk.command(b"UID FETCH", *lines)

	return script


def confirming(
	*named: int, exists: int | None = None, flags: tuple[bytes, ...] = (), answer: bytes = b"OK done"
) -> Script:
	"""Answers to the questions that come before anything is called gone: `named` is what SEARCH ALL finds."""

	def script(talk: Conversation) -> None:
		selected(talk, len(named) if exists is None else exists)
		talk.command(b"UID SEARCH ALL$", b" ".join([b"SEARCH", *(b"%d" % uid for uid in named)]))
		if len(named) >= (exists or 0):
			talk.command(rb"UID FETCH \S+ \(UID FLAGS\)", *flags, answer=answer)

	return script


def body(sequence: int, uid: int | None, octets: bytes) -> bytes:
	name = b"" if uid is None else b"UID %d " % uid
	return b"%d FETCH (%sBODY[] {%d}\r\n%s)" % (sequence, name, len(octets), octets)
