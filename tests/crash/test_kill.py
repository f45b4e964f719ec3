"""Killed or cut off at every step of a run: nothing is lost or filed twice, folders end up right.

Every command on either wire, to the mail server and to the database, is a step, once before it is carried
out and once after. Of the many statements between two commits only some are taken; all commits are.
"""

import frappe
import pytest

from tests.crash.harness import Scene, Step, cut_at, kill_at, renumber, scene, story
from tests.crash.mails import messages

WITHIN_TRANSACTIONS = 9
"""Of the statements that are not commits, every so-manieth is a step that is tried."""


def chosen(steps: list[Step]) -> list[Step]:
	return [
		step
		for step in steps
		if step.wire == "mail" or "commit" in step.name.lower() or step.number % WITHIN_TRANSACTIONS == 0
	]


def check(scene: Scene, subjects: list[str], step: object) -> None:
	"""One ticket, one answer, one excluded message, everything in its folder, nothing left in between."""
	told = f"{step}\n{story(scene.channel)}"
	tickets = frappe.get_all("Issue", {"email_channel": scene.channel}, pluck="subject", order_by="creation")
	assert tickets == subjects, told
	names = frappe.get_all("Issue", {"email_channel": scene.channel}, pluck="name", order_by="creation")
	mails = frappe.get_all(
		"Communication",
		{"reference_doctype": "Issue", "reference_name": ["in", names]},
		["name", "subject"],
		order_by="creation",
	)
	assert sorted(mail.subject for mail in mails) == sorted(["Re: Ticket 1", *subjects]), told
	files = frappe.db.count("File", {"attached_to_name": ["in", [mail.name for mail in mails]]})
	assert files == 1, told
	unfinished = frappe.get_all(
		"Email Channel Message",
		{"channel": scene.channel, "state": ["not in", ["Settled"]]},
		pluck="state",
		order_by="name",
	)
	assert unfinished == [], told
	folders = {name: scene.box.subjects(name) for name in scene.box.folders()}
	live = live_messages(scene)
	assert live == [], told
	done = folders.get("Done", [])
	assert set(done) == {"Re: Ticket 1", *subjects}, told
	assert len(done) == len(subjects) + 1, told
	assert folders.get("Excluded", []) == ["Out of office"], told
	assert folders.get("Failed", []) == [], told


def live_messages(scene: Scene) -> list[str]:
	"""What is in the INBOX and not marked as deleted."""
	return [message.subject for message in scene.box.messages("INBOX") if "\\Deleted" not in message.flags]


def steps_of_a_run(dovecot, profile: str, **values) -> list[Step]:
	"""Of a run that nothing disturbs. The first one fills the site's caches, so the second one counts."""
	for _ in range(2):
		with scene(dovecot, messages(), profile=profile, **values) as whole:
			whole.run()
			check(whole, ["Ticket 1"], "undisturbed")
			steps = whole.steps()
	return steps


@pytest.mark.parametrize("changed", [False, True], ids=["same-uidvalidity", "changed-uidvalidity"])
@pytest.mark.parametrize("profile", ["move", "uidplus", "neither"])
@pytest.mark.parametrize("break_at", [kill_at, cut_at], ids=["killed", "cut"])
def test_imap(site, dovecot, capsys, profile, changed, break_at):
	steps = chosen(steps_of_a_run(dovecot, profile))
	broken = 0
	for step in steps:
		with scene(dovecot, messages(), profile=profile) as current:
			status = break_at(current, step)
			broken += status == -9 if break_at is kill_at else 1
			if changed:
				renumber(dovecot, current.box)
			current.finish()
			check(current, ["Ticket 1"], step)
	with capsys.disabled():
		numbers = "other" if changed else "same"
		print(f"\n  {profile}, {numbers} UIDVALIDITY: {broken} of {len(steps)} runs broken")
	assert broken > len(steps) * 0.8
