"""Header fields of a finished message are replaced as text; nothing else changes."""

from __future__ import annotations

from email.parser import Parser
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_mailchannel.mailcore.outgoing.header_text import field, folded, with_fields

FINISHED = (
	'Content-Type: multipart/mixed; boundary="=="\r\n'
	"message-id: <a@site>\r\n"
	"Subject: Re: a subject that is\r\n folded\r\n"
	"From: Agent <agent@desk.example>\r\n"
	"To: <!--recipient-->\r\n"
	"Reply-To: Agent\r\n\t<agent@desk.example>\r\n"
	"\r\n"
	"--==\r\n\r\nReply-To: this is text <!--email_open_check-->\r\n--==--\r\n"
)


def test_a_field_is_replaced_whatever_its_case_and_folding():
	made = with_fields(
		FINISHED, {"Message-ID": "<b@desk.example>", "Reply-To": "Desk <support@desk.example>"}
	)
	parsed = Parser(policy=SMTP).parsestr(made)
	assert parsed.get_all("Message-ID") == ["<b@desk.example>"]
	assert parsed.get_all("Reply-To") == ["Desk <support@desk.example>"]


def test_other_fields_placeholders_and_the_body_stay_as_they_are():
	made = with_fields(FINISHED, {"Reply-To": "support@desk.example"})
	assert made.partition("\r\n\r\n")[2] == FINISHED.partition("\r\n\r\n")[2]
	for line in ("Subject: Re: a subject that is\r\n folded\r\n", "To: <!--recipient-->\r\n"):
		assert line in made


def test_a_message_with_bare_line_feeds_keeps_them():
	made = with_fields(FINISHED.replace("\r\n", "\n"), {"Reply-To": "support@desk.example"})
	assert "\r" not in made
	assert "\nReply-To: support@desk.example\n\n--==" in made


def test_an_empty_value_takes_the_field_away():
	assert field(with_fields(FINISHED, {"Reply-To": ""}), "Reply-To") == ""


def test_a_value_is_read_unfolded():
	assert field(FINISHED, "reply-to") == "Agent\t<agent@desk.example>"
	assert field(FINISHED, "X-None") == ""


@pytest.mark.parametrize("value", ["a\r\nBcc: eve@evil.example", "a\nb", "Jörg <j@desk.example>", "a\0"])
def test_nobody_writes_another_field_through_a_value(value):
	with pytest.raises(ValueError, match="printable ASCII"):
		with_fields(FINISHED, {"Reply-To": value})


def test_a_text_without_header_is_refused():
	with pytest.raises(ValueError, match="empty line"):
		with_fields("no header", {"Reply-To": "a@b"})


@given(st.lists(st.text("abcdef<>@.", min_size=1, max_size=100), min_size=1, max_size=30))
def test_folding_loses_no_word_and_no_line_is_longer_than_it_must_be(words):
	lines = folded("References", " ".join(words)).split("\r\n")
	assert " ".join(lines).split()[1:] == words
	assert all(len(line) <= 76 or len(line.removeprefix("References:").split()) == 1 for line in lines)
	assert all(line.startswith(" ") for line in lines[1:])
