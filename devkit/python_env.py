"""Virtual environments with pinned packages: `PLAIN` is the one for checks, core and server tests.

Only the standard library, and syntax of Python 3.8: this is read before any environment exists.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from devkit import paths, system_packages
from devkit.steps import StepFailed, run, say, step

# The throw-away site's list comes first: where both pin a package, the others follow it.
LOCK_FOLDERS = [paths.ROOT / "devkit" / "throwaway" / "requirements", paths.LOCKS]


@dataclass(frozen=True)
class Environment:
	"""One virtual environment: its list of pinned packages, and the Python versions it runs on."""

	name: str
	lock: Path
	oldest: tuple[int, int]
	newest: tuple[int, int]
	imports: tuple[str, ...] = ()
	"""Further lines of its path file: folders to import from, and statements to run at start."""

	@property
	def folder(self) -> Path:
		"""Where it lies."""
		return paths.STATE / f"env-{self.name}"

	@property
	def python(self) -> Path:
		"""Its interpreter (which may not exist yet)."""
		return self.folder / "bin" / "python"

	@property
	def packages(self) -> Path:
		"""The folder of its packages, once it exists."""
		return next((self.folder / "lib").glob("python3.*")) / "site-packages"


PLAIN = Environment("plain", paths.LOCKS / "plain.lock", (3, 10), (3, 14))


def ensure(environment: Environment) -> Path:
	"""Make sure that an environment exists and holds what its list says; return its interpreter."""
	stamp = environment.folder / "installed"
	wanted = paths.fingerprint(environment.lock)
	check_lock()
	if not (stamp.exists() and stamp.read_text() == wanted and _works(environment.python)):
		if not _works(environment.python):
			shutil.rmtree(environment.folder, ignore_errors=True)
			_create(environment)
		with step(f"Python packages ({environment.name})"):
			_install(environment)
		stamp.write_text(wanted)
	_link_checkout(environment)
	return environment.python


def _install(environment: Environment) -> None:
	"""Install with uv once the plain environment has brought it, which takes a fraction of the time."""
	options = ["--no-deps", "--require-hashes", "-r", str(environment.lock)]
	uv = PLAIN.python.parent / "uv"
	if uv.exists():
		command = [str(uv), "pip", "install", "--python", str(environment.python), "--compile-bytecode"]
		try:
			run([*command, *options], f"uv-{environment.name}")
			return
		except StepFailed:
			# uv does not know pip's settings, such as an index of one's own.
			pass
	command = [str(environment.python), "-m", "pip", "--disable-pip-version-check", "install"]
	run([*command, *options], f"pip-{environment.name}")


def check_lock() -> None:
	"""Refuse lists of pinned packages that are older than what they were made from."""
	recorded = paths.LOCKS / "made-from"
	if not recorded.exists() or recorded.read_text().strip() != lock_inputs():
		raise StepFailed("requirements changed since the packages were pinned: run ./dev lock, and commit it")


def lock_inputs() -> str:
	"""Return a hash of what the lists of pinned packages are made from."""
	inputs = [file for folder in LOCK_FOLDERS for file in sorted(folder.glob("*.in"))]
	return paths.fingerprint(paths.ROOT / "requirements.txt", *inputs)


def lock() -> None:
	"""Pin the Python packages anew, keeping the versions that still fit."""
	uv = PLAIN.python.parent / "uv"
	if not uv.exists():
		raise StepFailed("run ./dev check once before (it brings uv)")
	options = "--universal --python-version 3.10 --generate-hashes --no-header --no-annotate -q".split()
	lists = [file for folder in LOCK_FOLDERS for file in sorted(folder.glob("*.in"))]
	followed: list[str] = []
	for file in lists:
		lock = file.with_suffix(".lock")
		with step(f"pin {file.stem}"):
			command = [str(uv), "pip", "compile", *options, *followed, file.name, "-o", lock.name]
			run(command, "lock", cwd=file.parent)
		followed = followed or ["-c", str(lock)]
	(paths.LOCKS / "made-from").write_text(lock_inputs() + "\n")


def _create(environment: Environment) -> None:
	interpreter = find(environment.oldest, environment.newest)
	if not interpreter:
		_create_with_uv(environment)
		return
	if not _can_make_environments(interpreter) and shutil.which("apt-get"):
		version = _version(interpreter)
		system_packages.install([f"python{version[0]}.{version[1]}-venv"])
	with step(f"virtual environment with {interpreter}"):
		run([interpreter, "-m", "venv", "--clear", str(environment.folder)], "venv")


def _can_make_environments(interpreter: str) -> bool:
	"""Debian keeps the means to do so in a package of its own."""
	asked = subprocess.run([interpreter, "-c", "import ensurepip"], capture_output=True)
	return asked.returncode == 0


def _create_with_uv(environment: Environment) -> None:
	"""Get a fitting Python through uv; that reaches further than the registries, so it may not be allowed."""
	oldest, newest = environment.oldest, environment.newest
	wanted = f"{newest[0]}.{newest[1]}"
	advice = f"please install Python {oldest[0]}.{oldest[1]} to {wanted} (with its venv module)"
	say(f"  No Python {oldest[0]}.{oldest[1]} to {wanted} found; trying uv")
	try:
		uv = shutil.which("uv")
		if not uv:
			tools = paths.STATE / "env-uv"
			run([sys.executable, "-m", "venv", "--clear", str(tools)], "uv")
			run([str(tools / "bin" / "pip"), "install", "uv"], "uv")
			uv = str(tools / "bin" / "uv")
		with step(f"Python {wanted} through uv"):
			run([uv, "venv", "--seed", "--python", wanted, str(environment.folder)], "uv")
	except StepFailed as failure:
		raise StepFailed(f"{advice}; uv could not get it: {failure}") from failure


def find(oldest: tuple[int, int], newest: tuple[int, int]) -> str | None:
	"""Return an interpreter of this machine whose version lies between the two, or None."""
	minors = range(newest[1], oldest[1] - 1, -1)
	# 3.11 first where it fits: it is what most sites run, and what most packages have wheels for.
	names = [f"python3.{minor}" for minor in sorted(minors, key=lambda minor: (minor != 11, -minor))]
	candidates = [os.environ.get("DEV_PYTHON"), *names, "python3", sys.executable]
	candidates += [
		str(path) for path in sorted(Path.home().glob(".pyenv/versions/3.*/bin/python"), reverse=True)
	]
	for candidate in candidates:
		interpreter = candidate and shutil.which(candidate)
		if interpreter and oldest <= _version(interpreter) <= newest:
			return interpreter
	return None


def _version(interpreter: str) -> tuple[int, ...]:
	try:
		answer = subprocess.run([interpreter, "-V"], capture_output=True, text=True, timeout=30)
	except (OSError, subprocess.SubprocessError):
		return (0, 0)
	found = re.match(r"Python (\d+)\.(\d+)", answer.stdout)
	return tuple(int(part) for part in found.groups()) if found and not answer.returncode else (0, 0)


def _works(interpreter: Path) -> bool:
	return interpreter.exists() and _version(str(interpreter)) > (0, 0)


def _link_checkout(environment: Environment) -> None:
	"""Make this checkout importable in the environment, and what else it wants imported."""
	text = "\n".join([str(paths.ROOT), *environment.imports]) + "\n"
	link = environment.packages / "this-checkout.pth"
	if not link.exists() or link.read_text() != text:
		link.write_text(text)
