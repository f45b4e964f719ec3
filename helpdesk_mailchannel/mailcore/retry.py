"""When to try again: a message after a failure that may pass, a channel after trouble.

Waits grow and have jitter, so that many channels of one provider do not come back at the same
moment. `jitter` is a number from 0 to 1 that the caller draws.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Health
from helpdesk_mailchannel.mailcore.settings import RetrySettings, SkipWindow

LONGEST_WAIT = timedelta(hours=1)
FAIR_SHARE = 60
"""A channel rests this many times as long as its run worked for nothing: one minute per hour at most."""
A_USUAL_WAIT = timedelta(seconds=5)
"""What connecting, signing in and listing may cost at each poll without counting as waste."""
MOST_WASTED = timedelta(seconds=30)
"""After this a run begins nothing more: what it may still have to finish then fits into a fair wait."""
LONGEST_FAIR_WAIT = timedelta(hours=2)
LONGEST_SERVER_WAIT = timedelta(hours=24)
"""A server's request is obeyed, but not beyond this: a wrong number must not silence a channel for good."""


def is_wasteful(wasted: timedelta) -> bool:
	"""Return whether a session waited so long for its server that the channel has to rest for it."""
	return wasted > A_USUAL_WAIT


def is_too_wasteful(wasted: timedelta) -> bool:
	"""Return whether a session waited so long for its server that the next run must read the rest."""
	return wasted > MOST_WASTED


def after_success(now: datetime, poll_interval_minutes: int, wasted: timedelta) -> datetime:
	"""Return when a channel is polled next. `wasted`: how long the session waited for its server in vain."""
	rest = min(wasted * FAIR_SHARE, LONGEST_FAIR_WAIT) if is_wasteful(wasted) else timedelta()
	return now + max(timedelta(minutes=poll_interval_minutes), rest)


def message_retry_at(now: datetime, attempts: int, jitter: float) -> datetime:
	"""Say when to retry a message after `attempts` failures: 1, 2, 4 … 60 minutes, give or take a fifth."""
	minutes = min(60, 2 ** max(0, attempts - 1))
	return now + timedelta(minutes=minutes) * (0.8 + 0.4 * jitter)


@dataclass(frozen=True)
class NextTry:
	"""What a channel's trouble leads to."""

	health: Health
	at: datetime | None
	"""None: not before somebody changes the channel or asks for it."""
	alert: bool
	"""Administrators should know by now."""


def after_trouble(
	error: ChannelError,
	failures: int,
	settings: RetrySettings,
	now: datetime,
	jitter: float,
	wasted: timedelta = timedelta(),
) -> NextTry:
	"""Say when a channel tries again after its `failures`-th failure in a row of one kind, this one included.

	`wasted` is how long the failed run held its worker for nothing; see `RunReport.wasted`.

	Nothing is retried before the channel has rested for what its server wasted.

	Trouble that waiting cannot fix is retried once after the cool-off, because providers also refuse
	sign-ins temporarily, and then not again: repeated refusals lock mailboxes. Trouble that does not
	rest the channel is retried after the poll interval, however often.
	"""
	if not error.rests:
		next_poll = after_success(now, settings.poll_interval_minutes, wasted)
		return NextTry(Health.FAILING, next_poll, alert=failures >= settings.max_tries)
	asked = max(error.retry_after or timedelta(), min(wasted * FAIR_SHARE, LONGEST_FAIR_WAIT))
	if not error.trouble.passing:
		at = now + _spread(timedelta(minutes=settings.cool_off_minutes), jitter) if failures == 1 else None
		return NextTry(error.trouble.health, _not_before(at, now, asked), alert=True)
	if failures < settings.max_tries:
		at = now + _spread(timedelta(minutes=1), jitter)
		return NextTry(Health.COOLING_OFF, _not_before(at, now, asked), alert=False)
	rests = failures - settings.max_tries
	wait = min(timedelta(minutes=settings.cool_off_minutes) * 2 ** min(rests, 10), _longest(settings))
	at = now + _spread(wait, jitter)
	return NextTry(error.trouble.health, _not_before(at, now, asked), alert=True)


def in_skip_window(now: datetime, windows: Iterable[SkipWindow], time_zone: str) -> bool:
	"""Return whether the channel is within its skip times, by the wall clock of the site's time zone.

	On the day clocks go back, the doubled hour counts both times; on the day they go forward, the missing
	hour never occurs. A window whose ends are equal never applies.
	"""
	wall = now.astimezone(ZoneInfo(time_zone)).time().replace(tzinfo=None)
	return any(_holds(window, wall) for window in windows)


def _holds(window: SkipWindow, wall: time) -> bool:
	start, end = window.start, window.end
	if start <= end:
		return start <= wall < end
	return wall >= start or wall < end


def _spread(wait: timedelta, jitter: float) -> timedelta:
	return wait * (0.8 + 0.4 * jitter)


def _longest(settings: RetrySettings) -> timedelta:
	return max(LONGEST_WAIT, timedelta(minutes=settings.cool_off_minutes))


def _not_before(at: datetime | None, now: datetime, retry_after: timedelta) -> datetime | None:
	if at is None:
		return None
	return max(at, now + min(retry_after, LONGEST_SERVER_WAIT))
