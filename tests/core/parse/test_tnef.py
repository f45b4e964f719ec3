"""Outlook's winmail.dat."""

from __future__ import annotations

import struct
from base64 import encodebytes

from helpdesk_mailchannel.mailcore.model import Message
from helpdesk_mailchannel.mailcore.parse.tnef import read_tnef
from helpdesk_mailchannel.mailcore.settings import Limits
from tests.core.parse.mails import part, parts, read


def attribute(level: int, name: int, data: bytes) -> bytes:
	return struct.pack("<BHHI", level, name, 0, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def properties(*values: tuple[int, int, bytes]) -> bytes:
	encoded = [
		struct.pack("<HHII", kind, tag, 1, len(value)) + value + b"\0" * (-len(value) % 4)
		for kind, tag, value in values
	]
	return struct.pack("<I", len(encoded)) + b"".join(encoded)


def tnef(*attributes: bytes) -> bytes:
	return struct.pack("<IH", 0x223E9F78, 1) + b"".join(attributes)


def attachment(title: bytes, content: bytes, *more: tuple[int, int, bytes]) -> bytes:
	return (
		attribute(2, 0x9002, b"\0" * 14)
		+ attribute(2, 0x8010, title + b"\0")
		+ attribute(2, 0x800F, content)
		+ (attribute(2, 0x9005, properties(*more)) if more else b"")
	)


def message_with(octets: bytes) -> Message:
	packed = part(
		"application/ms-tnef; name=winmail.dat", encodebytes(octets), "Content-Transfer-Encoding: base64"
	)
	return read(parts(part("text/plain", "See attached."), packed))


def test_its_files_take_its_place() -> None:
	long_name = (0x1F, 0x3707, "Grüße.pdf\0".encode("utf-16-le"))
	message = message_with(tnef(attachment(b"GRUESS~1.PDF", b"one", long_name), attachment(b"b.txt", b"two")))
	assert [(each.name, each.content) for each in message.files] == [("Grüße.pdf", b"one"), ("b.txt", b"two")]
	assert message.text == "See attached."


def test_its_text_is_read_where_the_message_has_none() -> None:
	octets = tnef(
		attribute(1, 0x9007, struct.pack("<II", 1252, 0)),
		attribute(1, 0x9003, properties((0x1E, 0x1000, "Grüße\0".encode("cp1252")))),
		attribute(1, 0x9003, properties((0x102, 0x1013, b"<p>Hello</p>"))),
	)
	message = read(
		parts(part("application/ms-tnef", encodebytes(octets), "Content-Transfer-Encoding: base64"))
	)
	assert (message.text, message.html) == ("Grüße", "<p>Hello</p>")


def test_names_within_are_made_safe() -> None:
	assert [each.name for each in message_with(tnef(attachment(b"..\\..\\evil\x01.exe", b"x"))).files] == [
		"evil.exe"
	]


def test_what_cannot_be_unpacked_is_kept_as_it_came() -> None:
	for octets in (
		b"no tnef",
		tnef(attribute(1, 0x9003, b"")[:-3] + b"\xff"),
		tnef(b"\x01\x03\x90\0\0\xff\xff\xff\xff"),
	):
		message = message_with(octets)
		assert [each.name for each in message.files] == ["winmail.dat"]
		assert message.files[0].content == octets


def test_any_cut_of_a_good_file_is_read_or_left_alone() -> None:
	whole = tnef(
		attachment(b"a.txt", b"x" * 50, (0x1E, 0x3707, b"a.txt\0")),
		attribute(1, 0x9003, properties((3, 1, b""))),
	)
	for end in range(len(whole)):
		read_tnef(whole[:end], Limits())
