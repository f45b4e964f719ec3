"""IMAP servers that misbehave, by script; real ones are in tests/server."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import datetime, timezone

import pytest

from helpdesk_mailchannel.mailcore import connect
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.settings import Security, SignIn
from tests.core.connect.credentials import PASSWORD, TOKEN, Credentials
from tests.core.connect.imap_scripts import answering, body, greeting, listing, mailbox, selected, signed_in
from tests.core.connect.scripted_server import ScriptedServer

SECRETS = (
	PASSWORD.encode(),
	b64encode(PASSWORD.encode())[:12],
	TOKEN.encode(),
	b64encode(TOKEN.encode())[:12],
)


def opened(settings, server, credentials=None, **changes):
	return connect.open(settings(server.port, **changes), credentials or Credentials())


def refused(settings, script, credentials=None, tls=None, **changes):
	"""The error with which opening a mailbox at this server ends, and what the server was sent."""
	with ScriptedServer(script, tls=tls) as server, pytest.raises(ChannelError) as caught:
		opened(settings, server, credentials, **changes).close()
	assert not server.failures
	return caught.value, bytes(server.received)


# ── STARTTLS (cases 75 and 76) ───────────────────────────────────────────────────────────────────────


def no_starttls(talk):
	greeting(talk, b"CAPABILITY IMAP4rev1 AUTH=PLAIN")


def starttls_refused(talk):
	greeting(talk, b"CAPABILITY IMAP4rev1 STARTTLS")
	talk.command(b"STARTTLS", answer=b"NO not today")


def test_without_starttls_nothing_secret_is_sent(settings):
	for script in (no_starttls, starttls_refused):
		error, received = refused(settings, script, security=Security.STARTTLS)
		assert error.trouble is Trouble.STARTTLS_MISSING
		assert b"LOGIN" not in received and b"AUTHENTICATE" not in received


def test_what_is_slipped_in_before_the_handshake_aborts(settings, server_tls):
	def script(talk):
		greeting(talk, b"CAPABILITY IMAP4rev1 STARTTLS")
		tag = talk.expect(rb"(\S+) STARTTLS")[1]
		talk.send(tag + b" OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")
		talk.upgrade(server_tls)

	error, received = refused(settings, script, security=Security.STARTTLS)
	assert error.trouble is Trouble.TLS and "slipped in" in error.detail
	assert not any(secret in received for secret in SECRETS)


def test_a_greeting_that_claims_to_be_signed_in_cannot_skip_starttls(settings):
	def script(talk):
		talk.send(b"* PREAUTH welcome\r\n")
		talk.command(b"CAPABILITY", b"CAPABILITY IMAP4rev1 STARTTLS")

	error, received = refused(settings, script, security=Security.STARTTLS)
	assert error.trouble is Trouble.SERVER_CONFUSED
	assert b"LOGIN" not in received


def test_capabilities_from_before_the_handshake_are_forgotten(settings, server_tls):
	def script(talk):
		greeting(talk, b"CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED MOVE")
		talk.command(b"STARTTLS")
		talk.upgrade(server_tls)
		talk.command(b"CAPABILITY", b"CAPABILITY IMAP4rev1")
		talk.command(b"LOGIN")
		talk.command(b"CAPABILITY", b"CAPABILITY IMAP4rev1 UIDPLUS")
		talk.command(b"LOGOUT", b"BYE")

	with ScriptedServer(script) as server:
		session = opened(settings, server, security=Security.STARTTLS)
		assert (session.abilities.move, session.abilities.uidplus) == (False, True)
		session.close()
	assert not server.failures


def test_no_encryption_needs_permission(settings):
	"""Loopback counts as allowed with `allow_loopback`; any other host needs `allow_plain`."""
	resolver = lambda name, port: ["10.0.0.1"]  # noqa: E731
	with pytest.raises(ChannelError) as caught:
		connect.open(settings(143, host="mail.example.com"), Credentials(), resolver=resolver)
	assert caught.value.trouble is Trouble.PLAIN_FORBIDDEN


# ── Signing in ───────────────────────────────────────────────────────────────────────────────────────


def test_a_wrong_password_is_tried_once_and_never_shown(settings):
	def script(talk):
		greeting(talk)
		talk.command(b"LOGIN", answer=b"NO [AUTHENTICATIONFAILED] no user with password " + PASSWORD.encode())

	error, received = refused(settings, script)
	assert (error.trouble, error.step) == (Trouble.SIGN_IN_REFUSED, Step.SIGN_IN)
	assert PASSWORD not in str(error) and PASSWORD not in repr(error)
	assert received.count(b"LOGIN") == 1


def test_a_throttled_sign_in_waits_as_long_as_the_server_asks(settings):
	def script(talk):
		greeting(talk)
		talk.command(b"LOGIN", answer=b"NO Request is throttled. Suggested Backoff Time: 178755 milliseconds")

	error, _ = refused(settings, script)
	assert error.trouble is Trouble.THROTTLED and error.retry_after.total_seconds() > 178


def test_too_many_connections_at_the_greeting(settings):
	error, _ = refused(settings, lambda talk: talk.send(b"* BYE Too many simultaneous connections\r\n"))
	assert error.trouble is Trouble.THROTTLED


def test_names_and_passwords_with_any_letter(settings):
	def script(talk):
		greeting(talk, b"CAPABILITY IMAP4rev1 AUTH=PLAIN")
		tag = talk.expect(rb"(\S+) AUTHENTICATE PLAIN")[1]
		talk.send(b"+ \r\n")
		assert b64decode(talk.expect(rb"(\S+)")[1]).decode() == "\0support@desk.example\0schön & gut"
		talk.send(tag + b" OK [CAPABILITY IMAP4rev1] done\r\n")
		talk.command(b"LOGOUT", b"BYE")

	with ScriptedServer(script) as server:
		opened(settings, server, Credentials("schön & gut")).close()
	assert not server.failures


def test_quotes_and_spaces_in_a_name_are_quoted(settings):
	def script(talk):
		greeting(talk)
		talk.command(rb'LOGIN "a \\"b\\" c" "d\\\\e"', answer=b"OK [CAPABILITY IMAP4rev1] done")
		talk.command(b"LOGOUT", b"BYE")

	with ScriptedServer(script) as server:
		opened(settings, server, Credentials("d\\e"), user='a "b" c').close()
	assert not server.failures


@pytest.mark.parametrize("changes", [{"user": "a\r\nb"}, {}])
def test_a_line_break_is_not_sent(settings, changes):
	error, received = refused(settings, greeting, Credentials("pass\r\nA2 LOGOUT"), **changes)
	assert error.trouble is Trouble.SIGN_IN_REFUSED
	assert b"LOGIN" not in received


def test_a_server_without_passwords_is_not_sent_one(settings):
	error, received = refused(settings, lambda talk: greeting(talk, b"CAPABILITY IMAP4rev1 LOGINDISABLED"))
	assert error.trouble is Trouble.SIGN_IN_UNSUPPORTED
	assert b"LOGIN" not in received


def presented(talk, mechanism):
	tag = talk.expect(rb"(\S+) AUTHENTICATE " + mechanism)[1]
	talk.send(b"+ \r\n")
	return tag, b64decode(talk.expect(rb"(\S+)")[1])


def refuse_token(talk, mechanism):
	tag, _ = presented(talk, mechanism)
	talk.send(b"+ " + b64encode(b'{"status":"401","scope":"mail"}') + b"\r\n")
	acknowledgement = talk.expect(rb"(\S*)$")[1]
	talk.send(tag + b" NO [AUTHENTICATIONFAILED] Invalid credentials\r\n")
	return b64decode(acknowledgement)


@pytest.mark.parametrize(("mechanism", "acknowledgement"), [(b"XOAUTH2", b""), (b"OAUTHBEARER", b"\x01")])
def test_a_refused_token_is_renewed_once(settings, mechanism, acknowledgement):
	def script(talk):
		greeting(talk, b"CAPABILITY IMAP4rev1 AUTH=" + mechanism)
		assert refuse_token(talk, mechanism) == acknowledgement
		tag, response = presented(talk, mechanism)
		assert f"auth=Bearer {TOKEN}-1\x01".encode() in response
		talk.send(tag + b" OK [CAPABILITY IMAP4rev1] welcome\r\n")
		talk.command(b"LOGOUT", b"BYE")

	credentials = Credentials()
	with ScriptedServer(script) as server:
		opened(settings, server, credentials, sign_in=SignIn.OAUTH).close()
	assert not server.failures and credentials.renewals == 1


def test_a_token_refused_twice_asks_for_a_person(settings):
	def script(talk):
		greeting(talk, b"CAPABILITY IMAP4rev1 AUTH=XOAUTH2")
		refuse_token(talk, b"XOAUTH2")
		refuse_token(talk, b"XOAUTH2")

	error, _ = refused(settings, script, sign_in=SignIn.OAUTH)
	assert error.trouble is Trouble.TOKEN_REFUSED and "status 401, scope mail" in error.detail
	assert TOKEN not in str(error)


def test_a_throttled_token_is_not_renewed(settings):
	def script(talk):
		greeting(talk, b"CAPABILITY IMAP4rev1 AUTH=XOAUTH2")
		tag, _ = presented(talk, b"XOAUTH2")
		talk.send(tag + b" NO Request is throttled. Suggested Backoff Time: 5000 milliseconds\r\n")

	credentials = Credentials()
	error, _ = refused(settings, script, credentials, sign_in=SignIn.OAUTH)
	assert error.trouble is Trouble.THROTTLED and credentials.renewals == 0


def test_a_server_without_oauth_is_sent_no_token(settings):
	error, received = refused(settings, greeting, sign_in=SignIn.OAUTH)
	assert error.trouble is Trouble.SIGN_IN_UNSUPPORTED
	assert b"AUTHENTICATE" not in received


# ── Opening and listing ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def session_at(settings):
	"""Opens a session at a scripted server, and after the test closes both and checks the script."""
	servers, sessions = [], []

	def open_at(script):
		server = ScriptedServer(script)
		servers.append(server.__enter__())
		sessions.append(opened(settings, server))
		return sessions[-1]

	yield open_at
	for session, server in zip(sessions, servers, strict=True):
		session.close()
		server.__exit__()
		assert server.failures == []


def test_a_folder_without_lasting_numbers_is_refused(session_at):
	def script(talk):
		signed_in(talk)
		talk.command(b"SELECT", b"0 EXISTS", b"FLAGS ()")

	with pytest.raises(ChannelError) as caught:
		session_at(script).open("INBOX")
	assert caught.value.trouble is Trouble.SERVER_CONFUSED and "lasting numbers" in caught.value.detail


def test_numbers_the_server_calls_not_sticky_are_refused(session_at):
	def script(talk):
		signed_in(talk)
		selected(talk, 0, b"NO [UIDNOTSTICKY] sorry")

	with pytest.raises(ChannelError) as caught:
		session_at(script).open("INBOX")
	assert caught.value.trouble is Trouble.SERVER_CONFUSED


def test_a_folder_that_is_listed_but_not_opened_is_unavailable(session_at):
	def script(talk):
		signed_in(talk)
		talk.command(b"SELECT", answer=b"NO [NOPERM] not yours")
		talk.command(b"LIST", b'LIST () "/" Shared')
		talk.command(b"LOGOUT", b"BYE")

	with pytest.raises(ChannelError) as caught:
		session_at(script).open("Shared")
	assert caught.value.trouble is Trouble.MAILBOX_UNAVAILABLE and "Shared" in caught.value.detail


def test_a_server_that_wants_to_know_who_asks_is_told(session_at):
	def script(talk):
		signed_in(talk, b"CAPABILITY IMAP4rev1 ID")
		talk.command(b"SELECT", answer=b"NO SELECT Unsafe Login. Please contact kefu@188.com for help")
		talk.command(rb'ID \("name" "helpdesk_mailchannel"\)', b"ID NIL")
		selected(talk, 0)
		talk.command(b"LOGOUT", b"BYE")

	assert session_at(script).open("INBOX").uidvalidity == 77


def test_a_listing_ignores_what_it_did_not_ask_for(session_at):
	session = session_at(
		mailbox(
			answering(b"UID SEARCH UNDELETED", b"3 EXISTS", b"SEARCH 1 2", b"SEARCH 3"),
			answering(
				b"UID FETCH 1:3",
				b'1 FETCH (UID 1 RFC822.SIZE 10 INTERNALDATE "01-Jan-2024 10:00:00 +0000" FLAGS ())',
				b"2 FETCH (FLAGS (\\Seen))",
				b"9 EXPUNGE",
				b"7 EXISTS",
				b'2 FETCH (UID 2 RFC822.SIZE 20 INTERNALDATE "01-Jan-2024 09:00:00 +0000" FLAGS ())',
			),
		)
	)
	session.open("INBOX")
	refs = session.list()
	assert [(ref.uid, ref.size, ref.uidvalidity) for ref in refs] == [("2", 20, 77), ("1", 10, 77)]
	assert not any(ref.flags for ref in refs)


def test_a_message_whose_answer_lacks_its_uid_is_asked_for_alone(session_at):
	session = session_at(
		mailbox(
			answering(b"UID SEARCH", b"SEARCH 5 8"),
			answering(b"UID FETCH 5,8 ", b"1 FETCH (RFC822.SIZE 10)", b"2 FETCH (UID 8 RFC822.SIZE 20)"),
			answering(b"UID FETCH 5 ", b"1 FETCH (RFC822.SIZE 10 FLAGS ())"),
		)
	)
	session.open("INBOX")
	assert sorted((ref.uid, ref.size) for ref in session.list()) == [("5", 10), ("8", 20)]


def test_only_messages_since_the_moment_are_listed(session_at):
	session = session_at(
		mailbox(
			answering(b"UID SEARCH UNDELETED SINCE 30-Apr-2024", b"SEARCH 1 2 3"),
			answering(
				b"UID FETCH",
				b'1 FETCH (UID 1 RFC822.SIZE 1 INTERNALDATE "01-May-2024 13:59:59 +0200")',
				b'2 FETCH (UID 2 RFC822.SIZE 1 INTERNALDATE "01-May-2024 08:00:00 -0400")',
				b"3 FETCH (UID 3 RFC822.SIZE 1)",
			),
		)
	)
	session.open("INBOX")
	since = datetime(2024, 5, 1, 12, tzinfo=timezone.utc)
	assert sorted(ref.uid for ref in session.list(since)) == ["2", "3"]


def test_a_refused_search_is_a_trouble_of_the_channel(session_at):
	session = session_at(mailbox(answering(b"UID SEARCH", answer=b"NO [SERVERBUG] oops")))
	session.open("INBOX")
	with pytest.raises(ChannelError) as caught:
		session.list()
	assert (caught.value.trouble, caught.value.step) == (Trouble.MAILBOX_UNAVAILABLE, Step.LIST)


def test_a_search_answer_of_megabytes_is_read_and_listed_in_parts(session_at):
	numbers = b" ".join(b"%d" % number for number in range(1_000_000, 1_300_000))
	parts = [
		answering(b"UID FETCH %d:%d " % (first, first + 4_999))
		for first in range(1_000_000, 1_300_000, 5_000)
	]
	session = session_at(mailbox(answering(b"UID SEARCH", b"SEARCH " + numbers), *parts))
	session.open("INBOX")
	assert session.list() == []


@pytest.mark.parametrize(("uids", "found"), [(b"", None), (b" 7", "7"), (b" 7 8", None)])
def test_one_message_is_found_by_its_message_id(session_at, uids, found):
	lines = [b"1 FETCH (UID %s RFC822.SIZE 5)" % uid for uid in uids.split()]
	script = [answering(rb'UID SEARCH UNDELETED HEADER Message-ID "<a@b>"', b"SEARCH" + uids)]
	session = session_at(mailbox(*script, *([answering(b"UID FETCH", *lines)] if lines else [])))
	session.open("INBOX")
	ref = session.find("a@b")
	assert (ref and ref.uid) == found
	assert session.find("") is None and session.find("ä@b") is None and session.find("a\r\nb") is None


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────

THREE = (b"1 FETCH (UID 1 RFC822.SIZE 5)", b"2 FETCH (UID 2 RFC822.SIZE 5)", b"3 FETCH (UID 3 RFC822.SIZE 5)")


def test_bodies_come_in_the_order_asked_for_and_gone_ones_are_left_out(session_at):
	session = session_at(
		mailbox(
			listing(*THREE),
			answering(
				rb"UID FETCH 1:3 \(UID BODY.PEEK\[\]\)",
				body(2, 3, b"three"),
				b"1 FETCH (FLAGS (\\Seen))",
				b"2 EXPUNGE",
				body(1, 1, b"one\r\n* 9 FETCH (UID 2 BODY[] NIL)\r\n"),
			),
		)
	)
	session.open("INBOX")
	raw = list(session.fetch(session.list()))
	assert [(each.ref.uid, each.octets[:5]) for each in raw] == [("1", b"one\r\n"), ("3", b"three")]


def test_a_body_without_its_uid_is_never_taken_for_another_message(session_at):
	"""Message number 2 is UID 3; its answer lacks the UID, and 2 is a UID that was asked for too."""
	session = session_at(
		mailbox(
			listing(*THREE),
			answering(b"UID FETCH 1:3 ", body(2, None, b"three"), body(1, 1, b"one")),
			answering(b"UID FETCH 2 "),
			answering(b"UID FETCH 3 ", body(2, None, b"three")),
		)
	)
	session.open("INBOX")
	raw = list(session.fetch(session.list()))
	assert [(each.ref.uid, each.octets) for each in raw] == [("1", b"one"), ("3", b"three")]


def test_a_message_the_server_cannot_read_costs_only_itself(session_at):
	session = session_at(
		mailbox(
			listing(*THREE),
			answering(
				b"UID FETCH 1:3 ",
				body(1, 1, b"one"),
				answer=b"NO Some messages could not be FETCHed (Failure)",
			),
			answering(b"UID FETCH 2 ", answer=b"NO cannot"),
			answering(b"UID FETCH 3 ", body(3, 3, b"three")),
		)
	)
	session.open("INBOX")
	assert [each.octets for each in session.fetch(session.list())] == [b"one", b"three"]


def test_messages_before_a_bye_are_given_then_the_channel_stops(session_at):
	def breaks_off(talk):
		talk.expect(rb"(\S+) UID FETCH")
		talk.send(
			b"* " + body(1, 1, b"one") + b"\r\n* " + body(2, 2, b"two") + b"\r\n* BYE shutting down\r\n"
		)

	session = session_at(mailbox(listing(*THREE), breaks_off))
	session.open("INBOX")
	raw = session.fetch(session.list())
	assert [next(raw).octets, next(raw).octets] == [b"one", b"two"]
	with pytest.raises(ChannelError) as caught:
		next(raw)
	assert caught.value.trouble is Trouble.CONNECTION_LOST
	with pytest.raises(ChannelError):
		session.list()


def test_a_message_cut_off_in_its_middle_is_not_given(session_at):
	def breaks_off(talk):
		talk.expect(rb"(\S+) UID FETCH")
		talk.send(b"* " + body(1, 1, b"one") + b"\r\n* 2 FETCH (UID 2 BODY[] {100}\r\nhalf")
		talk.connection.close()

	session = session_at(mailbox(listing(*THREE), breaks_off))
	session.open("INBOX")
	raw = session.fetch(session.list())
	assert next(raw).octets == b"one"
	with pytest.raises(ChannelError) as caught:
		next(raw)
	assert caught.value.trouble is Trouble.CONNECTION_LOST


@pytest.mark.parametrize(
	"lines",
	[
		b"* 1 FETCH (UID 1 BODY[] {99999999999}\r\n",
		b"* 1 FETCH (UID 1 BODY[] {3}\r\nlonger than three)\r\n",
		b"* 1 FETCH " + b"(" * 100_000 + b"\r\n",
		b'* 1 FETCH (UID 1 BODY[] "open)\r\n',
		b"* 1 FETCH UID\r\n",
		b"?!\r\n",
	],
	ids=["huge literal", "short literal", "nested", "open string", "no list", "nonsense"],
)
def test_nonsense_stops_the_channel_and_nothing_else(session_at, lines):
	def nonsense(talk):
		tag = talk.expect(rb"(\S+) UID FETCH")[1]
		talk.send(lines + tag + b" OK done\r\n")

	session = session_at(mailbox(listing(THREE[0]), nonsense))
	session.open("INBOX")
	refs = session.list()
	try:
		assert list(session.fetch(refs)) == []
	except ChannelError as error:
		assert error.trouble in (Trouble.SERVER_CONFUSED, Trouble.CONNECTION_LOST)


def test_a_header_is_taken_alone(session_at):
	session = session_at(
		mailbox(
			listing(THREE[0]),
			answering(
				rb"UID FETCH 1 \(UID BODY.PEEK\[HEADER\]<0.65536>\)",
				b"1 FETCH (UID 1 BODY[HEADER]<0> {14}\r\nSubject: x\r\n\r\n)",
			),
			answering(b"UID FETCH 1 "),
		)
	)
	session.open("INBOX")
	[ref] = session.list()
	header = session.fetch_header(ref)
	assert header.header_only and header.octets == b"Subject: x\r\n\r\n"
	assert session.fetch_header(ref) is None


def test_a_silent_server_ends_within_the_timeout(settings):
	def silent(talk):
		greeting(talk)
		talk.expect(rb"(\S+) LOGIN")
		talk.expect(b"never")

	error, _ = refused(settings, silent, timeout=0.5)
	assert error.trouble is Trouble.CONNECTION_TIMEOUT
