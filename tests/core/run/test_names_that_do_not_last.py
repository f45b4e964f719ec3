"""Servers that name the same messages anew in each session, over POP3 and IMAP."""

from dataclasses import replace

import pytest

from helpdesk_mailchannel.mailcore.model import Capabilities
from helpdesk_mailchannel.mailcore.reasons import Trouble
from helpdesk_mailchannel.mailcore.settings import AfterProcessing, Budget, FolderRoute, ReadingSettings
from tests.core.memory import MemorySession
from tests.core.run.test_folders import poll_with
from tests.core.test_flow import House, octets

STAYS = ReadingSettings((FolderRoute("INBOX"),), after=AfterProcessing.LEAVE)
BULK = "Precedence: bulk\nList-Id: <offers.shop.example>\n"


def house_with(number, extra=""):
	house = House(reading=STAYS, budget=Budget(messages=10))
	write(house, range(number), extra)
	return house


def write(house, numbers, extra=""):
	for number in numbers:
		mail = octets(f"Case {number}", f"<{number}@customer.example>", extra, body=f"Number {number}.")
		house.mailbox.add(mail.replace(b"jane@", f"customer-{number}@".encode()))


def name_anew(house, share=1.0):
	"""Give messages other names, as many as `share` of them, without changing their order."""
	messages = house.mailbox.folders["INBOX"]
	kept = round(len(messages) * (1 - share))
	for number, uid in enumerate(list(messages)):
		octets_ = messages.pop(uid)
		if number < kept:
			messages[uid] = octets_
		else:
			house.mailbox.add(octets_)


def session_of(house, folders, doubt):
	session = MemorySession(house.mailbox, doubt="It does not say all." if doubt else "")
	session.capabilities = replace(Capabilities(move=folders, uidplus=True), folders=folders)
	return session


@pytest.mark.parametrize("doubt", [False, True])
@pytest.mark.parametrize("extra", ["", BULK], ids=["filed", "excluded"])
@pytest.mark.parametrize("number", [1, 9, 30])
@pytest.mark.parametrize(
	("folders", "trouble"), [(True, Trouble.UIDVALIDITY_UNSTABLE), (False, Trouble.UIDL_MISSING)]
)
def test_names_that_never_last_are_said_after_some_runs(folders, trouble, number, extra, doubt):
	house = house_with(number, extra)
	for _ in range(8):
		report = poll_with(house, session_of(house, folders, doubt))
		name_anew(house)
	assert report.trouble.trouble is trouble
	assert len(house.ledger.rows) <= 8 * 10


def test_names_that_change_now_and_then_are_borne():
	house = house_with(9)
	for run in range(12):
		assert house.run().trouble is None
		if run % 3 == 0:
			name_anew(house)
	assert len(house.ticketing.tickets) == 9


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_a_part_that_gets_other_names_is_somebody_who_moves_mail_to_and_fro(share):
	house = house_with(10)
	for _ in range(12):
		assert house.run().trouble is None
		name_anew(house, share)


@pytest.mark.parametrize("number", [1, 5])
def test_a_mailbox_that_is_emptied_between_polls_and_gets_new_mail_is_read_for_ever(number):
	house = house_with(0)
	for run in range(20):
		house.mailbox.folders["INBOX"].clear()
		write(house, range(run * number, (run + 1) * number))
		assert house.run().trouble is None
		house.clock.advance(minutes=5)
	assert len(house.ticketing.tickets) == 20 * number
