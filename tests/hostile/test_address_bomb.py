"""Address fields that break recursive readers, or grow with the square of their length."""

from __future__ import annotations

import pytest

from tests.hostile.mail import HEAD, outcome, read
from tests.hostile.measure import measure


def to(value: bytes) -> bytes:
	return HEAD + b"Cc: " + value + b"\r\n\r\nbody"


def five_thousand_addresses() -> bytes:
	fields = (
		b"Cc: " + b", ".join(b"Person <p%d@example.com>" % n for n in range(first, first + 500)) + b"\r\n"
		for first in range(0, 5000, 500)
	)
	return HEAD + b"".join(fields) + b"\r\nbody"


def five_thousand_in_one_field() -> bytes:
	return to(b", ".join(b"Person Somebody <person.%d@example.com>" % n for n in range(5000)))


def opening_brackets() -> bytes:
	return to(b"(" * 50_000)


def opening_angles() -> bytes:
	return to(b"<" * 50_000)


def quotes() -> bytes:
	return to(b'"' * 50_001)


def escaped_quotes() -> bytes:
	return to(b'"' + b'\\"' * 25_000)


def at_signs() -> bytes:
	return to(b"@" * 50_000)


def dots_and_spaces() -> bytes:
	return to(b"a . " * 12_000 + b"@")


def spaces() -> bytes:
	return to(b"a" + b" " * 50_000 + b"@b")


def colons() -> bytes:
	return to(b"a:" * 25_000)


def words_without_addresses() -> bytes:
	return to(b"word, " * 10_000 + b"<a@example.com>")


def domain_of_unicode() -> bytes:
	return to(b"a@" + ("ü" * 60 + ".").encode() * 400)


def test_five_thousand_addresses_are_read() -> None:
	measured = measure(number_of_copies, five_thousand_addresses)
	measured.assert_harmless()
	assert measured.result == 5000


def test_five_thousand_addresses_in_one_field_are_refused() -> None:
	measured = measure(outcome_of, five_thousand_in_one_field)
	measured.assert_harmless()
	assert measured.result == "too_complex"


@pytest.mark.parametrize(
	"build",
	[
		opening_brackets,
		opening_angles,
		quotes,
		escaped_quotes,
		at_signs,
		dots_and_spaces,
		spaces,
		colons,
		words_without_addresses,
		domain_of_unicode,
	],
)
def test_odd_fields_are_read(build) -> None:
	measured = measure(outcome_of, build)
	measured.assert_harmless()
	assert measured.result == "read"


def outcome_of(octets: bytes) -> str:
	return outcome(octets)


def number_of_copies(octets: bytes) -> int:
	return len(read(octets).cc)
