"""`./dev check`: lint, format, types, contracts between packages, spelling; all of them, then the verdict."""

import os
import subprocess

from devkit import paths, python_env
from devkit.steps import say


def commands() -> dict[str, list[str]]:
	"""Return each check by its name."""
	tools = python_env.PLAIN.python.parent
	return {
		"lint": [f"{tools}/ruff", "check", "."],
		"format": [f"{tools}/ruff", "format", "--check", "."],
		"types": [f"{tools}/mypy"],
		"contracts": [f"{tools}/lint-imports"],
		"spelling": [f"{tools}/codespell"],
	}


def main() -> int:
	"""Run every check; return 0 when all are content."""
	failed = []
	for name, command in commands().items():
		done = subprocess.run(
			command,
			cwd=paths.ROOT,
			env={**os.environ, "PYTHONPATH": str(paths.ROOT)},
			stdout=subprocess.PIPE,
			stderr=subprocess.STDOUT,
			text=True,
		)
		say(f"  {name:10} {'FAILED' if done.returncode else 'good'}")
		if done.returncode:
			failed.append(name)
			say(done.stdout)
	return 1 if failed else 0
