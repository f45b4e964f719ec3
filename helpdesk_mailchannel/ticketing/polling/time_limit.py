"""A job's time limit that nothing swallows.

RQ ends a job by raising an ordinary Exception wherever the code happens to be, and `except Exception` in any
hook would eat it. Here it becomes a BaseException: the run dies as if it had been killed, which it survives.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OutOfTime(BaseException):
	"""The job's time is over."""


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
	"""While it lasts, OutOfTime is raised after so many seconds: for the little that follows an alarm."""
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
	"""While it lasts, RQ's alarm raises OutOfTime instead of its own exception."""
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
