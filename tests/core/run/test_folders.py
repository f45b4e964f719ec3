"""Several folders of one mailbox: each is read in time, whatever the others hold or ail from."""

from random import Random

import pytest

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.flow import poll
from helpdesk_mailchannel.mailcore.reasons import Reason, Step, Trouble
from helpdesk_mailchannel.mailcore.run.folders import OF_A_FOLDER
from helpdesk_mailchannel.mailcore.run.run import Run
from helpdesk_mailchannel.mailcore.settings import AfterProcessing, Budget, FolderRoute, ReadingSettings
from tests.core.memory import MemorySession
from tests.core.run.test_slow_servers import SlowSession
from tests.core.test_flow import House, octets


def house_with(*folders, **settings):
	reading = ReadingSettings(tuple(FolderRoute(name) for name in folders), after=AfterProcessing.LEAVE)
	house = House(reading=reading, **settings)
	for name in folders:
		house.mailbox.folders.setdefault(name, {})
	return house


def write(house, folder, *words):
	for word in words:
		mail = octets(f"Case {word}", f"<{folder}-{word}@customer.example>", body=f"In {folder}.")
		house.mailbox.add(mail.replace(b"jane@", f"{folder}-{word}@".encode()), folder)


def has_read(house, folder):
	rows = house.ledger.rows
	return sum(rows[key].ref.folder == folder for key in house.ledger.outcomes)


class AilingSession(MemorySession):
	"""A mailbox of which one folder fails at a step of its reading."""

	def __init__(self, house, folder, step, trouble, recovers=True):
		super().__init__(house.mailbox)
		self.ails, self.at, self.trouble_of, self.recovers = folder, step, trouble, recovers

	def _fail(self, step, folder):
		if (step, folder) == (self.at, self.ails):
			raise ChannelError(self.trouble_of, Step.FOLDER)

	def go_on(self, failure):
		if not self.recovers:
			raise failure

	def open(self, folder):
		self._fail("open", folder)
		return super().open(folder)

	def list(self, since=None):
		self._fail("list", self.folder)
		return super().list(since)

	def fetch(self, refs):
		self._fail("fetch", self.folder)
		return super().fetch(refs)

	def gone(self, refs):
		self._fail("gone", self.folder)
		return super().gone(refs)

	def perform(self, actions):
		self._fail("perform", self.folder)
		return super().perform(actions)


TROUBLES = sorted(OF_A_FOLDER, key=lambda trouble: trouble.code)


def poll_with(house, session):
	return poll(Run(house.settings, session, house.ledger, house.ticketing, house.clock, Random(1)))


@pytest.mark.parametrize("step", ["open", "list", "fetch"])
@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("ailing", ["A", "B", "C"])
def test_a_folder_that_ails_does_not_keep_the_others_from_being_read(step, trouble, ailing):
	house = house_with("A", "B", "C")
	for name in "ABC":
		write(house, name, "one")
	report = poll_with(house, AilingSession(house, ailing, step, trouble))
	assert {name for name in "ABC" if has_read(house, name)} == set("ABC") - {ailing}
	assert report.trouble.trouble is trouble
	assert not report.trouble.rests, "the others go on being read"
	assert house.ledger.reasons() == [Reason.NEW_TICKET] * 2


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_mailbox_of_which_no_folder_can_be_read_rests(trouble):
	house = house_with("A")
	write(house, "A", "one")
	assert poll_with(house, AilingSession(house, "A", "open", trouble)).trouble.rests


@pytest.mark.parametrize("trouble", [Trouble.THROTTLED, Trouble.MAILBOX_SHARED, Trouble.SITE_TROUBLE])
def test_trouble_that_is_everybodys_ends_the_run(trouble):
	house = house_with("A", "B")
	write(house, "B", "one")
	report = poll_with(house, AilingSession(house, "A", "list", trouble))
	assert (report.trouble.trouble, has_read(house, "B")) == (trouble, 0)


@pytest.mark.parametrize("trouble", [Trouble.CONNECTION_LOST, Trouble.SERVER_SLOW, Trouble.THROTTLED])
def test_behind_a_folder_that_ends_every_run_the_others_get_their_turn(trouble):
	house = house_with("A", "B", "C")
	for name in "ABC":
		write(house, name, "one")
	for _ in range(2):
		poll_with(house, AilingSession(house, "A", "open", trouble, recovers=False))
	assert (has_read(house, "A"), has_read(house, "B"), has_read(house, "C")) == (0, 1, 1)


@pytest.mark.parametrize("step", ["fetch", "perform"])
def test_what_a_broken_folder_left_undone_is_done_there_and_nowhere_else(step):
	reading = ReadingSettings((FolderRoute("A", "Done"), FolderRoute("B", "Done")))
	house = House(reading=reading)
	house.mailbox.folders |= {"A": {}, "B": {}}
	write(house, "A", "one", "two")
	write(house, "B", "three")
	session = AilingSession(house, "A", step, Trouble.CONNECTION_LOST)
	poll_with(house, session)
	assert {action.ref.folder for action in session.performed} == {"B"}
	house.run()
	assert (house.count("A"), house.count("B"), house.count("Done")) == (0, 0, 3)
	assert len(house.ticketing.tickets) == 3


@pytest.mark.parametrize("floods", ["A", "B", "AB", "ABC"])
def test_folders_with_more_mail_than_a_run_takes_leave_the_others_their_turn(floods):
	house = house_with("A", "B", "C", "D", budget=Budget(messages=5))
	number = 0
	write(house, "D", "last")
	for _ in range(2 * (len(floods) + 1)):
		for name in floods:
			write(house, name, *(number := number + 1 for _ in range(6)))
		house.run()
	assert has_read(house, "D") == 1
	assert all(has_read(house, name) for name in floods)


@pytest.mark.parametrize("latency", [0.1, 0.4, 2])
def test_however_many_folders_a_slow_server_has_each_is_read_after_some_runs(latency):
	names = [f"F{number:03}" for number in range(300)]
	house = house_with(*names)
	write(house, names[-1], "last")
	opened = set()
	for _ in range(40):
		session = SlowSession(house, {"open": latency, "list": latency})
		poll_with(house, Noting(session, opened))
		house.clock.advance(hours=1)
	assert opened == set(names)
	assert has_read(house, names[-1]) == 1


class Noting:
	"""Notes which folders were listed."""

	def __init__(self, session, listed):
		self._session, self._listed = session, listed

	def __getattr__(self, name):
		return getattr(self._session, name)

	def list(self, since=None):
		listing = self._session.list(since)
		self._listed.add(self._session.folder)
		return listing


def test_a_run_that_got_through_begins_in_the_usual_order():
	house = house_with("A", "B", budget=Budget(messages=2))
	write(house, "A", *range(3))
	house.run()
	assert house.ledger.first == "B"
	house.clock.advance(minutes=5)
	house.run()
	house.run()
	assert house.ledger.first == ""
	house.ledger.writes.clear()
	house.run()
	assert not house.ledger.writes


@pytest.mark.parametrize("trouble", [Trouble.MAILBOX_UNAVAILABLE, Trouble.CONNECTION_LOST])
def test_a_retry_whose_folder_ails_does_not_keep_the_mailbox_from_being_read(trouble):
	house = house_with("A", "B")
	write(house, "A", "one")
	house.run()
	house.ledger.want_again(next(iter(house.ledger.rows)))
	write(house, "B", "two")
	poll_with(house, AilingSession(house, "A", "open", trouble))
	assert has_read(house, "B") == 1
