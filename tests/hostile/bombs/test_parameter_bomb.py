"""Content-Type and Content-Disposition with parameters without number or end."""

from __future__ import annotations

import pytest

from tests.hostile.mail import HEAD, outcome
from tests.hostile.measure import measure


def forty_thousand_parameters() -> bytes:
	return (
		HEAD + b"Content-Type: text/plain" + b"".join(b"; p%d=x" % n for n in range(40_000)) + b"\r\n\r\nbody"
	)


def filled_with(piece: bytes) -> bytes:
	return HEAD + b"Content-Type: text/plain" + piece * (240_000 // len(piece)) + b"\r\n\r\nbody"


def parameters() -> bytes:
	return filled_with(b"; a=b")


def semicolons() -> bytes:
	return filled_with(b";")


def open_quotes() -> bytes:
	return filled_with(b';a="')


def escapes() -> bytes:
	return filled_with(b';a="\\"')


def pieces() -> bytes:
	return (
		HEAD
		+ b"Content-Type: text/plain"
		+ b"".join(b"; name*%d*=%%41" % n for n in range(14_000))
		+ b"\r\n\r\nbody"
	)


def spaces() -> bytes:
	return filled_with(b"; ")


def test_forty_thousand_parameters_are_refused() -> None:
	measured = measure(outcome, forty_thousand_parameters)
	measured.assert_harmless()
	assert measured.result == "too_complex"


@pytest.mark.parametrize("build", [parameters, semicolons, open_quotes, escapes, pieces, spaces])
def test_what_the_limits_let_through_is_read(build) -> None:
	measured = measure(outcome, build)
	measured.assert_harmless()
	assert measured.result == "read"
