"""The programs that come from the system: found where they are, otherwise installed through apt, said before.

Only the standard library, and syntax of Python 3.8: this is read before any environment exists.
"""

from __future__ import annotations

import os
import shutil

from devkit.steps import StepFailed, run, say, step

SEARCH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin:/usr/lib/dovecot"

# What a part needs, as: program to look for -> Debian package that brings it.
GROUPS = {
	"mail": {"dovecot": "dovecot-core", "imap-login": "dovecot-imapd", "pop3-login": "dovecot-pop3d"},
	"site": {
		"mariadbd": "mariadb-server-core",
		"mariadb-install-db": "mariadb-server-core",
		"mysql": "mariadb-client-core",
		"redis-server": "redis-server",
	},
	"desk": {"node": "nodejs", "npm": "npm"},
	"browser": {"chromium": "chromium"},
}

# Debian starts a service when it installs it. We start our own, privately, so the packages' ones stay off.
APT = """
set -e
export DEBIAN_FRONTEND=noninteractive
keep_off=/usr/sbin/policy-rc.d
if [ ! -e $keep_off ]; then
	printf '#!/bin/sh\\nexit 101\\n' > $keep_off
	chmod 755 $keep_off
	trap 'rm -f $keep_off' EXIT
fi
apt-get -o DPkg::Lock::Timeout=900 update
apt-get -o DPkg::Lock::Timeout=900 install -y --no-install-recommends "$@"
if [ -d /run/systemd/system ]; then
	for package in "$@"; do
		case $package in
			redis-server) systemctl disable redis-server || true ;;
			dovecot-core) systemctl disable dovecot dovecot.socket || true ;;
		esac
	done
fi
"""


def which(program: str) -> str | None:
	"""Return where a program is, looking also where servers are kept."""
	return shutil.which(program, path=SEARCH)


def required(program: str) -> str:
	"""Return where a program is; StepFailed where it is not."""
	found = which(program)
	if not found:
		raise StepFailed(f"{program} is missing")
	return found


def missing(groups: list[str]) -> list[str]:
	"""Return the Debian packages that these groups still need."""
	needed = {}
	for group in groups:
		for program, package in GROUPS[group].items():
			if not which(program):
				needed[package] = True
	return list(needed)


def ensure(groups: list[str]) -> None:
	"""Make sure that the programs of these groups are on this machine."""
	packages = missing(groups)
	if packages:
		install(packages)
	if "mail" in groups:
		_check_dovecot()


def install(packages: list[str]) -> None:
	"""Install Debian packages, after saying so."""
	if not shutil.which("apt-get"):
		raise StepFailed(
			"these programs are missing, and this is neither Debian nor Ubuntu, so please install them "
			f"(Debian's names): {' '.join(packages)}"
		)
	command = ["sh", "-c", APT, "install", *packages]
	if os.geteuid() != 0:
		if not shutil.which("sudo"):
			raise StepFailed(f"please install as root (there is no sudo here): {' '.join(packages)}")
		say(f"  About to run, with sudo: apt-get install {' '.join(packages)}")
		run_sudo_prompt()
		command = ["sudo", *command]
	else:
		say(f"  About to run: apt-get install {' '.join(packages)}")
	with step("system packages"):
		run(command, "apt")


def run_sudo_prompt() -> None:
	"""Let sudo ask for its password while the terminal is still ours."""
	if os.system("sudo -v") != 0:
		raise StepFailed("sudo was refused; please install the packages above as root")


def _check_dovecot() -> None:
	dovecot = which("dovecot")
	if not dovecot:
		raise StepFailed("dovecot is still missing after the installation")
	version = os.popen(f"{dovecot} --version").read().strip()
	if not version.startswith("2.3"):
		raise StepFailed(
			f"this machine has Dovecot {version or '?'}; the test server's settings are written for 2.3 "
			"(Debian 12, Ubuntu 22.04 and 24.04)"
		)
