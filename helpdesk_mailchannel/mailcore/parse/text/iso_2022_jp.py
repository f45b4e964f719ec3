"""Reads ISO-2022-JP as mail programs write it: with the vendors' characters of CP50221 (RFC 1468 and beyond).

Python's own codecs refuse the NEC and IBM rows (①, ㈱, 髙) that Windows mail programs put into it. Their
octets, moved to the Shift_JIS plane, are what cp932 reads.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\([@BDOPQ]|\([A-Z]|\$A|\.[A-Z])|[\x0e\x0f]")
_SHIFTS = {b"\x0e": b"(I", b"\x0f": b"(B"}
"""Shift out and shift in: half-width katakana, and back."""


def decode_iso_2022_jp(octets: bytes) -> str:
	"""Return the text; a character that no table has becomes U+FFFD. Never raise."""
	pieces: list[str] = []
	state = b"(B"
	position = 0
	for escape in _ESCAPE.finditer(octets):
		pieces.append(_segment(octets[position : escape.start()], state))
		position = escape.end()
		state = escape[1] or _SHIFTS[escape[0]]
	pieces.append(_segment(octets[position:], state))
	return "".join(pieces)


def _segment(octets: bytes, state: bytes) -> str:
	if state in (b"$@", b"$B", b"$(@", b"$(B"):
		return _jis_x_0208(octets)
	if state == b"$(D":
		return _through(octets, b"\x8f", "euc_jp")
	if state in (b"$(O", b"$(P", b"$(Q"):
		return (b"\x1b" + state + octets + b"\x1b(B").decode("iso2022_jp_2004", "replace")
	if state == b"(I":
		return bytes(octet | 0x80 if 0x21 <= octet <= 0x5F else octet for octet in octets).decode(
			"cp932", "replace"
		)
	return octets.decode("cp932", "replace") if state == b"(J" else octets.decode("ascii", "replace")


def _jis_x_0208(octets: bytes) -> str:
	"""Move characters of two seven-bit octets to the Shift_JIS plane."""
	moved = bytearray()
	index = 0
	while index < len(octets):
		row, cell = octets[index], octets[index + 1] if index + 1 < len(octets) else 0
		if 0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E:
			lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
			odd = cell + (0x1F if cell < 0x60 else 0x20)
			trail = odd if row % 2 else cell + 0x7E
			moved += bytes((lead, trail))
			index += 2
		else:
			moved.append(row)
			index += 1
	return moved.decode("cp932", "replace")


def _through(octets: bytes, prefix: bytes, codec: str) -> str:
	"""Lift characters of two octets to eight bits, each after `prefix`."""
	pairs = (octets[index : index + 2] for index in range(0, len(octets), 2))
	return b"".join(prefix + bytes(octet | 0x80 for octet in pair) for pair in pairs).decode(codec, "replace")
