"""A job time limit that nothing can swallow.

RQ ends a job by raising an ordinary Exception wherever the code happens to be, and `except Exception` in any
hook would swallow it. Here it becomes a BaseException: the run ends as if killed, which is safe.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OutOfTime(BaseException):
	"""The job's time is up."""


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
	"""Raise OutOfTime within the block after this many seconds: for the short work that follows an alarm."""
	if threading.current_thread() is not threading.main_thread():
		yield
		return
	with unswallowable():
		signal.alarm(seconds)
		try:
			yield
		finally:
			signal.alarm(0)


@contextmanager
def unswallowable() -> Iterator[None]:
	"""Make RQ's alarm raise OutOfTime within the block, instead of its own exception."""
	if threading.current_thread() is not threading.main_thread():
		yield
		return
	before = signal.signal(signal.SIGALRM, _raise)
	try:
		yield
	finally:
		signal.signal(signal.SIGALRM, before)


def _raise(signum: int, frame: FrameType | None) -> None:
	raise OutOfTime
