"""Killed or cut off at every step of a run: nothing is lost or filed twice, folders end up right.

Every command on either wire, to the mail server and to the database, is a step. Of the many statements
between two commits only some are taken, for all of them leave the same behind; all commits are.

A process that is killed leaves what the two servers hold, so killing it after each command covers every
moment. One that is cut off lives on with what it knows, so it is cut off before and after each command.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import frappe
import pytest

from tests.crash.harness import FIGURES, LaterClock, Scene, Step, cut_at, kill_at, renumber, scene, story
from tests.crash.mails import messages
from tests.crash.processes import kill_all
from tests.crash.wire import Poison

KILLED_WITHIN, CUT_WITHIN = 24, 80
"""Of the statements that are not commits, every so-manieth is a step that is tried."""

FOLDERS = {"INBOX": [], "Done": ["Re: Ticket 1", "Ticket 1"], "Excluded": ["Out of office"]}
EMPTY: dict[str, list[str]] = {"INBOX": []}
FULL = {"INBOX": ["Out of office", "Re: Ticket 1", "Ticket 1"]}


@dataclass(frozen=True)
class Case:
	"""A mailbox on one kind of server, and what its folders hold in the end."""

	name: str
	values: dict
	end: dict
	renumbered: bool = False
	"""The folder gets another UIDVALIDITY between the broken run and the next."""


CASES = [
	*(
		Case(f"{profile}{', renumbered' if renumbered else ''}", {"profile": profile}, FOLDERS, renumbered)
		for profile in ("move", "uidplus", "neither")
		for renumbered in (False, True)
	),
	Case("pop3, delete", {"protocol": "POP3", "after_processing": "Delete"}, EMPTY),
	Case("pop3, leave", {"protocol": "POP3", "after_processing": "Leave in Place"}, FULL),
]
CUT_OFF = {"move", "uidplus, renumbered", "neither", "pop3, delete"}


def ids(case: Case) -> str:
	return case.name.replace(", ", "-")


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_killed(site, dovecot, case):
	steps = [step for step in steps_of_a_run(dovecot, case, KILLED_WITHIN) if step.after]
	statuses = [break_off(dovecot, case, step, kill_at) for step in steps]
	killed = sum(status == -9 for status in statuses)
	FIGURES.append(f"{case.name}: killed {killed} times")
	assert killed > len(steps) * 0.8


@pytest.mark.parametrize("case", [case for case in CASES if case.name in CUT_OFF], ids=ids)
def test_cut_off(site, dovecot, case):
	steps = steps_of_a_run(dovecot, case, CUT_WITHIN)
	for step in steps:
		break_off(dovecot, case, step, cut_at)
	FIGURES.append(f"{case.name}: cut off {len(steps)} times")


def test_after_a_kill_the_next_run_begins_at_once(site, dovecot):
	with scene(dovecot, messages()) as current:
		status = current.run(trap=(current.mail, Poison(b"BODY.PEEK[]", kill_all)))
		frappe.db.rollback()
		held = frappe.db.get_value("Email Channel", current.channel, "lease_owner")
		assert (status, bool(held)) == (-9, True)
		assert current.run() == 0
		frappe.db.rollback()
		check(current, CASES[0], "killed while fetching")


def test_a_worker_elsewhere_keeps_its_mailbox_until_its_lease_ends(site, dovecot):
	with scene(dovecot, messages()) as current:
		current.run(trap=(current.mail, Poison(b"BODY.PEEK[]", kill_all)))
		frappe.db.rollback()
		elsewhere = {"lease_owner": "0123456789abcdef:1:1 another-host"}
		frappe.db.set_value("Email Channel", current.channel, elsewhere, update_modified=False)
		frappe.db.commit()
		current.run()
		assert current.mail.commands == [], "nobody can tell from here whether it lives"
		current.run(clock=LaterClock(1))
		frappe.db.rollback()
		check(current, CASES[0], "its lease has ended")


def steps_of_a_run(dovecot, case: Case, within: int) -> list[Step]:
	"""Of a run that nothing disturbs. The first one fills the site's caches, so the second one counts."""
	for _ in range(2):
		with scene(dovecot, messages(), **case.values) as whole:
			whole.run()
			check(whole, case, "undisturbed")
			steps = whole.steps()
	return [step for step in steps if is_tried(step, within)]


def is_tried(step: Step, within: int) -> bool:
	return step.wire == "mail" or "commit" in step.name.lower() or step.number % within == 0


def break_off(dovecot, case: Case, step: Step, how: Callable[[Scene, Step], int]) -> int:
	"""Break a run at a step, let later ones finish the work, and look; the broken run's exit status."""
	with scene(dovecot, messages(), **case.values) as current:
		status = how(current, step)
		if case.renumbered:
			renumber(dovecot, current.box)
		current.finish()
		check(current, case, step)
	return status


def check(scene: Scene, case: Case, step: object) -> None:
	"""One ticket, an answer on it, an excluded message, all in their places, nothing left in between."""
	told = f"{case.name}: {step}\n{story(scene.channel)}"
	tickets = frappe.get_all("Issue", {"email_channel": scene.channel}, ["name", "subject"], order_by="name")
	assert [ticket.subject for ticket in tickets] == ["Ticket 1"], told
	mails = communications(tickets[0].name)
	assert sorted(mail.subject for mail in mails) == ["Re: Ticket 1", "Ticket 1"], told
	names = [mail.name for mail in mails]
	assert frappe.db.count("File", {"attached_to_name": ["in", names]}) == 1, told
	assert set(states(scene.channel)) == {"Settled"}, told
	assert {name: live(scene, name) for name in case.end} == case.end, told
	assert live(scene, "Failed") == [], told


def communications(ticket: str) -> list:
	filters = {"reference_doctype": "Issue", "reference_name": ticket}
	return frappe.get_all("Communication", filters, ["name", "subject"], order_by="creation")


def states(channel: str) -> list[str]:
	return frappe.get_all("Email Channel Message", {"channel": channel}, pluck="state", order_by="name")


def live(scene: Scene, folder: str) -> list[str]:
	"""The subjects of what is in a folder and not marked as deleted."""
	if folder not in scene.box.folders():
		return []
	found = scene.box.messages(folder)
	return sorted(message.subject for message in found if "\\Deleted" not in message.flags)
