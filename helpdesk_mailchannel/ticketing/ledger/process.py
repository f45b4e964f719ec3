"""Names this process so that another one on the same host can tell whether it is still alive.

PIDs are reused after a process ends, and two containers use the same PIDs at once. So the name also includes
the start time of the process and its PID space: the kernel's boot and the PID namespace (proc(5),
namespaces(7)). If the system provides none of that, no process is ever considered dead.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str:
	"""Return the name of this process: PID space, PID, start time. Parts that are not known are empty."""
	return f"{_numbers()}:{os.getpid()}:{_beginning('self')}"


def is_dead(name: str) -> bool:
	"""Return whether the process ran on this host and has ended; False if that cannot be determined."""
	numbers, _, rest = name.partition(":")
	number, _, beginning = rest.partition(":")
	if not (numbers and number.isdecimal() and beginning) or numbers != _numbers():
		return False
	return _beginning(number) != beginning


def _numbers() -> str:
	"""Identify the kernel's boot and the PID namespace; empty if there is no proc file system."""
	try:
		boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
		namespace = os.readlink(_PROC / "self/ns/pid")
	except OSError:
		return ""
	return sha256(f"{boot} {namespace}".encode()).hexdigest()[:16]


def _beginning(number: str) -> str:
	"""Return a process's start time in ticks since boot; empty if it has ended or is a zombie."""
	try:
		# The name, in parentheses, may contain anything; the state is the first field after it.
		fields = (_PROC / number / "stat").read_text().rpartition(")")[2].split()
	except OSError:
		return ""
	return "" if fields[0] in ("Z", "X") else fields[19]
