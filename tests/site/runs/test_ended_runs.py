"""A run that is ended from outside counts as a failure, and its channel does not come first in line again."""

from __future__ import annotations

import os
import signal
from datetime import datetime, timedelta, timezone

import pytest

from helpdesk_mailchannel.mailcore.connect.imap.imap_session import ImapSession
from helpdesk_mailchannel.ticketing.ledger import lease
from helpdesk_mailchannel.ticketing.polling import job, schedule
from helpdesk_mailchannel.ticketing.polling.job import poll
from helpdesk_mailchannel.ticketing.times import from_site
from tests.site.mails import mail
from tests.site.polling import active_channel
from tests.site.runs.test_trouble import MovableClock, alerts, let_pass, state


@pytest.fixture
def ended(monkeypatch):
	"""Runs that the time limit ends after so many seconds of the channel's clock."""

	def end(clock, seconds):
		def run(*_):
			clock.ahead += timedelta(seconds=seconds)
			os.kill(os.getpid(), signal.SIGALRM)

		monkeypatch.setattr(job, "_run", run)

	return end


def test_a_run_that_its_time_limit_ends_is_a_failure_that_says_so(site, mailbox, ended):
	channel, clock = active_channel(mailbox), MovableClock()
	ended(clock, 60)
	poll(channel.name, clock)
	site.db.rollback()
	told = state(site, channel)
	assert (told.trouble_code, told.failures, told.health) == ("run_ended", 1, "Cooling Off")
	assert "time limit" in told.health_reason
	rest = from_site(told.next_poll_at) - clock.now()
	assert timedelta(minutes=59) < rest < timedelta(minutes=62), "sixty times as long as it held the worker"
	assert site.db.count("Email Channel Run", {"channel": channel.name}) == 1


def test_runs_that_are_ended_again_and_again_cost_a_minute_an_hour_and_are_told(site, mailbox, ended):
	channel, clock = active_channel(mailbox), MovableClock()
	ended(clock, 60)
	assert let_pass(channel, 6 * 60, clock) <= 6
	site.db.rollback()
	[alert] = alerts(site, channel)
	assert "ended from outside" in alert.email_content


def test_a_run_whose_worker_was_killed_is_counted_by_the_next_one(site, mailbox):
	"""It never gave its lease back."""
	channel, clock = active_channel(mailbox), MovableClock()
	mailbox.append("INBOX", mail("It waited").as_bytes())
	counted = []
	for _ in range(3):
		assert lease.take(channel.name, clock.now()), "and then it is killed"
		clock.ahead += timedelta(minutes=10)
		held = lease.take(channel.name, clock.now())
		assert held.was_left
		job.health.note_left_lease(held, clock, job.Random(1))
		counted.append(state(site, channel).failures)
		clock.ahead += timedelta(minutes=10)
	assert counted == [1, 2, 3]
	assert "does not receive mail" in alerts(site, channel)[0].subject
	poll(channel.name, clock)
	site.db.rollback()
	assert state(site, channel).health == "Connected"
	assert mailbox.subjects("Done") == ["It waited"]


def test_a_channel_whose_run_does_not_end_comes_last_in_line(site, mailbox, dovecot):
	stuck = active_channel(mailbox)
	box = dovecot.new_mailbox()
	other = active_channel(box)
	now = datetime.now(timezone.utc)
	long_ago = "2026-01-01 00:00:00"
	for channel in (stuck, other):
		values = {"last_polled_at": long_ago, "next_poll_at": long_ago}
		site.db.set_value("Email Channel", channel.name, values)
	site.db.commit()
	assert lease.take(stuck.name, now)
	due = [name for name in schedule.due_channels(now) if name in (stuck.name, other.name)]
	assert due == [other.name, stuck.name]
	dovecot.remove_mailbox(box)


def test_a_run_that_ends_well_leaves_no_mark(site, mailbox):
	channel = active_channel(mailbox)
	poll(channel.name)
	held = lease.take(channel.name, datetime.now(timezone.utc))
	assert not held.was_left
	lease.give_up(held)


def test_a_channel_rests_for_a_server_that_kept_a_good_run_waiting_and_says_so(site, mailbox, monkeypatch):
	channel, clock = active_channel(mailbox), MovableClock()
	mailbox.append("INBOX", mail("Slow").as_bytes())
	monkeypatch.setattr(ImapSession, "wasted", property(lambda session: timedelta(seconds=40)))
	poll(channel.name, clock)
	site.db.rollback()
	told = state(site, channel)
	assert (told.health, told.failures) == ("Connected", 0)
	assert "kept the run waiting for 40 seconds" in told.health_reason
	assert from_site(told.next_poll_at) - clock.now() > timedelta(minutes=39)
