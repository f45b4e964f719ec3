"""The background of a site in tests and demo: the scheduler's own tick, and workers for what is queued."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from devkit import paths
from devkit.platform import Platform
from devkit.steps import tail


@dataclass(frozen=True)
class Background:
	"""Runs the scheduler and workers of one site in processes of their own, as a bench does."""

	python: str
	sites: Path
	environment: dict[str, str]

	def tick(self) -> None:
		"""Let the scheduler enqueue what is due now."""
		self._run("devkit.inside.tick")

	def make_due(self, method: str) -> None:
		"""Make a scheduled job due at once, whenever it ran last."""
		self._run("devkit.inside.make_due", method)

	def work(self, *queues: str, timeout: float = 300) -> None:
		"""Run the queued jobs, in one worker, until the queues are empty."""
		self._run("devkit.inside.worker", "burst", *queues, timeout=timeout)

	def tick_and_work(self) -> None:
		"""Do what a minute of a running bench does."""
		self.tick()
		self.work()

	def start_worker(self, *queues: str) -> subprocess.Popen[bytes]:
		"""Start a worker that stays (for tests that kill it); ending it is the caller's duty."""
		with self.log.open("a") as output:
			return subprocess.Popen(
				[self.python, "-m", "devkit.inside.worker", *queues],
				stdin=subprocess.DEVNULL,
				stdout=output,
				stderr=subprocess.STDOUT,
				cwd=self.sites,
				env={**os.environ, **self.environment},
				start_new_session=True,
			)

	@property
	def log(self) -> Path:
		"""Where the processes write to."""
		return paths.LOGS / "background.log"

	def _run(self, module: str, *arguments: str, timeout: float = 120) -> None:
		with self.log.open("a") as output:
			code = subprocess.run(
				[self.python, "-m", module, *arguments],
				stdin=subprocess.DEVNULL,
				stdout=output,
				stderr=subprocess.STDOUT,
				cwd=self.sites,
				env={**os.environ, **self.environment},
				timeout=timeout,
			).returncode
		if code:
			raise RuntimeError(f"{module} ended with {code}; {tail(self.log)}")


def of_this_process() -> Background:
	"""Return the background of the site that this process runs on (inside the tests)."""
	return Background(sys.executable, Path(os.environ["DEV_SITES"]), {})


def of(platform: Platform) -> Background:
	"""Return the background of a platform's site."""
	return Background(str(platform.python), platform.sites, platform.environment())
