"""The right to read a mailbox, held by one run at a time, however many hosts the workers run on.

A lease is three fields of the Email Channel row: owner, end, and a number incremented each time it is taken.
The number is a fencing token: a worker that lost its lease and wakes up late finds another number on its
receipts and can write nothing. File locks work on one host only, and database locks end with the connection,
so neither would do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import frappe

from helpdesk_mailchannel.mailcore.errors import LeaseLost, SettingsChanged
from helpdesk_mailchannel.ticketing import run_state
from helpdesk_mailchannel.ticketing.ledger.process import is_dead, this_process
from helpdesk_mailchannel.ticketing.times import from_site, to_site
from helpdesk_mailchannel.ticketing.transaction import Collision, begin_anew, transaction

DURATION = timedelta(minutes=6)
"""Longer than the longest run: its budget is four minutes. Renewed at each batch. That long a mailbox rests
after its worker died, unless the next one stands beside it and sees that it is dead."""

FIELDS = ["lease_owner", "lease_until", "lease_epoch", "modified", "status"]


@dataclass(frozen=True)
class Lease:
	"""One run's right to a mailbox; `modified` is the channel's timestamp when the lease was taken."""

	channel: str
	owner: str
	epoch: int
	modified: str
	was_left: bool = False
	"""The run before never gave it back: its worker was killed, or it took far too long."""

	def holds(self, row: frappe._dict | None) -> bool:
		"""Return whether this is the lease in the channel's row."""
		return row is not None and (row.lease_owner, row.lease_epoch) == (self.owner, self.epoch)


def take(channel: str, now: datetime) -> Lease | None:
	"""Take the lease; None if another run has it or is just taking it. Commits."""
	try:
		with transaction():
			return _take(channel, f"{this_process()} {frappe.generate_hash(length=16)}", now)
	except Collision:
		return None


def _take(channel: str, owner: str, now: datetime) -> Lease | None:
	row = run_state.locked(channel, FIELDS)
	if row is None or _is_held(row, now):
		return None
	epoch = (row.lease_epoch or 0) + 1
	run_state.write(
		channel,
		lease_owner=owner,
		lease_until=to_site(now + DURATION),
		lease_epoch=epoch,
		# A run that never finishes must not be first in line again.
		last_polled_at=to_site(now),
	)
	return Lease(channel, owner, epoch, str(row.modified), was_left=bool(row.lease_owner))


def _is_held(row: frappe._dict, now: datetime) -> bool:
	until = from_site(row.lease_until)
	if until is None or until <= now:
		return False
	return not is_dead((row.lease_owner or "").partition(" ")[0])


def renew(lease: Lease, now: datetime) -> None:
	"""Lock the channel's row for the current transaction, and extend the lease in it.

	Raises LeaseLost or SettingsChanged if the run must end.
	"""
	_check(lease, run_state.locked(lease.channel, FIELDS))
	run_state.write(lease.channel, lease_until=to_site(now + DURATION))


def check(lease: Lease) -> None:
	"""Check that the run may continue, without waiting for a lock. Raises LeaseLost or SettingsChanged."""
	_check(lease, frappe.db.get_value(run_state.CHANNEL, lease.channel, FIELDS, as_dict=True))


def _check(lease: Lease, row: frappe._dict | None) -> None:
	if row is None or not lease.holds(row):
		raise LeaseLost()
	if str(row.modified) != lease.modified or row.status != "Active":
		raise SettingsChanged()


def give_up(lease: Lease) -> None:
	"""Release the lease, so that the next run can start at once. Commits; does nothing if already lost."""
	begin_anew()
	if lease.holds(run_state.locked(lease.channel, FIELDS)):
		run_state.write(lease.channel, lease_owner=None, lease_until=None)
	frappe.db.commit()
