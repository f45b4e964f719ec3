"""Mail that the site refuses, by the hundreds: it must hold up nobody else's. Time is simulated."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from helpdesk_mailchannel.mailcore.errors import ChannelError, MessageError
from helpdesk_mailchannel.mailcore.reasons import Reason, Step, Trouble
from helpdesk_mailchannel.mailcore.retry import after_trouble
from helpdesk_mailchannel.mailcore.settings import RetrySettings
from tests.core.memory import MemoryTicketing
from tests.core.test_flow import House, octets
from tests.hostile.figures import note

INTERVAL = timedelta(minutes=5)
STRANGERS = 300
A_TRY = timedelta(milliseconds=60)
"""What trying to file a message takes, as measured on a site (docs/decisions/0083)."""


class SlowTicketing(MemoryTicketing):
	"""A site that takes its time, and refuses what strangers send as `refusal` says, for ever."""

	def __init__(self, ledger, clock, refusal) -> None:
		super().__init__(ledger)
		self.clock, self.refusal = clock, refusal
		self.tries: Counter[str] = Counter()

	def file(self, claim, message, draft, outcome):
		self.clock.moment += A_TRY
		self.tries[message.subject] += 1
		error = self.refusal(message.subject)
		if error:
			raise error
		return super().file(claim, message, draft, outcome)


class Channel:
	"""A channel that is polled by its interval, or when its trouble lets it, as `polling.job` has it."""

	def __init__(self, refusal) -> None:
		self.house = House()
		self.clock = self.house.clock
		self.house.ticketing = SlowTicketing(self.house.ledger, self.clock, refusal)
		self.next_poll: datetime | None = self.clock.now()
		self.failures, self.told = 0, ""

	def write(self, subject: str) -> datetime:
		mail = octets(subject, f"<{subject}@customer.example>").replace(b"jane", subject.lower().encode())
		self.house.mailbox.add(mail)
		return self.clock.now()

	def pass_time(self, duration: timedelta) -> None:
		end = self.clock.now() + duration
		while self.next_poll is not None and self.next_poll <= end:
			self.clock.moment = max(self.clock.moment, self.next_poll)
			self._poll()
		self.clock.moment = max(self.clock.moment, end)

	def _poll(self) -> None:
		report = self.house.run()
		while report.goes_on_at_once:
			report = self.house.run()
		if not report.trouble:
			self.failures, self.told = 0, ""
			self.next_poll = self.clock.now() + INTERVAL
			return
		self.failures, self.told = self.failures + 1, str(report.trouble)
		patience = RetrySettings(poll_interval_minutes=INTERVAL // timedelta(minutes=1))
		self.next_poll = after_trouble(report.trouble, self.failures, patience, self.clock.now(), 0.5).at

	def waited(self, subject: str, since: datetime) -> timedelta | None:
		"""How long a message lay in the mailbox until it was filed."""
		for key, outcome in self.house.ledger.outcomes.items():
			row = self.house.ledger.rows[key]
			if outcome.reason is Reason.NEW_TICKET and row.message_id == f"{subject}@customer.example":
				return self.house.ledger.moments[key] - since
		return None


def alike(subject: str) -> Exception | None:
	"""Every stranger's message is refused for the same reason."""
	return MessageError(Reason.SITE_REFUSED) if subject.startswith("Stranger") else None


def differently(subject: str) -> Exception | None:
	"""They are refused for reasons that take turns."""
	reasons = (Reason.SITE_REFUSED, Reason.FIELD_MISSING, Reason.UNREADABLE)
	number = int(subject.split("-")[1]) if subject.startswith("Stranger") else None
	return None if number is None else MessageError(reasons[number % len(reasons)])


def in_passing(subject: str) -> Exception | None:
	"""A hook of another app rolls the work back."""
	return MessageError(Reason.SITE_REFUSED, passing=True) if subject.startswith("Stranger") else None


def by_the_database(subject: str) -> Exception | None:
	"""Their data end the connection to the database."""
	return ChannelError(Trouble.SITE_TROUBLE, Step.FILE) if subject.startswith("Stranger") else None


REFUSALS = [alike, differently, in_passing, by_the_database]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("place", [0, 1, 150, 299, 300])
def test_three_hundred_refused_messages_delay_a_good_one_by_one_poll_interval_at_most(refusal, place):
	channel = Channel(refusal)
	channel.pass_time(timedelta(minutes=1))
	for number in range(STRANGERS + 1):
		if number == place:
			arrived = channel.write("Good")
		if number < STRANGERS:
			channel.write(f"Stranger-{number}")
	channel.pass_time(timedelta(hours=1))
	waited = channel.waited("Good", arrived)
	without = channel.next_poll and INTERVAL - timedelta(minutes=1)
	assert waited is not None, "it was never filed"
	assert waited - without <= INTERVAL
	note(
		f"{STRANGERS} messages refused {refusal.__name__}, a good one after {place} of them:"
		f" filed {(waited - without) / timedelta(minutes=1):.1f} minutes later than alone"
		f" (poll interval {INTERVAL // timedelta(minutes=1)})"
	)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda kind: kind.__name__)
def test_good_mail_that_comes_while_refused_mail_waits_is_filed_at_the_next_poll(refusal):
	channel = Channel(refusal)
	for number in range(STRANGERS):
		channel.write(f"Stranger-{number}")
	longest = timedelta()
	for number in range(20):
		channel.pass_time(timedelta(minutes=37))
		arrived = channel.write(f"Good-{number}")
		channel.write(f"Stranger-{STRANGERS + number}")
		channel.pass_time(timedelta(minutes=12))
		waited = channel.waited(f"Good-{number}", arrived)
		assert waited is not None
		longest = max(longest, waited)
	assert longest <= INTERVAL + A_TRY * (STRANGERS + 20)
	tries = channel.house.ticketing.tries
	assert max(tries[f"Stranger-{number}"] for number in range(STRANGERS)) <= 40
	note(
		f"20 good messages in a day beside {STRANGERS} refused {refusal.__name__}:"
		f" the slowest waited {longest / timedelta(minutes=1):.1f} minutes"
	)


@pytest.mark.parametrize("refusal", [alike, in_passing, by_the_database], ids=lambda kind: kind.__name__)
def test_a_site_that_refuses_everything_loses_nothing_to_the_failure_folder(refusal):
	def broken(_subject: str) -> Exception | None:
		return refusal("Stranger")

	channel = Channel(broken)
	for number in range(STRANGERS):
		channel.write(f"Customer-{number}")
		channel.pass_time(timedelta(minutes=1))
	channel.pass_time(timedelta(hours=5))
	failed = channel.house.count("Failed")
	assert failed <= 2, "the first two could not know"
	assert "refused" in channel.told
	channel.house.ticketing.refusal = lambda _subject: None
	mended = channel.clock.now()
	channel.pass_time(INTERVAL * 3)
	assert channel.house.count("Done") == STRANGERS - failed
	assert channel.told == ""
	note(
		f"A site that refused everything {refusal.__name__} for ten hours: {failed} of {STRANGERS} messages"
		f" failed, the others were filed within {(channel.clock.now() - mended) / timedelta(minutes=1):.0f}"
		" minutes after it was set right"
	)


def test_one_message_every_few_minutes_is_suspected_like_many_at_once():
	channel = Channel(lambda _subject: MessageError(Reason.FIELD_MISSING))
	for number in range(50):
		channel.write(f"Customer-{number}")
		channel.pass_time(INTERVAL)
	assert (channel.house.count("INBOX"), channel.house.count("Failed")) == (48, 2)
