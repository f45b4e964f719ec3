"""`./dev demo`: varied mail, an Email Channel, one poll by the scheduler's own path, and the outcome."""

import json
import os
import subprocess
import textwrap
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from devkit import background, mail, ready
from devkit.platform import Platform
from devkit.services.dovecot import Dovecot
from devkit.services.mailbox import Mailbox
from devkit.steps import StepFailed, say, step

POLL = "helpdesk_mailchannel.ticketing.polling.schedule.enqueue_due_channels"
COLUMNS = (("message", 30), ("became", 9), ("ticket", 14), ("why", 46), ("now in", 8))


def main() -> int:
	"""Run the demonstration; return 0 when every message has its outcome."""
	platform = ready.site(["mail"], "demo")
	mailbox, names = fill_mailbox()
	before = mailbox.folders()
	with step("an Email Channel, as an administrator makes one"):
		platform.run("devkit.inside.demo", "create", json.dumps(settings(mailbox)), log="demo")
	with step("the scheduler's tick, and a worker for what it enqueued"):
		site = background.of(platform)
		site.make_due(POLL)
		site.tick_and_work()
	outcome = ask(platform)
	show(outcome["messages"], names, mailbox)
	say(f"\nThe channel: {outcome['status']}, {outcome['health']}. {outcome['health_reason'] or ''}".rstrip())
	show_folders(before, mailbox.folders())
	say("\n./dev serve shows the same site in a browser: the channel, its tickets, its message log.")
	done = [row for row in outcome["messages"] if row["fate"]]
	return 0 if len(done) == len(names) else 1


def fill_mailbox() -> tuple[Mailbox, dict[int, str]]:
	"""Put the samples into a fresh mailbox; return it and the samples' names by UID."""
	dovecot = Dovecot()
	dovecot.remove_mailbox(dovecot.mailbox(mail.ADDRESS))
	mailbox = dovecot.new_mailbox(mail.ADDRESS)
	messages = mail.samples()
	start = datetime.now(timezone.utc) - timedelta(minutes=len(messages))
	names = {}
	with step(f"{len(messages)} messages into the mailbox of {mail.ADDRESS}"):
		for minute, (name, octets) in enumerate(messages.items()):
			uid = mailbox.append("INBOX", octets, date=start + timedelta(minutes=minute))
			names[uid] = name
		for folder in ("Done", "Failed", "Excluded"):
			mailbox.create_folder(folder)
	return mailbox, names


def settings(mailbox: Mailbox) -> dict[str, Any]:
	"""Return what an administrator would fill in."""
	return {
		"channel_name": "Demo",
		"email_address": mailbox.user,
		"protocol": "IMAP",
		"security": "TLS",
		"host": mailbox.host,
		"port": mailbox.imaps_port,
		"user_name": mailbox.user,
		"password": mailbox.password,
		"ca_file": mailbox.ca_file,
		"existing_mail": "File as Open",
		"target_doctype": "Issue",
		"folder_mapping": [
			{
				"read_folder": "INBOX",
				"success_folder": "Done",
				"failure_folder": "Failed",
				"exclusion_folder": "Excluded",
			}
		],
	}


def ask(platform: Platform) -> dict[str, Any]:
	"""Return what the site knows of the channel and its messages."""
	answer = subprocess.run(
		platform.command("devkit.inside.demo", "outcome"),
		capture_output=True,
		text=True,
		env={**os.environ, **platform.environment()},
		cwd=platform.sites,
	)
	if answer.returncode:
		raise StepFailed(f"the site does not answer: {answer.stderr[-2000:]}")
	known: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
	return known


def show(rows: list[dict[str, Any]], names: dict[int, str], mailbox: Mailbox) -> None:
	"""Print the table of messages; those the channel knows nothing of are listed too."""
	known = {int(row["uid"]): row for row in rows}
	places = where_they_are(mailbox, names)
	say("\n" + "  ".join(title.ljust(width) for title, width in COLUMNS).rstrip())
	say("  ".join("-" * width for _, width in COLUMNS))
	for uid, name in names.items():
		row = known.get(uid, {})
		cells = (
			f"{name}\n{row.get('subject') or '(no subject)'}",
			row.get("fate") or "nothing",
			row.get("ticket") or "",
			row.get("reason") or "",
			places.get(name, "(gone)"),
		)
		print_row(cells)


def print_row(cells: Sequence[str]) -> None:
	"""Print one row, wrapped within its columns."""
	columns = [
		[part for line in str(cell).splitlines() for part in textwrap.wrap(line, width)]
		for cell, (_, width) in zip(cells, COLUMNS, strict=True)
	]
	for line in range(max(map(len, columns))):
		parts = [
			(column[line] if line < len(column) else "").ljust(width)
			for column, (_, width) in zip(columns, COLUMNS, strict=True)
		]
		say("  ".join(parts).rstrip())


def where_they_are(mailbox: Mailbox, names: dict[int, str]) -> dict[str, str]:
	"""Return the folder that each sample lies in, told by its octets."""
	samples = mail.samples()
	left = list(names.values())
	places = {}
	for folder in mailbox.folders():
		for message in mailbox.messages(folder):
			for name in left:
				if _essence(samples[name]) == _essence(message.octets):
					places[name] = folder
					left.remove(name)
					break
	return places


def _essence(octets: bytes) -> bytes:
	"""Return what a server leaves of a message: line ends may change, and Dovecot writes 0x80 for NUL."""
	return b"".join(octets.replace(b"\0", b"\x80").split())


def show_folders(before: dict[str, int], after: dict[str, int]) -> None:
	"""Print how many messages each folder holds, before and after."""
	say("\nfolder          before  after")
	for folder in sorted({*before, *after}):
		say(f"{folder:14} {before.get(folder, 0):7} {after.get(folder, 0):6}")
