"""What a slow server costs the other mailboxes: a worker for a minute an hour at most. Time is simulated."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import count, product
from random import Random

import pytest

from helpdesk_mailchannel.mailcore.connect.limits import Patience
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.flow import poll
from helpdesk_mailchannel.mailcore.reasons import Fate, Step, Trouble
from helpdesk_mailchannel.mailcore.report import RunReport
from helpdesk_mailchannel.mailcore.retry import after_success, after_trouble
from helpdesk_mailchannel.mailcore.run.run import Run
from helpdesk_mailchannel.mailcore.settings import RetrySettings
from tests.core.memory import MemorySession
from tests.core.test_flow import House, octets

STEPS = ("connect", "open", "list", "fetch", "perform", "close")
HOURS = 2
A_MINUTE = 60.0


class SlowSession(MemorySession):
	"""Takes so many seconds for each step, keeps the account that real sessions keep, and may break."""

	def __init__(self, house, waits, breaks_at=None):
		super().__init__(house.mailbox)
		self.house, self.waits, self.breaks_at, self.patience = house, waits, breaks_at, Patience()
		self._take("connect")

	@property
	def wasted(self):
		return timedelta(seconds=self.patience.wasted)

	def note_filed(self, messages):
		self.patience.note_filed(messages)

	def _take(self, step):
		seconds = min(self.waits.get(step, 0), self.patience.left)
		self.house.clock.advance(seconds=seconds)
		self.patience.spend(seconds)
		if step != "close" and self.patience.is_over:
			raise ChannelError(Trouble.SERVER_SLOW, Step.FETCH)

	def open(self, folder):
		self._take("open")
		return super().open(folder)

	def list(self, since=None):
		self._take("list")
		return super().list(since)

	def fetch(self, refs):
		self._take("fetch")
		for answer in super().fetch(refs):
			self.patience.earn(1)
			yield answer

	def perform(self, actions):
		self._take("perform")
		results = super().perform(actions)
		self.patience.earn(len(results))
		if self.breaks_at == "perform":
			raise ChannelError(Trouble.CONNECTION_LOST, Step.SETTLE)
		return results

	def close(self):
		self._take("close")


class Mailbox:
	"""A channel that is polled when `polling.health` would have it polled, and what it costs."""

	def __init__(self, waits, breaks_at=None):
		self.house, self.waits, self.breaks_at = House(), waits, breaks_at
		self.busy, self.filed, self.failures = timedelta(), 0, 0

	def run(self):
		"""One run; returns when the next one is due, None for at once."""
		house, started, report, session = self.house, self.house.clock.now(), RunReport(), None
		try:
			session = SlowSession(house, self.waits, self.breaks_at)
			report = poll(Run(house.settings, session, house.ledger, house.ticketing, house.clock, Random(1)))
		except ChannelError as error:
			report.trouble = error
		if session:
			session.close()
			report.server_wasted = session.wasted
		now = house.clock.now()
		self.busy += now - started
		self.filed += report.fates[Fate.TICKET] + report.fates[Fate.REPLY]
		if not report.trouble:
			self.failures = 0
			return None if report.goes_on_at_once else after_success(now, 1, report.server_wasted)
		self.failures += 1
		wasted = report.wasted(started, now)
		return after_trouble(report.trouble, self.failures, RetrySettings(), now, 0.5, wasted).at

	def cost(self, mails: Iterable[Iterable[bytes]]) -> float:
		"""Seconds of a worker in an hour, but for two a message filed; `mails` come before each run."""
		clock = self.house.clock
		started = clock.now()
		arriving = iter(mails)
		while clock.now() < started + timedelta(hours=HOURS):
			for mail in next(arriving):
				self.house.mailbox.add(mail)
			clock.moment = self.run() or clock.now()
		hours = (clock.now() - started) / timedelta(hours=1)
		return (self.busy.total_seconds() - 2 * self.filed) / hours


def copies(number):
	"""The same mail, again and again under new UIDs."""
	return ([octets(extra="Date: Fri, 20 Nov 2026 10:00:00 +0000\n")] * number for _ in count())


def bulk(number):
	"""Mail that is excluded, which leaves nothing behind that would tell it when it comes again."""
	mail = octets("Offer", "<offer@shop.example>", "Precedence: bulk\nList-Id: <offers.shop.example>\n")
	return ([mail] * number for _ in count())


def new(number):
	"""Mail that becomes tickets."""
	for run in count():
		yield [_case(f"{run}-{n}") for n in range(number)]


def _case(name):
	mail = octets(f"Case {name}", f"<{name}@customer.example>")
	return mail.replace(b"jane@", f"jane-{name}@".encode())


@pytest.mark.parametrize("mails", [copies, bulk, new])
@pytest.mark.parametrize(("step", "seconds"), product(STEPS, (12, 29)))
def test_wherever_a_server_is_slow_it_costs_a_minute_an_hour(step, seconds, mails):
	assert Mailbox({step: seconds}).cost(mails(8 if mails is new else 24)) <= A_MINUTE * 1.1


@pytest.mark.parametrize("seed", range(10))
def test_however_its_waits_are_spread_a_server_costs_a_minute_an_hour(seed):
	rng = Random(seed)
	waits = {step: rng.choice((0, 1, 5, 10, 20, 29)) for step in STEPS}
	waits[rng.choice(STEPS)] += 6
	mails = rng.choice((copies, bulk, new))(rng.choice((1, 12, 25, 60)))
	breaks_at = rng.choice((None, "perform"))
	assert Mailbox(waits, breaks_at).cost(mails) <= A_MINUTE * 1.1


@pytest.mark.parametrize("breaks_at", [None, "perform"])
def test_a_wait_before_the_messages_counts_like_one_after_them(breaks_at):
	early = Mailbox({"open": 15, "list": 28}, breaks_at).cost(copies(24))
	assert early <= A_MINUTE * 1.1


def test_duplicates_alone_are_no_reason_to_go_on_at_once():
	mailbox = Mailbox({})
	mailbox.house.mailbox.add(octets())
	mailbox.run()
	for _ in range(250):
		mailbox.house.mailbox.add(octets())
	assert mailbox.run() is not None


@pytest.mark.parametrize("mails", [bulk, new])
@pytest.mark.parametrize(
	"waits",
	[
		{"connect": 2, "fetch": 20},
		{"connect": 2, "fetch": 29},
		{"connect": 20, "open": 14},
		{"open": 15, "list": 28},
		{"connect": 10, "list": 29, "perform": 5},
	],
	ids=str,
)
def test_a_slow_server_gets_its_mail_read_all_the_same(waits, mails):
	mailbox = Mailbox(waits)
	for mail in next(iter(mails(60))):
		mailbox.house.mailbox.add(mail)
	mailbox.cost([] for _ in count())
	assert len(mailbox.house.ledger.outcomes) == 60
