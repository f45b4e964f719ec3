"""Where ticket fields get their values from."""

from __future__ import annotations

import pytest

from helpdesk_mailchannel.mailcore.compose.mapping import Content, mapped
from helpdesk_mailchannel.mailcore.model import Address, Headers, Importance
from helpdesk_mailchannel.mailcore.settings import MappingRow, Source
from tests.core.compose.build import NOW, message

MAIL = message(
	subject="Printer [ACME-7] broken",
	to=(Address("help@desk.example"), Address("b@desk.example")),
	cc=(Address("boss@customer.example"),),
	importance=Importance.HIGH,
	received_at=NOW,
	headers=Headers((("x-tenant", "north"), ("x-tenant", "south"))),
)
CONTENT = Content(MAIL, "<p>Order 4711</p>", "Order 4711", ("a.pdf", "b.png"))


def value(source, argument="", roles=frozenset(), **row):
	return mapped([MappingRow("field", source, argument, **row)], CONTENT, frozenset(roles)).get("field")


@pytest.mark.parametrize(
	"source, argument, expected",
	[
		(Source.SUBJECT, "", "Printer [ACME-7] broken"),
		(Source.BODY, "", "<p>Order 4711</p>"),
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
	hostile = Content(message(subject="{{ frappe.session }} {% raise %} ${x}"), "", "")
	(made,) = mapped([MappingRow("field", Source.SUBJECT)], hostile, frozenset()).values()
	assert made == "{{ frappe.session }} {% raise %} ${x}"


def test_the_last_row_that_gives_a_value_wins():
	rows = [
		MappingRow("field", Source.FIXED, "first"),
		MappingRow("field", Source.FIXED, "second"),
		MappingRow("field", Source.HEADER, "X-Missing"),
	]
	assert mapped(rows, CONTENT, frozenset()) == {"field": "second"}
