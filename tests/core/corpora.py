"""Real mail that the tests read and the repository does not hold, because others wrote it.

Tests that need a corpus are skipped where it is absent, and say where it comes from. MAIL_CORPORA names the
folder that holds all three, by default `shared/corpora` beside the repository:

	parse/    *.eml, and expected.json: file → subject, from, to, cc, date, text, html, attachments
	quotes/   emails/, trimmed/ and elided/, files of the same names: the mail, what is new, what is not
	bounces/  *.eml, not_bounces/*.eml, and expected.json: file → status, reason, hard or soft, recipients
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORPORA = Path(os.environ.get("MAIL_CORPORA") or ROOT.parent / "shared" / "corpora")
ORIGINS = {
	"parse": "the test messages of imap_tools (Apache-2.0; github.com/ikvk/imap_tools)",
	"quotes": "the tests of email_reply_trimmer (MIT; github.com/discourse/email_reply_trimmer)",
	"bounces": "sisimai's set of emails (BSD; github.com/sisimai/set-of-emails)",
}


def corpus(name: str) -> Path:
	"""The folder of a corpus, whether it is there or not."""
	return CORPORA / name


def needs(name: str) -> pytest.MarkDecorator:
	"""Skip a test where the corpus is not on this machine."""
	return pytest.mark.skipif(
		not corpus(name).is_dir(),
		reason=f"Needs MAIL_CORPORA with {name}/, made of {ORIGINS[name]}; see tests/core/corpora.py.",
	)
