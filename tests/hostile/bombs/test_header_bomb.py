"""Headers that are too long, too many, or never end."""

from __future__ import annotations

from tests.hostile.mail import HEAD, outcome
from tests.hostile.measure import measure


def subject_of_a_megabyte() -> bytes:
	return HEAD + b"Subject: " + b"word " * 200_000 + b"\r\n\r\nbody"


def folded_subject() -> bytes:
	return HEAD + b"Subject: a" + b"\r\n b" * 60_000 + b"\r\n\r\nbody"


def many_fields() -> bytes:
	return HEAD + b"X-A: b\r\n" * 30_000 + b"\r\nbody"


def endless_header() -> bytes:
	return HEAD + b"X-Pad: " + b"a" * 100 + b"\r\n" + b"X-A: b\r\n" * 2_000_000


def odd_lines() -> bytes:
	return HEAD + b"odd\r\nto:\r\n" * 15_000 + b"\r\nbody"


def just_within() -> bytes:
	return (
		HEAD
		+ b"Subject: "
		+ b"=?utf-8?q?a?= " * 5_000
		+ b"\r\n"
		+ (b"X-A: " + b"(" * 60_000 + b"\r\n") * 3
		+ b"\r\nbody"
	)


def test_a_subject_of_a_megabyte_is_refused() -> None:
	measured = measure(outcome, subject_of_a_megabyte)
	measured.assert_harmless()
	assert measured.result == "too_complex"


def test_a_subject_of_sixty_thousand_folds_is_refused() -> None:
	measured = measure(outcome, folded_subject)
	measured.assert_harmless()
	assert measured.result == "too_complex"


def test_thirty_thousand_fields_are_refused() -> None:
	measured = measure(outcome, many_fields)
	measured.assert_harmless()
	assert measured.result == "too_complex"


def test_a_header_without_end_is_refused() -> None:
	measured = measure(outcome, endless_header)
	measured.assert_harmless()
	assert measured.result == "too_complex"


def test_lines_that_may_be_folds_are_refused() -> None:
	measured = measure(outcome, odd_lines)
	measured.assert_harmless()
	assert measured.result == "too_complex"


def test_headers_just_within_the_limits_are_read() -> None:
	measured = measure(outcome, just_within)
	measured.assert_harmless()
	assert measured.result == "read"
