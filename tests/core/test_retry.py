"""When to try again: patience with servers, none with refused sign-ins, and rest at skip times."""

from datetime import datetime, time, timedelta, timezone

import pytest

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Health, Step, Trouble
from helpdesk_mailchannel.mailcore.retry import after_success, after_trouble, in_skip_window, message_retry_at
from helpdesk_mailchannel.mailcore.settings import RetrySettings, SkipWindow
from tests.core.memory import NOON

PATIENT = RetrySettings(max_tries=3, cool_off_minutes=5)
MIDDLE = 0.5
"""The jitter that changes nothing."""


def after(trouble, failures, *, retry_after=None, jitter=MIDDLE):
	error = ChannelError(trouble, Step.CONNECT, retry_after=retry_after)
	return after_trouble(error, failures, PATIENT, NOON, jitter)


def minutes(step):
	return (step.at - NOON) / timedelta(minutes=1)


def test_a_server_that_is_away_is_tried_each_minute_then_rested_ever_longer():
	steps = [after(Trouble.CONNECTION_REFUSED, failures) for failures in range(1, 9)]
	assert [minutes(step) for step in steps] == [1, 1, 5, 10, 20, 40, 60, 60]
	assert [step.alert for step in steps] == [False, False, True, True, True, True, True, True]
	assert {step.health for step in steps} == {Health.COOLING_OFF}


def test_a_refused_sign_in_is_tried_once_more_after_the_cool_off_and_then_not_again():
	first, second, third = (after(Trouble.SIGN_IN_REFUSED, failures) for failures in (1, 2, 3))
	assert (minutes(first), first.alert) == (5, True)
	assert (second.at, third.at) == (None, None)
	assert second.health is Health.NEEDS_AUTHORIZATION


def test_the_servers_own_word_is_obeyed():
	step = after(Trouble.THROTTLED, 1, retry_after=timedelta(seconds=299.961))
	assert step.at == NOON + timedelta(seconds=299.961)


def test_a_servers_word_that_is_shorter_than_our_own_wait_changes_nothing():
	assert minutes(after(Trouble.THROTTLED, 4, retry_after=timedelta(seconds=1))) == 10


def test_an_absurd_word_silences_the_channel_for_a_day_at_most():
	assert minutes(after(Trouble.THROTTLED, 1, retry_after=timedelta(days=400))) == 24 * 60


@pytest.mark.parametrize("jitter", [0, 1])
def test_waits_differ_by_a_fifth_so_that_channels_do_not_come_back_together(jitter):
	wait = minutes(after(Trouble.CONNECTION_TIMEOUT, 3, jitter=jitter))
	assert wait == pytest.approx(5 * (0.8 if jitter == 0 else 1.2))


def test_a_message_is_tried_again_after_1_2_4_and_at_last_each_60_minutes():
	waits = [message_retry_at(NOON, attempts, MIDDLE) - NOON for attempts in range(1, 9)]
	assert [wait / timedelta(minutes=1) for wait in waits] == [1, 2, 4, 8, 16, 32, 60, 60]


# ── Skip times ──────────────────────────────────────────────────────────────────────────────────


def rests(moment, start, end, zone="Europe/Berlin"):
	return in_skip_window(moment, [SkipWindow(start, end)], zone)


def utc(*parts):
	return datetime(*parts, tzinfo=timezone.utc)


def test_a_window_holds_from_its_start_to_its_end_by_the_sites_clock():
	start, end = time(2), time(4)
	assert not rests(utc(2026, 1, 10, 0, 59), start, end)
	assert rests(utc(2026, 1, 10, 1, 0), start, end)
	assert rests(utc(2026, 1, 10, 2, 59), start, end)
	assert not rests(utc(2026, 1, 10, 3, 0), start, end)


def test_a_window_may_cross_midnight():
	start, end = time(23), time(1)
	assert rests(utc(2026, 1, 10, 22, 30), start, end)
	assert rests(utc(2026, 1, 10, 23, 59), start, end)
	assert not rests(utc(2026, 1, 11, 0, 0), start, end)


def test_a_window_whose_ends_are_equal_never_holds():
	assert not rests(utc(2026, 1, 10, 1, 0), time(2), time(2))


def test_on_the_day_clocks_go_back_the_doubled_hour_counts_both_times():
	start, end = time(2), time(3)
	assert rests(utc(2026, 10, 25, 0, 30), start, end)
	assert rests(utc(2026, 10, 25, 1, 30), start, end)
	assert not rests(utc(2026, 10, 25, 2, 0), start, end)


def test_on_the_day_clocks_go_forward_the_missing_hour_is_never_met():
	start, end = time(2), time(3)
	assert not rests(utc(2026, 3, 29, 0, 59), start, end)
	assert not rests(utc(2026, 3, 29, 1, 0), start, end)


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 1), (10, 10), (47, 47), (60, 60), (330, 120)])
def test_a_channel_rests_sixty_times_as_long_as_its_run_worked_for_nothing(seconds, minutes):
	error = ChannelError(Trouble.SERVER_SLOW, Step.FETCH)
	step = after_trouble(error, 1, RetrySettings(), NOON, 0.5, timedelta(seconds=seconds))
	assert step.at - NOON == timedelta(minutes=minutes)


@pytest.mark.parametrize(("wasted", "minutes"), [(0, 5), (5, 5), (6, 6), (44, 44), (200, 120)])
def test_a_channel_rests_for_a_server_that_wasted_a_run_that_succeeded(wasted, minutes):
	assert after_success(NOON, 5, timedelta(seconds=wasted)) - NOON == timedelta(minutes=minutes)
