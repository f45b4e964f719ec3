"""One poll of one channel as a background job: lease, connection, flow, and recording the result."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from random import Random

import frappe
from frappe.model.document import Document
from frappe.utils import strip_html

from helpdesk_mailchannel.mailcore import connect, flow
from helpdesk_mailchannel.mailcore.errors import ChannelError, RunStopped
from helpdesk_mailchannel.mailcore.ports import Clock
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.report import RunReport
from helpdesk_mailchannel.mailcore.run.run import Run
from helpdesk_mailchannel.mailcore.sentences import _, verbatim
from helpdesk_mailchannel.mailcore.settings import ChannelSettings
from helpdesk_mailchannel.ticketing.ledger import lease
from helpdesk_mailchannel.ticketing.ledger.site_ledger import SiteLedger
from helpdesk_mailchannel.ticketing.polling import health, schedule
from helpdesk_mailchannel.ticketing.polling.site_ticketing import SiteTicketing
from helpdesk_mailchannel.ticketing.polling.time_limit import OutOfTime, at_most, unswallowable
from helpdesk_mailchannel.ticketing.settings import channel_settings
from helpdesk_mailchannel.ticketing.sign_in.credentials import SiteCredentials
from helpdesk_mailchannel.ticketing.times import SystemClock
from helpdesk_mailchannel.ticketing.transaction import begin_anew, log_error, reconnect

RECORDING = 20
"""Seconds to write down that a run was ended by its time limit."""


def poll(channel: str, clock: Clock | None = None) -> None:
	"""Poll a channel once. Returns at once if it is not active or another worker is reading its mailbox."""
	if frappe.db.get_value("Email Channel", channel, "status") != "Active":
		return
	clock, rng = clock or SystemClock(), Random()
	held = lease.take(channel, clock.now())
	if held is None:
		return
	if held.was_left:
		health.note_left_lease(held, clock, rng)
	started = clock.now()
	report = RunReport()
	try:
		with unswallowable():
			report = _run(channel, held, clock, rng)
			health.record(held, report, started, clock, rng)
	except OutOfTime:
		# The alarm may have interrupted a response, so the database connection is no longer usable.
		reconnect()
		report = RunReport(
			trouble=ChannelError(Trouble.RUN_ENDED, Step.WORK, _("It used up its time limit."))
		)
		_record_end(held, report, started, clock, rng)
	finally:
		_give_up(held)
	if report.goes_on_at_once:
		schedule.enqueue_rest(channel)


def _record_end(held: lease.Lease, report: RunReport, started: datetime, clock: Clock, rng: Random) -> None:
	"""Record a run that was stopped as a failure, quickly: its time is up."""
	try:
		with at_most(RECORDING):
			health.record(held, report, started, clock, rng)
	except (OutOfTime, Exception) as error:
		frappe.logger("mailchannel").warning(
			f"Channel {held.channel}: a run that was ended could not be recorded ({type(error).__name__})."
		)
		reconnect()


def _run(channel: str, held: lease.Lease, clock: Clock, rng: Random) -> RunReport:
	"""Run the poll itself; any error is in the report."""
	try:
		return _connect_and_run(channel, held, clock, rng)
	except ChannelError as error:
		return RunReport(trouble=error)
	except RunStopped as stop:
		return RunReport(stopped=stop.sentence)
	except Exception as error:
		# A bug of ours or of another app: the channel reports it and waits; the email stays where it is.
		log_error(f"Mail channel {channel}: the run failed")
		return RunReport(
			trouble=ChannelError(Trouble.SITE_TROUBLE, Step.FILE, verbatim(f"{type(error).__name__}."))
		)


def _connect_and_run(channel: str, held: lease.Lease, clock: Clock, rng: Random) -> RunReport:
	# A change being saved while the lease was taken takes precedence.
	lease.check(held)
	doc = frappe.get_doc("Email Channel", channel)
	settings = _settings(doc)
	ledger = SiteLedger(held, settings.connection.protocol.value, clock)
	ticketing = SiteTicketing(ledger, settings, doc)
	create_folders = settings.reading.create_folders
	credentials = SiteCredentials(doc, lambda: _check_now(held))
	session = connect.open(settings.connection, credentials, create_folders=create_folders)
	with closing(session):
		report = flow.poll(Run(settings, session, ledger, ticketing, clock, rng))
	report.server_wasted = session.wasted
	return report


def _check_now(held: lease.Lease) -> None:
	"""Check that the run may sign in: nobody has paused or changed the channel since its lease was taken.

	Begins a new transaction, because MariaDB would show the row as of the old one's first read. A session
	signs in only when the ledger has nothing open.
	"""
	begin_anew()
	lease.check(held)


def _settings(doc: Document) -> ChannelSettings:
	try:
		return channel_settings(doc)
	except frappe.DoesNotExistError as error:
		raise ChannelError(
			Trouble.SETTINGS_INCOMPLETE, Step.SETTINGS, verbatim(strip_html(str(error)))
		) from error


def _give_up(held: lease.Lease) -> None:
	try:
		lease.give_up(held)
	except Exception:
		frappe.logger("mailchannel").warning(
			f"Channel {held.channel}: the lease could not be given up; it ends by itself."
		)
