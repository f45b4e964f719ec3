"""Moving, deleting and marking over IMAP at a real Dovecot, with each set of capabilities."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk_mailchannel.mailcore.ports import Delete, Leave, MarkRead, Move, NotSettled, Settled
from tests.server.sessions import message, session

PROFILES = ("move", "uidplus", "neither")


@pytest.fixture(params=PROFILES)
def profile(request):
	return request.param


def alive(mailbox, folder="INBOX"):
	"""Subjects of the messages that are not marked as deleted."""
	return [stored.subject for stored in mailbox.messages(folder) if "\\Deleted" not in stored.flags]


def test_messages_are_moved_and_known_where(mailbox, profile):
	for number in range(1, 6):
		mailbox.append("INBOX", message(number))
	mailbox.create_folder("Done")
	with session(mailbox.as_profile(profile)) as imap:
		imap.open("INBOX")
		refs = imap.list()
		results = imap.perform([Move(ref, "Done", "") for ref in refs[1:]])
		assert [ref.uid for ref in imap.list()] == ["1"]
	assert alive(mailbox) == ["Printer 1"]
	assert alive(mailbox, "Done") == [f"Printer {number}" for number in range(2, 6)]
	if profile == "neither":
		assert results == [Settled(ref, "Done") for ref in refs[1:]]
		assert len(mailbox.messages()) == 5  # Never expunged: they stay, marked as deleted.
	else:
		uidvalidity = mailbox.uidvalidity("Done")
		assert results == [Settled(ref, "Done", uidvalidity, str(n)) for n, ref in enumerate(refs[1:], 1)]
		assert len(mailbox.messages()) == 1


def test_what_others_marked_as_deleted_survives(mailbox, profile):
	mailbox.append("INBOX", message("theirs"), flags=["\\Deleted"])
	mailbox.append("INBOX", message("ours"))
	with session(mailbox.as_profile(profile)) as imap:
		imap.open("INBOX")
		imap.perform([Move(ref, "Done", "") for ref in imap.list()])
		imap.open("Done")
	assert "Printer theirs" in mailbox.subjects()


def test_a_missing_destination_is_created(mailbox, profile):
	mailbox.append("INBOX", message(1))
	mailbox.append("INBOX", message(2))
	with session(mailbox.as_profile(profile)) as imap:
		imap.open("INBOX")
		first, second = imap.list()
		results = imap.perform([Move(first, "Erledigt/Über 1", ""), Move(second, "Erledigt/Über 1", "")])
	assert all(isinstance(result, Settled) for result in results)
	assert alive(mailbox, "Erledigt/Über 1") == ["Printer 1", "Printer 2"]


def test_a_missing_destination_is_not_created_where_the_channel_must_not(mailbox, profile):
	mailbox.append("INBOX", message(1))
	with session(mailbox.as_profile(profile), create_folders=False) as imap:
		imap.open("INBOX")
		[result] = imap.perform([Move(ref, "Done", "") for ref in imap.list()])
	assert isinstance(result, NotSettled) and "Done" in result.why
	assert set(mailbox.folders()) == {"INBOX"}
	assert alive(mailbox) == ["Printer 1"]
	assert "$MailChannelDone" in mailbox.messages()[0].flags


def test_what_somebody_else_moved_is_settled(mailbox, profile):
	for number in (1, 2):
		mailbox.append("INBOX", message(number))
	mailbox.create_folder("Elsewhere")
	with session(mailbox.as_profile(profile)) as imap:
		imap.open("INBOX")
		refs = imap.list()
		with mailbox.connected() as other:
			other.select("INBOX")
			assert other.uid("COPY", "1", "Elsewhere")[0] == "OK"
			other.uid("STORE", "1", "+FLAGS", "(\\Deleted)")
			other.uid("EXPUNGE", "1")
		results = imap.perform([Move(ref, "Done", "") for ref in refs])
	assert all(isinstance(result, Settled) for result in results)
	assert alive(mailbox, "Done") == ["Printer 2"]
	assert alive(mailbox) == []


def test_a_resumed_move_makes_no_second_copy(mailbox, profile):
	mailbox.append("INBOX", message(1))
	mailbox.append("Done", message(1))
	with session(mailbox.as_profile(profile)) as imap:
		imap.open("INBOX")
		[ref] = imap.list()
		[result] = imap.perform([Move(ref, "Done", "1@customer.example", resumed=True)])
	assert isinstance(result, Settled) and result.folder == "Done"
	assert alive(mailbox) == []
	# MOVE leaves no half-moved messages behind, so with it a copy in the destination is another message.
	assert len(mailbox.messages("Done")) == (2 if profile == "move" else 1)


def test_a_resumed_move_is_not_fooled_by_another_message_of_the_same_id(mailbox):
	mailbox.append("INBOX", message(1))
	mailbox.append("Done", message(1, b"Other words, same Message-ID.\r\n"))
	with session(mailbox.as_profile("uidplus")) as imap:
		imap.open("INBOX")
		imap.perform([Move(ref, "Done", "1@customer.example", resumed=True) for ref in imap.list()])
		assert not imap.list()
	assert len(mailbox.messages("Done")) == 2


def test_deleting_marking_and_leaving(mailbox, profile):
	for number in range(1, 4):
		mailbox.append("INBOX", message(number))
	with session(mailbox.as_profile(profile)) as imap:
		imap.open("INBOX")
		first, second, third = imap.list()
		results = imap.perform([Delete(first), MarkRead(second), Leave(third)])
	assert [type(result) for result in results] == [Settled] * 3
	left = {stored.subject: stored.flags for stored in mailbox.messages() if "\\Deleted" not in stored.flags}
	assert set(left) == {"Printer 2", "Printer 3"}
	assert "\\Seen" in left["Printer 2"] and "\\Seen" not in left["Printer 3"]


def test_many_messages_are_moved_in_a_few_commands(mailbox, profile):
	mailbox.append_many("INBOX", [message(number) for number in range(300)])
	with session(mailbox.as_profile(profile)) as imap:
		imap.open("INBOX")
		refs = imap.list()[::2]  # Every other one: no neighbours to join, so the set needs many letters.
		results = imap.perform([Move(ref, "Done", "") for ref in refs])
	assert all(isinstance(result, Settled) and result.folder == "Done" for result in results)
	assert len(alive(mailbox)) == len(alive(mailbox, "Done")) == 150


@pytest.fixture
def read_only(dovecot, mailbox):
	"""The mailbox with one message, its INBOX without the permission to write."""
	mailbox.append("INBOX", message(1))
	mailbox.create_folder("Done")
	folder = dovecot.home / "mail" / mailbox.user / "cur"
	mode = folder.stat().st_mode
	folder.chmod(0o500)
	yield mailbox
	folder.chmod(mode)


def test_a_read_only_folder_is_read_and_left_alone(read_only, profile):
	with session(read_only.as_profile(profile)) as imap:
		assert imap.open("INBOX").read_only
		[ref] = imap.list()
		assert [raw.octets for raw in imap.fetch([ref])] == [message(1)]
		results = imap.perform([Move(ref, "Done", ""), MarkRead(ref), Delete(ref), Leave(ref)])
	assert [type(result) for result in results] == [NotSettled, NotSettled, NotSettled, Settled]
	assert "read-only" in results[0].why
	assert (alive(read_only), alive(read_only, "Done")) == (["Printer 1"], [])


def test_a_stale_numbering_moves_nothing(mailbox):
	mailbox.append("INBOX", message(1))
	with session(mailbox) as imap:
		imap.open("INBOX")
		[ref] = imap.list()
		[result] = imap.perform([Move(replace(ref, uidvalidity=ref.uidvalidity + 1), "Done", "")])
	assert isinstance(result, NotSettled)
	assert alive(mailbox) == ["Printer 1"]


def test_an_empty_move_of_nothing(mailbox):
	with session(mailbox) as imap:
		imap.open("INBOX")
		assert imap.perform([]) == []
