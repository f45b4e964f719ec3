"""Where ticket fields get their values from."""

from __future__ import annotations

import json

import pytest

from helpdesk_mailchannel.mailcore.compose.mapping import Composed, mapped
from helpdesk_mailchannel.mailcore.model import Address, Headers, Importance
from helpdesk_mailchannel.mailcore.settings import MappingRow, Source, TextKind
from tests.core.compose.build import NOW, message

MAIL = message(
	subject="Printer [ACME-7] broken",
	to=(Address("help@desk.example"), Address("b@desk.example")),
	cc=(Address("boss@customer.example"),),
	importance=Importance.HIGH,
	received_at=NOW,
	headers=Headers((("x-tenant", "north"), ("x-tenant", "south"))),
)
MARKUP = "<img src=x onerror=alert(1)>"
HOSTILE = Composed(
	message(
		subject=MARKUP,
		authors=(Address("eve@evil.example", MARKUP),),
		to=(Address(f"{MARKUP}@evil.example"),),
		cc=(Address(f"{MARKUP}@evil.example"),),
		headers=Headers((("(.*)", MARKUP),)),
	),
	MARKUP,
	MARKUP,
	(f"{MARKUP}.pdf",),
)
CONTENT = Composed(MAIL, "<p>Order 4711</p>", "Order 4711", ("a.pdf", "b.png"))


def value(source, argument="", roles=frozenset(), **row):
	return mapped([MappingRow("field", source, argument, **row)], CONTENT, frozenset(roles)).get("field")


@pytest.mark.parametrize(
	"source, argument, expected",
	[
		(Source.SUBJECT, "", "Printer [ACME-7] broken"),
		(Source.BODY_TEXT, "", "Order 4711"),
		(Source.SENDER, "", "ann@customer.example"),
		(Source.SENDER_NAME, "", "Ann Customer"),
		(Source.RECIPIENTS, "", "help@desk.example, b@desk.example"),
		(Source.CC, "", "boss@customer.example"),
		(Source.IMPORTANCE, "", "High"),
		(Source.RECEIVED_AT, "", NOW),
		(Source.ATTACHMENT_NAMES, "", "a.pdf, b.png"),
		(Source.HEADER, "X-Tenant:", "north"),
		(Source.SUBJECT_PATTERN, r"\[(?P<value>[A-Z]+-\d+)\]", "ACME-7"),
		(Source.BODY_PATTERN, r"Order (\d+)", "4711"),
		(Source.FIXED, "E-Mail", "E-Mail"),
	],
)
def test_every_source_gives_its_value(source, argument, expected):
	assert value(source, argument) == expected


def test_the_body_keeps_its_markup_only_where_the_field_shows_markup():
	assert value(Source.BODY, kind=TextKind.HTML) == "<p>Order 4711</p>"
	assert value(Source.BODY, kind=TextKind.LINES) == "Order 4711"


@pytest.mark.parametrize("kind", TextKind)
@pytest.mark.parametrize("source", [each for each in Source if each not in (Source.BODY, Source.FIXED)])
def test_no_source_brings_markup_into_any_field(source, kind):
	made = mapped([MappingRow("field", source, r"(.*)", kind=kind)], HOSTILE, frozenset()).get("field", "")
	assert "<img" not in str(made)


def test_a_field_for_html_shows_the_text_and_no_markup():
	html = mapped([MappingRow("field", Source.SUBJECT, kind=TextKind.HTML)], HOSTILE, frozenset())["field"]
	assert "‹img src=x onerror=alert(1)›" in html


def test_what_the_administrator_wrote_is_not_touched():
	row = MappingRow("field", Source.IMPORTANCE, values={"High": "<b>Now</b>"}, kind=TextKind.HTML)
	assert mapped([row], CONTENT, frozenset()) == {"field": "<b>Now</b>"}
	assert value(Source.FIXED, "R&amp;D <7>") == "R&amp;D <7>"


def test_a_field_for_markdown_gets_no_link_that_runs():
	hostile = Composed(message(subject="[here](javascript:alert(1))"), "", "")
	row = MappingRow("field", Source.SUBJECT, kind=TextKind.MARKDOWN)
	assert mapped([row], hostile, frozenset()) == {"field": "［here］(javascript:alert(1))"}


def test_a_field_for_json_takes_json_alone_and_it_stays_the_same_data():
	text = '{"a": "<svg onload=alert(1)>", "b": "R&D"}'
	row = MappingRow("field", Source.SUBJECT, kind=TextKind.JSON)
	made = mapped([row], Composed(message(subject=text), "", ""), frozenset())["field"]
	assert json.loads(made) == json.loads(text)
	assert "<" not in made
	assert mapped([row], HOSTILE, frozenset()) == {}


def test_every_source_is_known():
	for source in Source:
		mapped([MappingRow("field", source, "x")], CONTENT, frozenset())


def test_an_empty_source_gives_the_default_or_nothing():
	assert value(Source.HEADER, "X-Missing", default="Normal") == "Normal"
	assert value(Source.HEADER, "X-Missing") is None


def test_a_value_is_translated_whatever_its_case():
	assert value(Source.IMPORTANCE, values={"high": "Urgent"}) == "Urgent"


def test_a_value_without_translation_comes_as_it_is():
	assert value(Source.IMPORTANCE, values={"Low": "Later"}) == "High"


def test_a_restricted_field_is_set_only_by_who_holds_the_role():
	row = {"restricted_to": "Support Team", "default": "Medium"}
	assert value(Source.IMPORTANCE, roles={"Support Team"}, **row) == "High"
	assert value(Source.IMPORTANCE, roles={"Customer"}, **row) == "Medium"


def test_a_value_is_cut_to_the_field():
	assert value(Source.SUBJECT, max_length=7) == "Printer"


def test_a_value_that_looks_like_a_template_stays_data():
	hostile = Composed(message(subject="{{ frappe.session }} {% raise %} ${x}"), "", "")
	(made,) = mapped([MappingRow("field", Source.SUBJECT)], hostile, frozenset()).values()
	assert made == "{{ frappe.session }} {% raise %} ${x}"


def test_the_last_row_that_gives_a_value_wins():
	rows = [
		MappingRow("field", Source.FIXED, "first"),
		MappingRow("field", Source.FIXED, "second"),
		MappingRow("field", Source.HEADER, "X-Missing"),
	]
	assert mapped(rows, CONTENT, frozenset()) == {"field": "second"}
