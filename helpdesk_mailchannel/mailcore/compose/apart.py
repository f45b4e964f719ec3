"""Runs a step of composing in a process of its own, which can be ended if it takes too long.

Nothing else can be: a sanitiser at work is deaf to signals, and the one alarm of a process is its job's. See
docs/decisions/0152-composing-has-a-time-limit.md.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

PROCESSOR_SECONDS = 10
"""A hundred times what the heaviest message that is composed at all takes."""
WALL_SECONDS = 60
MEMORY = 2 * 1024**3
"""Octets of address space."""

_CHILD = f"""
import pickle, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({PROCESSOR_SECONDS}, {PROCESSOR_SECONDS} + 1))
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
sys.path[:] = pickle.load(sys.stdin.buffer)
function, arguments = pickle.load(sys.stdin.buffer)
pickle.dump(function(*arguments), sys.stdout.buffer)
"""

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class Ended(Exception):
	"""The step took too long or too much memory, or its process could not be run."""


def apart(
	function: Callable[_Arguments, _Result], *arguments: _Arguments.args, **_nothing: _Arguments.kwargs
) -> _Result:
	"""Call a function at the top level of a module with arguments that can be pickled, and return its result.

	Raise Ended if it does not return within 10 seconds of processor time, or raises anything itself.
	"""
	try:
		done = subprocess.run(
			[sys.executable, "-c", _CHILD],
			input=pickle.dumps(sys.path) + pickle.dumps((function, arguments)),
			stdout=subprocess.PIPE,
			stderr=subprocess.DEVNULL,
			timeout=WALL_SECONDS,
			env={
				name: value
				for name, value in os.environ.items()
				if name in ("PATH", "LD_LIBRARY_PATH", "LANG")
			},
			check=True,
		)
	except (subprocess.SubprocessError, OSError) as error:
		raise Ended(type(error).__name__) from error
	result: Any = pickle.loads(done.stdout)
	return result  # type: ignore[no-any-return]
