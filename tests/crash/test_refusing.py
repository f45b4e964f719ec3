"""A server that refuses at random: nothing is lost, nothing is filed twice, nothing is gone that is there."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

import frappe
import pytest

from helpdesk_mailchannel.ticketing.polling.job import poll
from tests.crash.harness import FIGURES, scene, story
from tests.crash.mails import ticket
from tests.crash.refusing import Refusing
from tests.crash.test_flaky import WaitingClock

MESSAGES = 120
SEED = 20261127
REFUSED = 0.2
"""Of this share of the commands that can be refused."""
MOST_RUNS = 80

SERVERS = {
	"move": {},
	"uidplus": {},
	"neither": {},
	"pop3": {"protocol": "POP3", "after_processing": "Delete"},
}


@pytest.mark.parametrize("server", SERVERS)
def test_every_message_on_a_server_that_refuses_at_random_is_accounted_for(site, dovecot, server):
	values, pop3 = SERVERS[server], server == "pop3"
	profile = "move" if pop3 else server
	mails = [ticket(number) for number in range(MESSAGES)]
	with scene(dovecot, mails, profile=profile, **values) as current:
		refusing = Refusing(Random(SEED), REFUSED, pop3=pop3)
		current.mail.trap = refusing
		clock, runs = WaitingClock(), 0
		while open_messages(current) and runs < MOST_RUNS:
			poll(current.channel, clock)
			frappe.db.rollback()
			clock.ahead += timedelta(minutes=7)
			runs += 1
		told = f"{runs} runs, {refusing.seen}\n{story(current.channel)[-3000:]}"
		fates = Counter(
			frappe.get_all(
				"Email Channel Message", {"channel": current.channel}, pluck="fate", order_by="name"
			)
		)
		assert "Gone" not in fates, told
		filed = frappe.get_all("Issue", {"email_channel": current.channel}, pluck="subject", order_by="name")
		assert len(set(filed)) == len(filed), told
		failed = frappe.db.count("Email Channel Message", {"channel": current.channel, "fate": "Failed"})
		folder = "INBOX" if pop3 else "Failed"
		left = set(current.box.subjects(folder)) if folder in current.box.folders() else set()
		assert len(filed) + failed == MESSAGES, told
		assert {*filed, *left} >= {f"Ticket {number}" for number in range(MESSAGES)}, told
		FIGURES.append(
			f"{server} refuses at random: {MESSAGES} messages, {runs} runs, "
			f"{refusing.seen.total()} refusals {dict(refusing.seen)}; "
			f"{len(filed)} filed once, {failed} failed, 0 lost, 0 twice, 0 called gone"
		)


def open_messages(current) -> bool:
	"""Whether something waits in the mailbox that is neither filed nor failed."""
	known = frappe.get_all(
		"Email Channel Message", {"channel": current.channel}, ["state", "fate"], order_by="name"
	)
	return len(known) < MESSAGES or any(row.state != "Settled" for row in known)
