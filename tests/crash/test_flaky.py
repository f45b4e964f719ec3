"""A large mailbox, some of it broken, on a server with moods: in the end every message is accounted for."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime, timedelta, timezone
from random import Random

import frappe
import pytest

from helpdesk_mailchannel.ticketing.polling.job import poll
from tests.crash.flaky import Moods
from tests.crash.harness import FIGURES, scene, story
from tests.crash.mails import ticket

MESSAGES = 2_000
SEED = 20261121
MOST_RUNS = 200
CLIENT_WAITS = 1.0
"""Seconds; the least that the form allows."""
TROUBLES = 0.15
"""Of this share of commands."""


class WaitingClock:
	"""The machine's clock, put on to the moment at which a channel wants to be polled next."""

	def __init__(self) -> None:
		self.ahead = timedelta()

	def now(self) -> datetime:
		"""See `mailcore.ports.Clock`."""
		return datetime.now(timezone.utc) + self.ahead


def mailbox_full(rng: Random) -> tuple[list[bytes], dict[str, Counter]]:
	"""Messages of all kinds in random order, and the subjects that belong into each folder."""
	mails: list[bytes] = []
	folders: dict[str, Counter] = {name: Counter() for name in ("Done", "Failed", "Excluded")}
	for number in range(MESSAGES):
		octets, folder, subject = KINDS[rng.choices(range(len(KINDS)), WEIGHTS)[0]](number, mails, rng)
		mails.append(octets)
		folders[folder][subject] += 1
	return mails, folders


def good(number, mails, rng):
	return ticket(number), "Done", f"Ticket {number}"


def odd(number, mails, rng):
	"""Not as it should be, but readable: NUL, bare line ends, a line of ten thousand letters."""
	octets = ticket(number).replace(b"Body of", b"Body\0 \r of \n" + b"x" * 10_000)
	return octets, "Done", f"Ticket {number}"


def automatic(number, mails, rng):
	octets = b"Auto-Submitted: auto-replied\r\n" + ticket(number).replace(b"Ticket", b"Away")
	return octets, "Excluded", f"Away {number}"


def nobody(number, mails, rng):
	octets = ticket(number).replace(b"From:", b"X-From:").replace(b"Ticket", b"Nobody")
	return octets, "Failed", f"Nobody {number}"


def bomb(number, mails, rng):
	levels = b"".join(
		b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level) for level in range(100)
	)
	head = f"From: a{number}@customer.example\nSubject: Bomb {number}\nMIME-Version: 1.0\n".encode()
	return head + levels, "Failed", f"Bomb {number}"


def garbage(number, mails, rng):
	return b"\x80\xff" + rng.randbytes(500).replace(b"\n", b"").replace(b"\r", b"") + b"\n", "Failed", ""


KINDS = [good, odd, automatic, nobody, bomb, garbage]
WEIGHTS = [80, 5, 9, 2, 2, 2]


@pytest.mark.parametrize("profile", ["move"])
def test_every_message_of_a_large_mailbox_on_a_flaky_server_is_accounted_for(site, dovecot, profile):
	rng = Random(SEED)
	mails, folders = mailbox_full(rng)
	with scene(dovecot, mails, profile=profile, connection_timeout=int(CLIENT_WAITS * 1000)) as current:
		moods = Moods(rng, TROUBLES, CLIENT_WAITS * 1.5)
		current.mail.trap = moods
		clock, started = WaitingClock(), time.monotonic()
		runs = 0
		while not is_done(current.channel) and runs < MOST_RUNS:
			poll(current.channel, clock)
			frappe.db.rollback()
			clock.ahead += timedelta(minutes=7)
			runs += 1
		seconds = time.monotonic() - started
		told = f"{runs} runs, {moods.seen}"
		found = {name: Counter(current.box.subjects(name)) for name in folders}
		assert {name: missing(folders[name], found[name]) for name in folders} == {
			name: ({}, {}) for name in folders
		}, told
		assert current.box.messages("INBOX") == [], told
		filed = frappe.get_all("Issue", {"email_channel": current.channel}, pluck="subject", order_by="name")
		assert missing(folders["Done"], Counter(filed)) == ({}, {}), told
		states = frappe.get_all(
			"Email Channel Message", {"channel": current.channel}, pluck="state", order_by="name"
		)
		assert set(states) == {"Settled"}, story(current.channel)
		assert sum(moods.seen.values()) > 20, told
	FIGURES.append(
		f"flaky server: {MESSAGES} messages in {runs} runs, {seconds:.0f} s, "
		f"{MESSAGES / seconds:.0f} a second; {sum(moods.seen.values())} troubles: {dict(moods.seen)}"
	)


def missing(wanted: Counter, found: Counter) -> tuple[dict, dict]:
	"""What is wanted and not there, and what is there and not wanted."""
	return dict(wanted - found), dict(found - wanted)


def is_done(channel: str) -> bool:
	"""Nothing waits, by what the last run said, and nothing is in between."""
	frappe.db.rollback()
	fields = ["last_success_at", "waiting", "trouble_code"]
	row = frappe.db.get_value("Email Channel", channel, fields, as_dict=True)
	unfinished = {"channel": channel, "state": ["!=", "Settled"]}
	if not row.last_success_at or row.waiting or row.trouble_code:
		return False
	return not frappe.db.exists("Email Channel Message", unfinished)
