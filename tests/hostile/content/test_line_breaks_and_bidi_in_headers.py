"""Header values that would become further header fields, or read otherwise than they are."""

from __future__ import annotations

import pytest

from tests.hostile.measure import measure
from tests.hostile.whole import fate, shown

BODY = b"To: support@help.example\r\nMessage-ID: <1@evil.example>\r\n\r\nHello"


@pytest.mark.parametrize(
	"field",
	[
		"Subject: =?utf-8?Q?Hi=0D=0ABcc:_victim@x.example?=",
		"Subject: =?utf-8?B?SGkNCkJjYzogdmljdGltQHguZXhhbXBsZQ==?=",
		"Subject: Hi\rBcc: victim@x.example",
		"Subject: Hi\x0bBcc: victim@x.example",
		"Subject: Hi\u2028Bcc: victim@x.example",
		"Subject: =?utf-8?Q?Hi=00=1B[2J?=",
		"Subject: \u202egpj.exe\u202c \u2066x\u2069\u200b\ufeff",
		"Subject: =?utf-8?B?4oCuZ3BqLmV4ZQ==?=",
	],
)
def test_a_subject_is_one_line_that_reads_as_it_is(field: str) -> None:
	mail = shown(field.encode() + b"\r\nFrom: Jane <jane@evil.example>\r\n" + BODY)
	assert not set(mail.subject) & set("\r\n\x00\x0b\x1b\u2028\u202e\u202c\u2066\u2069\u200b\ufeff")
	assert mail.bcc == ()


@pytest.mark.parametrize(
	"author",
	[
		"=?utf-8?Q?Boss=0D=0ABcc:_v@x.example?= <jane@evil.example>",
		'"boss@help.example" <jane@evil.example>',
		"\u202eelpmaxe.pleh@ssob\u202c <jane@evil.example>",
		'"boss@help.example\r\n\t" <jane@evil.example>',
	],
)
def test_a_name_makes_nobody_else_the_sender(author: str) -> None:
	mail = shown(b"From: " + author.encode() + b"\r\n" + BODY)
	assert mail.sender.address == "jane@evil.example"
	assert not set(mail.sender.name) & set("\r\n\u202e\u202c")


@pytest.mark.parametrize(
	"author",
	[
		"boss@help.example, jane@evil.example",
		"boss@help.example\r\nFrom: jane@evil.example",
		"<boss@help.example> <jane@evil.example>",
		"boss@help.example@evil.example",
		"",
	],
)
def test_two_authors_or_none_are_no_sender(author: str) -> None:
	assert fate(b"From: " + author.encode() + b"\r\n" + BODY) in ("ambiguous_sender", "no_sender")


def a_subject_of_overrides() -> bytes:
	return b"Subject: " + "\u202e\u2066".encode() * 9_000 + b"\r\nFrom: jane@evil.example\r\n" + BODY


def subject(octets: bytes) -> str:
	return shown(octets).subject


def test_a_subject_of_nothing_else_is_none() -> None:
	measured = measure(subject, a_subject_of_overrides)
	measured.assert_harmless()
	assert measured.result == "(no subject)"
