"""Handles PGP blocks in the text itself ("inline PGP", RFC 4880 6.2 and 7)."""

from __future__ import annotations

import re

_BEGIN = "-----BEGIN PGP MESSAGE-----"
_END = "-----END PGP MESSAGE-----"
_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "\n-----BEGIN PGP SIGNATURE-----"
_END_SIGNATURE = "-----END PGP SIGNATURE-----"
_ARMOR_HEADERS = re.compile(r"[ \t]*\n(?:[A-Za-z-]{1,40}: [^\n]{0,1000}\n){0,20}[ \t]*\n")
_DASH_ESCAPED = re.compile(r"^- ", re.MULTILINE)
_MOST = 20


def split_encrypted(text: str, words: str) -> tuple[str, list[str]]:
	"""Return the text with `words` in place of encrypted blocks, and those blocks.

	Quoted blocks stay (somebody is talking about them), and so does one without an end.
	"""
	blocks: list[str] = []
	kept: list[str] = []
	position = 0
	while len(blocks) < _MOST:
		start = _line_start(text, _BEGIN, position)
		end = text.find(_END, start + 1) if start >= 0 else -1
		if end < 0:
			break
		end += len(_END)
		kept += (text[position:start], words)
		blocks.append(text[start:end] + "\n")
		position = end
	return "".join([*kept, text[position:]]), blocks


def read_signed(text: str) -> tuple[str, bool]:
	"""Return the text without the frame of its signature, and whether there was one to remove (RFC 4880 7).

	Quoted frames stay, and so do those without an end.
	"""
	kept: list[str] = []
	position = 0
	for _ in range(_MOST):
		start = _line_start(text, _SIGNED, position)
		opened = _ARMOR_HEADERS.match(text, start + len(_SIGNED)) if start >= 0 else None
		signature = text.find(_SIGNATURE, opened.end() - 1) if opened else -1
		end = text.find(_END_SIGNATURE, signature) if signature >= 0 else -1
		if opened is None or end < 0:
			break
		kept += (text[position:start], _DASH_ESCAPED.sub("", text[opened.end() : signature]))
		position = end + len(_END_SIGNATURE)
	return "".join([*kept, text[position:]]), bool(kept)


def _line_start(text: str, mark: str, position: int) -> int:
	"""Find the line that begins with `mark`, from `position` on; -1 if there is none."""
	while True:
		found = text.find(mark, position)
		if found <= 0 or text[found - 1] == "\n":
			return found
		position = found + 1
