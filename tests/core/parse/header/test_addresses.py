"""Mailboxes as they are written, not only as they should be."""

from __future__ import annotations

import pytest

from helpdesk_mailchannel.mailcore.parse.header.addresses import read_addresses
from tests.core.parse.mails import mail, read


def boxes(*fields: str) -> list[tuple[str, str]]:
	return [(each.address, each.name) for each in read_addresses(fields, 200)]


@pytest.mark.parametrize(
	("written", "meant"),
	[
		("a@example.com", [("a@example.com", "")]),
		("A@Example.COM", [("a@example.com", "")]),
		("<a@example.com>", [("a@example.com", "")]),
		("Jane Doe <a@example.com>", [("a@example.com", "Jane Doe")]),
		('"Doe, Jane" <a@example.com>', [("a@example.com", "Doe, Jane")]),
		("Doe, Jane <a@example.com>", [("a@example.com", "Doe, Jane")]),
		("Dr. J. Doe <a@example.com>", [("a@example.com", "Dr. J. Doe")]),
		("a@example.com (Jane Doe)", [("a@example.com", "Jane Doe")]),
		("Jane Doe a@example.com", [("a@example.com", "Jane Doe")]),
		("Jane <a@example.com", [("a@example.com", "Jane")]),
		("'a@example.com' <a@example.com>", [("a@example.com", "a@example.com")]),
		("=?utf-8?q?J=C3=A4ne?= <a@example.com>", [("a@example.com", "Jäne")]),
		('"=?utf-8?q?J=C3=A4ne?=" <a@example.com>', [("a@example.com", "Jäne")]),
		("=?utf-8?q?Doe=2C_Jane_=3Cx=40y.z=3E?= <a@example.com>", [("a@example.com", "Doe, Jane <x@y.z>")]),
		("=?utf-8?q?Jane_=3Ca=40example.com=3E?=", [("a@example.com", "Jane")]),
		("undisclosed-recipients:;", []),
		("undisclosed recipients", []),
		(
			"Team: a@example.com, B <b@example.com>;, c@example.com",
			[("a@example.com", ""), ("b@example.com", "B"), ("c@example.com", "")],
		),
		("a@example.com; b@example.com", [("a@example.com", ""), ("b@example.com", "")]),
		("a@example.com,, ,b@example.com", [("a@example.com", ""), ("b@example.com", "")]),
		("<mailto:a@example.com>", [("a@example.com", "")]),
		("<@relay.example,@b.example:a@example.com>", [("a@example.com", "")]),
		("a @ example.com", [("a@example.com", "")]),
		('"john doe"@example.com', [('"john doe"@example.com', "")]),
		("jane@bücher.example", [("jane@xn--bcher-kva.example", "")]),
		("a@[192.0.2.1]", [("a@[192.0.2.1]", "")]),
		("a@example.com.", [("a@example.com", "")]),
		("<>", []),
		("", []),
		("nobody", []),
		("a@b@example.com", []),
		("a@exa mple.com <", []),
		("a\u202e@example.com", []),
		("a@ex\u200bample.com", []),
		("(unfinished", []),
		('"unfinished <a@example.com>', [("a@example.com", "unfinished")]),
	],
)
def test_mailboxes_in_all_their_forms(written: str, meant: list[tuple[str, str]]) -> None:
	assert boxes(written) == meant


def test_a_name_that_is_an_address_stays_a_name() -> None:
	assert boxes('"boss@example.com" <mallory@evil.example>') == [
		("mallory@evil.example", "boss@example.com")
	]


def test_an_address_in_a_comment_is_a_comment() -> None:
	assert [address for address, _ in boxes("a@example.com (<b@evil.example>)")] == ["a@example.com"]


def test_every_mailbox_of_every_from_field_is_an_author() -> None:
	octets = b"From: a@example.com\r\nFrom: b@example.com\r\n\r\nHello"
	message = read(octets)
	assert [each.address for each in message.authors] == ["a@example.com", "b@example.com"]
	assert message.sender is None


def test_two_mailboxes_in_one_from_field_are_two_authors() -> None:
	assert read(mail(**{"from": "a@example.com, b@example.com"})).sender is None
	assert read(mail(**{"from": "<a@example.com> <b@example.com>"})).sender is None


def test_control_and_direction_characters_leave_names() -> None:
	assert boxes("=?utf-8?q?Jane=0D=0A=E2=80=AE?= <a@example.com>") == [("a@example.com", "Jane")]


def test_a_long_name_is_cut() -> None:
	assert len(boxes(f"{'x' * 500} <a@example.com>")[0][1]) == 200
