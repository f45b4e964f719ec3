"""Undoes the transfer encodings (RFC 2045 6), leniently: it reads what can be read, and never raises."""

from __future__ import annotations

import binascii
import re

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
_STRAYS = 0.05
"""Share of characters outside the alphabet above which base64 is taken for words."""
_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ", re.MULTILINE)


def decode_transfer(octets: bytes, encoding: str) -> bytes:
	"""Undo a Content-Transfer-Encoding; an unknown one leaves the content as it is."""
	match encoding:
		case "base64" | "b" | "base-64":
			return decode_base64_body(octets)
		case "quoted-printable" | "q" | "quotedprintable":
			return decode_quoted_printable(octets)
		case "x-uuencode" | "uuencode" | "x-uue" | "uue":
			return decode_uuencode(octets)
	return octets


def decode_base64_body(octets: bytes) -> bytes:
	"""Return base64 without the words below it; leave content that is words from its first line as it is.

	Mailing lists and scanners put lines under a body without looking at its encoding, and some programs name
	an encoding that they do not use. Decoded words are noise that makes the rest unreadable too.
	"""
	if not octets.translate(None, _BASE64 + b"\r\n"):
		return decode_base64(octets)
	start = 0
	for line in octets.splitlines(keepends=True):
		if _is_words(line):
			break
		start += len(line)
	if not _is_words(octets[start:]):
		return decode_base64(octets)
	return decode_base64(octets[:start]) if octets[:start].strip() else octets


def _is_words(octets: bytes) -> bool:
	line = octets.strip()
	strays = len(line.translate(None, _BASE64 + b"\r\n"))
	return strays > len(line) * _STRAYS and (strays > 1 or b" " in line)


def decode_base64(octets: bytes) -> bytes:
	"""Decode base64 with or without padding; skip foreign characters, start anew after inner padding."""
	padding = octets.find(b"=")
	if padding < 0 or padding > len(octets) - 8:
		try:
			return binascii.a2b_base64(octets)
		except binascii.Error:
			pass
	plain = octets.translate(None, _NOT_BASE64).rstrip(b"=")
	if b"=" not in plain:
		return _unpadded(plain)
	return b"".join(_unpadded(piece) for piece in plain.split(b"=") if piece)


def decode_quoted_printable(octets: bytes) -> bytes:
	"""Decode quoted-printable; a broken escape stays as it is."""
	return binascii.a2b_qp(octets)


def decode_uuencode(octets: bytes) -> bytes:
	"""Decode uuencoded content, with or without its begin line; skip other lines."""
	begin = _BEGIN.search(octets)
	body = octets[octets.find(b"\n", begin.end()) + 1 :] if begin else octets
	decoded: list[bytes] = []
	for line in body.splitlines():
		if line.strip() in (b"end", b"`") or (not line.strip() and decoded):
			break
		decoded.append(_uu_line(line))
	return b"".join(decoded)


def _unpadded(plain: bytes) -> bytes:
	# A single character left over is six meaningless bits.
	whole = plain[: len(plain) - 1] if len(plain) % 4 == 1 else plain
	return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def _uu_line(line: bytes) -> bytes:
	try:
		return binascii.a2b_uu(line)
	except binascii.Error:
		# Some encoders count the octets of a line wrongly: take as many as the count says.
		taken = (((line[0] - 32) & 63) * 4 + 5) // 3
		try:
			return binascii.a2b_uu(line[:taken])
		except binascii.Error:
			return b""
