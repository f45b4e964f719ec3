"""The engine stands on its own."""

import subprocess
import sys

import pytest

from devkit import paths, python_env

# Every one of these that is found on this machine.
VERSIONS = [(3, minor) for minor in (10, 11, 12, 13) if python_env.find((3, minor), (3, minor))]


def test_the_core_is_tested_where_no_framework_can_be_imported():
	code = (
		"import importlib.util as u, sys; sys.exit(any(map(u.find_spec, ['frappe', 'erpnext', 'helpdesk'])))"
	)
	assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize("version", VERSIONS, ids=[f"{major}.{minor}" for major, minor in VERSIONS])
def test_the_engine_needs_nothing_but_its_requirements(version):
	"""In an environment of this Python that has what requirements.txt says, as pinned, and nothing else."""
	folder = paths.STATE / "env-engine-{}.{}".format(*version)
	python = folder / "bin" / "python"
	uv = str(python_env.PLAIN.python.parent / "uv")
	if not python.exists():
		run(uv, "venv", "-q", "--python", python_env.find(version, version), str(folder))
	pinned = paths.LOCKS / "plain.lock"
	requirements = paths.ROOT / "requirements.txt"
	run(uv, "pip", "install", "-q", "--python", str(python), "-r", str(requirements), "-c", str(pinned))
	told = run(
		str(python),
		"-c",
		"import sys, importlib.util, helpdesk_mailchannel.mailcore.flow;"
		"print(sys.version_info[:2], importlib.util.find_spec('frappe'))",
	)
	assert told == f"{version} None"


def run(*command: str) -> str:
	"""Run a command in the checkout; what it printed. Where it fails, its words are the test's."""
	done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True)
	assert done.returncode == 0, done.stderr
	return done.stdout.strip()
