"""Runs an attack in a process of its own and measures it: a bomb that goes off must not take the tests along.

def build() -> bytes: ...            # makes the hostile input; not measured
def attack(octets: bytes) -> str: ...  # what is measured; its result must be JSON

measured = measure(attack, build)
measured.assert_harmless()
assert measured.result == "too_complex"
"""

from __future__ import annotations

import gc
import importlib.util
import inspect
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 1.0
MEGABYTES = 200
PATIENCE = 60
"""Seconds of the wall clock after which the child is ended. Measured is its processor time alone, which other
work on the machine does not lengthen."""


@dataclass(frozen=True)
class Measured:
	"""What an attack came to: its result, processor seconds, and growth of memory in megabytes."""

	result: Any
	seconds: float
	megabytes: float

	def assert_harmless(self) -> None:
		"""Within a second and 200 MB: what every attack on this app must stay within."""
		assert self.seconds < SECONDS, f"It took {self.seconds:.2f} s."
		assert self.megabytes < MEGABYTES, f"Memory grew by {self.megabytes:.0f} MB."


def measure(attack: Callable[[Any], Any], build: Callable[[], Any]) -> Measured:
	"""Call `attack(build())` in a child process and measure the attack.

	Both must be functions at the top of a module.
	"""
	places = (inspect.getfile(build), build.__name__, inspect.getfile(attack), attack.__name__)
	child = subprocess.run(
		[sys.executable, __file__, *places],
		env={**os.environ, "PYTHONPATH": str(ROOT)},
		capture_output=True,
		text=True,
		timeout=PATIENCE,
	)
	assert child.returncode == 0, f"The process died: {child.stderr[-2000:]}"
	return Measured(**json.loads(child.stdout.splitlines()[-1]))


def _run(build_file: str, build: str, attack_file: str, attack: str) -> None:
	"""What the child does."""
	attacked = _function(attack_file, attack)
	hostile = _function(build_file, build)()
	before = _forget_peak()
	started = _processor_time()
	result = attacked(hostile)
	seconds = _processor_time() - started
	print(json.dumps({"result": result, "seconds": seconds, "megabytes": _peak() - before}))


def _function(file: str, name: str) -> Callable[..., Any]:
	spec = importlib.util.spec_from_file_location(Path(file).stem, file)
	assert spec and spec.loader
	module = importlib.util.module_from_spec(spec)
	sys.modules[spec.name] = module
	spec.loader.exec_module(module)
	return getattr(module, name)


def _processor_time() -> float:
	"""Seconds of this process and of those that it has started and waited for."""
	children = resource.getrusage(resource.RUSAGE_CHILDREN)
	return time.process_time() + children.ru_utime + children.ru_stime


def _forget_peak() -> float:
	"""What this process holds now, in megabytes; from here on its peak counts anew (proc(5), clear_refs)."""
	gc.collect()
	Path("/proc/self/clear_refs").write_text("5")
	return _status("VmRSS")


def _peak() -> float:
	return _status("VmHWM")


def _status(name: str) -> float:
	"""A figure of this process's memory, in megabytes."""
	lines = Path("/proc/self/status").read_text().splitlines()
	return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
	_run(*sys.argv[1:])
