"""Listing and reading over IMAP, at a real Dovecot."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.model import RemoteRef
from helpdesk_mailchannel.mailcore.reasons import Trouble
from helpdesk_mailchannel.mailcore.settings import Security
from tests.server.sessions import BODIES, deliver, message, session

NOON = datetime(2024, 5, 1, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize("profile", ["move", "uidplus", "neither"])
@pytest.mark.parametrize("security", list(Security), ids=lambda security: security.value)
def test_every_way_in_reads_the_same_octets(mailbox, profile, security):
	mailbox.append("INBOX", message(1), date=NOON, flags=["\\Flagged"])
	with session(mailbox.as_profile(profile), security=security) as imap:
		assert imap.capabilities.move == (profile == "move")
		assert imap.capabilities.uidplus == (profile != "neither")
		state = imap.open("INBOX")
		assert (state.exists, state.read_only, state.uidvalidity) == (1, False, mailbox.uidvalidity("INBOX"))
		[ref] = imap.list()
		assert (ref.size, ref.received_at, ref.uidvalidity) == (len(message(1)), NOON, state.uidvalidity)
		assert "\\Flagged" in ref.flags
		[raw] = imap.fetch([ref])
		header = imap.fetch_header(ref)
	assert raw.octets == message(1) and not raw.header_only
	assert header.octets == message(1, b"") and header.header_only
	assert "\\Seen" not in mailbox.messages()[0].flags


@pytest.mark.parametrize("password", ['with "quotes" and \\', "schön & gut", "x" * 200])
def test_any_password_signs_in(dovecot, password):
	box = dovecot.new_mailbox(password=password)
	with session(box) as imap:
		assert imap.open("INBOX").exists == 0
	dovecot.remove_mailbox(box)


def test_a_wrong_password_is_said_so(mailbox):
	with pytest.raises(ChannelError) as caught, session(replace(mailbox, password="wrong")):
		pass
	assert caught.value.trouble is Trouble.SIGN_IN_REFUSED


def test_a_folder_that_does_not_exist_is_said_so_and_others_still_open(mailbox):
	with session(mailbox) as imap:
		with pytest.raises(ChannelError) as caught:
			imap.open("Nowhere")
		assert caught.value.trouble is Trouble.FOLDER_MISSING and "Nowhere" in str(caught.value)
		assert imap.open("INBOX").exists == 0


@pytest.mark.parametrize(
	"name", ["Entwürfe & Co", 'a "quoted" name', "日本語", "Top/Sub/Leaf", "back\\slash", "&amp;", "50% off"]
)
def test_folder_names_of_every_kind(mailbox, name):
	mailbox.append("INBOX", message(1))
	with session(mailbox) as imap:
		assert imap.ensure_folder(name)
		assert imap.ensure_folder(name)
		assert name in {folder.name for folder in imap.folders()}
		assert imap.open(name).exists == 0
	assert name in mailbox.folders()


def test_folders_say_what_they_are_for(mailbox):
	for name in ("Sent", "Entwürfe", "Papierkorb", "Junk", "Sales"):
		mailbox.create_folder(name)
	with session(mailbox) as imap:
		uses = {folder.name: folder.special_use for folder in imap.folders()}
	assert uses == {
		"INBOX": "",
		"Sent": "\\Sent",
		"Entwürfe": "\\Drafts",
		"Papierkorb": "\\Trash",
		"Junk": "\\Junk",
		"Sales": "",
	}


def test_only_what_arrived_since_the_moment_is_listed(mailbox):
	for number, hours in enumerate((-48, -1, 0, 1), 1):
		mailbox.append("INBOX", message(number), date=NOON + timedelta(hours=hours))
	with session(mailbox) as imap:
		imap.open("INBOX")
		assert [ref.received_at for ref in imap.list(NOON)] == [NOON, NOON + timedelta(hours=1)]
		assert len(imap.list()) == 4


def test_the_oldest_comes_first(mailbox):
	for number, days in enumerate((3, 1, 2), 1):
		mailbox.append("INBOX", message(number), date=NOON + timedelta(days=days))
	with session(mailbox) as imap:
		imap.open("INBOX")
		assert [ref.uid for ref in imap.list()] == ["2", "3", "1"]


def test_what_is_marked_as_deleted_is_not_listed(mailbox):
	mailbox.append("INBOX", message(1), flags=["\\Deleted"])
	mailbox.append("INBOX", message(2))
	with session(mailbox) as imap:
		imap.open("INBOX")
		assert [ref.uid for ref in imap.list()] == ["2"]
	assert len(mailbox.messages()) == 2


def test_a_message_that_is_deleted_meanwhile_is_left_out(mailbox):
	for number in range(1, 4):
		mailbox.append("INBOX", message(number))
	with session(mailbox) as imap:
		imap.open("INBOX")
		refs = imap.list()
		with mailbox.connected() as other:
			other.select("INBOX")
			other.uid("STORE", "2", "+FLAGS", "(\\Deleted)")
			other.uid("EXPUNGE", "2")
		assert [raw.ref.uid for raw in imap.fetch(refs)] == ["1", "3"]
		assert imap.fetch_header(refs[1]) is None


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_bodies_of_every_kind_come_as_they_are(dovecot, mailbox, body):
	deliver(dovecot, mailbox, message(1, body))
	with session(mailbox) as imap:
		imap.open("INBOX")
		[raw] = imap.fetch(imap.list())
	assert raw.octets == mailbox.messages()[0].octets


def test_refs_of_another_numbering_read_nothing(mailbox):
	mailbox.append("INBOX", message(1))
	with session(mailbox) as imap:
		state = imap.open("INBOX")
		stale = RemoteRef("INBOX", state.uidvalidity + 1, "1", 100)
		assert list(imap.fetch([stale])) == [] and imap.fetch_header(stale) is None


def test_six_folders_one_after_the_other(mailbox):
	names = ["INBOX", "Sales", "Support", "Support/First", "Support/Second", "Rückfragen"]
	for number, name in enumerate(names):
		for each in range(number):
			mailbox.append(name, message(each))
	with session(mailbox) as imap:
		counts = []
		for name in names:
			imap.open(name)
			refs = imap.list()
			counts.append(len(list(imap.fetch(refs))))
	assert counts == [0, 1, 2, 3, 4, 5]


def test_one_message_is_found_by_its_id(mailbox):
	for number in (1, 11, 2, 2):
		mailbox.append("INBOX", message(number))
	with session(mailbox) as imap:
		imap.open("INBOX")
		assert imap.find("1@customer.example").uid == "1"
		assert imap.find("2@customer.example") is None
		assert imap.find("9@customer.example") is None


def test_a_big_folder_is_listed_and_read_in_batches(mailbox):
	mailbox.append_many("INBOX", [message(number) for number in range(300)])
	with session(mailbox) as imap:
		assert imap.open("INBOX").exists == 300
		refs = imap.list()
		raw = [each for start in range(0, 300, 25) for each in imap.fetch(refs[start : start + 25])]
	assert [each.ref for each in raw] == list(refs)
	assert len({each.octets for each in raw}) == 300
