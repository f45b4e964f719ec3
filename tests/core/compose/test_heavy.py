"""What becomes of bodies that are too heavy to show whole, or that take too long."""

import gzip
import time

import pytest

from helpdesk_mailchannel.mailcore.compose import body as body_module
from helpdesk_mailchannel.mailcore.compose.apart import Ended, apart
from helpdesk_mailchannel.mailcore.compose.body import body
from helpdesk_mailchannel.mailcore.compose.html.crude import crude_text
from helpdesk_mailchannel.mailcore.model import Address, Disposition, Message, RemoteRef
from helpdesk_mailchannel.mailcore.settings import Limits


def composed(limits=None, **parts):
	message = Message(
		RemoteRef("INBOX", 1, "1", 1), "i", "m@x.example", (Address("a@b.example"),), subject="Hello", **parts
	)
	return body(message, limits or Limits())


def test_html_of_very_many_tags_is_shown_as_its_whole_text_and_attached_whole():
	html = "".join(f"<p>Line <b>{number}</b></p>" for number in range(12_000))
	made = composed(html=html)
	assert "Line 0\n" in made.text and "Line 11999" in made.text
	assert "too heavy" in made.html and "message.html.txt" in made.html
	[file] = made.files
	assert (file.name, file.content_type, file.disposition) == (
		"message.html.txt",
		"text/plain",
		Disposition.ATTACHMENT,
	)
	assert file.content.decode() == html


def test_a_text_that_does_not_fit_says_how_much_of_it_is_shown_and_comes_as_a_file():
	made = composed(Limits(text=1_000), text="word " * 500)
	assert "cut here, after 1,000 of 2,500 characters" in made.html
	assert [(file.name, len(file.content)) for file in made.files] == [("message.txt", 2_500)]


def test_heavy_html_of_very_much_text_says_how_much_of_it_is_shown():
	made = composed(html="<p>" + "word " * 600_000 + "<div>" * 500)
	assert len(made.text) <= 500_000
	assert "after 500,000 of " in made.html
	assert [file.name for file in made.files] == ["message.html.txt"]


def test_what_is_larger_than_a_file_may_be_is_packed():
	made = composed(Limits(attachment=10_000, html_tags=10), html="<p>word</p>" * 5_000)
	[file] = made.files
	assert file.name == "message.html.txt.gz"
	assert gzip.decompress(file.content).decode() == "<p>word</p>" * 5_000
	assert "message.html.txt.gz" in made.html


def test_a_mail_that_is_shown_whole_brings_no_file():
	assert composed(html="<p>Hello</p>").files == ()
	assert composed(text="Hello").files == ()


# ── Attributes ───────────────────────────────────────────────────────────────────────────────────────

MANY = " ".join(f"a{number}=1" for number in range(2_000))


@pytest.mark.parametrize(
	"html",
	[
		f"<p {MANY}>x",
		f"<p {MANY.replace('=1', '')}>x",
		"<p/" + "/".join(f'a{number}="1"' for number in range(2_000)) + ">x",
		f"<p title='>' {MANY}>x",
		f'<!-- <i b="> --><p {MANY}>x',
		f"<style><a b='</style><p {MANY}>x",
		f"<p {MANY.replace(' ', chr(10))}>x",
		"<p " + " ".join(f"a{number}='1'" for number in range(2_000)) + ">x",
		"<p " + "".join(f'a{number}="1"' for number in range(2_000)) + ">x",
		"<p " + " ".join(f"<a{number}" for number in range(2_000)) + ">x",
		f"<p {MANY}",
	],
	ids=range(11),
)
def test_a_tag_of_very_many_attributes_is_too_heavy(html):
	assert "too heavy" in composed(html=html).html


def test_a_mail_of_many_tags_with_a_few_attributes_each_is_not():
	html = '<td class="a" style="color:red" width=1 height="2" align=left valign="top">x > y</td>' * 4_000
	assert "too heavy" not in composed(html=f"<table><tr>{html}</table>").html


# ── The words of heavy HTML ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
	("markup", "words"),
	[
		("<p>One</p><p>two &amp; three</p>", "One\ntwo & three"),
		("<style>p{}</style>a<SCRIPT>b()</script >c", "a c"),
		("a<!-- b --><b>c</b>", "a c"),
		("a <!-- never closed", "a"),
		("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
		("<style>a never closed", "a never closed"),
		("a<b", "a"),
		("&#99999999999999999999999999999; &#x41;", "\N{REPLACEMENT CHARACTER}; A"),
		("&#" + "9" * 5_000, "\N{REPLACEMENT CHARACTER}"),
		("<ul><li>a<li>b</ul>c<br>d", "a\nb\nc\nd"),
	],
)
def test_the_words_of_heavy_html_are_had_without_parsing_it(markup, words):
	assert crude_text(markup) == words


# ── The time limit ───────────────────────────────────────────────────────────────────────────────────


def burn(seconds):
	"""Keep the processor busy, as a step does that nobody foresaw."""
	end = time.process_time() + seconds
	while time.process_time() < end:
		pass
	return seconds


def burn_html(*_arguments):
	return burn(60)


def die(*_arguments):
	raise MemoryError


def test_a_step_that_takes_too_long_is_ended(monkeypatch):
	monkeypatch.setattr("helpdesk_mailchannel.mailcore.compose.apart.WALL_SECONDS", 1)
	with pytest.raises(Ended):
		apart(burn, 60)


def test_a_step_returns_what_it_would_without_a_process_of_its_own():
	assert apart(burn, 0.01) == 0.01


@pytest.mark.parametrize("step", [burn_html, die])
def test_html_that_takes_too_long_is_shown_as_its_text(monkeypatch, step):
	monkeypatch.setattr("helpdesk_mailchannel.mailcore.compose.apart.WALL_SECONDS", 1)
	monkeypatch.setattr(body_module, "_from_html", step)
	made = composed(html="<p>The words</p>" + " " * body_module.LIGHT)
	assert made.text == "The words"
	assert "too heavy" in made.html
	assert [file.name for file in made.files] == ["message.html.txt"]


def test_text_that_takes_too_long_is_shown_as_it_is_written(monkeypatch):
	monkeypatch.setattr("helpdesk_mailchannel.mailcore.compose.apart.WALL_SECONDS", 1)
	monkeypatch.setattr(body_module, "_from_text", burn_html)
	made = composed(text="a < b\n" + "word " * body_module.LIGHT)
	assert made.html.startswith("<pre>a &lt; b\nword")
