"""The first half of `./dev`: with any Python from 3.8 on, make the environment that cli.py runs in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from devkit import paths, python_env
from devkit.steps import StepFailed, only_one, say

NEEDS_NOTHING = {"help", "--help", "-h", "clean"}


def main() -> int:
	"""Get the plain environment ready and go on in it."""
	arguments = sys.argv[1:] or ["help"]
	try:
		if arguments[0] in NEEDS_NOTHING:
			existing = python_env.PLAIN.python
			interpreter = existing if existing.exists() else Path(sys.executable)
		elif arguments[0] == "stop" and not python_env.PLAIN.python.exists():
			say("nothing of this checkout is running")
			return 0
		elif arguments[0] == "lock":
			with only_one("set-up"):
				interpreter = _environment_for_lock()
		else:
			with only_one("set-up"):
				interpreter = python_env.ensure(python_env.PLAIN)
	except StepFailed as failure:
		say(f"\n./dev {arguments[0]} stopped: {failure}")
		return 1
	return _go_on(interpreter, arguments)


def _go_on(interpreter: Path, arguments: list[str]) -> int:
	"""Become the second half."""
	os.environ["PYTHONPATH"] = os.pathsep.join(
		[str(paths.ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
	)
	os.execv(str(interpreter), [str(interpreter), "-B", "-m", "devkit.cli", *arguments])
	return 0


def _environment_for_lock() -> Path:
	"""Pinning must also work while the pinned lists are out of date."""
	existing = python_env.PLAIN.python
	if existing.exists():
		return existing
	recorded = paths.LOCKS / "made-from"
	recorded.write_text(python_env.lock_inputs() + "\n")
	return python_env.ensure(python_env.PLAIN)


if __name__ == "__main__":
	sys.exit(main())
