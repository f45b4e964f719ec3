"""Steps people can follow: what is being done, how long it took, and where the log is when it fails.

Only the standard library, and syntax of Python 3.8: this is read before any environment exists.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from devkit import paths

BEAT = 10  # seconds between signs of life on a long step


class StepFailed(Exception):
	"""A step could not be done; the text says which and what to do, in words for people."""


def say(text: str) -> None:
	"""Print one line at once, also when the output is a pipe."""
	print(text, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
	"""Announce a step, show that it is alive while it is long, and say how long it took."""
	started = time.monotonic()
	done = threading.Event()
	terminal = sys.stdout.isatty()
	sys.stdout.write(f"  {title} ... ")
	sys.stdout.flush()

	def beat() -> None:
		while not done.wait(BEAT):
			sys.stdout.write(f"{time.monotonic() - started:.0f} s ... ")
			sys.stdout.flush()

	threading.Thread(target=beat, daemon=True).start()
	try:
		yield
	except BaseException:
		done.set()
		print("\033[31mfailed\033[0m" if terminal else "failed", flush=True)
		raise
	done.set()
	print(f"done ({time.monotonic() - started:.1f} s)", flush=True)


def run(
	command: Sequence[str], log: str, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> None:
	"""Run a command with its output in `.dev/logs/<log>.log`; on failure raise StepFailed with its end."""
	paths.LOGS.mkdir(parents=True, exist_ok=True)
	file = paths.LOGS / f"{log}.log"
	with file.open("a") as output:
		output.write(f"\n$ {' '.join(map(str, command))}\n")
		output.flush()
		try:
			code = subprocess.run(
				[str(part) for part in command],
				stdin=subprocess.DEVNULL,
				stdout=output,
				stderr=subprocess.STDOUT,
				env={**os.environ, **(env or {})},
				cwd=cwd or paths.ROOT,
			).returncode
		except OSError as error:
			raise StepFailed(f"cannot run {command[0]}: {error}") from error
	if code:
		raise StepFailed(f"'{Path(str(command[0])).name}' ended with {code}; {tail(file)}")


def tail(file: Path, lines: int = 15) -> str:
	"""Return where the log is, and its last lines."""
	text = file.read_text(errors="replace").splitlines()[-lines:] if file.exists() else []
	return "\n".join([f"its log is {file}, and ends with:", *(f"    {line}" for line in text)])


@contextmanager
def only_one(name: str) -> Iterator[None]:
	"""Let one command of this checkout at a time do this; the others wait, and say so."""
	paths.STATE.mkdir(exist_ok=True)
	with (paths.STATE / f"{name}.lock").open("w") as handle:
		try:
			fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
		except BlockingIOError:
			say(f"  (another ./dev of this checkout is busy with: {name}; waiting for it)")
			fcntl.flock(handle, fcntl.LOCK_EX)
		yield
