"""What servers really say, and what the channel makes of it."""

from __future__ import annotations

import imaplib
import poplib
import ssl
from datetime import timedelta

import pytest

from helpdesk_mailchannel.mailcore.connect.server_errors import (
	LONGEST_QUOTE,
	explain,
	plainly,
	refusal,
	retry_after,
	said,
	trouble_of,
)
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble

WORDS = [
	("[AUTHENTICATIONFAILED] Invalid credentials (Failure)", Trouble.SIGN_IN_REFUSED),
	("[ALERT] Application-specific password required: https://support.google.com/…", Trouble.SIGN_IN_REFUSED),
	("[ALERT] Please log in via your web browser: https://support.google.com/…", Trouble.SIGN_IN_REFUSED),
	("[WEBALERT https://accounts.google.com/…] Web login required.", Trouble.SIGN_IN_REFUSED),
	("LOGIN failed.", Trouble.SIGN_IN_REFUSED),
	("-ERR [AUTH] Authentication failed.", Trouble.SIGN_IN_REFUSED),
	("Request is throttled. Suggested Backoff Time: 178755 milliseconds", Trouble.THROTTLED),
	("[ALERT] Too many simultaneous connections. (Failure)", Trouble.THROTTLED),
	("[LIMIT] Too many connections for this user", Trouble.THROTTLED),
	(
		"Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
		Trouble.THROTTLED,
	),
	("[OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)", Trouble.THROTTLED),
	("-ERR [LOGIN-DELAY] minimum time between mail checks violation", Trouble.THROTTLED),
	("User is authenticated but not connected.", Trouble.MAILBOX_UNAVAILABLE),
	("[UNAVAILABLE] Temporary authentication failure.", Trouble.MAILBOX_UNAVAILABLE),
	("[INUSE] Mailbox in use", Trouble.MAILBOX_UNAVAILABLE),
	("-ERR [IN-USE] Mailbox is locked by another POP3 session.", Trouble.MAILBOX_UNAVAILABLE),
	("-ERR [SYS/TEMP] Server is busy", Trouble.MAILBOX_UNAVAILABLE),
	("-ERR [SYS/PERM] Mailbox cannot be opened", Trouble.MAILBOX_UNAVAILABLE),
	("IMAP access is disabled for your domain.", Trouble.MAILBOX_UNAVAILABLE),
	("[ALERT] Your account is not enabled for IMAP use.", Trouble.MAILBOX_UNAVAILABLE),
	("LOGIN failed. BasicAuthBlocked", Trouble.SIGN_IN_UNSUPPORTED),
	(
		"[PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure connections.",
		Trouble.SIGN_IN_UNSUPPORTED,
	),
	("Something nobody has ever said", Trouble.SERVER_CONFUSED),
]


@pytest.mark.parametrize(("words", "trouble"), WORDS, ids=[words[:40] for words, _ in WORDS])
def test_a_servers_words_mean(words, trouble):
	assert trouble_of(words, Trouble.SERVER_CONFUSED) is trouble


@pytest.mark.parametrize(
	("words", "wait"),
	[
		("Suggested Backoff Time: 178755 milliseconds", timedelta(milliseconds=178_755)),
		("Suggested Backoff Time: 30 seconds", timedelta(seconds=30)),
		("-ERR [LOGIN-DELAY 300] slowly", timedelta(seconds=300)),
		("Suggested Backoff Time: 999999999999 milliseconds", timedelta(days=1)),
		("Try again later", None),
	],
)
def test_the_servers_own_waiting_time_is_kept(words, wait):
	assert retry_after(words) == wait


@pytest.mark.parametrize(
	("words", "sentence", "remedy"),
	[
		(
			"A1 BAD User is authenticated but not connected.",
			"IMAP or POP is switched off",
			"Exchange admin center",
		),
		(
			"[ALERT] Your account is not enabled for IMAP use. Please visit your settings",
			"IMAP is switched off",
			"Switch IMAP on",
		),
		(
			"-ERR [SYS/PERM] Your account is not enabled for POP access.",
			"POP is switched off",
			"Switch POP on",
		),
		("LogonDenied-BasicAuthBlocked", "does not accept the account's password", "Choose OAuth"),
		("[ALERT] Application-specific password required", "two-factor sign-in", "make an app password"),
		("[ALERT] Please log in via your web browser", "sign in with a web browser once", "and confirm"),
		("[INUSE] Mailbox in use", "Another program has the mailbox open", "tries again by itself"),
	],
)
def test_a_known_mistake_gets_its_own_sentence_and_remedy(words, sentence, remedy):
	error = refusal(words, Step.SIGN_IN, Trouble.SIGN_IN_REFUSED)
	assert sentence in error.detail and remedy in error.remedy
	assert f'"{words}"' in error.detail


def test_other_refusals_keep_the_remedy_of_their_trouble():
	error = refusal("[NONEXISTENT] Unknown mailbox", Step.FOLDER, Trouble.FOLDER_MISSING)
	assert error.remedy == Trouble.FOLDER_MISSING.remedy


def test_words_are_shown_on_one_short_line_without_secrets():
	words = b"no\r\n\x1b[31m \xff hunter2 " + b"x" * 1000
	text = said(words, ["hunter2"])
	assert "hunter2" not in text and "\x1b" not in text and "\n" not in text
	assert len(text) < LONGEST_QUOTE + 30


@pytest.mark.parametrize(
	("error", "trouble"),
	[
		(TimeoutError("timed out"), Trouble.CONNECTION_TIMEOUT),
		(ConnectionRefusedError(), Trouble.CONNECTION_REFUSED),
		(ConnectionResetError(104, "Connection reset by peer"), Trouble.CONNECTION_LOST),
		(EOFError(), Trouble.CONNECTION_LOST),
		(ssl.SSLEOFError(), Trouble.CONNECTION_LOST),
		(ssl.SSLError("bad record"), Trouble.TLS),
		(imaplib.IMAP4.abort("socket error: EOF"), Trouble.CONNECTION_LOST),
		(imaplib.IMAP4.abort("socket error: timed out"), Trouble.CONNECTION_TIMEOUT),
		(imaplib.IMAP4.abort("unexpected response: b'?'"), Trouble.SERVER_CONFUSED),
		(imaplib.IMAP4.abort("Too many simultaneous connections"), Trouble.THROTTLED),
		(imaplib.IMAP4.error("SELECT command error: BAD"), Trouble.SERVER_CONFUSED),
		(poplib.error_proto(b"-ERR [IN-USE] locked"), Trouble.MAILBOX_UNAVAILABLE),
		(UnicodeDecodeError("ascii", b"\xff", 0, 1, "no"), Trouble.SERVER_CONFUSED),
		(RecursionError(), Trouble.SERVER_CONFUSED),
	],
)
def test_whatever_the_libraries_raise_is_explained(error, trouble):
	with pytest.raises(ChannelError) as caught, plainly(Step.FETCH):
		raise error
	assert (caught.value.trouble, caught.value.step) == (trouble, Step.FETCH)
	assert explain(error, Step.FETCH).trouble is trouble


def test_a_workers_own_signal_passes_through():
	class JobTimeout(Exception):
		pass

	with pytest.raises(JobTimeout), plainly(Step.FETCH):
		raise JobTimeout


def test_an_explained_error_holds_nothing_of_what_was_sent():
	with pytest.raises(ChannelError) as caught, plainly(Step.SIGN_IN, ["schön"]):
		"schön".encode("ascii")
	assert caught.value.__cause__ is None and "schön" not in str(caught.value)
