"""Bombs for winmail.dat: messages within messages, compressed text many times over; base64 full of strays."""

from __future__ import annotations

import struct
from base64 import encodebytes

from tests.core.parse.mails import part, parts
from tests.core.parse.outlook.test_tnef import attached_message, attachment, attribute, properties, tnef
from tests.hostile.measure import measure
from tests.hostile.whole import fate

FROM = b"From: Jane <jane@customer.example>"
RICH_TEXT = 0x1009


def whole_way(octets: bytes) -> str:
	return fate(octets)


def mail_of(*octets: bytes) -> bytes:
	packed = [
		part("application/ms-tnef", encodebytes(each), "Content-Transfer-Encoding: base64") for each in octets
	]
	return parts(*packed).replace(b"From: Jane <jane@example.com>", FROM)


def many_repeats() -> bytes:
	"""Compressed text in which pointers repeat as much as they can: half a megabyte from 64 kilobytes."""
	repeat = b"\xff" + (1 << 4 | 15).to_bytes(2, "big") * 8
	return struct.pack("<II", 0, 512 * 1024) + b"LZFu\0\0\0\0" + repeat * 4_000


def test_a_message_within_a_message_within_a_message() -> None:
	measured = measure(whole_way, large_messages)
	measured.assert_harmless()
	assert measured.result == "filed"


def large_messages() -> bytes:
	octets = tnef(attachment(b"a.bin", b"x" * 20_000_000))
	for _ in range(5):
		octets = tnef(attached_message(b"more", octets))
	return mail_of(octets)


def test_rich_text_many_times_over() -> None:
	measured = measure(whole_way, rich_texts)
	measured.assert_harmless()
	assert measured.result == "filed"


def rich_texts() -> bytes:
	said = tnef(attribute(1, 0x9003, properties((0x102, RICH_TEXT, many_repeats()))))
	return mail_of(*[said] * 100, tnef(*[attached_message(b"more", said)] * 100))


def test_strays_in_base64() -> None:
	measured = measure(whole_way, strays)
	measured.assert_harmless()
	assert measured.result == "filed"


def strays() -> bytes:
	line = b"QUJD" * 18 + b"*\r\n"
	head = FROM + b"\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	return head + line * 400_000
