"""Processes that work on the site, each with connections of its own, and that may be killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from traceback import print_exc

import frappe

_running: set[int] = set()


def fork_and_connect(work: Callable[[], object], **conf: object) -> int:
	"""Start a process that connects to the site anew and does some work; return its id.

	`conf` changes the site's config for that process. The parent's connection is left alone.
	"""
	pid = os.fork()
	if pid:
		_running.add(pid)
		return pid
	status = 1
	try:
		frappe.local.conf.update(conf)
		frappe.connect()
		work()
		status = 0
	except BaseException:
		print_exc()
	finally:
		os._exit(status)


def wait_for(pid: int, seconds: float = 120) -> int:
	"""Wait for a process; return its exit status (negative: a signal); kill it if it takes too long."""
	deadline = time.monotonic() + seconds
	try:
		while True:
			done, status = os.waitpid(pid, os.WNOHANG)
			if done:
				return os.waitstatus_to_exitcode(status)
			if time.monotonic() > deadline:
				os.kill(pid, signal.SIGKILL)
				os.waitpid(pid, 0)
				raise AssertionError(f"a process took longer than {seconds} seconds")
			time.sleep(0.005)
	finally:
		_running.discard(pid)


def kill_all() -> None:
	"""Kill every process that runs, with SIGKILL."""
	for pid in list(_running):
		os.kill(pid, signal.SIGKILL)
