"""POP3 servers that misbehave, by script; real ones are in tests/server."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest

from helpdesk_mailchannel.mailcore import connect
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.model import RemoteRef, Withheld
from helpdesk_mailchannel.mailcore.ports import Delete, Leave, MarkRead, Move, NotSettled, Settled
from helpdesk_mailchannel.mailcore.reasons import Trouble
from helpdesk_mailchannel.mailcore.settings import Protocol, Security, SignIn
from tests.core.connect.credentials import PASSWORD, TOKEN, Credentials
from tests.core.connect.scripted_server import ScriptedServer


def says(talk, command, *lines, answer=b"+OK"):
	"""Expect a command and answer it, with lines where there are any."""
	talk.expect(command)
	talk.send(answer + b"\r\n" + b"".join(line + b"\r\n" for line in lines))


def signed_in(talk, *capabilities):
	talk.send(b"+OK ready\r\n")
	says(talk, b"CAPA", b"USER", b"UIDL", b"TOP", *capabilities, b".")
	says(talk, b"USER support@desk.example")
	says(talk, b"PASS " + PASSWORD.encode())


def numbered(talk, *names):
	says(talk, b"STAT", answer=b"+OK %d 1000" % len(names))
	says(talk, b"UIDL", *(b"%d %s" % (number, name) for number, name in enumerate(names, 1)), b".")
	says(talk, b"LIST", *(b"%d %d" % (number, 100 * number) for number in range(1, len(names) + 1)), b".")


@pytest.fixture
def session_at(settings):
	"""Opens a session at a server that follows one script a connection; closes and checks after the test."""
	servers, sessions = [], []

	def open_at(*scripts, **changes):
		server = ScriptedServer(*scripts)
		servers.append(server.__enter__())
		sessions.append(connect.open(settings(server.port, protocol=Protocol.POP3, **changes), Credentials()))
		return sessions[-1]

	yield open_at
	for session in sessions:
		session.close()
	for server in servers:
		server.__exit__()
		assert server.failures == []


def refused(settings, script, credentials=None, **changes):
	with ScriptedServer(script) as server, pytest.raises(ChannelError) as caught:
		connect.open(
			settings(server.port, protocol=Protocol.POP3, **changes), credentials or Credentials()
		).open("INBOX")
	assert not server.failures
	return caught.value, bytes(server.received)


def ref(name, size=100):
	return RemoteRef("INBOX", 0, name, size)


# ── Opening ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_lasting_name_that_holds_markup_is_replaced_by_one_that_lasts_as_long(session_at):
	def script(talk):
		signed_in(talk)
		numbered(talk, b"<img/src=x>", b"plain")
		says(talk, b"QUIT")

	(listed, plain) = session_at(script).list()
	assert plain.uid == "plain"
	assert listed.uid.startswith("sha256-")
	assert listed.uid == session_at(script).list()[0].uid


def test_messages_are_listed_by_their_lasting_names(session_at):
	def script(talk):
		signed_in(talk)
		numbered(talk, b"aaa", b"bbb")
		says(talk, b"QUIT")

	session = session_at(script)
	assert [folder.name for folder in session.folders()] == ["INBOX"]
	state = session.open("inbox")
	assert (state.exists, state.uidvalidity, state.read_only) == (2, 0, False)
	assert list(session.list()) == [ref("aaa", 100), ref("bbb", 200)]
	assert session.find("a@b") is None
	assert session.ensure_folder("INBOX") and not session.ensure_folder("Done")


def test_other_folders_do_not_exist(session_at):
	def script(talk):
		signed_in(talk)
		says(talk, b"QUIT")

	with pytest.raises(ChannelError) as caught:
		session_at(script).open("Done")
	assert caught.value.trouble is Trouble.FOLDER_MISSING


@pytest.mark.parametrize(
	"lines",
	[None, [b"1 same", b"2 same"], [b"1 "], [b"1"], [b"1 " + b"x" * 200]],
	ids=["unsupported", "doubled", "empty", "absent", "too long"],
)
def test_names_that_cannot_be_relied_on_stop_the_channel(settings, lines):
	def script(talk):
		signed_in(talk)
		says(talk, b"STAT", answer=b"+OK 2 300")
		if lines is None:
			says(talk, b"UIDL", answer=b"-ERR unknown command")
		else:
			says(talk, b"UIDL", *lines, b".")
			says(talk, b"LIST", b"1 100", b"2 200", b".")

	error, _ = refused(settings, script)
	assert error.trouble is Trouble.UIDL_MISSING


def test_without_stls_nothing_secret_is_sent(settings):
	def script(talk):
		talk.send(b"+OK ready\r\n")
		says(talk, b"STLS", answer=b"-ERR unknown command")

	error, received = refused(settings, script, security=Security.STARTTLS)
	assert error.trouble is Trouble.STARTTLS_MISSING
	assert b"USER" not in received and b"PASS" not in received and b"AUTH" not in received


def test_what_is_slipped_in_before_the_handshake_aborts(settings, server_tls):
	def script(talk):
		talk.send(b"+OK ready\r\n")
		talk.expect(b"STLS")
		talk.send(b"+OK go\r\n+OK injected\r\n")
		talk.upgrade(server_tls)

	error, received = refused(settings, script, security=Security.STARTTLS)
	assert error.trouble is Trouble.TLS and "slipped in" in error.detail
	assert b"PASS" not in received


def test_after_stls_everything_is_secured(session_at, server_tls):
	def script(talk):
		talk.send(b"+OK ready\r\n")
		says(talk, b"STLS")
		talk.upgrade(server_tls)
		says(talk, b"CAPA", b"USER", b".")
		says(talk, b"USER")
		says(talk, b"PASS")
		numbered(talk)
		says(talk, b"QUIT")

	assert session_at(script, security=Security.STARTTLS).open("INBOX").exists == 0


# ── Signing in ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
	("answer", "trouble"),
	[
		(b"-ERR [AUTH] Authentication failed for " + PASSWORD.encode(), Trouble.SIGN_IN_REFUSED),
		(b"-ERR no", Trouble.SIGN_IN_REFUSED),
		(b"-ERR [IN-USE] locked", Trouble.MAILBOX_UNAVAILABLE),
		(b"-ERR [SYS/TEMP] later", Trouble.MAILBOX_UNAVAILABLE),
		(b"-ERR [LOGIN-DELAY 60] slowly", Trouble.THROTTLED),
	],
)
def test_a_refused_password_is_explained_and_never_shown(settings, answer, trouble):
	def script(talk):
		talk.send(b"+OK ready\r\n")
		says(talk, b"CAPA", answer=b"-ERR unknown command")
		says(talk, b"USER")
		says(talk, b"PASS", answer=answer)

	error, _ = refused(settings, script)
	assert error.trouble is trouble
	assert PASSWORD not in str(error)


def test_a_server_without_user_is_given_plain(session_at):
	def script(talk):
		talk.send(b"+OK ready\r\n")
		says(talk, b"CAPA", b"SASL PLAIN XOAUTH2", b".")
		says(talk, b"AUTH PLAIN", answer=b"+ ")
		assert b64decode(talk.expect(rb"(\S+)")[1]) == b"\0support@desk.example\0" + PASSWORD.encode()
		talk.send(b"+OK welcome\r\n")
		numbered(talk)
		says(talk, b"QUIT")

	session_at(script).open("INBOX")


def test_a_line_break_is_not_sent(settings):
	error, received = refused(settings, lambda talk: talk.send(b"+OK\r\n"), Credentials("a\r\nDELE 1"))
	assert error.trouble is Trouble.SIGN_IN_REFUSED and b"DELE" not in received


@pytest.mark.parametrize(("mechanism", "acknowledgement"), [(b"XOAUTH2", b""), (b"OAUTHBEARER", b"\x01")])
def test_a_refused_token_is_renewed_once(session_at, mechanism, acknowledgement):
	def script(talk):
		talk.send(b"+OK ready\r\n")
		says(talk, b"CAPA", b"SASL " + mechanism, b".")
		says(talk, b"AUTH " + mechanism, answer=b"+ ")
		says(talk, rb"\S+", answer=b"+ " + b64encode(b'{"status":"401"}'))
		assert b64decode(talk.expect(rb"(\S*)$")[1]) == acknowledgement
		talk.send(b"-ERR [AUTH] refused\r\n")
		says(talk, b"AUTH " + mechanism, answer=b"+")
		assert f"Bearer {TOKEN}-1".encode() in b64decode(talk.expect(rb"(\S+)")[1])
		talk.send(b"+OK welcome\r\n")
		numbered(talk)
		says(talk, b"QUIT")

	session_at(script, sign_in=SignIn.OAUTH).open("INBOX")


def test_a_server_without_oauth_is_sent_no_token(settings):
	def script(talk):
		talk.send(b"+OK ready\r\n")
		says(talk, b"CAPA", b"USER", b".")

	error, received = refused(settings, script, sign_in=SignIn.OAUTH)
	assert error.trouble is Trouble.SIGN_IN_UNSUPPORTED and b"AUTH" not in received


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────


def fetched(session_at, *lines):
	def script(talk):
		signed_in(talk)
		numbered(talk, b"aaa")
		says(talk, b"RETR 1", *lines, b".")
		says(talk, b"QUIT")

	session = session_at(script)
	[raw] = session.fetch([ref("aaa")])
	return raw.octets


def test_lines_that_start_with_a_dot_are_as_they_were_written(session_at):
	octets = fetched(session_at, b"Subject: x", b"", b"..", b"...and", b"\rbare", b"a\rb\0c")
	assert octets == b"Subject: x\r\n\r\n.\r\n..and\r\n\rbare\r\na\rb\0c\r\n"


def test_a_line_of_5000_characters_is_read(session_at):
	assert fetched(session_at, b"x" * 5_000) == b"x" * 5_000 + b"\r\n"


def test_a_line_of_two_megabytes_is_read(session_at):
	assert len(fetched(session_at, b"x" * 2_000_000)) == 2_000_002


def test_a_message_the_server_refuses_is_withheld_and_one_it_does_not_name_is_gone(session_at):
	def script(talk):
		signed_in(talk)
		numbered(talk, b"aaa", b"bbb")
		says(talk, b"RETR 1", answer=b"-ERR cannot read it")
		says(talk, b"RETR 2", b"two", b".")
		says(talk, b"QUIT")

	session = session_at(script)
	refused, raw = session.fetch([ref("aaa"), ref("gone"), ref("bbb")])
	assert raw.octets == b"two\r\n"
	assert refused.ref == ref("aaa") and "cannot read it" in refused.said


def test_messages_before_a_broken_connection_are_given(session_at):
	def script(talk):
		signed_in(talk)
		numbered(talk, b"aaa", b"bbb")
		says(talk, b"RETR 1", b"one", b".")
		says(talk, b"RETR 2", b"half")

	raw = session_at(script).fetch([ref("aaa"), ref("bbb")])
	assert next(raw).octets == b"one\r\n"
	assert isinstance(next(raw), Withheld)
	with pytest.raises(ChannelError) as caught:
		next(raw)
	assert caught.value.trouble is Trouble.CONNECTION_LOST


def test_a_header_is_taken_alone(session_at):
	def script(talk):
		signed_in(talk)
		numbered(talk, b"aaa", b"bbb")
		says(talk, b"TOP 1 0", b"Subject: x", b"", b".")
		says(talk, b"TOP 2 0", answer=b"-ERR unknown command")
		says(talk, b"QUIT")

	session = session_at(script)
	header = session.fetch_header(ref("aaa"))
	assert header.header_only and header.octets == b"Subject: x\r\n\r\n"
	assert session.fetch_header(ref("bbb")).octets == b""
	assert session.fetch_header(ref("gone")) is None


# ── Deleting ─────────────────────────────────────────────────────────────────────────────────────────


def deletes(talk, *numbers, quit_answer=b"+OK"):
	for number in numbers:
		says(talk, b"DELE %d$" % number)
	says(talk, b"QUIT", answer=quit_answer)


def test_what_is_settled_is_gone_from_the_server(session_at):
	"""Twenty at a time, each with its QUIT; numbers are asked for anew after it."""
	names = [b"n%d" % number for number in range(25)]

	def first(talk):
		signed_in(talk)
		numbered(talk, *names)
		deletes(talk, *range(1, 21))

	def second(talk):
		signed_in(talk)
		numbered(talk, *names[20:])
		deletes(talk, *range(1, 6))

	session = session_at(first, second)
	session.open("INBOX")
	results = session.perform([Delete(ref(name.decode())) for name in names])
	assert results == [Settled(ref(name.decode())) for name in names]


def test_a_connection_lost_before_quit_settles_nothing(session_at):
	def script(talk):
		signed_in(talk)
		numbered(talk, b"aaa")
		says(talk, b"DELE 1")
		talk.expect(b"QUIT")

	session = session_at(script)
	with pytest.raises(ChannelError) as caught:
		session.perform([Delete(ref("aaa"))])
	assert caught.value.trouble is Trouble.CONNECTION_LOST


def test_deletions_the_server_did_not_carry_out_are_not_settled(session_at):
	def script(talk):
		signed_in(talk)
		numbered(talk, b"aaa", b"bbb")
		deletes(talk, 1, 2, quit_answer=b"-ERR some deleted messages not removed")

	results = session_at(script).perform([Delete(ref("aaa")), Delete(ref("bbb"))])
	assert all(isinstance(result, NotSettled) and "not removed" in result.why for result in results)


def test_one_refused_deletion_does_not_hold_the_others(session_at):
	def script(talk):
		signed_in(talk)
		numbered(talk, b"aaa", b"bbb")
		says(talk, b"DELE 1", answer=b"-ERR locked")
		deletes(talk, 2)

	results = session_at(script).perform([Delete(ref("aaa")), Delete(ref("bbb")), Delete(ref("gone"))])
	assert isinstance(results[0], NotSettled) and "locked" in results[0].why
	assert results[1:] == [Settled(ref("bbb")), Settled(ref("gone"))]


def test_what_pop3_cannot_do_is_said_and_costs_nothing(session_at):
	def script(talk):
		signed_in(talk)
		says(talk, b"QUIT")

	results = session_at(script).perform([Move(ref("a"), "Done"), MarkRead(ref("b")), Leave(ref("c"))])
	assert isinstance(results[0], NotSettled) and "no folders" in results[0].why
	assert isinstance(results[1], NotSettled)
	assert results[2] == Settled(ref("c"), "INBOX", 0, "c")


def test_capabilities_name_what_the_server_offers(session_at):
	def script(talk):
		signed_in(talk)
		says(talk, b"CAPA", b"TOP", b"SASL PLAIN", b"", b".")
		says(talk, b"QUIT")

	capabilities = session_at(script).capabilities
	assert capabilities.words == ("TOP", "SASL PLAIN")
	assert not (capabilities.folders or capabilities.flags or capabilities.move or capabilities.uidplus)


# ── What the server does not hand out, and does not say ──────────────────────────────────────────────


def listed(session_at, count, sizes, names):
	"""The listing of a server that says these three things."""

	def script(talk):
		signed_in(talk)
		says(talk, b"STAT", answer=count)
		says(talk, b"UIDL", *names, b".")
		says(talk, b"LIST", *sizes, b".")
		says(talk, b"QUIT")

	return session_at(script).list()


TWO = [b"1 aaa", b"2 bbb"]


@pytest.mark.parametrize(
	("count", "sizes", "names", "doubted"),
	[
		(b"+OK 2 300", [b"1 100", b"2 200"], TWO, False),
		(b"+OK 3 300", [b"1 100", b"2 200"], TWO, True),
		(b"+OK 2 300", [b"1 100", b"2 200", b"3 300"], TWO, True),
		(b"-ERR no", [b"1 100", b"2 200"], TWO, False),
		(b"+OK many", [b"1 100"], TWO, False),
		(b"+OK 0 0", [b"1 100", b"2 200"], TWO, False),
		(b"+OK 2 300", [], [], True),
		(b"+OK 0 0", [], [], False),
	],
	ids=["sound", "count", "sizes", "no count", "nonsense", "count too low", "silent", "empty"],
)
def test_a_listing_with_fewer_names_than_messages_says_nothing_of_what_has_left(
	session_at, count, sizes, names, doubted
):
	listing = listed(session_at, count, sizes, names)
	assert [ref.uid for ref in listing] == [name.decode()[2:] for name in names]
	assert bool(listing.doubt) is doubted


def test_copies_of_one_name_and_size_are_read_one_after_the_other(session_at):
	listing = listed(session_at, b"+OK 2 200", [b"1 100", b"2 100"], [b"1 same", b"2 same"])
	assert (list(listing), listing.doubt) == ([ref("same", 100)], "")
	assert "the name same" in listing.shared, "where mail stays in the mailbox, the second is never read"


def test_messages_with_names_of_their_own_share_none(session_at):
	assert listed(session_at, b"+OK 2 300", [b"1 100", b"2 200"], TWO).shared == ""


@pytest.mark.parametrize(
	("words", "trouble"),
	[
		(b"-ERR [SYS/TEMP] later", Trouble.MAILBOX_UNAVAILABLE),
		(b"-ERR [IN-USE] locked", Trouble.MAILBOX_UNAVAILABLE),
		(b"-ERR unknown command", Trouble.UIDL_MISSING),
	],
)
def test_names_that_are_refused_for_now_are_asked_for_again(settings, words, trouble):
	def script(talk):
		signed_in(talk)
		says(talk, b"STAT", answer=b"+OK 1 100")
		says(talk, b"UIDL", answer=words)

	error, _ = refused(settings, script)
	assert error.trouble is trouble


@pytest.mark.parametrize(
	"breaking",
	[b"", b"+OK\r\nhalf", b"private words\r\n", b"\x00\xff\r\n"],
	ids=["end", "half", "no answer", "nonsense"],
)
def test_a_message_that_breaks_the_connection_costs_only_itself(session_at, breaking):
	def first(talk):
		signed_in(talk)
		numbered(talk, b"aaa", b"bbb")
		talk.expect(b"RETR 1")
		talk.send(breaking)
		talk.connection.close()

	def second(talk):
		signed_in(talk)
		numbered(talk, b"aaa", b"bbb")
		says(talk, b"RETR 2", b"two", b".")
		says(talk, b"QUIT")

	broken, raw = session_at(first, second).fetch([ref("aaa"), ref("bbb")])
	assert isinstance(broken, Withheld) and "private" not in broken.said
	assert raw.octets == b"two\r\n"


@pytest.mark.parametrize("answer", [b"-ERR Server Unavailable. 21", b"-ERR [SYS/PERM] damaged", b"+OK\r\n."])
def test_a_message_that_does_not_come_is_withheld(session_at, answer):
	def script(talk):
		signed_in(talk)
		numbered(talk, b"aaa")
		says(talk, b"RETR 1", answer=answer)
		says(talk, b"QUIT")

	[refusal] = session_at(script).fetch([ref("aaa")])
	assert isinstance(refusal, Withheld)
