"""HTML as plain text: as the sender wrote it, not as Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.compose.build import shown


@pytest.mark.parametrize(
	"html, text",
	[
		("<p>One</p><p>Two</p>", "One\n\nTwo"),
		("<div>One</div><div>Two</div>", "One\nTwo"),
		("<div>One<br></div><div><br></div><div>Two</div>", "One\n\nTwo"),
		("One<br>Two<br><br>Three<br><br><br>Four", "One\nTwo\n\nThree\n\nFour"),
		("<p class=MsoNormal>One</p><p class=MsoNormal>Two</p>", "One\nTwo"),
		("<ul><li>One</li><li>Two<ul><li>Three</li></ul></li></ul>", "  - One\n  - Two\n    - Three"),
		("<ol start=3><li>One</li><li>Two</li></ol><p>x</p>", "  3. One\n  4. Two\n\nx"),
		(
			"<table><tr><td><p>A</p></td><td><p>B</p></td></tr><tr><td>C</td><td>D</td></tr></table>",
			"A B\nC D",
		),
		("<table><tr><td><p>Hello</p><p>Bye</p></td></tr></table>x", "Hello\n\nBye\n\nx"),
		(
			"<p>x</p><blockquote type=cite><p>old</p><blockquote>older</blockquote></blockquote>",
			"x\n\n> old\n>\n>> older",
		),
		("<blockquote>a<br>b<blockquote>c<br>d</blockquote></blockquote>", "> a\n> b\n>\n>> c\n>> d"),
		("<pre>a\n  b\n\tc</pre>", "a\n  b\n    c"),
		("a  \n b &amp; &lt;c@d.example&gt;", "a b & <c@d.example>"),
		("<p>See <img src='https://x.example/i.png' alt='map'></p>", "See [Image: map]"),
		("<h1>Title</h1>a<hr>b", "Title\n\na\n--------------------\nb"),
		("<b>Very</b><i>good</i>, <s>old</s> <code>x</code>", "Verygood, old x"),
		("شكرا<br>ありがとう &mdash; &euro; &copy;", "شكرا\nありがとう — € ©"),
	],
)
def test_it_reads_as_on_the_screen(html: str, text: str) -> None:
	assert shown(html).text == text


@pytest.mark.parametrize(
	"written",
	["1. x", "- y", "+ z", "a_b*c", "# 12", "C:\\_dir\\*.txt", "[a](b)", "`q`", "* * *", "---", "~~", "!x"],
)
def test_nothing_is_escaped_as_markdown(written: str) -> None:
	assert shown(f"<p>{written}</p><div>{written}</div>").text == f"{written}\n\n{written}"


@pytest.mark.parametrize(
	"html, text",
	[
		('<a href="https://x.example/a_(b)?c=1&amp;d">here</a>.', "here <https://x.example/a_(b)?c=1&d>."),
		('<a href="https://www.x.example/">x.example</a>', "x.example"),
		('<a href="https://x.example/a">https://x.example/a</a>', "https://x.example/a"),
		('<a href="mailto:jane@x.example?subject=Hi">jane@x.example</a>', "jane@x.example"),
		('<a href="mailto:jane@x.example">Jane</a>', "Jane <jane@x.example>"),
		('<a href="https://x.example/?' + "t" * 300 + '">Read more</a>', "Read more"),
		('<a href="https://x.example/"><img src="https://x.example/i.png" alt="Shop"></a>', "[Image: Shop]"),
		('<a name="top">Top</a>', "Top"),
	],
)
def test_a_links_address_stands_behind_its_words(html: str, text: str) -> None:
	assert shown(html).text == text


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufdd0"), max_size=200))
def test_every_word_survives(text: str) -> None:
	from html import escape

	assert shown(f"<p>x {escape(text)}</p>").text.split() == f"x {text}".split()
