"""A channel's health: recorded after each run; administrators are told when it fails and recovers."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import frappe

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.ports import Clock
from helpdesk_mailchannel.mailcore.reasons import Fate, Health, Step, Trouble
from helpdesk_mailchannel.mailcore.report import RunReport
from helpdesk_mailchannel.mailcore.retry import after_success, after_trouble, is_wasteful
from helpdesk_mailchannel.mailcore.sentences import _, in_a_row
from helpdesk_mailchannel.ticketing import notify, run_state
from helpdesk_mailchannel.ticketing.language import stored
from helpdesk_mailchannel.ticketing.ledger.lease import Lease
from helpdesk_mailchannel.ticketing.settings import retry_settings
from helpdesk_mailchannel.ticketing.times import to_site
from helpdesk_mailchannel.ticketing.transaction import begin_anew

FIELDS = [
	"name",
	"poll_interval",
	"failures",
	"trouble_code",
	"alerted",
	"max_tries",
	"cool_off",
	"lease_owner",
	"lease_epoch",
]


def record(lease: Lease, report: RunReport, started: datetime, clock: Clock, rng: Random) -> None:
	"""Record a run: the channel's health and next try, and an Email Channel Run. Commits.

	Does nothing if the lease is lost: the run that has it now records the channel's health.
	"""
	begin_anew()
	now = clock.now()
	channel = run_state.locked(lease.channel, FIELDS)
	if not lease.holds(channel):
		frappe.db.rollback()
		return
	if report.trouble:
		values = _trouble(channel, report.trouble, report.wasted(started, now), now, rng)
	elif report.stopped:
		values = {"health_details": stored(report.stopped), "next_poll_at": to_site(now)}
	else:
		values = _success(channel, report, now)
	values |= {
		"last_polled_at": to_site(now),
		"waiting": report.waiting,
		"failed": run_state.failed_messages(lease.channel),
	}
	run_state.write(lease.channel, **values)
	_log(lease.channel, report, started, now)
	frappe.db.commit()


def note_left_lease(lease: Lease, clock: Clock, rng: Random) -> None:
	"""Count the previous run as a failure: its worker was killed and could not do so itself. Commits.

	The next try is recorded before this run begins, in case it ends in the same way.
	"""
	begin_anew()
	now = clock.now()
	channel = run_state.locked(lease.channel, FIELDS)
	error = ChannelError(Trouble.RUN_ENDED, Step.WORK, _("Its worker was killed, or did not come to an end."))
	values = _trouble(channel, error, timedelta(), now, rng)
	run_state.write(lease.channel, **values)
	_log(lease.channel, RunReport(trouble=error), now, now)
	frappe.db.commit()


def _success(channel: frappe._dict, report: RunReport, now: datetime) -> dict[str, Any]:
	if channel.alerted:
		notify.recovered(channel.name)
	interval, wasted = retry_settings(channel).poll_interval_minutes, report.server_wasted
	if is_wasteful(wasted):
		seconds = f"{wasted.total_seconds():.0f}"
		report.warn(
			_("The server kept the run waiting for {0} seconds, so the channel rests.").format(seconds)
		)
	return {
		"health": Health.CONNECTED.value,
		"health_details": stored(in_a_row(*report.warnings)),
		"trouble_code": "",
		"failed_step": "",
		"failures": 0,
		"alerted": 0,
		"last_success_at": to_site(now),
		"next_poll_at": to_site(after_success(now, interval, wasted)),
	}


def _trouble(
	channel: frappe._dict, error: ChannelError, wasted: timedelta, now: datetime, rng: Random
) -> dict[str, Any]:
	"""Return the run state after a failure; `wasted`: how long the run held its worker for nothing."""
	failures = 1 + (channel.failures or 0 if _is_of_a_kind(channel.trouble_code, error) else 0)
	step = after_trouble(error, failures, retry_settings(channel), now, rng.random(), wasted)
	if step.alert and not channel.alerted:
		notify.failed(channel.name, error, step)
	return {
		"health": step.health.value,
		"health_details": stored(in_a_row(error.detail, error.remedy)),
		"trouble_code": error.trouble.code,
		"failed_step": error.step.value,
		"failures": failures,
		"alerted": int(bool(channel.alerted or step.alert)),
		"next_poll_at": to_site(step.at),
	}


def _is_of_a_kind(code: str | None, error: ChannelError) -> bool:
	"""Return whether the last trouble counts with this one: those that pass get tries, others only one."""
	return code in {trouble.code for trouble in Trouble if trouble.passing is error.passing}


def _log(channel: str, report: RunReport, started: datetime, now: datetime) -> None:
	"""Log a run that did something or failed; idle polls would only fill the list."""
	if not (report.fates or report.trouble or report.postponed or report.settled):
		return
	fates = report.fates
	frappe.get_doc(
		{
			"doctype": "Email Channel Run",
			"channel": channel,
			"started": to_site(started),
			"ended": to_site(now),
			"seconds": (now - started).total_seconds(),
			"listed": report.listed,
			"filed": fates[Fate.TICKET],
			"replies": fates[Fate.REPLY],
			"duplicates": fates[Fate.DUPLICATE],
			"excluded": fates[Fate.EXCLUDED],
			"failed": fates[Fate.FAILED],
			"postponed": report.postponed,
			"waiting": report.waiting,
			**_error(report),
		}
	).insert(ignore_permissions=True)


def _error(report: RunReport) -> dict[str, str]:
	"""Return why the run ended early: the trouble's code, and the details."""
	if trouble := report.trouble:
		details = in_a_row(trouble.detail, trouble.remedy)
		return {"trouble_code": trouble.trouble.code, "error_details": stored(details)}
	return {"error_details": stored(report.stopped)}
