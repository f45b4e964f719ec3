"""`./dev test`: each part in a pytest of its own, with what it needs made ready before."""

import os
import subprocess
import time
from contextlib import nullcontext
from pathlib import Path

from devkit import paths, python_env, ready
from devkit.parts import PARTS, Part
from devkit.platform import Platform
from devkit.steps import StepFailed, only_one, say

NO_TESTS = 5  # pytest's exit code when it collected nothing


def main(arguments: list[str]) -> int:
	"""Run the parts asked for, or all; return 0 when every one passed."""
	names, targets, extra = _understand(arguments)
	os.chdir(paths.ROOT)
	chosen = {name: PARTS[name] for name in names}
	free = [name for name, part in chosen.items() if not part.on_site and not part.needs]
	needy = [name for name in chosen if name not in free]
	needs = sorted({need for name in needy if chosen[name].on_site for need in chosen[name].needs})
	results = {}

	def run(name: str, platform: Platform | None) -> None:
		started = time.monotonic()
		say(f"\n== {name} ==")
		code = _run(chosen[name], targets.get(name) or [chosen[name].folder], extra, platform)
		results[name] = (code, time.monotonic() - started)

	with ready.site_meanwhile(needs) if free and needs else nullcontext():
		for name in free:
			run(name, None)
	platform = None
	if needs:
		platform = ready.site(needs)
	elif needy:
		ready.mail()
	for name in needy:
		run(name, platform)
	return _conclude(results, extra)


def _conclude(results: dict[str, tuple[int, float]], extra: list[str]) -> int:
	say("")
	for name, (code, seconds) in results.items():
		verdict = "passed" if not code else "no tests matched" if code == NO_TESTS else f"FAILED ({code})"
		say(f"  {name:10} {verdict} in {seconds:.1f} s")
	failed = [name for name, (code, _) in results.items() if code and (code != NO_TESTS or not extra)]
	return 1 if failed or all(code == NO_TESTS for code, _ in results.values()) else 0


def _understand(arguments: list[str]) -> tuple[list[str], dict[str, list[str]], list[str]]:
	"""Split the arguments into parts, files of a part, and what pytest is to be told."""
	cut = arguments.index("--") if "--" in arguments else len(arguments)
	named, extra = arguments[:cut], arguments[cut + 1 :]
	names: list[str] = []
	targets: dict[str, list[str]] = {}
	for argument in [*named, *[word for word in extra if _part_of(word)]]:
		name = argument if argument in PARTS else _part_of(argument)
		if not name:
			raise StepFailed(f"there is no part '{argument}'; the parts are: {' '.join(PARTS)}")
		if name not in names:
			names.append(name)
		if argument not in PARTS:
			targets.setdefault(name, []).append(argument)
	names += [other for name in names if name in named for other in PARTS[name].brings if other not in names]
	extra = [word for word in extra if not _part_of(word)]
	if not names:
		names = [name for name, part in PARTS.items() if part.by_default and _has_tests(part)]
	return names, targets, extra


def _part_of(argument: str) -> str | None:
	"""Return the part that a path of a test belongs to."""
	path = Path(argument.partition("::")[0])
	if argument.startswith("-") or not (paths.ROOT / path).exists():
		return None
	for name, part in PARTS.items():
		if Path(part.folder) == path or Path(part.folder) in path.parents:
			return name
	return None


def _has_tests(part: Part) -> bool:
	return any((paths.ROOT / part.folder).rglob("test_*.py"))


def _run(part: Part, targets: list[str], extra: list[str], platform: Platform | None) -> int:
	command = ["-m", "pytest", *targets, *extra]
	if not part.on_site or platform is None:
		return _call([str(python_env.PLAIN.python), *command], {})
	with only_one("site-tests"):
		return _call([str(platform.python), *command], platform.environment())


def _call(command: list[str], environment: dict[str, str]) -> int:
	return subprocess.run(
		command, cwd=paths.ROOT, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment}
	).returncode
