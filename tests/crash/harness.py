"""One mailbox, one channel, and runs in a process that is killed or cut off at a chosen step."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import frappe

from devkit import ports
from devkit.services.dovecot import Dovecot
from devkit.services.mailbox import Mailbox
from helpdesk_mailchannel.mailcore.ports import Clock
from helpdesk_mailchannel.ticketing.polling.job import poll
from tests.crash.processes import fork_and_connect, kill_all, wait_for
from tests.crash.wire import Lines, Packets, Trap, Trouble, Wire
from tests.site import explained
from tests.site.polling import active_channel

FIGURES: list[str] = []
"""What the tests count and measure, printed at the end."""


@dataclass(frozen=True)
class Step:
	"""A moment of a run: at a command on one of the two wires, before or after the server carried it out."""

	wire: str
	number: int
	after: bool
	name: str

	def __str__(self) -> str:
		return f"{'after' if self.after else 'before'} {self.wire} {self.number}: {self.name[:90]}"


class LaterClock:
	"""The machine's clock, moved on: long enough for a dead run's lease to have ended."""

	def __init__(self, runs_later: int) -> None:
		self.ahead = timedelta(minutes=10 * runs_later)

	def now(self) -> datetime:
		"""See `mailcore.ports.Clock`."""
		return datetime.now(timezone.utc) + self.ahead


@dataclass
class Scene:
	"""A filled mailbox and its channel, reached over two wires."""

	box: Mailbox
	channel: str
	mail: Wire
	database: Wire

	def run(
		self,
		*,
		trap: tuple[Wire, Trouble] | None = None,
		clock: Clock | None = None,
		within: AbstractContextManager | None = None,
	) -> int:
		"""Poll once in another process, over the wires; return its exit status, negative for a signal.

		`within`: what the poll runs in, such as a time limit.
		"""
		self._mend_wires()
		if trap:
			wire, waiting = trap
			wire.trap = waiting

		def work() -> None:
			with within or nullcontext():
				poll(self.channel, clock)

		return wait_for(fork_and_connect(work, db_host=ports.LOOPBACK, db_port=self.database.port))

	def _mend_wires(self) -> None:
		for wire in (self.mail, self.database):
			wire.trap = None
			wire.commands.clear()

	def steps(self) -> list[Step]:
		"""The steps of the run that was just made."""
		return [
			Step(name, number, after, command)
			for name, wire in (("mail", self.mail), ("database", self.database))
			for number, command in enumerate(wire.commands, 1)
			for after in (False, True)
		]

	def finish(self) -> None:
		"""Let later runs, which nothing disturbs, bring everything to an end; the last has nothing to do."""
		self._mend_wires()
		frappe.db.rollback()
		for later in (1, 2, 3):
			at_end = self._is_at_end()
			poll(self.channel, clock=LaterClock(later))
			frappe.db.rollback()
			if at_end:
				return

	def _is_at_end(self) -> bool:
		receipts = {"channel": self.channel}
		states = frappe.get_all("Email Channel Message", receipts, pluck="state", order_by="creation")
		return bool(states) and set(states) == {"Settled"}

	def wire(self, step: Step) -> Wire:
		"""The wire a step is on."""
		return self.mail if step.wire == "mail" else self.database


def kill_at(scene: Scene, step: Step) -> int:
	"""Run, and kill the process with SIGKILL at a step."""
	wire = scene.wire(step)
	return scene.run(trap=(wire, Trap(step.number, step.after, kill_all)))


def cut_at(scene: Scene, step: Step) -> int:
	"""Run, and cut the connection at a step; the process itself lives on."""
	wire = scene.wire(step)
	return scene.run(trap=(wire, Trap(step.number, step.after, lambda: None)))


@contextmanager
def scene(dovecot: Dovecot, octets: Sequence[bytes], *, profile: str = "move", **values) -> Iterator[Scene]:
	"""A new mailbox with these messages, and an active channel that reads it over the wires."""
	box = dovecot.new_mailbox().as_profile(profile)
	box.append_many("INBOX", octets)
	pop3 = values.get("protocol") == "POP3"
	mail = Wire(box.pop3_port if pop3 else box.imap_port, Lines)
	database = Wire(int(frappe.conf.db_port), Packets)
	frappe.conf.mailchannel_extra_ports = [*frappe.conf.mailchannel_extra_ports, mail.port]
	channel = active_channel(box, security="None", port=mail.port, **values)
	try:
		yield Scene(box, channel.name, mail, database)
	finally:
		mail.close()
		database.close()
		dovecot.remove_mailbox(box)


def renumber(dovecot: Dovecot, box: Mailbox) -> None:
	"""Give the INBOX another UIDVALIDITY, as a restored backup or a moved mailbox does."""
	home = Path(dovecot.home) / "mail" / box.user
	uids = home / "dovecot-uidlist"
	head, _, rest = uids.read_text().partition("\n")
	words = [f"V{int(word[1:]) + 1000}" if word.startswith("V") else word for word in head.split(" ")]
	uids.write_text(" ".join(words) + "\n" + rest)
	for index in home.glob("dovecot.index*"):
		index.unlink()


def story(channel: str) -> str:
	"""What the ledger says, for the message of a failed assertion."""
	fields = [
		"subject",
		"state",
		"fate",
		"attempts",
		"next_attempt_at",
		"ticket",
		"dest_folder",
	]
	rows = explained.messages({"channel": channel}, fields)
	health = explained.channel(channel)
	return json.dumps([*rows, health], indent=1, default=str)
