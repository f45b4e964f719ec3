"""Moving, deleting and marking at servers that refuse, forget or do half; real ones are in tests/server."""

from __future__ import annotations

import pytest

from helpdesk_mailchannel.mailcore import connect
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.model import RemoteRef
from helpdesk_mailchannel.mailcore.ports import Delete, Leave, MarkRead, Move, NotSettled, Settled
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from tests.core.connect.credentials import Credentials
from tests.core.connect.imap_scripts import answering, mailbox, selected
from tests.core.connect.scripted_server import ScriptedServer

MOVE = b"CAPABILITY IMAP4rev1 MOVE UIDPLUS"
UIDPLUS = b"CAPABILITY IMAP4rev1 UIDPLUS"
NEITHER = b"CAPABILITY IMAP4rev1"
GMAIL = b"CAPABILITY IMAP4rev1 MOVE UIDPLUS X-GM-EXT-1"


def ref(uid, **changes):
	values = {"folder": "INBOX", "uidvalidity": 77, "uid": str(uid), "size": 100}
	return RemoteRef(**{**values, **changes})


def moves(*uids, folder="Done", **changes):
	return [Move(ref(uid), folder, f"{uid}@x", **changes) for uid in uids]


@pytest.fixture
def perform(settings):
	"""Carries out actions at a server that follows the parts of a script exactly; gives the results."""

	def carry_out(actions, *parts, capabilities=MOVE, create_folders=True):
		with ScriptedServer(mailbox(*parts, capabilities=capabilities)) as server:
			session = connect.open(settings(server.port), Credentials(), create_folders=create_folders)
			session.open("INBOX")
			try:
				return session.perform(actions)
			finally:
				session.close()
				assert server.failures == []
				assert b" EXPUNGE" not in server.received.replace(b"UID EXPUNGE", b"")
				assert b"CLOSE" not in server.received

	return carry_out


# ── MOVE ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tagged", [True, False])
def test_where_moved_messages_went_is_known(perform, tagged):
	code = b"OK [COPYUID 9 1,3:4 20:22] moved"
	part = answering(b"UID MOVE 1,3:4 ", answer=code) if tagged else answering(b"UID MOVE 1,3:4 ", code)
	assert perform(moves(1, 3, 4), part) == [
		Settled(ref(1), "Done", 9, "20"),
		Settled(ref(3), "Done", 9, "21"),
		Settled(ref(4), "Done", 9, "22"),
	]


def test_messages_to_several_folders_are_one_command_each_and_results_keep_their_order(perform):
	actions = [*moves(1, folder="A"), *moves(2, folder="B"), Leave(ref(5)), *moves(3, folder="A")]
	results = perform(
		actions,
		answering(rb'UID MOVE 1,3 "A"', b"OK [COPYUID 9 1,3 1:2] ok"),
		answering(rb'UID MOVE 2 "B"', b"OK [COPYUID 8 2 1] ok"),
	)
	assert [(result.ref.uid, result.folder, result.uid) for result in results] == [
		("1", "A", "1"),
		("2", "B", "1"),
		("5", "INBOX", "5"),
		("3", "A", "2"),
	]


def test_what_somebody_else_moved_is_settled(perform):
	results = perform(moves(1, 2), answering(b"UID MOVE 1:2 ", b"OK [COPYUID 9 2 20] ok"))
	assert results == [Settled(ref(1)), Settled(ref(2), "Done", 9, "20")]


@pytest.mark.parametrize("code", [b"[EXPUNGEISSUED]", b"[NONEXISTENT]", b""])
def test_a_refusal_about_a_message_that_is_gone_is_settled(perform, code):
	parts = [answering(b"UID MOVE 1 ", answer=b"NO " + code + b" no such message")]
	if code != b"[EXPUNGEISSUED]":
		parts += [answering(b"LIST", b'LIST () "/" Done')]
	assert perform(moves(1), *parts, answering(b"UID SEARCH UID 1", b"SEARCH")) == [Settled(ref(1))]


def test_a_missing_destination_is_created_once(perform):
	results = perform(
		moves(1, 2),
		answering(b"UID MOVE 1:2 ", answer=b"NO [TRYCREATE] no such folder"),
		answering(b"LIST", b'LIST () "/" INBOX'),
		answering(rb'CREATE "Done"'),
		answering(b"UID MOVE 1:2 ", b"OK [COPYUID 9 1:2 1:2] ok"),
	)
	assert [result.uid for result in results] == ["1", "2"]


def test_a_missing_destination_is_not_created_where_the_channel_must_not(perform):
	results = perform(
		moves(1),
		answering(b"UID MOVE 1 ", answer=b"NO [TRYCREATE] no such folder"),
		answering(b"LIST", b'LIST () "/" INBOX'),
		answering(b"UID SEARCH UID 1", b"SEARCH 1"),
		answering(rb"UID STORE 1 \+FLAGS.SILENT \(\$MailChannelDone\)"),
		create_folders=False,
	)
	assert isinstance(results[0], NotSettled) and "no such folder" in results[0].why


def test_a_folder_below_a_prefix_is_created_there(perform):
	results = perform(
		moves(1, folder="Support/Done"),
		answering(rb'UID MOVE 1 "Support/Done"', answer=b"NO [TRYCREATE] no"),
		answering(b"LIST", b'LIST () "." INBOX'),
		answering(b"NAMESPACE", b'NAMESPACE (("INBOX." ".")) NIL NIL'),
		answering(rb'CREATE "INBOX.Support.Done"'),
		answering(rb'UID MOVE 1 "INBOX.Support.Done"', b"OK [COPYUID 9 1 1] ok"),
		capabilities=MOVE + b" NAMESPACE",
	)
	assert results == [Settled(ref(1), "Support/Done", 9, "1")]


def test_one_message_that_is_refused_does_not_hold_the_others(perform):
	results = perform(
		moves(1, 2, 3),
		answering(b"UID MOVE 1:3 ", b"OK [COPYUID 9 1 20] ok", answer=b"NO [CANNOT] one of them is locked"),
		answering(b"LIST", b'LIST () "/" Done'),
		answering(b"UID SEARCH UID 2:3", b"SEARCH 2 3"),
		answering(b"UID MOVE 2 ", answer=b"NO [LOCKED] this one"),
		answering(b"UID SEARCH UID 2", b"SEARCH 2"),
		answering(b"UID STORE 2 "),
		answering(b"UID MOVE 3 ", b"OK [COPYUID 9 3 21] ok"),
	)
	assert results[0] == Settled(ref(1), "Done", 9, "20")
	assert isinstance(results[1], NotSettled) and "this one" in results[1].why
	assert results[2] == Settled(ref(3), "Done", 9, "21")


def test_a_command_the_server_calls_bad_is_a_refusal_too(perform):
	results = perform(
		moves(1),
		answering(b"UID MOVE 1 ", answer=b"BAD [CLIENTBUG] invalid folder name"),
		answering(b"UID SEARCH UID 1", b"SEARCH 1"),
		answering(b"UID STORE 1 "),
	)
	assert isinstance(results[0], NotSettled) and "invalid folder name" in results[0].why


def test_the_done_keyword_is_set_once(perform):
	marked = ref(1, flags=frozenset({"$MailChannelDone"}))
	[result] = perform(
		[Move(marked, "Done")],
		answering(b"UID MOVE 1 ", answer=b"NO [OVERQUOTA] full"),
		answering(b"UID SEARCH UID 1", b"SEARCH 1"),
	)
	assert isinstance(result, NotSettled)


def test_a_throttled_move_stops_the_channel(perform):
	with pytest.raises(ChannelError) as caught:
		perform(moves(1), answering(b"UID MOVE", answer=b"NO Backoff Time: 1000 milliseconds"))
	assert (caught.value.trouble, caught.value.step) == (Trouble.THROTTLED, Step.SETTLE)
	assert caught.value.retry_after.total_seconds() == 1


def test_messages_of_another_folder_or_numbering_are_not_touched(perform):
	other = [ref(1, folder="Sales"), ref(1, uidvalidity=76)]
	results = perform_none(perform, [*(Move(each, "Done") for each in other), *map(Delete, other)])
	assert all(isinstance(result, NotSettled) for result in results)


def perform_none(perform, actions):
	"""The server is asked for nothing: its script has no part for it."""
	return perform(actions, lambda talk: None)


def test_moving_into_the_open_folder_is_leaving(perform):
	assert perform_none(perform, moves(1, folder="INBOX")) == [Settled(ref(1), "INBOX", 77, "1")]


def test_nothing_to_do_is_nothing_sent(perform):
	assert perform_none(perform, []) == []


# ── UIDPLUS only ─────────────────────────────────────────────────────────────────────────────────────


def test_without_move_messages_are_copied_marked_and_expunged_by_number(perform):
	results = perform(
		moves(1, 2),
		answering(rb'UID COPY 1:2 "Done"', answer=b"OK [COPYUID 9 1:2 20:21] ok"),
		answering(rb"UID STORE 1:2 \+FLAGS.SILENT \(\\Deleted\)"),
		answering(b"UID EXPUNGE 1:2$"),
		capabilities=UIDPLUS,
	)
	assert results == [Settled(ref(1), "Done", 9, "20"), Settled(ref(2), "Done", 9, "21")]


def reselect(talk):
	selected(talk, 2)


def examine(folder):
	untagged = (b"1 EXISTS", b"FLAGS ()", b"OK [UIDVALIDITY 9] ok")
	return answering(rb'EXAMINE "' + folder + rb'"', *untagged, answer=b"OK [READ-ONLY] ok")


def test_a_resumed_move_that_was_copied_is_not_copied_again(perform):
	results = perform(
		moves(1, 2, resumed=True),
		examine(b"Done"),
		answering(rb'UID SEARCH HEADER Message-ID "1@x" UNDELETED', b"SEARCH 20"),
		answering(b"UID FETCH 20 ", b"1 FETCH (UID 20 RFC822.SIZE 100)"),
		answering(rb'UID SEARCH HEADER Message-ID "2@x" UNDELETED', b"SEARCH 21"),
		answering(b"UID FETCH 21 ", b"1 FETCH (UID 21 RFC822.SIZE 555)"),
		reselect,
		answering(rb'UID COPY 2 "Done"', answer=b"OK [COPYUID 9 2 30] ok"),
		answering(b"UID STORE 1:2 "),
		answering(b"UID EXPUNGE 1:2$"),
		capabilities=UIDPLUS,
	)
	assert results == [Settled(ref(1), "Done"), Settled(ref(2), "Done", 9, "30")]


def test_a_resumed_move_to_a_folder_that_is_missing_starts_anew(perform):
	results = perform(
		moves(1, resumed=True),
		answering(b"EXAMINE", answer=b"NO [NONEXISTENT] no such folder"),
		reselect,
		answering(b"UID COPY 1 ", answer=b"NO [TRYCREATE] no such folder"),
		answering(b"LIST", b'LIST () "/" INBOX'),
		answering(b"CREATE"),
		answering(b"UID COPY 1 ", answer=b"OK [COPYUID 9 1 1] ok"),
		answering(b"UID STORE 1 "),
		answering(b"UID EXPUNGE 1$"),
		capabilities=UIDPLUS,
	)
	assert results == [Settled(ref(1), "Done", 9, "1")]


def test_a_resumed_move_without_a_message_id_is_copied(perform):
	results = perform(
		[Move(ref(1), "Done", "", resumed=True)],
		answering(b"UID COPY 1 ", answer=b"OK [COPYUID 9 1 1] ok"),
		answering(b"UID STORE 1 "),
		answering(b"UID EXPUNGE 1$"),
		capabilities=UIDPLUS,
	)
	assert results == [Settled(ref(1), "Done", 9, "1")]


def test_a_copy_that_is_refused_removes_nothing(perform):
	results = perform(
		moves(1),
		answering(b"UID COPY 1 ", answer=b"NO [OVERQUOTA] full"),
		answering(b"UID SEARCH UID 1", b"SEARCH 1"),
		answering(rb"UID STORE 1 \+FLAGS.SILENT \(\$MailChannelDone\)"),
		capabilities=UIDPLUS,
	)
	assert isinstance(results[0], NotSettled) and "full" in results[0].why


def test_a_copy_whose_original_cannot_be_marked_is_not_settled(perform):
	results = perform(
		moves(1),
		answering(b"UID COPY 1 ", answer=b"OK [COPYUID 9 1 1] ok"),
		answering(rb"UID STORE 1 \+FLAGS.SILENT \(\\Deleted\)", answer=b"NO [NOPERM] not yours"),
		answering(b"UID SEARCH UID 1", b"SEARCH 1"),
		answering(rb"UID STORE 1 \+FLAGS.SILENT \(\$MailChannelDone\)", answer=b"NO [NOPERM] not yours"),
		capabilities=UIDPLUS,
	)
	assert isinstance(results[0], NotSettled) and "not yours" in results[0].why


# ── Neither, Gmail ───────────────────────────────────────────────────────────────────────────────────


def test_with_neither_extension_nothing_is_ever_expunged(perform):
	results = perform(
		moves(1), answering(rb'UID COPY 1 "Done"'), answering(b"UID STORE 1 "), capabilities=NEITHER
	)
	assert results == [Settled(ref(1), "Done")]


def test_gmail_deletes_by_moving_to_its_bin(perform):
	results = perform(
		[Delete(ref(1))],
		answering(b"LIST", rb'LIST (\HasNoChildren \Trash) "/" "[Gmail]/Papierkorb"'),
		answering(rb'UID MOVE 1 "\[Gmail\]/Papierkorb"', b"OK [COPYUID 9 1 1] ok"),
		capabilities=GMAIL,
	)
	assert isinstance(results[0], Settled)


def test_gmail_without_a_bin_in_sight_deletes_nothing(perform):
	results = perform([Delete(ref(1))], answering(b"LIST", b'LIST () "/" INBOX'), capabilities=GMAIL)
	assert isinstance(results[0], NotSettled)


# ── Deleting, marking ────────────────────────────────────────────────────────────────────────────────


def test_deleting_removes_exactly_the_message(perform):
	results = perform([Delete(ref(1))], answering(b"UID STORE 1 "), answering(b"UID EXPUNGE 1$"))
	assert results == [Settled(ref(1))]


def test_an_expunge_that_is_refused_leaves_the_mark(perform):
	results = perform(
		[Delete(ref(1))], answering(b"UID STORE 1 "), answering(b"UID EXPUNGE 1$", answer=b"NO [NOPERM] no")
	)
	assert results == [Settled(ref(1))]


def test_marking_read_before_moving(perform):
	results = perform(
		[Move(ref(1), "Done"), MarkRead(ref(1)), MarkRead(ref(2))],
		answering(rb"UID STORE 1:2 \+FLAGS.SILENT \(\\Seen\)"),
		answering(b"UID MOVE 1 ", b"OK [COPYUID 9 1 5] ok"),
	)
	assert results == [
		Settled(ref(1), "Done", 9, "5"),
		Settled(ref(1), "INBOX", 77, "1"),
		Settled(ref(2), "INBOX", 77, "2"),
	]
