"""Finds the channels that are due, and enqueues one job for each.

Called by Frappe's scheduler every minute. Redis deduplicates jobs that are still waiting, but it is the lease
that protects a mailbox from two readers.
"""

from __future__ import annotations

from datetime import datetime

import frappe
from frappe.utils import get_time

from helpdesk_mailchannel.mailcore.retry import in_skip_window
from helpdesk_mailchannel.mailcore.settings import SkipWindow
from helpdesk_mailchannel.ticketing.times import SystemClock, site_zone, to_site

JOB = "helpdesk_mailchannel.ticketing.polling.job.poll"
TIME_LIMIT = 330
"""Seconds for one job: the run's own budget of 240, and a slow batch at its end."""


def enqueue_due_channels() -> None:
	"""Enqueue one poll of every channel that is due."""
	for channel in due_channels(SystemClock().now()):
		enqueue(channel)


def due_channels(now: datetime) -> list[str]:
	"""Return the active channels that are due and not in a skip time, the longest-waiting first."""
	table = frappe.qb.DocType("Email Channel")
	# No filters: those treat an empty time as long ago, and a channel that waits for a person has none.
	query = (
		frappe.qb.from_(table)
		.select(table.name)
		.where((table.status == "Active") & (table.next_poll_at <= to_site(now)))
		.orderby(table.last_polled_at)
		.orderby(table.next_poll_at)
	)
	return [channel for (channel,) in query.run() if not rests(channel, now)]


def enqueue(channel: str) -> None:
	"""Enqueue one poll of one channel, unless one is already waiting."""
	frappe.enqueue(
		JOB,
		queue="long",
		timeout=TIME_LIMIT,
		job_id=f"mailchannel-poll-{channel}",
		deduplicate=True,
		enqueue_after_commit=True,
		channel=channel,
	)


def enqueue_rest(channel: str) -> None:
	"""Enqueue a poll for what one run left over, after the other channels that are waiting.

	The run that asks for it still counts as started, so Redis must not be asked to deduplicate here.
	"""
	if rests(channel, SystemClock().now()):
		return
	frappe.enqueue(JOB, queue="long", timeout=TIME_LIMIT, enqueue_after_commit=True, channel=channel)


def rests(channel: str, now: datetime) -> bool:
	"""Return whether the channel is in one of its skip times."""
	return in_skip_window(now, _skip_windows(channel), site_zone())


def _skip_windows(channel: str) -> list[SkipWindow]:
	rows = frappe.get_all(
		"Email Channel Skip Time",
		{"parenttype": "Email Channel", "parent": channel},
		["from_time", "to_time"],
		order_by="idx",
	)
	return [SkipWindow(get_time(row.from_time), get_time(row.to_time)) for row in rows]
