"""Text from outside in a field of plain text."""

from __future__ import annotations

from email.utils import getaddresses
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_mailchannel.mailcore.outside.plain_text import address_list, is_plain, plain_line, plain_text

MARKUP = (
	"<script>alert(1)</script>",
	"<img src=x onerror=alert(1)",
	'"<svg onload=alert(1)>"',
	'{"name": "<img src=x onerror=alert(1)>"}',
	"&lt;img src=x onerror=alert(1)&gt;",
	"&amp;lt;img src=x&amp;gt;",
	"&#60;img&#x3e; &LT;img &ltimg &#0060img",
	'x" onmouseover="alert(1)',
)
PIECES = (
	"<",
	">",
	'"',
	"&",
	"&lt",
	"&lt;",
	"&amp;",
	"&amp;lt;",
	"&quot;",
	"#60;",
	"lt;",
	"amp;",
	"x",
	" ",
	"&#",
	"\n",
)


@pytest.mark.parametrize("text", MARKUP)
def test_no_markup_is_left_however_often_a_view_decodes_it(text):
	assert_harmless(plain_line(text))


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_no_mixture_of_pieces_becomes_markup(text):
	assert_harmless(plain_line(text))


@given(st.text())
def test_what_is_plain_stays_as_it_is(text):
	once = plain_text(text)
	assert plain_text(once) == once
	assert is_plain(plain_line(text))


@pytest.mark.parametrize(
	"text, shown",
	[
		("R&D, AT&T, 5 < 6 and 7 > 3", "R&D, AT&T, 5 ‹ 6 and 7 › 3"),
		('He said "now"', "He said “now”"),
		("O'Brien (Sales)", "O'Brien (Sales)"),
		("Use &nbsp; here", "Use ＆nbsp; here"),
		("Übergrößen 日本語 🙂", "Übergrößen 日本語 🙂"),
	],
)
def test_people_still_read_what_was_meant(text, shown):
	assert plain_line(text) == shown


def test_a_line_is_one_line_and_text_keeps_its_lines():
	assert plain_line("a\r\nb\u2028c") == "a b c"
	assert plain_text("a\r\nb\rc") == "a\nb\nc"


@pytest.mark.parametrize(
	("name", "listed"),
	[
		("", "a@x.example"),
		("Händler", "Händler <a@x.example>"),
		("Юлия", "Юлия <a@x.example>"),
		("Doe, Jane", '"Doe, Jane" <a@x.example>'),
		("Müller, Jürgen", '"Müller, Jürgen" <a@x.example>'),
		("Jane\\", '"Jane\\\\" <a@x.example>'),
		("Jane (Support)", '"Jane (Support)" <a@x.example>'),
		("b@y.example", '"b@y.example" <a@x.example>'),
		("Jane; Bob", '"Jane; Bob" <a@x.example>'),
		("Dr. No", '"Dr. No" <a@x.example>'),
		("O'Neill", "O'Neill <a@x.example>"),
	],
)
def test_recipients_are_stored_as_people_read_them_and_can_be_read_again(name, listed):
	assert address_list([(name, "a@x.example"), ("", "c@z.example")]) == f"{listed}, c@z.example"
	assert getaddresses([f"{listed}, c@z.example"]) == [(name, "a@x.example"), ("", "c@z.example")]


def test_quotes_within_a_name_are_curly():
	assert address_list([('Jane "J" Doe', "a@x.example")]) == "Jane “J” Doe <a@x.example>"


def test_an_address_that_is_a_tag_stands_without_brackets():
	assert (
		address_list([("Eve", "svg/onload=alert`1`//@evil.example")]) == "svg/onload=alert`1`//@evil.example"
	)
	assert_harmless(address_list([("<b>", "<img/src=x>@evil.example")]))


def assert_harmless(text):
	for _ in range(4):
		assert not set(text) & set('<>"')
		text = unescape(text)


BRACKETS = {
	"open brackets": '"((((("@evil.example',
	"an open bracket": '"("@evil.example',
	"a comma": '"a,b"@evil.example',
	"a colon and a semicolon": '"a:;"@evil.example',
	"a backslash": '"a\\\\"@evil.example',
	"a square bracket": '"["@evil.example',
}


@pytest.mark.parametrize("odd", BRACKETS.values(), ids=BRACKETS)
def test_an_address_with_a_quoted_part_keeps_no_other_address_of_its_list_from_being_read(odd):
	people = [("", odd), ("Eve", odd), ("", "jane@customer.example"), ("Bob, B", "bob@customer.example")]
	read = {address.lower() for _, address in getaddresses([address_list(people)])}
	assert {"jane@customer.example", "bob@customer.example"} <= read
	getaddresses([address_list([("", f'"{"(" * 90}"@e{n}.example') for n in range(100)])])
