"""Everything made ready for a part, and everything stopped again.

Services are left running between commands, so that the next command is quick; `./dev stop` ends them.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from devkit import paths, sites, system_packages
from devkit.platform import Platform
from devkit.services.dovecot import Dovecot
from devkit.services.dovecot_oauth import OAuthDovecot
from devkit.services.imap_filter import FILTERS
from devkit.services.service import Service
from devkit.services.smtp_sink import SmtpSink
from devkit.sites import mail_hosts, processes
from devkit.steps import only_one, say, step


def mail() -> None:
	"""Make the mail servers ready."""
	with only_one("set-up"):
		system_packages.ensure(["mail"])
		for service in mail_services():
			service.start()


def site(needs: list[str], purpose: str = "tests") -> Platform:
	"""Make a site ready, with what is needed beside it."""
	platform = sites.chosen(purpose)
	say(f"Platform: {platform.describe()}")
	with only_one("set-up"):
		_install_programs(needs, platform)
		platform.prepare()
		if "desk" in needs:
			platform.prepare_desk()
	if "mail" in needs:
		mail()
		mail_hosts.allow(platform, mail_services())
	return platform


@contextmanager
def site_meanwhile(needs: list[str]) -> Iterator[None]:
	"""Begin to make a site ready beside what is done within; `site` then finds most of it there.

	What installs programs, and may ask for a password, is done before. Should the rest fail, `site` says so.
	"""
	with only_one("set-up"):
		_install_programs(needs, sites.chosen())
	log = paths.LOGS / "set-up.log"
	log.parent.mkdir(parents=True, exist_ok=True)
	say(f"  (the site is made ready meanwhile; its log is {log})")
	with log.open("w") as output:
		process = subprocess.Popen(
			[sys.executable, "-B", "-m", "devkit.cli", "setup", *needs],
			stdin=subprocess.DEVNULL,
			stdout=output,
			stderr=subprocess.STDOUT,
			cwd=paths.ROOT,
		)
	try:
		yield
	finally:
		say("")
		with step("the rest of the site"):
			process.wait()


def _install_programs(needs: list[str], platform: Platform) -> None:
	groups = [
		need for need in needs if need in system_packages.GROUPS and (need != "desk" or platform.builds_desk)
	]
	system_packages.ensure([*groups, *platform.system_packages])


def mail_services() -> list[Service]:
	"""Return the mail servers, in the order to start them."""
	return [Dovecot(), OAuthDovecot(), *FILTERS, SmtpSink()]


def stop_all() -> list[str]:
	"""Stop every service of this checkout; return the names of those that ran."""
	services = [*processes.all_of(), *reversed(mail_services()), *sites.services()]
	return [service.name for service in services if service.stop()]
