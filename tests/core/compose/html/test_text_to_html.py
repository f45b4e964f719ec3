"""Plain text as HTML, and HTML as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_mailchannel.mailcore.compose.html.text_to_html import to_html
from tests.core.compose.build import shown


def test_an_address_in_angle_brackets_is_seen():
	assert "write to &lt;user@example.com&gt;" in shown(text="write to <user@example.com>").html


def test_lines_indents_and_tabs_are_kept():
	made = shown(text="if x:\n    y = 1\n\tz  = 2").html
	assert "if x:<br>&nbsp;&nbsp;&nbsp; y = 1<br>&nbsp;&nbsp;&nbsp;&nbsp;z&nbsp; = 2" in made


def test_the_writing_itself_decides_its_direction():
	assert shown(text="شكرا جزيلا").html == '<div dir="auto">شكرا جزيلا</div>'


def test_quotes_become_nested_quotes():
	assert to_html("a\n> b\n>> c\n> d\ne") == (
		'<div dir="auto">a<blockquote>b<blockquote>c</blockquote>d</blockquote>e</div>'
	)


@pytest.mark.parametrize(
	"text, url",
	[
		("see https://x.example/a?b=1&c=2.", "https://x.example/a?b=1&amp;c=2"),
		("(https://x.example/a_(b))", "https://x.example/a_(b)"),
		("<https://x.example/>", "https://x.example/"),
		("https://x.example, then", "https://x.example"),
	],
)
def test_web_addresses_become_links_without_the_punctuation_around_them(text, url):
	assert f'<a href="{url}"' in shown(text=text).html


def test_only_web_addresses_become_links():
	assert "<a" not in shown(text="javascript:alert(1) data:x file:///etc/passwd").html


def test_neither_text_nor_html_says_so():
	made = shown()
	assert made.html == "<p>(no text)</p>"
	assert made.text == "(no text)"


def test_an_empty_html_part_gives_way_to_the_text():
	assert "The words" in shown("<html><body><br></body></html>", text="The words").html


def test_the_html_part_is_shown_and_the_text_part_kept_beside_it():
	made = shown("<p>In <b>HTML</b></p>", text="In text")
	assert made.html == "<p>In <b>HTML</b></p>"
	assert made.text == "In text"


def test_a_text_that_is_too_long_is_cut_and_says_so():
	from helpdesk_mailchannel.mailcore.settings import Limits

	made = shown(text="word " * 100, limits=Limits(text=50))
	assert "cut here" in made.html
	assert len(made.text) <= 50


@given(st.text(max_size=300))
def test_every_word_of_a_text_is_seen(text):
	from tests.core.compose.build import kept_text

	seen = kept_text(to_html(text))
	assert seen.replace(">", " ").split() == text.replace(">", " ").split()


def test_a_text_of_very_many_lines_is_shown_whole():
	text = "\n".join(f"line {number}" for number in range(25_000))
	made = to_html(text)
	assert "line 19999<" in made
	assert made.endswith("line 24999</pre></div>")
