"""Ports on loopback for this checkout: chosen free, above 10000, and remembered from command to command."""

import json
import random
import socket

from devkit import paths

FILE = "ports.json"
LOOPBACK = "127.0.0.1"


def get(name: str) -> int:
	"""Return the port this checkout uses for something, choosing one the first time."""
	known = _known()
	if name not in known:
		known[name] = choose(set(known.values()))
		_remember(known)
	return known[name]


def forget(*names: str) -> None:
	"""Choose anew the next time: somebody else has taken these meanwhile."""
	known = _known()
	for name in names:
		known.pop(name, None)
	_remember(known)


def choose(avoid: set[int]) -> int:
	"""Return a free port below those that the system hands out to outgoing connections."""
	while True:
		port = random.randint(10_001, 32_000)
		if port not in avoid and is_free(port):
			return port


def is_free(port: int) -> bool:
	"""Say whether nobody listens there."""
	with socket.socket() as probe:
		probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		try:
			probe.bind((LOOPBACK, port))
		except OSError:
			return False
	return True


def answers(port: int) -> bool:
	"""Say whether somebody accepts connections there."""
	try:
		with socket.create_connection((LOOPBACK, port), timeout=1):
			return True
	except OSError:
		return False


def _known() -> dict[str, int]:
	file = paths.STATE / FILE
	return json.loads(file.read_text()) if file.exists() else {}


def _remember(known: dict[str, int]) -> None:
	paths.STATE.mkdir(exist_ok=True)
	(paths.STATE / FILE).write_text(json.dumps(known, indent="\t") + "\n")
