"""Texts that are each as long as a text may be, and far too long together."""

from __future__ import annotations

from base64 import encodebytes
from collections.abc import Callable

import pytest

from helpdesk_mailchannel.mailcore.decide import ToFile
from helpdesk_mailchannel.mailcore.model import Message
from tests.core.parse.outlook.test_tnef import attribute, properties, tnef
from tests.hostile.mail import read
from tests.hostile.measure import measure
from tests.hostile.whole import HEAD, go

PARTS = 16
HTML = 0x1013
"""The property of winmail.dat that holds HTML."""
TEXT = "😀x".encode() + b"x" * 1_990_000
"""One character beyond the Basic Multilingual Plane makes Python keep four octets of each."""
PAGE = b"<p>" + TEXT
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def parts(*each: tuple[bytes, bytes]) -> bytes:
	return MIXED + b"".join(part(*one) for one in each) + b"--b--\r\n"


def part(content_type: bytes, content: bytes) -> bytes:
	return b"--b\r\nContent-Type: " + content_type + b"; charset=utf-8\r\n\r\n" + content + b"\r\n"


def pages() -> bytes:
	return parts(*[(b"text/html", PAGE)] * PARTS)


def texts() -> bytes:
	return parts(*[(b"text/plain", TEXT)] * PARTS)


def flowed_texts() -> bytes:
	return parts(*[(b"text/plain; format=flowed", TEXT)] * PARTS)


def enriched_texts() -> bytes:
	return parts(*[(b"text/enriched", TEXT)] * PARTS)


def pages_and_texts() -> bytes:
	return parts(*[(b"text/html", PAGE), (b"text/plain", TEXT)] * (PARTS // 2))


def alternatives() -> bytes:
	return pages_and_texts().replace(b"multipart/mixed", b"multipart/alternative")


def packed_pages() -> bytes:
	head = b"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	return MIXED + (head + encodebytes(PAGE)) * 11 + b"--b--\r\n"


def invitations() -> bytes:
	event = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:" + TEXT + b"\r\nEND:VEVENT\r\nEND:VCALENDAR"
	return parts(*[(b"text/calendar", event)] * PARTS)


def winmails() -> bytes:
	said = encodebytes(tnef(attribute(1, 0x9003, properties((0x102, HTML, PAGE)))))
	head = b"--b\r\nContent-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	return MIXED + (head + said) * 11 + b"--b--\r\n"


def words_after_the_end() -> bytes:
	return parts((b"text/plain", b"")) + TEXT * PARTS


BOMBS = [
	pages,
	texts,
	flowed_texts,
	enriched_texts,
	pages_and_texts,
	alternatives,
	packed_pages,
	invitations,
	winmails,
	words_after_the_end,
]


@pytest.mark.parametrize("build", BOMBS)
def test_texts_that_are_too_long_together_are_read_in_little_memory(build: Callable[[], bytes]) -> None:
	measured = measure(characters, build)
	assert measured.megabytes < 200, f"Memory grew by {measured.megabytes:.0f} MB."
	assert measured.result < 5_000_000


@pytest.mark.parametrize("build", BOMBS)
def test_texts_that_are_too_long_together_are_filed_in_little_memory(build: Callable[[], bytes]) -> None:
	measured = measure(filed, build)
	assert measured.megabytes < 200, f"Memory grew by {measured.megabytes:.0f} MB."
	assert measured.result


@pytest.mark.parametrize("build", [pages, texts, flowed_texts, pages_and_texts, packed_pages])
def test_a_text_that_is_over_is_a_file_and_nothing_is_lost(build: Callable[[], bytes]) -> None:
	message: Message = read(build())
	assert (message.html or message.text or "").count("😀") <= 3
	assert 8 <= len(message.files) < PARTS
	assert all(file.content.rstrip(b"\r\n") in (TEXT, PAGE) for file in message.files)
	assert any("the whole is attached" in defect for defect in message.defects)


def test_words_after_the_end_are_a_file_where_they_are_too_long() -> None:
	message = read(words_after_the_end())
	[file] = message.files
	assert file.content == TEXT * PARTS
	assert message.text and message.text.startswith("😀x")


def test_a_text_and_its_page_may_both_be_as_long_as_they_may() -> None:
	both = parts((b"text/plain", TEXT), (b"text/html", PAGE))
	message = read(both.replace(b"multipart/mixed", b"multipart/alternative"))
	assert not message.files and not message.defects
	assert message.text and message.html
	assert min(len(message.text), len(message.html)) > 1_990_000


def characters(octets: bytes) -> int:
	message = read(octets)
	return len(message.html or "") + len(message.text or "")


def filed(octets: bytes) -> bool:
	return isinstance(go(octets), ToFile)
