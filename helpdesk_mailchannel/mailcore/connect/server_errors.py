"""What servers say when they refuse, and what it means for the channel.

The words are those of RFC 5530 (IMAP response codes), RFC 2449 and 3206 (POP3 response codes), and of the
large providers, as their users report them. `explain` turns anything the protocol libraries raise into a
ChannelError; `plainly` does so around a block, so that nothing else leaves it.
"""

from __future__ import annotations

import imaplib
import poplib
import re
import ssl
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from imapclient.exceptions import ProtocolError

from helpdesk_mailchannel.mailcore.connect.limits import Patience, TooMuch, TooSlow
from helpdesk_mailchannel.mailcore.connect.mailbox_errors import mailbox_mistake
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.model import RemoteRef, Withheld
from helpdesk_mailchannel.mailcore.outside.plain_text import plain_line
from helpdesk_mailchannel.mailcore.outside.redact import redact
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, _, in_a_row, verbatim

LONGEST_QUOTE = 200

PROTOCOL_FAILURES: tuple[type[Exception], ...] = (
	OSError,
	EOFError,
	imaplib.IMAP4.error,
	poplib.error_proto,
	ValueError,
	LookupError,
	TypeError,
	AttributeError,
	AssertionError,
	ArithmeticError,
	RecursionError,
	MemoryError,
	struct.error,
)
"""What the socket, the TLS library, imaplib, imapclient and poplib raise when a server misbehaves.

Listed one by one, because a worker's own signals (such as a job's timeout) must pass through.
"""

CONNECTION_FAILURES = frozenset(
	{
		Trouble.CONNECTION_LOST,
		Trouble.CONNECTION_TIMEOUT,
		Trouble.MAILBOX_UNAVAILABLE,
		Trouble.SERVER_CONFUSED,
		Trouble.SERVER_FLOODS,
		Trouble.SERVER_SLOW,
	}
)
"""Troubles with which a connection may break at one message, so that another one can continue after it."""

_REFUSALS: tuple[tuple[str, Trouble], ...] = (
	# Slow down
	(r"throttled|backoff time|rate.?limit", Trouble.THROTTLED),
	(
		r"\[LIMIT\]|\[LOGIN-DELAY\b|too many (simultaneous |concurrent )?(connections|sessions)",
		Trouble.THROTTLED,
	),
	(r"maximum number of (simultaneous )?connections|connection limit|bandwidth limits", Trouble.THROTTLED),
	(
		r"too many (login|auth|bad|failed|requests)|login rate|exceeded .{0,100}(limit|quota)",
		Trouble.THROTTLED,
	),
	# The mailbox, not the password
	(r"authenticated but not connected", Trouble.MAILBOX_UNAVAILABLE),
	(r"\[(UNAVAILABLE|INUSE|IN-USE|SERVERBUG|CONTACTADMIN)\]|\[SYS/", Trouble.MAILBOX_UNAVAILABLE),
	(r"(imap|pop3?)4?( access)? (is |has been )?(disabled|not enabled)", Trouble.MAILBOX_UNAVAILABLE),
	(r"not enabled for (imap|pop)|enable (imap|pop)", Trouble.MAILBOX_UNAVAILABLE),
	(
		r"temporar|try again later|server (is )?(busy|unavailable)|internal (server )?error",
		Trouble.MAILBOX_UNAVAILABLE,
	),
	# The way of signing in
	(r"basicauthblocked|basic auth\w* (is |has been )?(disabled|blocked)", Trouble.SIGN_IN_UNSUPPORTED),
	(r"\[PRIVACYREQUIRED\]|plaintext auth\w* (is )?(disallowed|disabled)", Trouble.SIGN_IN_UNSUPPORTED),
	# User or password
	(r"\[(AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|EXPIRED|AUTH|WEBALERT)\b", Trouble.SIGN_IN_REFUSED),
	(r"application-specific password|app password|web browser", Trouble.SIGN_IN_REFUSED),
	(
		r"invalid (credentials|login|user|password)|(login|authentication|authenticate) failed",
		Trouble.SIGN_IN_REFUSED,
	),
)
_TABLE = tuple((re.compile(pattern, re.IGNORECASE), trouble) for pattern, trouble in _REFUSALS)

_LIBRARY_WORDS = re.compile(r"^(command: \w+ => |\w+ failed: |\w+ command error: )")
"""What imaplib and imapclient put before the server's words."""

_BACKOFF = re.compile(r"backoff time:?\s*(\d{1,12})\s*(milliseconds|ms|seconds|s)?", re.IGNORECASE)
_LOGIN_DELAY = re.compile(r"\[LOGIN-DELAY\s+(\d{1,8})", re.IGNORECASE)


def trouble_of(words: str, default: Trouble) -> Trouble:
	"""Return the trouble that a server's words mean, or the default if they are not known."""
	return next((trouble for pattern, trouble in _TABLE if pattern.search(words)), default)


def retry_after(words: str) -> timedelta | None:
	"""Return how long the server asks to wait: Exchange's backoff time, or POP3's login delay."""
	if found := _BACKOFF.search(words):
		unit = timedelta(seconds=1) if (found[2] or "").lower().startswith("s") else timedelta(milliseconds=1)
		return min(int(found[1]) * unit, timedelta(days=1))
	if found := _LOGIN_DELAY.search(words):
		return min(timedelta(seconds=int(found[1])), timedelta(days=1))
	return None


def said(words: str | bytes, secrets: Iterable[str] = ()) -> Sentence:
	"""Return a server's words as a sentence that is safe to show: one line, short, without secrets."""
	text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
	text = " ".join(redact(text, secrets).split())
	text = plain_line("".join(letter for letter in text if letter.isprintable()))
	if len(text) > LONGEST_QUOTE:
		text = text[:LONGEST_QUOTE] + "…"
	return _('The server said: "{0}"').format(text) if text else NOTHING


def refusal(
	words: str | bytes, step: Step, default: Trouble, secrets: Iterable[str] = (), hint: Sentence = NOTHING
) -> ChannelError:
	"""Return the error for a server's refusal: its trouble, remedy, words, and requested wait."""
	text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
	mistake = mailbox_mistake(text)
	detail = in_a_row(hint, mistake.sentence if mistake else NOTHING, said(text, secrets))
	return ChannelError(
		trouble_of(text, default),
		step,
		detail,
		retry_after=retry_after(text),
		remedy=mistake.remedy if mistake else NOTHING,
	)


def withheld(ref: RemoteRef, words: str) -> Withheld:
	"""Return a message that was requested alone and did not come, with what the server said about it."""
	trouble = trouble_of(words, Trouble.MESSAGES_WITHHELD)
	if trouble is not Trouble.MAILBOX_UNAVAILABLE:
		trouble = Trouble.MESSAGES_WITHHELD
	return Withheld(ref, trouble, said(words) or _("The server said nothing about it."))


def lost(patience: Patience, step: Step) -> ChannelError:
	"""Say why a session that has come to its end does nothing more."""
	return ChannelError(Trouble.SERVER_SLOW if patience.is_over else Trouble.CONNECTION_LOST, step)


def words_of(error: Exception) -> str:
	"""Return what an error of the protocol libraries says; they embed the server's bytes unchanged."""
	words = " ".join(
		argument.decode("utf-8", "replace") if isinstance(argument, bytes) else str(argument)
		for argument in error.args
	)
	return _LIBRARY_WORDS.sub("", words)


def explain(error: Exception, step: Step, secrets: Iterable[str] = ()) -> ChannelError:
	"""Return the ChannelError that explains a failure of the connection or the protocol in plain words."""
	match error:
		case ChannelError():
			return error
		case TooSlow():
			return ChannelError(Trouble.SERVER_SLOW, step)
		case TooMuch():
			return ChannelError(Trouble.SERVER_FLOODS, step)
		case TimeoutError():
			return ChannelError(Trouble.CONNECTION_TIMEOUT, step)
		case ConnectionRefusedError():
			return ChannelError(Trouble.CONNECTION_REFUSED, step)
		case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
			return ChannelError(Trouble.CONNECTION_LOST, step)
		case ssl.SSLError():
			return ChannelError(Trouble.TLS, step, said(getattr(error, "reason", None) or ""))
		case OSError() | EOFError():
			return ChannelError(
				Trouble.CONNECTION_LOST,
				step,
				verbatim(error.strerror) if isinstance(error, OSError) and error.strerror else NOTHING,
			)
		case ProtocolError():
			# Its words are what could not be parsed, other people's mail included.
			return ChannelError(Trouble.SERVER_CONFUSED, step, _("It broke the form of its answer."))
		case imaplib.IMAP4.abort():
			return _aborted(words_of(error), step, secrets)
		case imaplib.IMAP4.error() | poplib.error_proto():
			return refusal(words_of(error), step, Trouble.SERVER_CONFUSED, secrets)
		case _:
			return ChannelError(Trouble.SERVER_CONFUSED, step, verbatim(f"({type(error).__name__})"))


def _aborted(words: str, step: Step, secrets: Iterable[str]) -> ChannelError:
	"""Explain an abort: imaplib raises it at the connection's end, at BYE, and when it cannot follow."""
	if "timed out" in words:
		return ChannelError(Trouble.CONNECTION_TIMEOUT, step)
	if "socket error" in words:
		return ChannelError(Trouble.CONNECTION_LOST, step)
	if "unexpected" in words:
		# What follows is a line as it came, possibly of somebody's mail.
		return ChannelError(Trouble.SERVER_CONFUSED, step, _("It sent a line that is no answer."))
	return refusal(words, step, Trouble.CONNECTION_LOST, secrets)


@contextmanager
def plainly(step: Step, secrets: Iterable[str] = ()) -> Iterator[None]:
	"""Wrap protocol code: whatever goes wrong inside is raised as a ChannelError at this step."""
	try:
		yield
	except ChannelError:
		raise
	except PROTOCOL_FAILURES as error:
		# The original may contain what was sent, password included, so it is not chained.
		raise explain(error, step, secrets) from None
