"""The second half of `./dev`: the commands."""

import os
import shutil
import sys

from devkit import paths
from devkit.steps import StepFailed, say

HELP = """
./dev demo                  put varied mail into a mailbox, poll it, and show what became of each message
./dev serve                 show the same site in a browser, until Ctrl-C
./dev test [part ...]       run the tests: {parts}
                            (a path below tests/ will do as well; pytest's own arguments go after --)
./dev check                 lint, format, types, contracts between packages, spelling
./dev setup                 only make everything ready
./dev stop                  stop everything this checkout has started
./dev clean                 stop, and remove everything it has made (.dev/)
./dev lock                  pin the Python packages anew after a change of requirements

Runs on an existing bench with BENCH=/path/to/bench SITE=name, otherwise on a throw-away site of its own.
"""


def main() -> int:
	"""Run one command; say plainly what failed."""
	command, *arguments = sys.argv[1:] or ["help"]
	commands = {
		"demo": demo,
		"serve": serve,
		"test": test,
		"check": check,
		"setup": setup,
		"stop": stop,
		"clean": clean,
		"lock": lock,
		"help": show_help,
		"--help": show_help,
		"-h": show_help,
	}
	if command not in commands:
		say(f"./dev does not know '{command}'")
		show_help([])
		return 2
	# With it, Frappe takes its workers for tests of its own, and they only pretend to send mail.
	os.environ.pop("CI", None)
	try:
		return commands[command](arguments) or 0
	except StepFailed as failure:
		say(f"\n./dev {command} stopped: {failure}")
		return 1
	except KeyboardInterrupt:
		say("\nstopped by you")
		return 130


def show_help(arguments: list[str]) -> None:
	"""Print the commands."""
	try:
		from devkit.parts import PARTS

		parts = " ".join(PARTS)
	except ImportError:
		parts = ""
	say(HELP.format(parts=parts).strip())


def setup(arguments: list[str]) -> None:
	"""Make everything ready, and leave it running."""
	from devkit import ready

	ready.site(sorted({"mail", *arguments}))


def test(arguments: list[str]) -> int:
	"""Run tests."""
	from devkit.commands import testing

	return testing.main(arguments)


def check(arguments: list[str]) -> int:
	"""Run the checks that need no service."""
	from devkit.commands import checks

	return checks.main()


def demo(arguments: list[str]) -> int:
	"""Show the whole thing at work."""
	from devkit.commands import demo as demonstration

	return demonstration.main()


def serve(arguments: list[str]) -> int:
	"""Serve the site."""
	from devkit.commands import serving

	return serving.main()


def stop(arguments: list[str]) -> None:
	"""Stop what runs."""
	from devkit import ready

	stopped = ready.stop_all()
	say("stopped: " + ", ".join(stopped) if stopped else "nothing of this checkout was running")


def clean(arguments: list[str]) -> None:
	"""Stop what runs and remove what was made."""
	if (paths.STATE / "run").exists():
		stop(arguments)
	shutil.rmtree(paths.STATE, ignore_errors=True)
	shutil.rmtree(paths.runtime(), ignore_errors=True)
	say(f"removed {paths.STATE}")


def lock(arguments: list[str]) -> None:
	"""Pin packages."""
	from devkit import python_env

	python_env.lock()


if __name__ == "__main__":
	sys.exit(main())
