"""Fields of each kind on the Issue, each filled from each source of a message."""

from __future__ import annotations

from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

from tests.attack.letters import HEADER, PATTERN

KINDS = {
	"data": ("Data", ""),
	"small_text": ("Small Text", ""),
	"text": ("Text", ""),
	"long_text": ("Long Text", ""),
	"text_editor": ("Text Editor", ""),
	"html_editor": ("HTML Editor", ""),
	"markdown": ("Markdown Editor", ""),
	"code": ("Code", "HTML"),
	"json": ("JSON", ""),
	"read_only": ("Read Only", ""),
	"autocomplete": ("Autocomplete", ""),
	"barcode": ("Barcode", ""),
	"color": ("Color", ""),
	"icon": ("Icon", ""),
}
"""Type and options of those that take any text."""

SOURCES = {
	"subject": ("Subject", ""),
	"header": ("Header", HEADER),
	"text": ("Body as Text", ""),
	"body": ("Body", ""),
	"in_body": ("Pattern in Body", PATTERN),
	"in_subject": ("Pattern in Subject", "(.+)"),
	"sender": ("Sender Name", ""),
	"files": ("Attachment Names", ""),
}

CHOSEN = {
	"select": ("Select", "One\nTwo"),
	"link": ("Link", "Customer"),
	"url": ("Data", "URL"),
	"email": ("Data", "Email"),
	"phone": ("Phone", ""),
	"geolocation": ("Geolocation", ""),
}
"""Type and options of those that refuse most text; what they refuse is told in the message log."""


FROM = {
	"data": tuple(SOURCES),
	"small_text": tuple(SOURCES),
	"text_editor": ("subject", "text", "in_body", "sender"),
	"html_editor": ("header",),
	"markdown": ("subject", "text"),
	"code": ("header",),
	"json": ("header", "text"),
}
"""What the fields of a kind are filled from, others from subject and header (editors are slow)."""
PAIRS = [(kind, source) for kind in KINDS for source in FROM.get(kind, ("subject", "header"))]


def fieldname(kind: str, source: str) -> str:
	"""The field of this kind that is filled from this source."""
	return f"attack_{kind}_from_{source}"


def make() -> None:
	"""Put the fields on the Issue."""
	rows: list[dict[str, object]] = [
		{
			"fieldname": fieldname(kind, source),
			"label": fieldname(kind, source),
			"fieldtype": fieldtype,
			"options": options,
		}
		for kind, source in PAIRS
		for fieldtype, options in [KINDS[kind]]
	]
	rows += [
		{"fieldname": f"attack_{kind}", "label": kind, "fieldtype": fieldtype, "options": options}
		for kind, (fieldtype, options) in CHOSEN.items()
	]
	rows[0]["in_list_view"] = rows[0]["in_standard_filter"] = rows[0]["in_global_search"] = 1
	create_custom_fields({"Issue": rows})


def mapping() -> list[dict]:
	"""Rows for a channel that fill every field that takes any text."""
	return [
		{"ticket_field": fieldname(kind, source), "source": name, "source_argument": argument}
		for kind, source in PAIRS
		for name, argument in [SOURCES[source]]
	]


def refusing(kind: str) -> list[dict]:
	"""A row that fills a field that refuses most text."""
	return [{"ticket_field": f"attack_{kind}", "source": "Subject"}]
