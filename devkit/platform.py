"""What the tests and the demo need to know of a site, wherever it comes from."""

import os
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from devkit import paths
from devkit.steps import StepFailed, run


class Platform(ABC):
	"""A site with our app and a ticket DocType on it, and the interpreter that runs it."""

	kind = ""
	builds_desk = False  # whether the desk's scripts are built here, or there already
	is_borrowed = False  # whether it is somebody's own site, whose settings are put back afterwards
	system_packages: tuple[str, ...] = ()
	python: Path
	bench: Path
	site: str
	admin_password: str

	@property
	def sites(self) -> Path:
		"""The folder that the framework's processes run in."""
		return self.bench / "sites"

	@abstractmethod
	def describe(self) -> str:
		"""Return one line that says which platform this is."""

	@abstractmethod
	def prepare(self) -> None:
		"""Make sure that the site is there, up to date and reachable."""

	def prepare_desk(self) -> None:  # noqa: B027 (a bench has its own)
		"""Make sure that the desk's scripts and style sheets are built."""

	def environment(self) -> dict[str, str]:
		"""Return the variables for processes that run on the site."""
		return {
			"DEV_SITE": self.site,
			"DEV_SITES": str(self.sites),
			"DEV_PLATFORM": self.kind,
			"FRAPPE_BENCH_ROOT": str(self.bench),
			"CRISCOSTACK_BENCH_ROOT": str(self.bench),
			"PYTHONDONTWRITEBYTECODE": "1",
			"PYTHONPATH": os.pathsep.join(self.python_path()),
		}

	def python_path(self) -> list[str]:
		"""Return the folders to import from before the environment's own."""
		return [str(paths.ROOT)]

	def command(self, module: str, *arguments: str) -> list[str]:
		"""Return the command that runs one of our modules with the site's interpreter."""
		return [str(self.python), "-m", module, *arguments]

	def run(self, module: str, *arguments: str, log: str = "site") -> None:
		"""Run one of our modules on the site, with its output in a log."""
		run(self.command(module, *arguments), log, env=self.environment(), cwd=self.sites)

	def popen(self, module: str, *arguments: str, log: str) -> subprocess.Popen[bytes]:
		"""Start one of our modules on the site and leave it running."""
		paths.LOGS.mkdir(parents=True, exist_ok=True)
		with (paths.LOGS / f"{log}.log").open("a") as output:
			return subprocess.Popen(
				self.command(module, *arguments),
				stdin=subprocess.DEVNULL,
				stdout=output,
				stderr=subprocess.STDOUT,
				env={**os.environ, **self.environment()},
				cwd=self.sites,
			)


def wait_until(question: Callable[[], object], seconds: float, complaint: str) -> None:
	"""Wait until a question is answered with yes, or fail with the complaint."""
	deadline = time.monotonic() + seconds
	while not question():
		if time.monotonic() > deadline:
			raise StepFailed(complaint)
		time.sleep(0.1)


def state_of_app(*others: Path) -> str:
	"""Return a hash of what the site keeps of the app, its forms' scripts among it, and of other folders."""
	app = paths.ROOT / "helpdesk_mailchannel"
	kinds, names = {".json", ".txt", ".csv", ".js"}, {"hooks.py", "install.py", "setup.py"}
	files = [file for file in sorted(app.rglob("*")) if file.suffix in kinds or file.name in names]
	return paths.fingerprint(*files, *sorted((app / "patches").rglob("*.py")), *others)
