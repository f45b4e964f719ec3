"""Bodies made to be slow to read: HTML, text and patterns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timezone

import pytest

from helpdesk_mailchannel.mailcore.compose.draft import compose
from helpdesk_mailchannel.mailcore.compose.pattern import search
from helpdesk_mailchannel.mailcore.model import Accept, Address, Message, NewTicket, RemoteRef
from helpdesk_mailchannel.mailcore.settings import ChannelSettings, ConnectionSettings
from tests.hostile.figures import note
from tests.hostile.measure import measure

seconds: dict[str, float] = {}


@pytest.fixture(scope="module", autouse=True)
def figures() -> Iterator[None]:
	yield
	slowest = ", ".join(
		f"{body} {took:.2f} s" for body, took in sorted(seconds.items(), key=lambda each: -each[1])[:5]
	)
	note(f"{len(seconds)} bodies made to be slow to compose; the slowest: {slowest}")


def unclosed_links() -> str:
	return '<a href="' * 100_000


def a_megabyte_of_less_than() -> str:
	return "<" * 1_000_000


def nested_divs() -> str:
	return "<div>" * 50_000


def divs_just_within() -> str:
	return "<div>" * 399 + "<p>x</p>" * 12_000


def unclosed_fonts() -> str:
	return "<p>" + "".join(f"<font size={n}>" for n in range(90)) + "<p>x" * 20_000


def fonts_just_within() -> str:
	return "<p>" + "".join(f"<font size={n}>" for n in range(9)) + "<p>x" * 24_000


def nested_tables() -> str:
	return "<table><tr><td>" * 130 + "x" * 1_000_000


def nested_quotes() -> str:
	return "<blockquote type=cite>x" * 399 + "<p>y</p>" * 10_000


def many_attributes() -> str:
	return "<p " + "a=1 " * 400_000 + ">x"


def attributes_of_one_tag() -> str:
	return "<p " + " ".join(f"a{number}" for number in range(280_000)) + ">x"


def attributes_of_many_tags() -> str:
	attributes = " ".join(f"a{number}=1" for number in range(190))
	return f"<p {attributes}>x" * 1_500


def attributes_behind_a_quote() -> str:
	return '<!-- <i b="> -->' + "<p " + " ".join(f"a{number}" for number in range(280_000)) + ">x"


def values_that_never_end() -> str:
	return "<a b=" * 24_000 + "x" * 1_800_000


def beginnings_of_styles() -> str:
	return "<style" * 24_000 + "x"


def styles_that_never_end() -> str:
	return "<style>x" * 200_000


def long_numbers() -> str:
	return "<div>" * 500 + "&#" + "9" * 1_900_000


def a_long_style() -> str:
	return "<p style='" + "color:red;" * 150_000 + "'>x"


def entities() -> str:
	return "&lt;" * 500_000


def ampersands() -> str:
	return "&" * 2_000_000


def images() -> str:
	return '<img src="https://x.example/a.png" alt="x">' * 24_000


def comments() -> str:
	return "<!--" * 400_000


def many_introductions() -> str:
	return "<p>On 2025-01-01 10:10 a@b.example wrote:</p>" * 12_000


def hidden_elements() -> str:
	return "<div style='display:none'>" * 390 + "x" * 1_000_000


def broken_data_images() -> str:
	return "<img src='data:image/png;base64," * 50_000


def no_break_spaces() -> str:
	return "<p>x" + "\N{NO-BREAK SPACE}" * 2_000_000


def greater_than() -> str:
	return "<p>x" + ">" * 2_000_000


def nested_lists() -> str:
	return "<ul><li>" * 190 + "<li>x" * 20_000


def quotes_of_many_lines() -> str:
	return "<blockquote>x" * 390 + "<br>y" * 20_000


def preformatted_lines() -> str:
	return "<pre>x" + " " * 1_800_000 + " \n" * 49_000


def empty_lines() -> str:
	return "<p>x" + "\n" * 2_000_000


def links() -> str:
	return "<a href='https://x.example/a'>b</a>" * 12_000


def a_link_around_everything() -> str:
	return "<a href='https://x.example/a'>" + "<img alt=x src=cid:b>" * 12_000


def numbered_items() -> str:
	return "<ol start=999999>" + "<li>x" * 24_000


def table_cells() -> str:
	return "<table>" + "<tr><td>x" * 12_000


@pytest.mark.parametrize(
	"build",
	[
		no_break_spaces,
		greater_than,
		nested_lists,
		quotes_of_many_lines,
		preformatted_lines,
		empty_lines,
		links,
		a_link_around_everything,
		numbered_items,
		table_cells,
		unclosed_links,
		a_megabyte_of_less_than,
		nested_divs,
		divs_just_within,
		unclosed_fonts,
		fonts_just_within,
		nested_tables,
		nested_quotes,
		many_attributes,
		attributes_of_one_tag,
		attributes_of_many_tags,
		attributes_behind_a_quote,
		values_that_never_end,
		beginnings_of_styles,
		styles_that_never_end,
		long_numbers,
		a_long_style,
		entities,
		ampersands,
		images,
		comments,
		many_introductions,
		hidden_elements,
		broken_data_images,
	],
)
def test_hostile_html_is_composed_in_time(build: Callable[[], str]) -> None:
	measured = measure(composed_html, build)
	seconds[f"HTML of {build.__name__.replace('_', ' ')}"] = measured.seconds
	measured.assert_harmless()
	assert measured.result > 0


def quote_marks() -> str:
	return ">" * 1_000_000


def quote_lines() -> str:
	return ">\n" * 500_000


def beginnings_of_introductions() -> str:
	return "On \n" * 50_000


def one_long_introduction() -> str:
	return "On " + "a " * 100_000


def colons() -> str:
	return ":\n" * 500_000


def header_lines() -> str:
	return "From: a\n" * 100_000


def signature_marks() -> str:
	return "--\n" * 300_000


def introductions() -> str:
	return "On 2025-01-01 10:10 a@b.example wrote:\n> x\n" * 20_000


def torn_introductions() -> str:
	return "On 10:10 <\na@b>\nwrote:\n" * 50_000


def addresses() -> str:
	return "http://" * 100_000


def an_address_in_brackets() -> str:
	return "http://x" + ")" * 1_000_000


def sparse_lines() -> str:
	return ("x\n" + "\n" * 20) * 40_000


def device_lines() -> str:
	return "Sent from my iPhone\n" * 50_000


def rules() -> str:
	return ("- " * 99 + "\n") * 5_000


@pytest.mark.parametrize(
	"build",
	[
		quote_marks,
		quote_lines,
		beginnings_of_introductions,
		one_long_introduction,
		colons,
		header_lines,
		signature_marks,
		introductions,
		torn_introductions,
		addresses,
		an_address_in_brackets,
		sparse_lines,
		device_lines,
		rules,
	],
)
def test_hostile_text_is_composed_in_time(build: Callable[[], str]) -> None:
	measured = measure(composed_text, build)
	seconds[f"text of {build.__name__.replace('_', ' ')}"] = measured.seconds
	measured.assert_harmless()
	assert measured.result > 0


def repeated_letters() -> str:
	return "a" * 200_000


def test_hostile_patterns_end_in_time() -> None:
	measure(found_by_patterns, repeated_letters).assert_harmless()


def found_by_patterns(text: str) -> int:
	patterns = (
		r"(a+)+$!",
		r"(a|aa)+$!",
		r"(\w+\s?)*$!",
		r"(x+x+)+y",
		r"(?:(?:(?:a{500}){500}){500})",
		r"(.*a){9}!",
	)
	return sum(len(search(pattern, text)) for pattern in patterns)


def composed_html(html: str) -> int:
	return composed(html=html)


def composed_text(text: str) -> int:
	return composed(text=text)


def composed(text: str | None = None, html: str | None = None) -> int:
	"""The length of what is shown."""
	ref, author = RemoteRef("INBOX", 1, "1", 1), Address("a@b.example")
	message = Message(ref, "i", "m@x.example", (author,), subject="Re: x", text=text, html=html)
	channel = ChannelSettings("c", "help@x.example", ConnectionSettings("mail.x.example", "u"))
	now = datetime(2026, 3, 1, tzinfo=timezone.utc)
	return len(compose(message, Accept(), NewTicket(), channel, now=now).mail.html)
