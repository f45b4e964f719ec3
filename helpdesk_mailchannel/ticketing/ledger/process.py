"""Names this process so that another one on the same host can see whether it still lives.

A number of a process is used again after its end, and two containers use the same numbers at once. So the
name also holds when the process began, and which set of numbers it is from: the kernel's boot and the PID
namespace (proc(5), namespaces(7)). Where the system tells none of that, nobody is ever found dead.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str:
	"""The name of this process: set of numbers, number, beginning. Empty parts where they are not known."""
	return f"{_numbers()}:{os.getpid()}:{_beginning('self')}"


def is_dead(name: str) -> bool:
	"""True where the process of that name ran beside this one and has ended; False where nobody can tell."""
	numbers, _, rest = name.partition(":")
	number, _, beginning = rest.partition(":")
	if not (numbers and number.isdecimal() and beginning) or numbers != _numbers():
		return False
	return _beginning(number) != beginning


def _numbers() -> str:
	"""Stands for the kernel's boot and the PID namespace; empty where there is no proc file system."""
	try:
		boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
		namespace = os.readlink(_PROC / "self/ns/pid")
	except OSError:
		return ""
	return sha256(f"{boot} {namespace}".encode()).hexdigest()[:16]


def _beginning(number: str) -> str:
	"""When a process began, in ticks since the boot; empty for one that has ended or is a zombie."""
	try:
		# The name, in parentheses, may hold anything; the state is the first field behind it.
		fields = (_PROC / number / "stat").read_text().rpartition(")")[2].split()
	except OSError:
		return ""
	return "" if fields[0] in ("Z", "X") else fields[19]
