"""Several workers at once: each mailbox is read by one of them at a time, each message is filed once."""

import os
import time

import frappe
import pytest

from helpdesk_mailchannel.ticketing.polling import schedule
from helpdesk_mailchannel.ticketing.polling.job import poll
from tests.crash.harness import story
from tests.crash.mails import conversation, ticket
from tests.crash.processes import fork_and_connect, wait_for
from tests.site.polling import active_channel

WORKERS = 6
PATIENCE = 120
"""Seconds until every worker must be done."""


def race(channels: list[str], workers: int) -> list[int]:
	"""Let workers poll these channels until none has a message left; return their exit statuses."""
	deadline = time.monotonic() + PATIENCE

	def work() -> None:
		while time.monotonic() < deadline:
			for channel in channels:
				poll(channel)
				frappe.db.rollback()
			if all(is_done(channel) for channel in channels):
				return
			time.sleep(0.05)
		os._exit(3)

	return [wait_for(pid) for pid in [fork_and_connect(work) for _ in range(workers)]]


def is_done(channel: str) -> bool:
	"""Polled, and nothing waits."""
	frappe.db.rollback()
	row = frappe.db.get_value("Email Channel", channel, ["last_success_at", "waiting"], as_dict=True)
	return bool(row.last_success_at) and not row.waiting


def check(channel: str, box, count: int) -> None:
	frappe.db.rollback()
	told = story(channel)
	subjects = frappe.get_all("Issue", {"email_channel": channel}, pluck="subject", order_by="name")
	assert sorted(subjects) == sorted(f"Ticket {number}" for number in range(count)), told
	assert sorted(box.subjects("Done")) == sorted(subjects)
	assert box.subjects("INBOX") == []
	states = frappe.get_all(
		"Email Channel Message", {"channel": channel}, ["state", "attempts"], order_by="name"
	)
	assert {(row.state, row.attempts) for row in states} == {("Settled", 1)}


def test_six_workers_on_one_mailbox_file_each_of_150_messages_once(site, mailbox):
	mailbox.append_many("INBOX", [ticket(number) for number in range(150)])
	channel = active_channel(mailbox)
	assert race([channel.name], WORKERS) == [0] * WORKERS
	check(channel.name, mailbox, 150)


@pytest.mark.parametrize("channels", [4])
def test_several_workers_share_several_mailboxes(site, dovecot, channels):
	boxes = [dovecot.new_mailbox() for _ in range(channels)]
	names = []
	for box in boxes:
		box.append_many("INBOX", [ticket(number) for number in range(25)])
		names.append(active_channel(box).name)
	assert race(names, WORKERS) == [0] * WORKERS
	for name, box in zip(names, boxes, strict=True):
		check(name, box, 25)
		dovecot.remove_mailbox(box)


def test_rq_workers_share_several_mailboxes(site, dovecot, scheduler):
	"""Through Frappe's own queue, as on a bench: each channel is enqueued several times over."""
	boxes = [dovecot.new_mailbox() for _ in range(4)]
	names = []
	for box in boxes:
		box.append_many("INBOX", [ticket(number) for number in range(20)])
		names.append(active_channel(box).name)
	workers = [scheduler.start_worker("long") for _ in range(3)]
	try:
		deadline = time.monotonic() + PATIENCE
		for name in names * 3:
			schedule.enqueue_rest(name)
		frappe.db.commit()
		while not all(is_done(name) for name in names) and time.monotonic() < deadline:
			time.sleep(0.5)
		assert [worker.poll() for worker in workers] == [None] * 3, "no worker died"
	finally:
		for worker in workers:
			worker.terminate()
			worker.wait(60)
		scheduler.work("long")
	for name, box in zip(names, boxes, strict=True):
		check(name, box, 20)
		dovecot.remove_mailbox(box)


def test_answers_to_two_channels_are_on_their_ticket_once_whoever_is_first(site, dovecot, mailbox):
	"""Both channels get every answer at the same moment; workers of both file them side by side."""
	other = dovecot.new_mailbox("sales@desk.example")
	try:
		first = active_channel(mailbox, per_sender_hourly_limit=0)
		second = active_channel(other, channel_name="Sales", per_sender_hourly_limit=0)
		opening, answers = conversation(40)
		mailbox.append("INBOX", opening)
		poll(first.name)
		mailbox.append_many("INBOX", answers)
		other.append_many("INBOX", answers)
		assert race([first.name, second.name], 4) == [0] * 4
		frappe.db.rollback()
		answered = frappe.get_all("Communication", {"subject": ["like", "Answer%"]}, pluck="subject")
		assert sorted(answered) == sorted(f"Answer {number}" for number in range(40))
		reasons = frappe.get_all("Email Channel Message", pluck="reason_code", order_by="name")
		assert reasons.count("already_on_ticket") == 40
		assert frappe.db.count("Issue") == 1
	finally:
		dovecot.remove_mailbox(other)
