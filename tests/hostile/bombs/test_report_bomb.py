"""Delivery reports that are none: what looks for recipients in them must not lose its way."""

from __future__ import annotations

import pytest

from tests.hostile.mail import outcome
from tests.hostile.measure import measure

HEAD = b"From: MAILER-DAEMON@example.com\r\nSubject: Undelivered Mail\r\nReturn-Path: <>\r\n"


def letter(content: bytes) -> bytes:
	return HEAD + b"\r\n" + content


def words() -> bytes:
	return letter(b"fail " + b"a" * 300_000)


def lines_that_complain() -> bytes:
	return letter((b"unknown " + b"a" * 290 + b"\r\n") * 1_000)


def addresses() -> bytes:
	return letter(b"".join(b"<a%d@example.com>: 550 no\r\n" % n for n in range(10_000)))


def transcript() -> bytes:
	return letter(b">>> " * 30_000 + b"<a@example.com>")


def white_space() -> bytes:
	return letter(b"user " + b" \r\n" * 90_000 + b"unknown")


def almost_phrases() -> bytes:
	return letter(b"could not deliver mailbox user unknow exceeded the the the the " * 4_000)


def groups() -> bytes:
	status = b"".join(
		b"Final-Recipient: rfc822; a%d@example.com\r\nStatus: 5.1.1\r\n\r\n" % n for n in range(20_000)
	)
	return (
		HEAD
		+ b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
		+ b"--b\r\n\r\nnotice\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
		+ status
		+ b"--b--"
	)


def nested_json() -> bytes:
	return b"From: a@sns.amazonaws.com\r\nSubject: AWS\r\n\r\n" + b"[" * 90_000


@pytest.mark.parametrize(
	"build",
	[words, lines_that_complain, addresses, transcript, white_space, almost_phrases, groups, nested_json],
)
def test_it_is_read_within_bounds(build) -> None:
	measured = measure(outcome, build)
	measured.assert_harmless()
	assert measured.result == "read"
