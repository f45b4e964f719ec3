"""Encoded words without number or end, up to what the limits let through."""

from __future__ import annotations

import pytest

from tests.hostile.mail import HEAD, outcome
from tests.hostile.measure import measure


def twenty_thousand_words() -> bytes:
	return HEAD + b"Subject: " + b"=?utf-8?q?word?= " * 20_000 + b"\r\n\r\nbody"


def two_hundred_thousand_starts() -> bytes:
	return HEAD + b"Subject: " + b"=?" * 200_000 + b"\r\n\r\nbody"


def filled_with(word: bytes) -> bytes:
	"""Three header fields that are together as long as the limits let through."""
	line = word * (80_000 // len(word))
	return HEAD + b"Subject: " + line + b"\r\nReply-To: " + line + b"\r\nX-Note: " + line + b"\r\n\r\nbody"


def one_long_field() -> bytes:
	return HEAD + b"Reply-To: " + b"=?utf-8?q?a?= " * 17_000 + b"\r\n\r\nbody"


def starts() -> bytes:
	return filled_with(b"=?")


def half_words() -> bytes:
	return filled_with(b"=?a?q?")


def questions() -> bytes:
	return filled_with(b"=?a?q??")


def whole_words() -> bytes:
	return filled_with(b"=?utf-8?q?a?= ")


def unknown_charsets() -> bytes:
	return filled_with(b"=?x-odd?q?=FF?= ")


def changing_charsets() -> bytes:
	return filled_with(b"=?iso-2022-jp?b?GyRCJUYbKEI=?= =?koi8-r?q?=F0?= ")


def long_word() -> bytes:
	return HEAD + b"Subject: =?utf-8?b?" + b"QUJD" * 60_000 + b"?=\r\n\r\nbody"


@pytest.mark.parametrize("build", [twenty_thousand_words, two_hundred_thousand_starts])
def test_too_many_are_refused(build) -> None:
	measured = measure(outcome, build)
	measured.assert_harmless()
	assert measured.result == "too_complex"


@pytest.mark.parametrize(
	"build",
	[
		starts,
		half_words,
		questions,
		whole_words,
		unknown_charsets,
		changing_charsets,
		long_word,
		one_long_field,
	],
)
def test_what_the_limits_let_through_is_read(build) -> None:
	measured = measure(outcome, build)
	measured.assert_harmless()
	assert measured.result == "read"
