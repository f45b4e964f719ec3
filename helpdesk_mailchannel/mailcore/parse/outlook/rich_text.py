"""Undoes the compression of Outlook's rich text (MS-OXRTFCP), so that a word processor opens it.

The text is a sequence of single octets and pointers into the last 4,096 octets, which start out filled with
the words that most rich text consists of. The result is at most some nine times the input, and is capped.
"""

from __future__ import annotations

import struct

_COMPRESSED, _PLAIN = b"LZFu", b"MELA"
_COMMON = (
	rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor "
	rb"MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
	b"\r\n"
	rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_WINDOW = 4096
_HEADER = 16
_LARGEST = 512 * 1024
"""Octets that are written. Longer texts are left alone: this many take a tenth of a second."""


def decompress(octets: bytes) -> bytes:
	"""Return the rich text; empty if it is broken or too long. Never raise."""
	if len(octets) < _HEADER:
		return b""
	size = int(struct.unpack_from("<I", octets, 4)[0])
	kind = octets[8:12]
	if size > _LARGEST:
		return b""
	if kind == _PLAIN:
		return octets[_HEADER : _HEADER + size]
	return _expanded(octets, size) if kind == _COMPRESSED else b""


def _expanded(octets: bytes, size: int) -> bytes:
	# The window is the tail of what was written: its position p is octet p, counted from its start.
	written = bytearray(_COMMON)
	end = len(_COMMON) + size
	index = _HEADER
	while index < len(octets) and len(written) < end:
		control = octets[index]
		index += 1
		for bit in range(8):
			if len(written) >= end or index >= len(octets):
				break
			if not control >> bit & 1:
				written.append(octets[index])
				index += 1
				continue
			pointer = int.from_bytes(octets[index : index + 2], "big")
			index += 2
			back = (len(written) - (pointer >> 4)) % _WINDOW
			if not back:
				return bytes(written[len(_COMMON) :])
			_repeat(written, back, (pointer & 15) + 2)
	return bytes(written[len(_COMMON) : end])


def _repeat(written: bytearray, back: int, length: int) -> None:
	"""Repeat what is `back` octets earlier; it may run into what is being written."""
	start = len(written) - back
	for offset in range(length):
		written.append(written[start + offset] if start + offset >= 0 else 0)
