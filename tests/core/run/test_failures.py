"""Whose fault a failure is: the message's, or the site's."""

import pytest

from helpdesk_mailchannel.mailcore.errors import ChannelError, MessageError
from helpdesk_mailchannel.mailcore.model import State
from helpdesk_mailchannel.mailcore.reasons import Fate, Reason, Step, Trouble
from helpdesk_mailchannel.mailcore.settings import Budget
from tests.core.memory import CHANNEL
from tests.core.test_flow import House, octets

FOR_EVER = 99


def write(house, *subjects, answering=""):
	for subject in subjects:
		extra = f"In-Reply-To: <{answering}@customer.example>\n" if answering else ""
		mail = octets(subject, f"<{subject}@customer.example>", extra, f"About {subject}.")
		sender = answering or subject.replace(" ", "-")
		house.mailbox.add(mail.replace(b"jane", sender.lower().encode()))


def refuse(house, *subjects, reason=Reason.SITE_REFUSED, **values):
	for subject in subjects:
		house.ticketing.failing[subject] = [MessageError(reason, **values)] * FOR_EVER


def test_good_mail_after_three_that_are_refused_is_filed_in_the_same_run():
	house = House()
	refuse(house, "A", "B", "C")
	write(house, "A", "B", "C", "Good")
	report = house.run()
	assert report.fates == {Fate.TICKET: 1}
	assert report.trouble is None, "the site works, as the good one shows"


def test_refused_mail_fails_at_the_next_run_after_the_site_has_filed_another():
	house = House()
	refuse(house, "A", "B", "C")
	write(house, "A", "B", "C")
	assert house.run().trouble.trouble is Trouble.SAME_FAILURE
	house.clock.advance(minutes=1)
	write(house, "Good")
	house.run()
	assert (house.count("INBOX"), house.count("Failed"), house.count("Done")) == (0, 3, 1)


def test_what_waited_is_filed_once_the_site_takes_it_and_no_attempt_has_counted():
	house = House()
	refuse(house, "A", "B", "C", "D", reason=Reason.FIELD_MISSING)
	write(house, "A", "B", "C", "D")
	for _ in range(20):
		house.run()
		house.clock.advance(minutes=5)
	assert house.count("INBOX") == 4
	house.ticketing.failing.clear()
	report = house.run()
	assert report.fates == {Fate.TICKET: 4}
	assert report.trouble is None
	assert {row.attempts for row in house.ledger.rows.values()} == {1}


def test_a_quiet_mailbox_is_not_emptied_into_the_failure_folder_one_message_a_poll():
	house = House()
	for number in range(10):
		refuse(house, f"Number {number}", reason=Reason.FIELD_MISSING)
		write(house, f"Number {number}")
		report = house.run()
		house.clock.advance(minutes=5)
	assert house.count("Failed") == 2
	assert report.trouble.trouble is Trouble.SAME_FAILURE


def test_replies_that_are_filed_do_not_prove_that_tickets_are():
	house = House()
	write(house, "First")
	house.run()
	house.clock.advance(minutes=1)
	refuse(house, "A", "B", "C", reason=Reason.FIELD_MISSING)
	write(house, "A", "B", "C")
	write(house, "Answer", answering="First")
	report = house.run()
	assert report.fates == {Fate.REPLY: 1}
	assert report.trouble.trouble is Trouble.SAME_FAILURE
	assert house.count("Failed") == 0


def test_trouble_that_mail_makes_does_not_rest_the_channel():
	house = House()
	refuse(house, "A", "B", "C")
	write(house, "A", "B", "C")
	assert not house.run().trouble.rests


def test_a_retried_message_fails_at_once_whatever_else_was_refused():
	house = House()
	refuse(house, "A", "B", "C", "D")
	write(house, "A")
	house.run()
	write(house, "B", "C", "D")
	house.run()
	[key] = [key for key, row in house.ledger.rows.items() if row.state is State.SETTLED]
	house.ledger.want_again(key)
	house.run()
	assert house.ledger.rows[key].state is State.SETTLED
	assert key not in house.ledger.wanted_again


@pytest.mark.parametrize("broken", [1, 2, 3])
def test_a_message_that_cannot_be_looked_up_fails_alone(broken):
	house = House()
	look_up = house.ticketing.facts

	def facts(messages):
		if any(message.subject.startswith("Odd") for message in messages):
			raise UnicodeEncodeError("utf-8", "\udc80", 0, 1, "surrogates not allowed")
		return look_up(messages)

	house.ticketing.facts = facts
	write(house, "First", *(f"Odd {number}" for number in range(broken)), "Last")
	report = house.run()
	assert report.fates == {Fate.TICKET: 2, Fate.FAILED: broken}
	assert report.trouble is None
	assert (house.count("Done"), house.count("Failed")) == (2, broken)


def test_a_database_that_is_gone_ends_the_run_at_once():
	house = House()
	gone = ChannelError(Trouble.SITE_TROUBLE, Step.FILE)
	tried = []

	def fail(*_args, **_values):
		tried.append(1)
		raise gone

	house.ticketing.file = fail
	house.ledger.postpone = fail
	write(house, "A", "B", "C", "D")
	assert house.run().trouble.rests
	assert len(tried) <= 3
	assert house.ledger.states() == {State.RELEASED, State.CLAIMED}


def test_a_record_that_cannot_hold_what_a_message_says_is_written_without_it():
	house = House()
	conclude = house.ledger.conclude

	def refuses_words(claim, outcome, message, **values):
		if message is not None:
			raise ValueError("this does not fit")
		conclude(claim, outcome, message, **values)

	house.ledger.conclude = refuses_words
	refuse(house, "A")
	write(house, "A")
	report = house.run()
	assert report.fates == {Fate.FAILED: 1}
	assert house.ledger.kept[next(iter(house.ledger.rows))]


def test_a_hundred_messages_that_wait_are_tried_in_turn_a_few_a_run():
	house = House()
	subjects = [f"Number {number}" for number in range(100)]
	refuse(house, *subjects)
	write(house, *subjects)
	house.run()
	house.session.fetched.clear()
	fetched = set()
	for _ in range(5):
		house.clock.advance(minutes=1)
		house.run()
		assert len(house.session.fetched) == 20
		fetched |= set(house.session.fetched)
	assert len(fetched) == 100
	assert house.mailbox.ref("INBOX", "1").key(CHANNEL) in house.ledger.rows


def test_large_messages_that_wait_do_not_make_one_run_follow_the_other():
	house = House(budget=Budget(octets=1_000))
	subjects = [f"Number {number}" for number in range(9)]
	refuse(house, *subjects)
	write(house, *subjects)
	for _ in range(20):
		report = house.run()
		if not report.goes_on_at_once:
			break
	assert not report.goes_on_at_once
	house.clock.advance(minutes=1)
	report = house.run()
	assert not report.goes_on_at_once, "they wait for the next poll, however few the budget reaches"
	assert 0 < report.postponed < 9
	assert report.waiting == 9
