"""Mail into Issues: this app beside Frappe's own Email Account, on the same site, in the same run.

	BENCH=/path/to/bench SITE=name ./dev test bench

Says messages a second, statements a message and commits a message. The figures belong to the machine; what
counts is the ratio between the two. MAILS=1000 measures more than the 200 messages a side.
"""

import os
import time
from dataclasses import dataclass

import frappe

from helpdesk_mailchannel.ticketing.polling.job import poll
from tests.bench import mails
from tests.bench.conftest import FIGURES
from tests.site.polling import active_channel

COUNT = int(os.environ.get("MAILS", "200"))
AT_ONCE = 100
"""So many messages a mailbox: what Frappe's own intake reads at once."""


@dataclass
class Measured:
	"""What one intake took for all mailboxes."""

	name: str
	messages: int = 0
	seconds: float = 0
	statements: int = 0
	commits: int = 0

	def add(self, messages: int, work) -> None:
		"""Measure one more mailbox."""
		frappe.db.commit()
		before, started = _counters(), time.perf_counter()
		work()
		self.seconds += time.perf_counter() - started
		after = _counters()
		self.messages += messages
		self.statements += after["Questions"] - before["Questions"]
		self.commits += after["Com_commit"] - before["Com_commit"]

	def __str__(self) -> str:
		n = self.messages
		return (
			f"{self.name:28} {n:5} messages {self.seconds:6.1f} s {n / self.seconds:6.1f}/s "
			f"{self.statements / n:6.1f} statements, {self.commits / n:4.1f} commits a message"
		)


def _counters() -> dict[str, int]:
	"""What the database has counted of this connection."""
	return {name: int(value) for name, value in frappe.db.sql("show session status") if str(value).isdigit()}


def test_filing(site, dovecot):
	own, builtin = Measured("this app"), Measured("Frappe's Email Account")
	for number in range(-1, COUNT // AT_ONCE):
		# The first round fills the site's caches and is not counted.
		count = AT_ONCE if number >= 0 else 10
		sides = [(own, _own), (builtin, _builtin)]
		for measured, prepare in sides if number % 2 else sides[::-1]:
			box = dovecot.new_mailbox()
			host = f"{prepare.__name__[1:]}{number}.example"
			box.append_many("INBOX", mails.mailbox(host, count))
			work, subjects = prepare(box)
			(measured if number >= 0 else Measured("")).add(count, work)
			assert site.db.count("Communication", {"message_id": ["like", f"%@{host}"]}) == count, subjects
			dovecot.remove_mailbox(box)
	FIGURES.extend([str(own), str(builtin)])


def _own(box):
	channel = active_channel(box, security="None", port=box.imap_port, per_sender_hourly_limit=0)
	return lambda: poll(channel.name), channel.name


def _builtin(box):
	account = frappe.new_doc("Email Account")
	account.update(
		{
			"email_account_name": box.user,
			"email_id": box.user,
			"password": box.password,
			"enable_incoming": 1,
			"use_imap": 1,
			"email_server": "localhost",
			"incoming_port": box.imap_port,
			"email_sync_option": "ALL",
			"initial_sync_count": "250",
			"create_contact": 1,
			"imap_folder": [{"folder_name": "INBOX", "append_to": "Issue"}],
		}
	)
	account.flags.ignore_validate = True
	account.insert()
	frappe.db.commit()
	return account.receive, account.name
