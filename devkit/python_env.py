"""The virtual environments: `plain` (no framework: checks, core, servers) and `site` (the platform).

Only the standard library, and syntax of Python 3.8: this is read before any environment exists.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from devkit import paths, system_packages
from devkit.steps import StepFailed, run, say, step

# name -> (list of pinned packages, oldest and newest Python it runs on)
ENVIRONMENTS = {
	"plain": ("plain.lock", (3, 10), (3, 14)),
	"site": ("platform.lock", (3, 10), (3, 11)),
}


def python(name: str) -> Path:
	"""Return the interpreter of an environment (which may not exist yet)."""
	return paths.STATE / f"env-{name}" / "bin" / "python"


def ensure(name: str) -> Path:
	"""Make sure that an environment exists and holds what its list says; return its interpreter."""
	lock, oldest, newest = ENVIRONMENTS[name]
	folder = paths.STATE / f"env-{name}"
	stamp = folder / "installed"
	wanted = paths.fingerprint(paths.LOCKS / lock)
	if stamp.exists() and stamp.read_text() == wanted and _works(python(name)):
		check_lock()
		_link_checkout(name)
		return python(name)
	check_lock()
	if not _works(python(name)):
		shutil.rmtree(folder, ignore_errors=True)
		_create(folder, oldest, newest)
	with step(f"Python packages ({name})"):
		_install(name, lock)
	_link_checkout(name)
	stamp.write_text(wanted)
	return python(name)


def _install(name: str, lock: str) -> None:
	"""With uv, if the other environment has brought it: that takes a fraction of the time; else with pip."""
	options = ["--no-deps", "--require-hashes", "-r", str(paths.LOCKS / lock)]
	uv = python("plain").parent / "uv"
	if uv.exists():
		command = [str(uv), "pip", "install", "--python", str(python(name)), "--compile-bytecode"]
		try:
			run([*command, *options], f"uv-{name}")
			return
		except StepFailed:
			# It does not know pip's settings, such as an index of one's own.
			pass
	command = [str(python(name)), "-m", "pip", "--disable-pip-version-check", "install"]
	run([*command, *options], f"pip-{name}")


def check_lock() -> None:
	"""Refuse lists of pinned packages that are older than what they were made from."""
	recorded = paths.LOCKS / "made-from"
	if not recorded.exists() or recorded.read_text().strip() != lock_inputs():
		raise StepFailed("requirements changed since the packages were pinned: run ./dev lock, and commit it")


def lock_inputs() -> str:
	"""Return a hash of what the lists of pinned packages are made from."""
	return paths.fingerprint(paths.ROOT / "requirements.txt", *sorted(paths.LOCKS.glob("*.in")))


def lock() -> None:
	"""Pin the Python packages anew, keeping the versions that still fit."""
	uv = python("plain").parent / "uv"
	if not uv.exists():
		raise StepFailed("run ./dev check once before (it brings uv)")
	for name in ("platform", "plain", "tools"):
		with step(f"pin {name}"):
			options = [
				"--universal",
				"--python-version",
				"3.10",
				"--generate-hashes",
				"--no-header",
				"--no-annotate",
			]
			if name != "platform":
				options += ["-c", "platform.lock"]
			run(
				[str(uv), "pip", "compile", *options, "-q", f"{name}.in", "-o", f"{name}.lock"],
				"lock",
				cwd=paths.LOCKS,
			)
	(paths.LOCKS / "made-from").write_text(lock_inputs() + "\n")


def _create(folder: Path, oldest: tuple[int, int], newest: tuple[int, int]) -> None:
	interpreter = find(oldest, newest)
	if not interpreter:
		_create_with_uv(folder, oldest, newest)
		return
	if not _can_make_environments(interpreter) and shutil.which("apt-get"):
		version = _version(interpreter)
		system_packages.install([f"python{version[0]}.{version[1]}-venv"])
	with step(f"virtual environment with {interpreter}"):
		run([interpreter, "-m", "venv", "--clear", str(folder)], "venv")


def _can_make_environments(interpreter: str) -> bool:
	"""Debian keeps the means to do so in a package of its own."""
	asked = subprocess.run([interpreter, "-c", "import ensurepip"], capture_output=True)
	return asked.returncode == 0


def _create_with_uv(folder: Path, oldest: tuple[int, int], newest: tuple[int, int]) -> None:
	"""Get a fitting Python through uv; that reaches further than the registries, so it may not be allowed."""
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
			run([uv, "venv", "--seed", "--python", wanted, str(folder)], "uv")
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


def _link_checkout(name: str) -> None:
	"""Make this checkout importable in the environment, and `frappe` where the platform stands in for it."""
	packages = next((paths.STATE / f"env-{name}" / "lib").glob("python3.*")) / "site-packages"
	lines = [str(paths.ROOT)]
	if name == "site":
		lines += [str(paths.ROOT / "devkit" / "standin"), "import devkit.frappe_alias"]
	text = "\n".join(lines) + "\n"
	link = packages / "this-checkout.pth"
	if not link.exists() or link.read_text() != text:
		link.write_text(text)
