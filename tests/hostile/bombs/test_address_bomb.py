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


def one_on_each_line() -> bytes:
	"""As programs write what goes to everybody in a company."""
	return to(b",\r\n\t".join(b"Person Somebody <person.%d@example.com>" % n for n in range(5000)))


def opening_brackets() -> bytes:
	return to(b"(" * 200_000)


def opening_angles() -> bytes:
	return to(b"<" * 200_000)


def quotes() -> bytes:
	return to(b'"' * 200_001)


def escaped_quotes() -> bytes:
	return to(b'"' + b'\\"' * 100_000)


def at_signs() -> bytes:
	return to(b"@" * 200_000)


def dots_and_spaces() -> bytes:
	return to(b"a . " * 50_000 + b"@")


def spaces() -> bytes:
	return to(b"a" + b" " * 200_000 + b"@b")


def colons() -> bytes:
	return to(b"a:" * 100_000)


def words_without_addresses() -> bytes:
	return to(b"word, " * 35_000 + b"<a@example.com>")


def domain_of_unicode() -> bytes:
	return to(b"a@" + ("ü" * 60 + ".").encode() * 1_600)


@pytest.mark.parametrize("build", [five_thousand_addresses, five_thousand_in_one_field, one_on_each_line])
def test_five_thousand_addresses_are_read(build) -> None:
	measured = measure(number_of_copies, build)
	measured.assert_harmless()
	assert measured.result == 5000


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
	measured = measure(outcome, build)
	measured.assert_harmless()
	assert measured.result == "read"


def number_of_copies(octets: bytes) -> int:
	return len(read(octets).cc)
