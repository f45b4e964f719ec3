"""IMAP servers that misbehave, by script; real ones are in tests/server."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import datetime, timezone

import pytest

from helpdesk_mailchannel.mailcore import connect
from helpdesk_mailchannel.mailcore.connect.imap.imap_responses import expanded
from helpdesk_mailchannel.mailcore.connect.imap.imap_session import LONGEST_LISTING
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.model import RawMessage, Withheld
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.settings import Security, SignIn
from tests.core.connect.credentials import PASSWORD, TOKEN, Credentials
from tests.core.connect.imap_scripts import (
	answering,
	body,
	confirming,
	greeting,
	listing,
	mailbox,
	selected,
	signed_in,
)
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


# ── STARTTLS ─────────────────────────────────────────────────────────────────────────────────────────


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
		assert (session.capabilities.move, session.capabilities.uidplus) == (False, True)
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

	def open_at(*scripts):
		server = ScriptedServer(*scripts)
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
			answering(b"UID SEARCH UID 3$", b"SEARCH"),
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
			answering(b"UID SEARCH UID 5$", b"SEARCH 5"),
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


def described(first, last):
	return [b"%d FETCH (UID %d RFC822.SIZE 5)" % (uid, uid) for uid in range(first, last + 1)]


def test_of_a_search_answer_of_megabytes_the_newest_messages_are_listed_in_parts(session_at):
	numbers = b" ".join(b"%d" % number for number in range(1_000_000, 1_300_000))
	firsts = range(1_300_000 - LONGEST_LISTING, 1_300_000, 5_000)
	parts = [
		answering(b"UID FETCH %d:%d " % (first, first + 4_999), *described(first, first + 4_999))
		for first in firsts
	]
	session = session_at(mailbox(answering(b"UID SEARCH", b"SEARCH " + numbers), *parts))
	session.open("INBOX")
	listing = session.list()
	assert len(listing) == LONGEST_LISTING
	assert "300000 messages" in listing.doubt


def test_a_message_that_is_named_and_not_described_is_listed_all_the_same(session_at):
	session = session_at(
		mailbox(
			answering(b"UID SEARCH", b"SEARCH 1 2 3"),
			answering(b"UID FETCH 1:3 ", *described(1, 1), answer=b"NO [SERVERBUG] one of them is broken"),
			answering(b"UID SEARCH UID 2:3$", b"SEARCH 2 3"),
			answering(b"UID FETCH 2 ", answer=b"NO [SERVERBUG] broken"),
			answering(b"UID FETCH 3 ", *described(3, 3)),
		)
	)
	session.open("INBOX")
	listing = session.list()
	assert [(ref.uid, ref.size) for ref in listing] == [("1", 5), ("2", 0), ("3", 5)]
	assert not listing.doubt


def test_a_server_that_tells_nothing_and_refuses_nothing_is_asked_again_for_one_round(session_at):
	session = session_at(
		mailbox(
			answering(b"UID SEARCH", b"SEARCH " + b" ".join(b"%d" % uid for uid in range(1, 41))),
			answering(b"UID FETCH 1:40 "),
			answering(b"UID SEARCH UID 1:40$", b"SEARCH " + b" ".join(b"%d" % uid for uid in range(1, 41))),
			answering(b"UID FETCH 1:20 "),
			answering(b"UID FETCH 21:40 "),
		)
	)
	session.open("INBOX")
	assert [ref.size for ref in session.list()] == [0] * 40


def test_what_ails_one_of_many_costs_few_questions(session_at):
	"""Halves of halves, until it is found."""
	asked = []

	def answers(talk):
		while True:
			words = talk.expect(rb"(\S+) (UID FETCH (\S+)|UID SEARCH UID (\S+)|LOGOUT)")
			if b"FETCH" not in words[2]:
				named = words[4] and b" ".join(b"%d" % uid for uid in expanded(words[4].decode()))
				talk.send(b"* SEARCH " + named + b"\r\n" if named else b"* BYE\r\n")
				talk.send(words[1] + b" OK done\r\n")
				if not named:
					return
				continue
			uids = expanded(words[3].decode())
			asked.append(len(uids))
			if 777 in uids:
				talk.send(words[1] + b" NO broken\r\n")
			else:
				lines = (b"* %d FETCH (UID %d RFC822.SIZE 5)\r\n" % (uid, uid) for uid in uids)
				talk.send(b"".join(lines) + words[1] + b" OK done\r\n")

	def script(talk):
		signed_in(talk)
		selected(talk, 1_000)
		numbers = b" ".join(b"%d" % number for number in range(1, 1_001))
		talk.command(b"UID SEARCH UNDELETED", b"SEARCH " + numbers)
		answers(talk)

	session = session_at(script)
	session.open("INBOX")
	assert [ref.uid for ref in session.list() if ref.bare] == ["777"]
	assert len(asked) < 30


@pytest.mark.parametrize(
	("exists", "untagged", "doubted"),
	[
		(1, (), True),
		(0, (), False),
		(1, (b"SEARCH",), False),
		(1, (b"SEARCH one",), True),
		(1, (b"NO [ALERT] x",), True),
	],
)
def test_only_a_search_that_is_answered_says_that_nothing_is_there(session_at, exists, untagged, doubted):
	session = session_at(mailbox(answering(b"UID SEARCH", *untagged), exists=exists))
	session.open("INBOX")
	listing = session.list()
	assert (list(listing), bool(listing.doubt)) == ([], doubted)


@pytest.mark.parametrize("answer", [b"NO [UNAVAILABLE] later", b"BAD what", b"NO"])
def test_a_refused_listing_is_trouble_and_says_nothing_of_the_messages(session_at, answer):
	session = session_at(mailbox(answering(b"UID SEARCH", answer=answer)))
	session.open("INBOX")
	with pytest.raises(ChannelError):
		session.list()


@pytest.mark.parametrize(("uids", "found"), [(b"", None), (b" 7", "7"), (b" 7 8", None), (b" 7 x", None)])
def test_one_message_is_found_by_its_message_id(session_at, uids, found):
	lines = [b"1 FETCH (UID 7 RFC822.SIZE 5)"] if uids == b" 7" else []
	script = [answering(rb'UID SEARCH UNDELETED HEADER Message-ID "<a@b>"', b"SEARCH" + uids)]
	session = session_at(mailbox(*script, *([answering(b"UID FETCH", *lines)] if lines else [])))
	session.open("INBOX")
	ref = session.find("a@b")
	assert (ref and ref.uid) == found
	assert session.find("") is None and session.find("ä@b") is None and session.find("a\r\nb") is None


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────

THREE = (b"1 FETCH (UID 1 RFC822.SIZE 5)", b"2 FETCH (UID 2 RFC822.SIZE 5)", b"3 FETCH (UID 3 RFC822.SIZE 5)")


def test_bodies_that_come_are_given_and_only_what_is_named_no_more_is_left_out(session_at):
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
			answering(b"UID SEARCH UID 2$", b"SEARCH"),
			confirming(1, 3),
		)
	)
	session.open("INBOX")
	raw = list(session.fetch(session.list()))
	assert [(each.ref.uid, each.octets[:5]) for each in raw] == [("1", b"one\r\n"), ("3", b"three")]


LIKE_A_REBUILT_INDEX = {
	"it names nothing": confirming(exists=2),
	"it names fewer than there are": confirming(1, exists=2),
	"FETCH knows it": confirming(1, 3, flags=(b"2 FETCH (UID 2 FLAGS (\\Seen))",)),
	"FETCH is refused": confirming(1, 3, answer=b"NO [SERVERBUG] later"),
	"FETCH is refused without a word": confirming(1, 3, answer=b"NO "),
}


@pytest.mark.parametrize("confirmed", LIKE_A_REBUILT_INDEX.values(), ids=LIKE_A_REBUILT_INDEX)
def test_what_search_leaves_out_is_not_gone_while_anything_says_otherwise(session_at, confirmed):
	session = session_at(
		mailbox(
			listing(*THREE[:2]),
			answering(b"UID SEARCH UNDELETED UID 2$", b"SEARCH"),
			confirmed,
		)
	)
	session.open("INBOX")
	second = session.list()[1]
	assert session.gone([second]) == []


GONE = {
	"FETCH does not know it": (),
	"it is marked as deleted": (b"2 FETCH (UID 2 FLAGS (\\Seen \\Deleted))",),
}


@pytest.mark.parametrize("flags", GONE.values(), ids=GONE)
def test_what_neither_search_nor_fetch_knows_is_gone(session_at, flags):
	session = session_at(
		mailbox(
			listing(*THREE[:2]),
			answering(b"UID SEARCH UNDELETED UID 2$", b"SEARCH"),
			confirming(1, 3, flags=flags),
		)
	)
	session.open("INBOX")
	second = session.list()[1]
	renumbered = replace(second, uidvalidity=76)
	assert session.gone([second, renumbered]) == [second, renumbered]


def test_a_body_without_its_uid_is_never_taken_for_another_message(session_at):
	"""Message number 2 is UID 3; its answer lacks the UID, and 2 is a UID that was asked for too."""
	session = session_at(
		mailbox(
			listing(*THREE),
			answering(b"UID FETCH 1:3 ", body(2, None, b"three"), body(1, 1, b"one")),
			answering(b"UID SEARCH UID 2:3$", b"SEARCH 3"),
			confirming(1, 3),
			answering(b"UID FETCH 3 ", body(2, None, b"three")),
		)
	)
	session.open("INBOX")
	raw = list(session.fetch(session.list()))
	assert [(each.ref.uid, each.octets) for each in raw] == [("1", b"one"), ("3", b"three")]


REFUSALS = {
	"no": ((), b"NO cannot"),
	"bad": ((), b"BAD cannot"),
	"server bug": ((), b"NO [SERVERBUG] Internal error occurred"),
	"content conversion": ((), b"NO The requested item could not be found, or content conversion failed"),
	"expunge issued": ((), b"NO [EXPUNGEISSUED] Some messages were expunged"),
	"ok alone": ((), b"OK done"),
	"nil": ((b"2 FETCH (UID 2 BODY[] NIL)",), b"OK done"),
	"empty": ((b'2 FETCH (UID 2 BODY[] "")',), b"OK done"),
	"empty literal": ((b"2 FETCH (UID 2 BODY[] {0}\r\n)",), b"OK done"),
	"flags": ((b"2 FETCH (UID 2 FLAGS (\\Seen))",), b"OK done"),
	"another": ((b"9 FETCH (UID 9 BODY[] {4}\r\nevil)",), b"OK done"),
	"two answers": ((b"2 FETCH (UID 2 BODY[] {1}\r\na)", b"2 FETCH (UID 2 BODY[] {1}\r\nb)"), b"OK done"),
	"cut off": ((b"2 FETCH (UID 2 BODY[] ",), b"OK done"),
	"no value": ((b"2 FETCH (UID 2 BODY[] )",), b"OK done"),
	"nonsense": ((b"2 FETCH \xff\x00(((",), b"OK done"),
	"untagged no": ((b"NO [ALERT] disk", b"BAD what"), b"OK done"),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_message_the_server_does_not_hand_out_costs_only_itself_and_is_not_called_gone(session_at, refusal):
	untagged, answer = REFUSALS[refusal]
	session = session_at(
		mailbox(
			listing(*THREE),
			answering(b"UID FETCH 1:3 ", body(1, 1, b"one"), *untagged, body(3, 3, b"three"), answer=answer),
			answering(b"UID SEARCH UID 2$", b"SEARCH 2"),
			answering(b"UID FETCH 2 ", *untagged, answer=answer),
		)
	)
	session.open("INBOX")
	one, three, refused = session.fetch(session.list())
	assert (one.octets, three.octets) == (b"one", b"three")
	assert isinstance(refused, Withheld) and refused.ref.uid == "2"
	assert "evil" not in refused.said


@pytest.mark.parametrize("answer", [b"NO cannot", b"BAD what", b"OK done"])
def test_a_search_that_is_refused_calls_nothing_gone(session_at, answer):
	session = session_at(
		mailbox(
			listing(*THREE),
			answering(b"UID FETCH 1:3 ", body(1, 1, b"one"), body(3, 3, b"three")),
			answering(b"UID SEARCH UID 2$", answer=answer),
			answering(b"UID FETCH 2 ", answer=b"NO cannot"),
		)
	)
	session.open("INBOX")
	assert [type(each) for each in session.fetch(session.list())] == [RawMessage, RawMessage, Withheld]


@pytest.mark.parametrize(
	"breaking",
	[
		b"* 2 FETCH (UID 2 BODY[] {3}\r\nlonger than three: private words)\r\n",
		b"* 2 FETCH (UID 2 BODY[] {300000000}\r\n",
		b"private words\r\n",
		b"* BYE Internal error occurred\r\n",
		b"* 2 FETCH (UID 2 BODY[] {100}\r\nhalf",
		b"",
	],
	ids=["short literal", "huge literal", "no answer", "bye", "half", "end"],
)
def test_a_message_that_breaks_the_connection_costs_only_itself(session_at, breaking):
	"""In a new connection the others are asked for first, the last one first of all."""

	def breaks(*before):
		def script(talk):
			talk.expect(rb"(\S+) UID FETCH")
			talk.send(b"".join(b"* " + line + b"\r\n" for line in before) + breaking)
			talk.connection.close()

		return script

	again = (
		answering(b"UID SEARCH UID 2:3$", b"SEARCH 2 3"),
		answering(b"UID FETCH 3 ", body(3, 3, b"three")),
	)
	session = session_at(
		mailbox(listing(*THREE), breaks(body(1, 1, b"one"))),
		mailbox(*again, breaks()),
		mailbox(answering(b"UID SEARCH UNDELETED", b"SEARCH")),
	)
	session.open("INBOX")
	one, three, refused = session.fetch(session.list())
	assert (one.octets, three.octets) == (b"one", b"three")
	assert isinstance(refused, Withheld) and "private" not in refused.said
	assert list(session.list()) == [], "the session goes on"


def test_a_folder_that_is_renumbered_meanwhile_ends_the_run(session_at):
	session = session_at(
		mailbox(
			listing(*THREE),
			answering(b"UID FETCH 1:3 ", b"OK [UIDVALIDITY 78] new numbers", body(1, 1, b"x")),
		)
	)
	session.open("INBOX")
	with pytest.raises(ChannelError) as caught:
		list(session.fetch(session.list()))
	assert "renumbered" in caught.value.detail


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


def test_a_header_that_is_refused_may_be_told_by_the_envelope(session_at):
	author = b'((NIL NIL "jane" "customer.example"))'
	envelope = b'1 FETCH (UID 1 ENVELOPE (NIL "Printer" ' + author + b" NIL NIL NIL NIL NIL NIL NIL))"
	session = session_at(
		mailbox(
			listing(THREE[0]),
			answering(rb"UID FETCH 1 \(UID BODY.PEEK", answer=b"NO [SERVERBUG] oops"),
			answering(rb"UID FETCH 1 \(UID ENVELOPE\)", envelope),
		)
	)
	session.open("INBOX")
	[ref] = session.list()
	assert b"Subject: Printer\r\nFrom: jane@customer.example" in session.fetch_header(ref).octets


def test_a_header_is_taken_alone(session_at):
	session = session_at(
		mailbox(
			listing(THREE[0]),
			answering(
				rb"UID FETCH 1 \(UID BODY.PEEK\[HEADER\]<0.65536>\)",
				b"1 FETCH (UID 1 BODY[HEADER]<0> {14}\r\nSubject: x\r\n\r\n)",
			),
			answering(b"UID FETCH 1 "),
			answering(rb"UID FETCH 1 \(UID ENVELOPE\)"),
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
