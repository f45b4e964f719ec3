"""Removes from text what people cannot see and programs trip over.

Decoded headers may hold line breaks (`=?utf-8?q?Hi=0D=0ABcc:…?=`), controls, and characters that hide text
or change its direction: bidirectional overrides and isolates, zero-width spaces, tags. The two joiners stay
where they belong, between non-ASCII letters: Persian words and family emoji are made with them.
"""

from __future__ import annotations

import re

_LINE_BREAKS = re.compile(r"[\t\r\n\v\f\x85\u2028\u2029]\s*")
_UNSEEN = re.compile(
	"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
	"\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]|[\u200c\u200d](?![^\x00-\x7f])|(?<![^\x00-\x7f])[\u200c\u200d]"
)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_PLAIN = re.compile(r"[ -~]*")


def clean_line(text: str) -> str:
	"""Return one line for people: breaks become a space, invisible characters go, ends are trimmed."""
	if _PLAIN.fullmatch(text):
		return text.strip(" ")
	return _UNSEEN.sub("", _LINE_BREAKS.sub(" ", text)).strip()


def clean_text(text: str) -> str:
	"""Return a body: line ends become LF, controls other than tabs go."""
	text = text.replace("\r\n", "\n").replace("\r", "\n")
	return _CONTROLS.sub("", text)


def mark_controls(text: str) -> str:
	"""Return one line for programs: folds become a space, other controls U+FFFD, which warns its reader."""
	text = re.sub(r"(?:(?<!\r)\r+)?\n[ \t]*", " ", text)
	return _CONTROLS.sub("\ufffd", text.replace("\n", " ")).strip()
