"""Takes uuencoded files out of plain text, where programs older than MIME put them."""

from __future__ import annotations

import binascii
import re

_BEGIN = re.compile(r"begin [0-7]{3,4} (\S.{0,250})")
_DATA = re.compile(r"[ -`]{1,90}")
_MOST = 50


def split_uuencoded(text: str) -> tuple[str, list[tuple[str, bytes]]]:
	"""Return the text without its uuencoded blocks, and their names and contents; incomplete ones stay."""
	if "begin " not in text:
		return text, []
	lines = text.split("\n")
	kept: list[str] = []
	files: list[tuple[str, bytes]] = []
	number = 0
	while number < len(lines):
		begin = _BEGIN.fullmatch(lines[number])
		end = _end_of_block(lines, number + 1) if begin and len(files) < _MOST else None
		if begin and end:
			files.append((begin[1].strip(), b"".join(_octets(line) for line in lines[number + 1 : end])))
			number = end + 1
		else:
			kept.append(lines[number])
			number += 1
	return "\n".join(kept), files


def _end_of_block(lines: list[str], start: int) -> int | None:
	"""Return the number of the `end` line; None if something else comes before it, or there is none."""
	for number in range(start, len(lines)):
		if lines[number] == "end":
			return number if number > start else None
		if not _is_data(lines[number]):
			return None
	return None


def _is_data(line: str) -> bool:
	"""Tell whether the line is as long as its first character says; some encoders write one or two more."""
	if not _DATA.fullmatch(line):
		return False
	octets = (ord(line[0]) - 32) & 63
	return (octets * 4 + 2) // 3 <= len(line) - 1 <= (octets + 2) // 3 * 4 + 2


def _octets(line: str) -> bytes:
	try:
		return binascii.a2b_uu(line)
	except binascii.Error:
		return b""
