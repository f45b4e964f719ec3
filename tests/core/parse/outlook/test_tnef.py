"""Outlook's winmail.dat."""

from __future__ import annotations

import struct
from base64 import encodebytes

import pytest

from helpdesk_mailchannel.mailcore.model import Message
from helpdesk_mailchannel.mailcore.parse.outlook.rich_text import decompress
from helpdesk_mailchannel.mailcore.parse.outlook.tnef import read_tnef
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


def rich_text(words: bytes) -> bytes:
	"""Rich text compressed as Outlook does it, but with single octets only."""
	groups = [b"\0" + words[start : start + 8] for start in range(0, len(words), 8)]
	return struct.pack("<II", 0, len(words)) + b"LZFu\0\0\0\0" + b"".join(groups)


def attached_message(title: bytes, inner: bytes) -> bytes:
	is_message = bytes.fromhex("0703020000000000c000000000000046")
	return attachment(title, b"a stub", (0x0D, 0x3701, is_message + inner))


def only(octets: bytes) -> Message:
	return read(parts(part("application/ms-tnef", encodebytes(octets), "Content-Transfer-Encoding: base64")))


RICH = tnef(attribute(1, 0x9003, properties((0x102, 0x1009, rich_text(b"{\\rtf1 It burns.}")))))


def test_rich_text_is_a_file_where_nothing_else_was_said() -> None:
	assert [(each.name, each.content) for each in only(RICH).files] == [
		("message.rtf", b"{\\rtf1 It burns.}")
	]
	assert message_with(RICH).files == ()


def test_pointers_of_rich_text_are_followed_into_the_common_words_and_into_themselves() -> None:
	# Six octets from the start of the common words, one of its own, then eight of that one.
	pointers = (0 << 4 | 4).to_bytes(2, "big") + b"a" + (213 << 4 | 6).to_bytes(2, "big")
	octets = struct.pack("<II", 0, 15) + b"LZFu\0\0\0\0" + b"\x05" + pointers
	assert decompress(octets) == b"{\\rtf1" + b"a" * 9


@pytest.mark.parametrize("octets", [b"", RICH[:20], struct.pack("<II", 0, 9) + b"none" + b"\0" * 20])
def test_broken_rich_text_is_nothing(octets: bytes) -> None:
	assert decompress(octets) == b""


def test_any_cut_of_rich_text_is_read_as_far_as_it_goes() -> None:
	words = b"{\\rtf1 The printer burns.}"
	whole = rich_text(words)
	for end in range(len(whole)):
		assert words.startswith(decompress(whole[:end]))


def test_an_attached_message_gives_its_words_and_its_files() -> None:
	inner = tnef(
		attribute(1, 0x9003, properties((0x1E, 0x1000, b"It burns.\0"))), attachment(b"fire.png", b"x")
	)
	files = message_with(tnef(attached_message(b"Printer", inner))).files
	assert [(each.name, each.content) for each in files] == [
		("Printer.txt", b"It burns."),
		("fire.png", b"x"),
	]


def test_words_of_an_attached_message_in_html_or_rich_text_are_kept_too() -> None:
	html = tnef(attribute(1, 0x9003, properties((0x102, 0x1013, b"<p>It burns.</p>"))))
	files = message_with(tnef(attached_message(b"One", html), attached_message(b"Two", RICH))).files
	assert [each.name for each in files] == ["One.html", "Two.rtf"]


def test_messages_within_messages_are_opened_three_times() -> None:
	octets = tnef(attachment(b"fire.png", b"x"))
	for depth in range(5):
		octets = tnef(attached_message(f"{depth}".encode(), octets))
	names = [each.name for each in message_with(octets).files]
	assert names == ["1.dat"]


def test_an_object_is_kept_without_the_mark_of_its_kind() -> None:
	octets = attribute(2, 0x9002, b"\0" * 14) + attribute(2, 0x8010, b"sheet\0")
	octets += attribute(2, 0x9005, properties((0x0D, 0x3701, b"k" * 16 + b"the sheet")))
	assert message_with(tnef(octets)).files[0].content == b"the sheet"


@pytest.mark.parametrize(
	("words", "codec", "meta", "page"),
	[
		("Принтер сломан", "koi8-r", "koi8-r", 0),
		("Принтер сломан", "koi8-r", "", 20866),
		("Принтер сломан", "utf-8", "utf-8", 0),
		("Принтер сломан", "utf-8", "", 65001),
		("Tiskárna nefunguje", "iso-8859-2", "", 28592),
		("プリンタ", "iso2022_jp", "", 50220),
		("打印机坏了", "gb18030", "", 936),
		("Принтер сломан", "cp1251", "", 0),
	],
)
def test_its_html_is_in_the_charset_that_it_names_itself(
	words: str, codec: str, meta: str, page: int
) -> None:
	head = f'<meta http-equiv="Content-Type" content="text/html; charset={meta}">' if meta else ""
	html = (0x102, 0x1013, f"<html><head>{head}</head><body>{words}</body></html>".encode(codec))
	fixed = struct.pack("<HHI", 0x03, 0x3FDE, page)
	body = properties(html)
	if page:
		body = struct.pack("<I", 2) + body[4:] + fixed
	message = only(tnef(attribute(1, 0x9007, struct.pack("<II", 1251, 0)), attribute(1, 0x9003, body)))
	assert words in (message.html or "")


def test_what_stands_beside_it_in_plain_text_is_not_said_twice() -> None:
	html = (0x102, 0x1013, b"<p>See <b>attached</b>.</p><p> </p>")
	message = message_with(tnef(attribute(1, 0x9003, properties(html))))
	assert message.text == "See attached."
	assert message.html == "<p>See <b>attached</b>.</p><p> </p>"


def test_other_words_within_are_said_as_well() -> None:
	html = (0x102, 0x1013, b"<p>More words.</p>")
	message = message_with(tnef(attribute(1, 0x9003, properties(html))))
	assert "See attached." in (message.html or "") and "More words." in (message.html or "")
