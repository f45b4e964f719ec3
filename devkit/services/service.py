"""What the services have in common: start and wait, know your own process again, stop."""

import contextlib
import json
import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path

from devkit import paths, ports
from devkit.steps import StepFailed, step, tail

START_TIMEOUT = 60
STOP_TIMEOUT = 20


class Service(ABC):
	"""One background process of this checkout.

	The process is remembered by its id and the moment it started, so that after a reboot a stranger with the
	same id is neither taken for ours nor ended.
	"""

	name = ""
	port_names: tuple[str, ...] = ()

	@abstractmethod
	def command(self) -> list[str]:
		"""Return what to run, in the foreground."""

	def prepare(self) -> None:  # noqa: B027 (many need nothing)
		"""Make what has to be there once, such as a data folder."""

	def is_ready(self) -> bool:
		"""Say whether the service answers."""
		return all(ports.answers(self.port(name)) for name in self.port_names)

	def environment(self) -> dict[str, str]:
		"""Return additional variables for the process."""
		return {}

	def port(self, name: str) -> int:
		"""Return one of this service's ports."""
		return ports.get(f"{self.name}.{name}")

	@property
	def home(self) -> Path:
		"""The data folder."""
		return paths.STATE / "services" / self.name

	@property
	def folder(self) -> Path:
		"""The folder that the process runs in."""
		return paths.ROOT

	@property
	def log(self) -> Path:
		"""Where the process writes to."""
		return paths.LOGS / f"{self.name}.log"

	@property
	def pid(self) -> int | None:
		"""The process id, when the process is alive and really ours."""
		with contextlib.suppress(OSError, ValueError, KeyError):
			note = json.loads(self._note.read_text())
			if note["started"] == _started(note["pid"]):
				return int(note["pid"])
		return None

	def start(self) -> None:
		"""Make sure that the service runs."""
		if self.pid and self.is_ready() and self._is_as_it_should_be():
			return
		with step(f"start {self.name}"):
			self.stop()
			for _ in range(3):
				self._choose_ports()
				self.prepare()
				if self._start_once():
					return
				ports.forget(*(f"{self.name}.{name}" for name in self.port_names))
			raise StepFailed(f"{self.name} does not start; {tail(self.log)}")

	def stop(self) -> bool:
		"""End the process, gently at first; say whether there was one."""
		pid = self.pid
		if pid:
			end(pid)
		self._note.unlink(missing_ok=True)
		return bool(pid)

	def kill(self) -> None:
		"""End the process without warning, as a crash would."""
		if pid := self.pid:
			os.kill(pid, signal.SIGKILL)
			_wait_for_end(pid, STOP_TIMEOUT)

	def _choose_ports(self) -> None:
		for name in self.port_names:
			if not ports.is_free(self.port(name)):
				ports.forget(f"{self.name}.{name}")
				self.port(name)

	def _start_once(self) -> bool:
		paths.LOGS.mkdir(parents=True, exist_ok=True)
		with self.log.open("a") as output:
			process = subprocess.Popen(
				self.command(),
				stdin=subprocess.DEVNULL,
				stdout=output,
				stderr=subprocess.STDOUT,
				start_new_session=True,
				cwd=self.folder,
				env={**os.environ, **self.environment()},
			)
		self._note.parent.mkdir(parents=True, exist_ok=True)
		note = {"pid": process.pid, "started": _started(process.pid), "made_of": self._made_of()}
		self._note.write_text(json.dumps(note))
		deadline = time.monotonic() + START_TIMEOUT
		while time.monotonic() < deadline and process.poll() is None:
			if self.is_ready():
				return True
			time.sleep(0.05)
		self.stop()
		return False

	def _is_as_it_should_be(self) -> bool:
		"""Say whether it was started by this very code and with these ports; after a pull it may not be."""
		return bool(json.loads(self._note.read_text()).get("made_of") == self._made_of())

	def _made_of(self) -> str:
		return f"{paths.fingerprint(Path(__file__).parent)} {self.command()}"

	@property
	def _note(self) -> Path:
		return paths.RUN / f"{self.name}.json"


def end(pid: int) -> None:
	"""End one process of ours by its id."""
	with contextlib.suppress(ProcessLookupError):
		os.kill(pid, signal.SIGTERM)
		if not _wait_for_end(pid, STOP_TIMEOUT):
			os.kill(pid, signal.SIGKILL)
			_wait_for_end(pid, STOP_TIMEOUT)


def _wait_for_end(pid: int, seconds: float) -> bool:
	deadline = time.monotonic() + seconds
	while time.monotonic() < deadline:
		with contextlib.suppress(ChildProcessError):
			os.waitpid(pid, os.WNOHANG)
		if not _started(pid):
			return True
		time.sleep(0.02)
	return False


def _started(pid: int) -> str:
	"""Return the moment a process started, as the kernel counts it; empty when it is gone."""
	try:
		fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
	except OSError:
		return ""
	if fields[0] == "Z":
		return ""
	return f"{fields[19]}@{Path('/proc/sys/kernel/random/boot_id').read_text().strip()}"
