"""A message that ends every worker that files it: it ends in the failure folder, and stops nobody else."""

import frappe

from tests.crash.harness import LaterClock, scene
from tests.crash.mails import ticket
from tests.crash.processes import kill_all
from tests.crash.wire import Poison

DEADLY = 4


def test_a_message_that_kills_the_worker_fails_after_its_attempts_and_is_not_read_again(site, dovecot):
	mails = [ticket(number) for number in range(10)]
	mails[DEADLY] = mails[DEADLY].replace(b"Ticket 4", b"Deadly weapon")
	with scene(dovecot, mails) as current:
		deadly = Poison(b"Deadly weapon", kill_all)
		statuses = []
		for later in range(6):
			status = current.run(trap=(current.database, deadly), clock=LaterClock(later))
			statuses.append(status)
			frappe.db.rollback()
		assert statuses.count(-9) == 3, "three attempts"
		assert statuses[-1] == 0
		assert current.box.subjects("Failed") == ["Deadly weapon"]
		others = sorted(f"Ticket {number}" for number in range(10) if number != DEADLY)
		assert sorted(current.box.subjects("Done")) == others
		assert sorted(tickets(current.channel)) == others
		[receipt] = frappe.get_all(
			"Email Channel Message",
			{"channel": current.channel, "fate": "Failed"},
			["state", "reason_code", "attempts"],
			order_by="name",
		)
		assert (receipt.state, receipt.reason_code, receipt.attempts) == ("Settled", "too_many_attempts", 4)


def test_the_last_run_does_not_even_fetch_it(site, dovecot):
	mails = [ticket(0).replace(b"Ticket 0", b"Deadly weapon")]
	with scene(dovecot, mails) as current:
		deadly = Poison(b"Deadly weapon", kill_all)
		fetches = []
		for later in range(4):
			current.run(trap=(current.database, deadly), clock=LaterClock(later))
			fetches.append(sum("BODY.PEEK[]" in command for command in current.mail.commands))
		assert fetches == [1, 1, 1, 0]


def tickets(channel: str) -> list[str]:
	return frappe.get_all("Issue", {"email_channel": channel}, pluck="subject", order_by="name")
