"""What is listed under the name of a message that had left: another one is read, the same one is settled."""

from dataclasses import replace

import pytest

from helpdesk_mailchannel.mailcore.errors import MessageError
from helpdesk_mailchannel.mailcore.model import Capabilities, State
from helpdesk_mailchannel.mailcore.reasons import Fate, Reason
from helpdesk_mailchannel.mailcore.settings import AfterProcessing, FolderRoute, ReadingSettings
from tests.core.memory import MemorySession
from tests.core.run.test_folders import poll_with
from tests.core.test_flow import ROUTE, House, octets

BULK = "Precedence: bulk\nList-Id: <offers.shop.example>\n"


def pop3(house):
	session = MemorySession(house.mailbox)
	session.capabilities = replace(Capabilities(), folders=False, flags=False)
	return session


def house_with(after, pop=False):
	route = FolderRoute("INBOX") if pop else ROUTE
	house = House(reading=ReadingSettings((route,), after=after))
	house.mailbox.uidvalidity = 0 if pop else 7
	return house


def mail(word, extra=""):
	return octets(f"Form {word}", f"<{word}@customer.example>", extra, body=f"Word {word}.")


@pytest.mark.parametrize("extra", ["", BULK], ids=["filed", "excluded"])
@pytest.mark.parametrize("by_us", [True, False])
@pytest.mark.parametrize("after", [AfterProcessing.DELETE, AfterProcessing.LEAVE])
def test_a_pop3_name_that_is_given_to_another_message_of_the_same_size_is_read(after, by_us, extra):
	house = house_with(after, pop=True)
	inbox = house.mailbox.folders["INBOX"]
	for word in ("aaaa", "bbbb", "cccc"):
		inbox["uid1"] = mail(word, extra)
		poll_with(house, pop3(house))
		if not by_us:
			inbox.clear()
			poll_with(house, pop3(house))
		poll_with(house, pop3(house)) if after is AfterProcessing.DELETE else None
		inbox.clear()
		poll_with(house, pop3(house))
	assert house.ledger.messages[next(iter(house.ledger.rows))].message_id == "cccc@customer.example"
	assert len(house.ticketing.tickets) == (0 if extra else 3)


def test_a_failed_message_of_which_only_the_site_has_the_original_keeps_its_record():
	house = house_with(AfterProcessing.LEAVE, pop=True)
	house.ticketing.failing = {"Form aaaa": [MessageError(Reason.FIELD_MISSING)] * 9}
	inbox = house.mailbox.folders["INBOX"]
	inbox["uid1"] = mail("aaaa")
	poll_with(house, pop3(house))
	inbox.clear()
	poll_with(house, pop3(house))
	inbox["uid1"] = mail("bbbb")
	poll_with(house, pop3(house))
	(row,) = house.ledger.rows.values()
	assert (row.fate, house.ledger.kept[row.key]) == (Fate.FAILED, mail("aaaa"))


@pytest.mark.parametrize("after", list(AfterProcessing))
@pytest.mark.parametrize("fate", [Fate.TICKET, Fate.EXCLUDED, Fate.FAILED])
@pytest.mark.parametrize("settled_before", [True, False])
def test_what_was_hidden_for_a_moment_is_settled_when_it_is_listed_again(after, fate, settled_before):
	house, shown = house_with(after), house_with(after)
	for each in (house, shown):
		each.ticketing.failing = {"Form aaaa": [MessageError(Reason.FIELD_MISSING)] * 9}
		words = {Fate.TICKET: mail("tttt"), Fate.EXCLUDED: mail("xxxx", BULK), Fate.FAILED: mail("aaaa")}
		each.mailbox.add(words[fate])
	shown.run()
	house.run(refuse_moves=not settled_before)
	house.run(unlisted={"1"}, lying=True)
	for _ in range(2):
		house.run()
	assert [house.count(name) for name in ("INBOX", "Done", "Failed", "Excluded")] == [
		shown.count(name) for name in ("INBOX", "Done", "Failed", "Excluded")
	]
	assert house.ledger.states() == {State.SETTLED}
	assert len(house.ticketing.tickets) == (fate is Fate.TICKET)
	for row in house.ledger.rows.values():
		assert row.left == (row.ref.uid not in house.mailbox.folders["INBOX"])
