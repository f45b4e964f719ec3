"""Thirty megabytes of nothing but line ends, or of one line."""

from __future__ import annotations

from tests.hostile.mail import HEAD, outcome
from tests.hostile.measure import measure


def line_feeds() -> bytes:
	return HEAD + b"\r\n" + b"\n" * 30_000_000


def carriage_returns() -> bytes:
	return HEAD + b"\r\n" + b"\r" * 30_000_000


def only_carriage_returns() -> bytes:
	return HEAD.replace(b"\n", b"") + b"\r" + b"\r" * 30_000_000


def one_line() -> bytes:
	return HEAD + b"\r\n" + b"a" * 30_000_000


def leading_line_feeds() -> bytes:
	return b"\n" * 30_000_000 + HEAD + b"\r\nHello"


def too_much() -> bytes:
	return HEAD + b"\r\n" + b"a" * 40_000_000


def test_thirty_megabytes_of_line_feeds_are_refused() -> None:
	measured = measure(outcome, line_feeds)
	measured.assert_harmless()
	assert measured.result == "too_complex"


def test_thirty_megabytes_of_carriage_returns_are_harmless() -> None:
	measure(outcome, carriage_returns).assert_harmless()


def test_a_message_of_carriage_returns_alone_is_refused() -> None:
	measured = measure(outcome, only_carriage_returns)
	measured.assert_harmless()
	assert measured.result == "too_complex"


def test_one_line_of_thirty_megabytes_is_read() -> None:
	measured = measure(outcome, one_line)
	measured.assert_harmless()
	assert measured.result == "read"


def test_line_feeds_before_the_header_are_harmless() -> None:
	measure(outcome, leading_line_feeds).assert_harmless()


def test_forty_megabytes_are_refused() -> None:
	measured = measure(outcome, too_much)
	measured.assert_harmless()
	assert measured.result == "too_large"
