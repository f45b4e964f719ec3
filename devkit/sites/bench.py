"""An existing bench and one of its sites: BENCH=/path/to/bench SITE=name.

The bench's own interpreter, database and Redis are used, and nothing is installed into it: the tests' tools
go into a folder of ours on PYTHONPATH. The site's database is migrated when the app's files have changed.
"""

import json
import os
import re
import shutil
import socket
import subprocess
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from devkit import paths, python_env
from devkit.platform import Platform, state_of_app
from devkit.steps import StepFailed, run, say, step

APP = "helpdesk_mailchannel"


class Bench(Platform):
	"""See the module."""

	kind = "bench"
	is_borrowed = True

	def __init__(self) -> None:
		self.bench = Path(os.environ["BENCH"]).resolve()
		self.python = self.bench / "env" / "bin" / "python"
		self.site = os.environ.get("SITE", "")
		self.admin_password = os.environ.get("ADMIN_PASSWORD", "admin")
		if not self.python.exists() or not self.sites.is_dir():
			raise StepFailed(f"BENCH={self.bench} is no bench: it has no env/bin/python or no sites folder")
		if not (self.sites / self.site / "site_config.json").is_file() or not self.site:
			raise StepFailed(f"SITE={self.site or '(not given)'} is no site of {self.bench}")

	def describe(self) -> str:
		"""See `Platform`."""
		apps = ", ".join(f"{name} {version}" for name, version in self._facts["apps"].items())
		return f"the bench {self.bench}, site {self.site}: {apps}"

	def prepare(self) -> None:
		"""Make the tools ready, and see to it that the app is on the site and up to date."""
		self._reach_services()
		facts = self._facts
		if facts["missing"]:
			raise StepFailed(
				f"the bench's environment lacks {', '.join(facts['missing'])}; install what the app needs: "
				f"{self.python} -m pip install -r {paths.ROOT / 'requirements.txt'}"
			)
		self._install_tools()
		if APP not in facts["apps"]:
			raise StepFailed(
				f"{APP} is not installed on {self.site}; in {self.bench}: "
				f"bench get-app {paths.ROOT} && bench --site {self.site} install-app {APP}"
			)
		if not facts["scheduler"]:
			say(f"  (the scheduler of {self.site} is switched off; what tests it will say so)")
		self._migrate_if_changed()

	def python_path(self) -> list[str]:
		"""See `Platform`."""
		return [str(paths.ROOT), str(self._tools)]

	@cached_property
	def _facts(self) -> dict[str, Any]:
		"""What the bench says about itself, asked once."""
		self._reach_services()
		answer = subprocess.run(
			[str(self.python), "-m", "devkit.inside.facts"],
			capture_output=True,
			text=True,
			cwd=self.sites,
			env={**os.environ, **self.environment()},
		)
		if answer.returncode:
			raise StepFailed(f"the site {self.site} cannot be asked:\n{answer.stderr[-1500:]}")
		facts: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
		return facts

	def _reach_services(self) -> None:
		common = json.loads((self.sites / "common_site_config.json").read_text())
		settings = {**common, **json.loads((self.sites / self.site / "site_config.json").read_text())}
		wanted = {
			name: urlparse(settings[name]) for name in ("redis_cache", "redis_queue") if settings.get(name)
		}
		places = {name: (url.hostname or "localhost", url.port or 6379) for name, url in wanted.items()}
		if not settings.get("db_socket") and settings.get("db_type", "mariadb") == "mariadb":
			places["MariaDB"] = (settings.get("db_host") or "localhost", int(settings.get("db_port") or 3306))
		for name, place in places.items():
			try:
				socket.create_connection(place, timeout=5).close()
			except OSError as error:
				raise StepFailed(
					f"{name} of the bench does not answer at {place[0]}:{place[1]} ({error}); "
					"start the bench's services first (bench start)"
				) from error

	@property
	def _tools(self) -> Path:
		mark = paths.fingerprint(paths.LOCKS / "tools.lock")[:8]
		return paths.STATE / f"tools-{self.bench.name}-{mark}"

	def _install_tools(self) -> None:
		"""Put the tests' tools beside the bench: those in tools.in, and what of their needs it lacks."""
		stamp = self._tools / "installed"
		if stamp.exists():
			return
		shutil.rmtree(self._tools, ignore_errors=True)
		self._tools.mkdir(parents=True)
		wanted = set(re.findall(r"^([A-Za-z0-9-]+)", (paths.LOCKS / "tools.in").read_text(), re.M))
		present = set(self._facts["distributions"])
		entries = re.split(r"(?m)^(?=[a-z0-9])", (paths.LOCKS / "tools.lock").read_text())
		chosen = [
			entry for entry in entries if (name := entry.partition("==")[0]) in wanted or name not in present
		]
		(self._tools / "requirements.txt").write_text("".join(chosen))
		with step("the tests' tools, beside the bench"):
			run(
				[
					str(python_env.PLAIN.python.parent / "uv"),
					*("pip", "install", "--no-deps", "--require-hashes"),
					*("--python", str(self.python), "--target", str(self._tools)),
					*("-r", str(self._tools / "requirements.txt")),
				],
				"bench-tools",
			)
		stamp.touch()

	def _migrate_if_changed(self) -> None:
		stamp = paths.STATE / f"migrated-{self.bench.name}-{self.site}"
		state = state_of_app()
		if not stamp.exists() or stamp.read_text() != state:
			with step(f"bring {self.site} up to date (migrate)"):
				self.run("devkit.inside.migrate", log="bench-site")
			stamp.write_text(state)
