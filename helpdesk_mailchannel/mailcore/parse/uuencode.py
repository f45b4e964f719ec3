"""Takes uuencoded files out of a plain text, as programs older than MIME put them there."""

from __future__ import annotations

import binascii
import re

_BEGIN = re.compile(r"^begin [0-7]{3,4} (\S.{0,250})$", re.MULTILINE)
_DATA = re.compile(r"[ -`]{1,90}")
_MOST = 50


def split_uuencoded(text: str) -> tuple[str, list[tuple[str, bytes]]]:
	"""The text without its uuencoded blocks, and their names and contents. What is not whole stays text."""
	if "begin " not in text:
		return text, []
	kept: list[str] = []
	files: list[tuple[str, bytes]] = []
	position = 0
	while len(files) < _MOST:
		begin = _BEGIN.search(text, position)
		end = text.find("\nend", begin.end()) if begin else -1
		if not begin or end < 0:
			break
		content = _decoded(text[begin.end() + 1 : end + 1])
		if content is None:
			kept.append(text[position : begin.end()])
			position = begin.end()
			continue
		kept.append(text[position : begin.start()])
		files.append((begin[1].strip(), content))
		position = end + len("\nend")
	return "".join(kept) + text[position:], files


def _decoded(block: str) -> bytes | None:
	"""The content of the lines between `begin` and `end`; None where one of them is no such line."""
	pieces: list[bytes] = []
	for line in block.splitlines():
		if not _DATA.fullmatch(line):
			return None
		try:
			pieces.append(binascii.a2b_uu(line))
		except binascii.Error:
			return None
	return b"".join(pieces) or None
