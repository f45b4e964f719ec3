"""Parts without number, nested without end, and boundaries that match everywhere."""

from __future__ import annotations

from tests.hostile.mail import HEAD, outcome, read
from tests.hostile.measure import measure


def ten_thousand_parts() -> bytes:
	return (
		HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 10_000 + b"--b--"
	)


def hundred_thousand_parts() -> bytes:
	return (
		HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000 + b"--b--"
	)


def five_thousand_levels() -> bytes:
	level = b"".join(
		b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(5_000)
	)
	return HEAD + level + b"\r\nx"


def one_boundary_on_all_levels() -> bytes:
	return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 400


def messages_within_messages() -> bytes:
	return HEAD + b"Content-Type: message/rfc822\r\n\r\nFrom: a@example.com\r\n" * 5_000 + b"\r\nx"


def boundary_of_one_dash() -> bytes:
	return (
		HEAD
		+ b"Content-Type: multipart/mixed; boundary=-\r\n\r\n"
		+ b"-" * 20_000_000
		+ b"\r\n----" * 100_000
	)


def boundary_that_is_empty() -> bytes:
	return HEAD + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n' + b"--\r\n" * 900_000


def boundaries_inside_lines() -> bytes:
	return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"x--b\r\n" * 900_000


def deep_and_long() -> bytes:
	head = b"".join(
		b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(19)
	)
	return HEAD + head + b"Content-Type: text/plain\r\n\r\n" + b"x" * 30 + (b"y" * 34 + b"\r\n") * 900_000


def test_ten_thousand_parts_are_refused() -> None:
	measured = measure(outcome, ten_thousand_parts)
	measured.assert_harmless()
	assert measured.result == "too_complex"


def test_a_hundred_thousand_parts_are_refused() -> None:
	measured = measure(outcome, hundred_thousand_parts)
	measured.assert_harmless()
	assert measured.result == "too_complex"


def test_five_thousand_levels_are_refused() -> None:
	measured = measure(outcome, five_thousand_levels)
	measured.assert_harmless()
	assert measured.result == "too_complex"


def test_one_boundary_on_all_levels_is_harmless() -> None:
	measured = measure(outcome, one_boundary_on_all_levels)
	measured.assert_harmless()


def test_messages_within_messages_stay_closed() -> None:
	measured = measure(number_of_files, messages_within_messages)
	measured.assert_harmless()
	assert measured.result == 1


def test_a_boundary_of_one_dash_is_harmless() -> None:
	measure(outcome, boundary_of_one_dash).assert_harmless()


def test_an_empty_boundary_is_harmless() -> None:
	measure(outcome, boundary_that_is_empty).assert_harmless()


def test_boundaries_inside_lines_are_none() -> None:
	measured = measure(outcome, boundaries_inside_lines)
	measured.assert_harmless()
	assert measured.result == "read"


def test_a_long_text_nineteen_levels_deep_is_read() -> None:
	measured = measure(outcome, deep_and_long)
	measured.assert_harmless()
	assert measured.result == "read"


def number_of_files(octets: bytes) -> int:
	return len(read(octets).files)
