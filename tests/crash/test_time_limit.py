"""A run that hangs until RQ ends it, by RQ's own alarm: it costs a repeat, no more."""

import threading
import time

import frappe
import pytest
from rq.timeouts import JobTimeoutException, UnixSignalDeathPenalty

from tests.crash.harness import scene
from tests.crash.mails import ticket
from tests.crash.wire import Poison

LIMIT = 2
"""Seconds."""


@pytest.mark.parametrize(
	("wire", "octets"),
	[("mail", b"BODY.PEEK[]"), ("mail", b"UID MOVE"), ("database", b"INSERT INTO `tabIssue`")],
	ids=["while-fetching", "while-moving", "while-filing"],
)
def test_a_run_that_hangs_is_ended_and_repeated(site, dovecot, wire, octets):
	with scene(dovecot, [ticket(number) for number in range(3)]) as current:
		end = threading.Event()
		stuck = Poison(octets, lambda: end.wait(20))
		alarm = UnixSignalDeathPenalty(LIMIT, JobTimeoutException)
		started = time.monotonic()
		status = current.run(trap=(getattr(current, wire), stuck), within=alarm)
		end.set()
		assert time.monotonic() - started < LIMIT + 10, "it does not wait for a polite good-bye"
		assert (stuck.times, status) == (1, 0)
		frappe.db.rollback()
		owner = frappe.db.get_value("Email Channel", current.channel, "lease_owner")
		assert not owner, "the next run need not wait for the lease to end"
		assert current.run() == 0
		frappe.db.rollback()
		subjects = ["Ticket 0", "Ticket 1", "Ticket 2"]
		found = frappe.get_all("Issue", {"email_channel": current.channel}, pluck="subject", order_by="name")
		assert sorted(found) == subjects
		assert sorted(current.box.subjects("Done")) == subjects
		attempts = frappe.get_all(
			"Email Channel Message", {"channel": current.channel}, pluck="attempts", order_by="name"
		)
		assert max(attempts) <= 2
