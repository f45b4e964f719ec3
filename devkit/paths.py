"""Where things are: the checkout, and the one folder that holds everything `./dev` makes.

Only the standard library, and syntax of Python 3.8: this is read before any environment exists.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".dev"
LOGS = STATE / "logs"
RUN = STATE / "run"
LOCKS = ROOT / "devkit" / "requirements"
SCREENSHOTS = STATE / "screenshots"


def runtime() -> Path:
	"""Return a short folder of this checkout's own, for sockets and for Dovecot.

	Unix sockets allow about a hundred characters of path, and a checkout below /root cannot be entered by the
	unprivileged user Dovecot runs as; the system's folder for temporary files has neither trouble.
	"""
	mark = hashlib.sha256(f"{os.getuid()}:{ROOT}".encode()).hexdigest()[:10]
	return Path(tempfile.gettempdir()) / f"mailchannel-{mark}"


def fingerprint(*paths: Path) -> str:
	"""Return a short hash of these files, and of all files below these folders: it changes when one does."""
	digest = hashlib.sha256()
	for path in paths:
		files = sorted(path.rglob("*")) if path.is_dir() else [path]
		for file in files:
			if file.is_file() and "__pycache__" not in file.parts:
				digest.update(str(file.relative_to(ROOT) if ROOT in file.parents else file).encode())
				digest.update(file.read_bytes())
	return digest.hexdigest()[:20]
