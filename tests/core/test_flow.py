"""The order of a run: what is written when, and what becomes of messages when things go wrong on the way."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from helpdesk_mailchannel.mailcore.errors import ChannelError, MessageError, SettingsChanged
from helpdesk_mailchannel.mailcore.flow import poll
from helpdesk_mailchannel.mailcore.model import State
from helpdesk_mailchannel.mailcore.ports import Leave, MarkRead, Move
from helpdesk_mailchannel.mailcore.reasons import Fate, Reason, Step, Trouble
from helpdesk_mailchannel.mailcore.report import RunReport
from helpdesk_mailchannel.mailcore.run.run import Run
from helpdesk_mailchannel.mailcore.settings import (
	AfterProcessing,
	Budget,
	ChannelSettings,
	ConnectionSettings,
	FolderRoute,
	Limits,
	MappingRow,
	ReadingSettings,
	RetrySettings,
	ScreenPolicy,
	Source,
	TicketSettings,
)
from tests.core.memory import (
	CHANNEL,
	NOON,
	MemoryLedger,
	MemoryMailbox,
	MemorySession,
	MemoryTicketing,
	StillClock,
)

ROUTE = FolderRoute("INBOX", "Done", "Failed", "Excluded")


def octets(subject="Printer", message_id="<1@customer.example>", extra="", body="It smokes."):
	head = f"From: Jane <jane@customer.example>\nTo: support@desk.example\nSubject: {subject}\n"
	ids = f"Message-ID: {message_id}\n" if message_id else ""
	return f"{head}{ids}{extra}\n{body}\n".encode()


class House:
	"""A channel with everything around it, for several runs."""

	def __init__(self, **settings):
		self.settings = ChannelSettings(
			CHANNEL,
			"support@desk.example",
			ConnectionSettings("imap.desk.example", "support@desk.example"),
			**{
				"reading": ReadingSettings((ROUTE,)),
				"ticket": TicketSettings(mapping=(MappingRow("subject", Source.SUBJECT),)),
				**settings,
			},
		)
		self.mailbox, self.clock = MemoryMailbox(), StillClock()
		self.ledger = MemoryLedger(self.clock)
		self.ticketing = MemoryTicketing(self.ledger)
		self.session = None

	def run(self, **behaviour):
		self.session = MemorySession(self.mailbox, **behaviour)
		return poll(Run(self.settings, self.session, self.ledger, self.ticketing, self.clock, Random(1)))

	def count(self, folder):
		return len(self.mailbox.folders.get(folder, {}))


def test_a_message_is_filed_and_moved():
	house = House()
	house.mailbox.add(octets())
	report = house.run()
	assert report.fates == {Fate.TICKET: 1}
	assert (house.count("INBOX"), house.count("Done")) == (0, 1)
	assert house.ledger.states() == {State.SETTLED}


def test_an_idle_run_writes_nothing():
	house = House()
	house.mailbox.add(octets())
	house.run()
	house.ledger.writes.clear()
	house.run()
	assert not house.ledger.writes


def test_an_answer_in_the_same_batch_joins_the_ticket():
	house = House()
	house.mailbox.add(octets())
	house.mailbox.add(octets("Re: Printer", "<2@customer.example>", "In-Reply-To: <1@customer.example>\n"))
	house.run()
	assert house.ledger.reasons() == [Reason.NEW_TICKET, Reason.REPLY_BY_MESSAGE_ID]
	assert len(house.ticketing.tickets) == 1


def test_another_body_under_a_known_message_id_is_filed_by_itself():
	house = House()
	house.mailbox.add(octets())
	house.mailbox.add(octets(body="Something else."))
	house.run()
	assert house.ledger.reasons() == [Reason.NEW_TICKET, Reason.MESSAGE_ID_REUSED]


def test_identical_copies_without_message_id_make_one_ticket_and_one_duplicate():
	house = House()
	house.mailbox.add(octets(message_id=""))
	house.mailbox.add(octets(message_id=""))
	house.run()
	assert house.ledger.fates() == [Fate.TICKET, Fate.DUPLICATE]
	assert house.count("Done") == 2


def test_messages_read_before_the_connection_broke_are_filed_and_the_rest_comes_next_time():
	house = House()
	for number in range(4):
		house.mailbox.add(octets(f"Number {number}", f"<{number}@customer.example>"))
	report = house.run(fail_after=2)
	assert report.trouble.trouble is Trouble.CONNECTION_LOST
	assert report.fates == {Fate.TICKET: 2}
	house.run()
	assert len(house.ticketing.tickets) == 4
	assert (house.count("INBOX"), house.count("Done")) == (0, 4)


def test_messages_given_back_do_not_count_an_attempt():
	house = House()
	house.mailbox.add(octets())
	for _ in range(12):
		house.run(fail_after=0)
	house.run()
	assert house.ledger.reasons() == [Reason.NEW_TICKET]


def test_a_message_that_left_before_it_was_read_is_gone_without_an_error():
	house = House()
	ref = house.mailbox.add(octets())
	house.ledger.claim([ref])
	del house.mailbox.folders["INBOX"][ref.uid]
	report = house.run()
	assert report.trouble is None
	assert house.ledger.reasons() == [Reason.GONE]


def test_what_was_decided_but_not_moved_is_only_moved():
	house = House()
	house.mailbox.add(octets())
	house.run(refuse_moves=True)
	assert house.ledger.states() == {State.DONE}
	house.run()
	assert house.session.fetched == []
	assert (house.count("Done"), len(house.ticketing.tickets)) == (1, 1)


def test_what_was_decided_in_a_folder_that_is_read_no_longer_is_closed_where_it_is():
	house = House()
	house.mailbox.add(octets())
	house.run(refuse_moves=True)
	house.settings = replace(house.settings, reading=ReadingSettings((replace(ROUTE, read="Support"),)))
	house.mailbox.folders["Support"] = {}
	house.run()
	assert (house.count("INBOX"), house.count("Done")) == (1, 0)
	assert house.ledger.states() == {State.SETTLED}
	house.settings = replace(house.settings, reading=ReadingSettings((ROUTE,)))
	house.run()
	assert len(house.ticketing.tickets) == 1


def test_what_was_not_decided_in_a_folder_that_is_read_no_longer_is_filed_when_it_is_read_again():
	house = House()
	house.mailbox.add(octets())
	house.run(fail_after=0)
	house.settings = replace(house.settings, reading=ReadingSettings((replace(ROUTE, read="Support"),)))
	house.mailbox.folders["Support"] = {}
	house.run()
	house.settings = replace(house.settings, reading=ReadingSettings((ROUTE,)))
	house.run()
	assert (len(house.ticketing.tickets), house.count("Done")) == (1, 1)


def test_a_refused_move_is_a_warning_not_a_failure():
	house = House()
	house.mailbox.add(octets())
	report = house.run(refuse_moves=True)
	assert report.trouble is None
	assert "Done" in report.warnings[0]


def test_a_slow_move_says_that_it_has_begun_and_is_resumed():
	house = House()
	house.mailbox.add(octets())
	house.run(move=False, refuse_moves=True)
	assert house.ledger.states() == {State.SETTLING}
	house.run(move=False)
	[move] = house.session.performed
	assert isinstance(move, Move) and move.resumed and move.message_id == "1@customer.example"


def test_a_message_whose_every_attempt_killed_the_run_fails_without_being_read():
	house = House(retry=RetrySettings(max_attempts=3))
	ref = house.mailbox.add(octets())
	for _ in range(3):
		house.ledger.claim([ref])
	house.run()
	assert house.ledger.reasons() == [Reason.TOO_MANY_ATTEMPTS]
	assert house.session.fetched == []
	assert house.count("Failed") == 1


def test_a_message_that_may_have_killed_a_run_is_tried_alone():
	house = House()
	refs = [house.mailbox.add(octets(str(n), f"<{n}@customer.example>")) for n in range(3)]
	house.ledger.claim(refs)
	house.ledger.writes.clear()
	house.run()
	assert house.ledger.writes["claim"] == 3


def test_a_large_message_is_refused_by_its_header_alone():
	house = House(limits=Limits(message=200))
	house.mailbox.add(octets(body="x" * 500))
	house.run()
	assert house.ledger.reasons() == [Reason.TOO_LARGE]
	assert house.session.fetched == []
	assert house.count("Failed") == 1


def test_a_failure_that_passes_is_tried_again_later():
	house = House()
	house.ticketing.failing["Printer"] = [MessageError(Reason.SITE_REFUSED, passing=True)]
	house.mailbox.add(octets())
	assert house.run().postponed == 1
	assert house.run().waiting == 1, "not before its time"
	house.clock.advance(minutes=2)
	house.run()
	assert house.ledger.reasons() == [Reason.NEW_TICKET]


def test_a_failure_that_never_passes_ends_in_the_failure_folder():
	house = House(retry=RetrySettings(max_passing_attempts=3))
	house.ticketing.failing["Printer"] = [MessageError(Reason.SITE_REFUSED, passing=True) for _ in range(3)]
	house.mailbox.add(octets())
	for _ in range(3):
		house.run()
		house.clock.advance(hours=2)
	assert house.ledger.reasons() == [Reason.SITE_REFUSED]
	assert house.count("Failed") == 1


def test_one_bad_message_among_good_ones_fails_and_the_others_are_filed():
	house = House()
	house.ticketing.failing["Bad"] = [MessageError(Reason.SITE_REFUSED)]
	for subject in ("Good", "Bad", "Better"):
		house.mailbox.add(octets(subject, f"<{subject}@customer.example>"))
	report = house.run()
	assert report.fates == {Fate.TICKET: 2, Fate.FAILED: 1}
	assert (house.count("Done"), house.count("Failed")) == (2, 1)


def test_messages_refused_alike_while_none_is_filed_stay_in_the_mailbox():
	house = House()
	for number in range(5):
		subject = f"Number {number}"
		house.ticketing.failing[subject] = [MessageError(Reason.FIELD_MISSING)] * 9
		house.mailbox.add(octets(subject, f"<{number}@customer.example>"))
	report = house.run()
	assert report.trouble.trouble is Trouble.SAME_FAILURE
	assert (house.count("INBOX"), house.count("Failed")) == (5, 0)
	assert State.CLAIMED not in house.ledger.states()


def test_three_different_failures_in_a_row_do_not_stop_it():
	house = House()
	reasons = [Reason.FIELD_MISSING, Reason.SITE_REFUSED, Reason.UNREADABLE]
	for number, reason in enumerate(reasons):
		house.ticketing.failing[f"Number {number}"] = [MessageError(reason)]
		house.mailbox.add(octets(f"Number {number}", f"<{number}@customer.example>"))
	assert house.run().trouble is None
	assert house.count("Failed") == 3


def test_trouble_with_the_site_gives_the_message_back():
	house = House()
	house.ticketing.failing["Printer"] = [ChannelError(Trouble.SITE_TROUBLE, Step.FILE)]
	house.mailbox.add(octets())
	assert house.run().trouble.trouble is Trouble.SITE_TROUBLE
	assert house.ledger.states() == {State.RELEASED}
	house.clock.advance(minutes=2)
	house.run()
	assert len(house.ticketing.tickets) == 1


def test_a_message_at_which_the_site_always_fails_does_not_hold_up_the_others():
	house = House()
	house.ticketing.failing["Evil"] = [ChannelError(Trouble.SITE_TROUBLE, Step.FILE)] * 99
	house.mailbox.add(octets("Evil"))
	house.mailbox.add(octets("Good", "<2@customer.example>"))
	assert house.run().fates == {Fate.TICKET: 1}
	for _ in range(12):
		house.clock.advance(hours=2)
		house.run()
	assert set(house.ledger.reasons()) == {Reason.NEW_TICKET, Reason.SITE_REFUSED}
	assert (house.count("Done"), house.count("Failed")) == (1, 1)


def test_changed_settings_end_the_run_after_the_current_message():
	house = House()
	house.ticketing.failing["Second"] = [SettingsChanged()]
	for subject in ("First", "Second", "Third"):
		house.mailbox.add(octets(subject, f"<{subject}@customer.example>"))
	report = house.run()
	assert report.trouble is None
	assert "settings changed" in report.stopped
	assert len(house.ticketing.tickets) == 1
	house.run()
	assert len(house.ticketing.tickets) == 3


def test_a_run_stops_at_its_budget_and_says_what_waits():
	house = House(budget=Budget(messages=2))
	for number in range(5):
		house.mailbox.add(octets(str(number), f"<{number}@customer.example>"))
	assert house.run().waiting == 3
	assert house.run().waiting == 1
	assert house.run().waiting == 0
	assert len(house.ticketing.tickets) == 5


def test_a_run_that_is_out_of_time_gives_back_what_it_took():
	house = House(budget=Budget(seconds=0))
	house.mailbox.add(octets())
	assert house.run().waiting == 1
	assert house.ticketing.tickets == {}


def test_another_uidvalidity_makes_no_second_ticket():
	house = House(reading=ReadingSettings((FolderRoute("INBOX"),), after=AfterProcessing.LEAVE))
	house.mailbox.add(octets())
	house.run()
	house.mailbox.uidvalidity += 1
	house.run()
	assert house.ledger.fates() == [Fate.TICKET, Fate.DUPLICATE]


def test_a_folder_that_is_renumbered_again_and_again_stops_the_channel():
	house = House()
	for _ in range(6):
		assert house.run().trouble is None
		house.mailbox.uidvalidity += 1
	assert house.run().trouble.trouble is Trouble.UIDVALIDITY_UNSTABLE


def test_a_reused_uid_is_another_message():
	house = House(reading=ReadingSettings((FolderRoute("INBOX"),), after=AfterProcessing.LEAVE))
	house.mailbox.add(octets())
	house.run()
	house.mailbox.folders["INBOX"]["1"] = octets("Another one", "<9@customer.example>", body="Longer by far.")
	house.run()
	assert len(house.ticketing.tickets) == 2


def test_a_missing_folder_does_not_keep_the_others_from_being_read():
	gone = FolderRoute("Sales", "Done")
	house = House(reading=ReadingSettings((gone, ROUTE)))
	house.mailbox.add(octets())
	report = house.run()
	assert report.trouble.trouble is Trouble.FOLDER_MISSING
	assert len(house.ticketing.tickets) == 1


def test_a_read_only_folder_is_remembered_not_repeated():
	house = House()
	house.mailbox.add(octets())
	report = house.run(read_only=True)
	assert "read-only" in report.warnings[0]
	assert "read-only" in house.run(read_only=True).warnings[0], "also while nothing new comes"
	assert len(house.ticketing.tickets) == 1
	assert house.session.fetched == []


def test_a_read_only_folder_is_no_trouble_where_mail_is_to_stay():
	house = House(reading=ReadingSettings((FolderRoute("INBOX"),), after=AfterProcessing.LEAVE))
	house.mailbox.add(octets())
	assert house.run(read_only=True).warnings == []
	assert len(house.ticketing.tickets) == 1


@pytest.mark.parametrize(
	("after", "warnings"), [(AfterProcessing.LEAVE, ["a and b"]), (AfterProcessing.DELETE, [])]
)
def test_only_where_mail_is_to_stay_a_name_that_messages_share_is_worth_a_warning(after, warnings):
	house = House(reading=ReadingSettings((FolderRoute("INBOX"),), after=after))
	house.mailbox.add(octets())
	assert house.run(shared="a and b").warnings == warnings


def test_mail_left_in_place_is_not_filed_again():
	house = House(reading=ReadingSettings((FolderRoute("INBOX"),), after=AfterProcessing.LEAVE))
	house.mailbox.add(octets())
	house.run()
	house.run()
	assert len(house.ticketing.tickets) == 1
	assert house.count("INBOX") == 1


def test_a_retried_message_is_filed_and_moves_from_failure_to_success():
	house = House()
	house.ticketing.failing["Printer"] = [MessageError(Reason.SITE_REFUSED)]
	ref = house.mailbox.add(octets())
	house.run()
	assert house.count("Failed") == 1
	house.ledger.want_again(ref.key(CHANNEL))
	house.run()
	assert (house.count("Failed"), house.count("Done")) == (0, 1)
	assert house.ledger.reasons() == [Reason.NEW_TICKET]


def test_a_retried_message_whose_copy_is_gone_is_filed_from_what_was_kept():
	house = House()
	house.ticketing.failing["Printer"] = [MessageError(Reason.SITE_REFUSED)]
	ref = house.mailbox.add(octets())
	house.run()
	house.mailbox.folders["Failed"].clear()
	house.ledger.want_again(ref.key(CHANNEL))
	house.run()
	assert house.ledger.reasons() == [Reason.NEW_TICKET]
	assert house.ledger.states() == {State.SETTLED}


def test_a_retried_message_that_is_still_too_large_says_so():
	house = House(limits=Limits(message=200))
	ref = house.mailbox.add(octets(body="x" * 500))
	house.run()
	house.ledger.rows[ref.key(CHANNEL)] = replace(
		house.ledger.rows[ref.key(CHANNEL)],
		where=replace(house.mailbox.ref("Failed", "2"), size=ref.size),
	)
	house.ledger.want_again(ref.key(CHANNEL))
	house.run()
	assert house.ledger.reasons() == [Reason.TOO_LARGE]
	assert house.count("Failed") == 1


def test_a_message_left_in_place_is_noted_when_somebody_takes_it_away():
	house = House(reading=ReadingSettings((FolderRoute("INBOX"),), after=AfterProcessing.LEAVE))
	house.mailbox.add(octets())
	house.run()
	assert len(house.ledger.left_there) == 1
	house.mailbox.folders["INBOX"].clear()
	house.run()
	assert house.ledger.left_there == set()
	assert house.ledger.reasons() == [Reason.NEW_TICKET]


@pytest.mark.parametrize(
	("after", "action"), [(AfterProcessing.MARK_READ, MarkRead), (AfterProcessing.LEAVE, Leave)]
)
def test_what_happens_to_filed_mail_is_the_administrators_choice(after, action):
	house = House(reading=ReadingSettings((replace(ROUTE, success=""),), after=after))
	house.mailbox.add(octets())
	house.run()
	assert all(isinstance(done, action) for done in house.session.performed)
	assert house.count("INBOX") == 1


def test_waits_grow_until_an_hour():
	house = House()
	house.ticketing.failing["Printer"] = [MessageError(Reason.SITE_REFUSED, passing=True) for _ in range(9)]
	ref = house.mailbox.add(octets())
	waits = []
	for _ in range(9):
		house.run()
		until = house.ledger.rows[ref.key(CHANNEL)].next_attempt_at
		waits.append((until - house.clock.now()) / timedelta(minutes=1))
		house.clock.moment = until
	assert waits == sorted(waits[:6]) + waits[6:]
	assert 0.8 <= waits[0] <= 1.2
	assert 48 <= waits[-1] <= 72


# ── What the server does not hand out ────────────────────────────────────────────────────────────────


def three(house):
	return [house.mailbox.add(octets(f"Number {n}", f"<{n}@customer.example>")) for n in range(3)]


def test_one_message_that_is_refused_waits_and_the_others_are_filed():
	house = House()
	refs = three(house)
	report = house.run(refused=[refs[1].uid])
	assert report.trouble is None
	assert (report.fates, report.postponed) == ({Fate.TICKET: 2}, 1)
	assert (house.count("INBOX"), house.count("Done")) == (1, 2)
	house.clock.advance(minutes=2)
	house.run()
	assert house.count("Done") == 3, "it is filed as soon as it is handed out"


@pytest.mark.parametrize("broken", [Trouble.SERVER_SLOW, None])
def test_a_server_that_is_too_slow_with_the_header_of_a_refused_message_is_in_trouble(broken):
	house = House()
	refs = three(house)
	report = house.run(refused=[refs[1].uid], no_headers=broken)
	assert (report.fates, report.postponed) == ({Fate.TICKET: 2}, 1)
	assert (report.trouble and report.trouble.trouble) is broken


@pytest.mark.parametrize(("trouble", "seconds"), [(Trouble.SERVER_SLOW, 54), (Trouble.CONNECTION_LOST, 10)])
def test_a_run_at_a_slow_server_was_for_nothing_but_for_two_seconds_a_message(trouble, seconds):
	report = RunReport(trouble=ChannelError(trouble, Step.FETCH), progress_at=NOON + timedelta(seconds=50))
	report.fates[Fate.TICKET] = 3
	assert report.wasted(NOON, NOON + timedelta(seconds=60)) == timedelta(seconds=seconds)


def test_a_message_that_is_always_refused_fails_with_what_the_server_said_and_who_wrote_it():
	house = House()
	refs = three(house)
	for _ in range(12):
		house.run(refused=[refs[1].uid])
		house.clock.advance(hours=2)
	assert (house.count("INBOX"), house.count("Done"), house.count("Failed")) == (0, 2, 1)
	key = refs[1].key(CHANNEL)
	outcome, message = house.ledger.outcomes[key], house.ledger.messages[key]
	assert (outcome.reason, outcome.detail) == (Reason.WITHHELD, 'The server said: "no"')
	assert (message.subject, message.authors[0].address) == ("Number 1", "jane@customer.example")


@pytest.mark.parametrize("count", [2, 3, 15])
def test_where_everything_is_refused_the_channel_is_in_trouble_and_no_message_is_blamed(count):
	house = House()
	for number in range(count):
		house.mailbox.add(octets(str(number), f"<{number}@customer.example>"))
	for _ in range(20):
		report = house.run(refused=["all"])
		assert report.trouble.trouble is Trouble.MESSAGES_WITHHELD and "no" in report.trouble.detail
		house.clock.advance(hours=2)
	assert house.count("INBOX") == count
	assert {row.attempts for row in house.ledger.rows.values()} == {0}
	house.run()
	assert len(house.ticketing.tickets) == count


def test_many_refused_messages_at_the_front_do_not_keep_a_good_one_from_being_filed():
	house = House()
	bad = [house.mailbox.add(octets(f"Bad {n}", f"<b{n}@customer.example>")).uid for n in range(40)]
	house.mailbox.add(octets("Good", "<good@customer.example>"))
	report = house.run(refused=bad)
	assert report.trouble is None
	assert report.fates == {Fate.TICKET: 1}
	assert report.postponed == 40


def test_messages_that_were_refused_by_themselves_before_do_not_stop_the_channel_when_only_they_are_left():
	house = House()
	refs = three(house)
	bad = [ref.uid for ref in refs[:2]]
	for _ in range(12):
		assert house.run(refused=bad).trouble is None
		house.clock.advance(hours=2)
	assert (house.count("Done"), house.count("Failed")) == (1, 2)


def test_the_only_message_of_a_mailbox_fails_in_the_end_unless_the_mailbox_is_unavailable():
	house = House()
	ref = house.mailbox.add(octets())
	for _ in range(20):
		report = house.run(refused=[ref.uid], trouble=Trouble.MAILBOX_UNAVAILABLE)
		assert report.trouble.trouble is Trouble.MAILBOX_UNAVAILABLE
	assert house.count("INBOX") == 1
	for _ in range(10):
		house.run(refused=[ref.uid])
		house.clock.advance(hours=2)
	assert house.count("Failed") == 1


def test_nothing_is_closed_by_a_listing_that_may_lack_some():
	house = House()
	refs = three(house)
	house.ledger.claim(refs[:1])
	doubt = "The server did not say what is in the folder."
	report = house.run(unlisted=[refs[0].uid], doubt=doubt)
	assert doubt in report.warnings
	assert Reason.GONE not in house.ledger.reasons()
	house.run()
	assert len(house.ticketing.tickets) == 3


def test_a_listing_without_a_message_is_not_enough_to_call_it_gone():
	house = House()
	refs = three(house)
	house.ledger.claim(refs[:1])
	house.run(unlisted=[refs[0].uid])
	assert Reason.GONE not in house.ledger.reasons()
	house.run()
	assert len(house.ticketing.tickets) == 3


def test_a_message_that_was_called_gone_and_is_listed_after_all_is_read():
	house = House()
	refs = three(house)
	house.ledger.claim(refs[:1])
	house.run(unlisted=[refs[0].uid], lying=True)
	assert house.ledger.reasons().count(Reason.GONE) == 1
	house.run()
	assert house.ledger.reasons() == [Reason.NEW_TICKET] * 3
	assert house.count("INBOX") == 0


def test_a_message_left_in_place_stays_known_when_a_doubtful_listing_lacks_it():
	house = House(reading=ReadingSettings((FolderRoute("INBOX"),), after=AfterProcessing.LEAVE))
	ref = house.mailbox.add(octets())
	house.run()
	house.run(unlisted=[ref.uid], doubt="…")
	assert len(house.ledger.left_there) == 1


def test_a_message_the_server_describes_at_one_time_and_not_at_another_is_one_message():
	house = House()
	ref = house.mailbox.add(octets())
	bare = replace(ref, size=0, received_at=None)
	[claim] = house.ledger.claim([bare])
	house.ledger.give_back([claim])
	key = bare.key(CHANNEL)
	shown = replace(bare, received_at=house.clock.now() - timedelta(days=1))
	house.ledger.rows[key] = replace(house.ledger.rows[key], ref=shown)
	house.run()
	assert house.ledger.reasons() == [Reason.NEW_TICKET]
	assert list(house.ledger.rows) == [key]


def test_mail_from_before_the_start_date_is_not_called_gone_when_the_date_is_moved():
	house = House()
	ref = house.mailbox.add(octets())
	house.ledger.claim([ref])
	house.settings = replace(
		house.settings,
		reading=replace(house.settings.reading, since=house.clock.now() + timedelta(days=1)),
	)
	house.run(unlisted=[ref.uid])
	assert house.ledger.reasons() == []


def test_a_retried_message_that_the_server_refuses_says_so_and_stays_failed():
	house = House()
	ref = house.mailbox.add(octets())
	for _ in range(10):
		house.run(refused=[ref.uid])
		house.clock.advance(hours=2)
	assert house.count("Failed") == 1
	house.ledger.want_again(ref.key(CHANNEL))
	house.run(refused=["all"])
	assert house.ledger.reasons() == [Reason.WITHHELD]
	house.ledger.want_again(ref.key(CHANNEL))
	house.run()
	assert house.ledger.reasons() == [Reason.NEW_TICKET]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_a_server_refuses_nothing_is_lost_twice_or_gone(seed):
	"""Random refusals, breaks and doubtful listings for thirty runs, then an honest server."""
	rng, house = Random(seed), House(budget=Budget(batch_messages=4))
	refs = [house.mailbox.add(octets(str(n), f"<{n}@customer.example>")) for n in range(rng.randint(1, 12))]
	uids = [ref.uid for ref in refs]
	for _ in range(30):
		doubt = rng.random() < 0.3
		house.run(
			refused=["all"] if rng.random() < 0.2 else rng.sample(uids, rng.randint(0, len(uids))),
			trouble=rng.choice([Trouble.MESSAGES_WITHHELD, Trouble.MAILBOX_UNAVAILABLE]),
			fail_after=rng.choice([None, None, 0, 1, 3]),
			unlisted=rng.sample(uids, rng.randint(0, len(uids))) if doubt else (),
			doubt="…" if doubt else "",
			lying=seed % 4 == 0,
			refuse_moves=rng.random() < 0.2,
		)
		house.clock.advance(minutes=rng.choice([1, 10]))
	house.clock.advance(hours=2)
	house.run()
	house.run()
	assert house.count("INBOX") == 0
	assert house.count("Done") + house.count("Failed") == len(refs)
	assert len(house.ticketing.tickets) == house.count("Done")
	assert Reason.GONE not in house.ledger.reasons()


def test_an_invitation_tells_its_time_in_the_time_zone_of_the_site():
	house = House(
		time_zone="Asia/Kolkata",
		ticket=TicketSettings(mapping=(MappingRow("description", Source.BODY_TEXT),)),
	)
	entry = "BEGIN:VEVENT\nSUMMARY:Visit\nDTSTART:20250106T100000Z\nEND:VEVENT"
	house.mailbox.add(octets(extra="Content-Type: text/calendar\n", body=entry))
	house.run()
	(ticket,) = house.ticketing.tickets.values()
	assert "When: 2025-01-06 15:30 (Asia/Kolkata)" in str(ticket)


REACTION = b"""From: Ann <ann@customer.example>
Subject: Re: Your printer
Message-ID: <reaction@customer.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

%s
--b
Content-Type: text/vnd.google.email-reaction+json; charset=utf-8

{"emoji": "\xf0\x9f\x91\x8d", "version": 1}
--b--
"""


def test_a_mail_that_says_more_than_its_reaction_is_a_letter():
	house = House()
	house.mailbox.add(REACTION % b"Ann reacted via Gmail")
	words = b"Do call me back before noon today because the printer that you repaired has begun to burn."
	house.mailbox.add((REACTION % words).replace(b"<reaction@", b"<letter@"))
	house.run()
	assert house.ledger.reasons() == [Reason.REACTION, Reason.NEW_TICKET]


QUOTES = {
	"a header block": "From: Shop <shop@x.example>\nSent: 2 March 2026 8:15\nTo: Ann\nSubject: x\n\n%s",
	"an introduction": "On Mon, 2 Mar 2026 at 08:15, Shop <shop@x.example> wrote:\n> %s",
	"HTML": "<div>On Mon, 2 Mar 2026 at 08:15, Shop wrote:<br></div><blockquote>%s</blockquote>",
}


@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES)
def test_an_exclusion_word_in_the_history_of_an_answer_does_not_count(quote):
	house = House(screen=ScreenPolicy(channel_address="help@desk.example", keywords=("unsubscribe",)))
	is_html = quote.startswith("<")
	kind = b"text/html" if is_html else b"text/plain"
	for number, words in enumerate(("It burns.", "Please unsubscribe me.")):
		body = f"<p>{words}</p>{quote}" if is_html else f"{words}\n\n{quote}"
		head = b"From: Ann <ann@x.example>\nSubject: Re: Hi\nMessage-ID: <%d@x.example>\nContent-Type: %s\n\n"
		house.mailbox.add(head % (number, kind) + (body % "Click to unsubscribe.").encode())
	house.run()
	assert house.ledger.reasons() == [Reason.NEW_TICKET, Reason.KEYWORD]
