"""The words of a body stay words, however often a view takes them for HTML."""

from __future__ import annotations

import re
from html import unescape

import pytest

from helpdesk_mailchannel.mailcore.compose.html.inert_text import inert
from helpdesk_mailchannel.mailcore.compose.html.safe_html import finished
from helpdesk_mailchannel.mailcore.compose.html.text_to_html import to_html

TAG = re.compile(r"<[A-Za-z/!?]")
ADDRESS = re.compile(r"<[^<>\s@]+@[^<>\s@/]+>")
HOSTILE = (
	"<img src=x onerror=ran(1)>",
	"<svg/onload=ran(1)>",
	"<svg onload=ran(1) x=",
	"</p><script>ran(1)</script>",
	"<!--><img src=x onerror=ran(1)>",
	"&lt;img src=x onerror=ran(1)&gt;",
	"&amp;lt;img src=x onerror=ran(1)&amp;gt;",
	"&#60;img src=x onerror=ran(1)>",
	"&#x3c;img&#x3E;",
	"&ltimg src=x onerror=ran(1)>",
	"<<img src=x onerror=ran(1)>>",
	"<a@b.example onfocus=ran(1) autofocus tabindex=1>",
	"<a@b.example/onfocus=ran(1)/autofocus>",
	"\ue000<img src=x>",
)


def decoded_again_and_again(html: str) -> list[str]:
	"""The text of HTML, the text of that as HTML, and so on."""
	texts: list[str] = []
	for _ in range(6):
		html = unescape(re.sub(r"<[a-z/][^>]*>", "", html) if not texts else html)
		texts.append(html)
	return texts


@pytest.mark.parametrize("words", HOSTILE)
def test_no_text_of_a_body_becomes_a_tag(words):
	for text in decoded_again_and_again(finished(to_html(words))):
		assert not TAG.search(text), text


@pytest.mark.parametrize(
	"html",
	[
		"<p>&lt;<b>img</b> src=x onerror=ran(1)&gt;</p>",
		"<p>&lt;<b></b><i>img src=x onerror=ran(1)&gt;</i></p>",
		"<p>&amp;<b>lt</b>;img src=x onerror=ran(1)&gt;</p>",
		"<p>&amp;l<b>t</b>;img src=x onerror=ran(1)&gt;</p>",
		"<p>&amp;a<b>mp</b>;lt;img src=x onerror=ran(1)&gt;</p>",
		"<p>x &lt;</p><p>img src=x onerror=ran(1)&gt;</p>",
	],
)
def test_no_text_that_is_cut_by_tags_becomes_one(html):
	for text in decoded_again_and_again(inert(html)):
		assert not TAG.search(text), text


@pytest.mark.parametrize(
	"html",
	[
		"<p>if a &lt; b &amp;&amp; c &gt; d</p>",
		"<p>R&amp;D</p>",
		"<p>Jane Doe &lt;jane@customer.example&gt; wrote:</p>",
		'<p>&lt;<a href="mailto:jane@customer.example">jane@customer.example</a>&gt;</p>',
		"<p>1 &lt;2, I &lt;3 you -&gt; here</p>",
		'<a href="https://shop.example/?a=1&amp;lt=2">https://shop.example/?a=1&amp;b=2</a>',
	],
)
def test_what_can_become_no_tag_stays(html):
	assert inert(html) == html


def test_what_could_become_one_can_still_be_read():
	assert inert("<p>Use &lt;b&gt; and &amp;lt;</p>") == "<p>Use ‹b› and ＆lt;</p>"
