"""Where the mail corpora lie; tests that need them are skipped where they are absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CORPORA = Path(os.environ.get("MAIL_CORPORA") or ROOT / ".." / "shared" / "corpora")


def corpus(name: str) -> Path:
	"""The folder of a corpus, or an empty one's name."""
	return CORPORA / name


def needs(name: str) -> pytest.MarkDecorator:
	"""Skips a test, saying so, where the corpus is not on this machine."""
	return pytest.mark.skipif(
		not corpus(name).is_dir(),
		reason=f"The mail corpus {name!r} is absent; set MAIL_CORPORA to its parent folder.",
	)
