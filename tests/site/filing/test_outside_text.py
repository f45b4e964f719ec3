"""What strangers write is stored nowhere as markup, whatever part of a mail they write it into."""

from __future__ import annotations

import itertools
from base64 import b64encode
from html import unescape

import pytest

from tests.site.polling import active_channel, receive

TAG = "<zzmark onload=alert(1)"
SHAPES = {
	"plain": f"{TAG}>",
	"unclosed": TAG,
	"json": f'{{"a": "{TAG}>"}}',
	"json text": f'"{TAG}>"',
	"entities": f"{TAG}>".replace("<", "&lt;").replace(">", "&gt;"),
	"doubled": f"{TAG}>".replace("<", "&amp;lt;").replace(">", "&amp;gt;"),
	"numbers": f"{TAG}>".replace("<", "&#60").replace(">", "&#x3e;"),
}
TEXT_TYPES = ("char", "varchar", "text", "mediumtext", "longtext", "json")
SHOWN_AS_HTML = {
	("tabCommunication", "content"),
	("tabComment", "content"),
	("tabIssue", "description"),
	("tabIssue", "_comments"),
	("tabIssue", "zz_text_editor"),
	("tabIssue", "zz_html_editor"),
	("tabVersion", "data"),
	("tabNotification Log", "subject"),
	("tabNotification Log", "email_content"),
}
"""Fields in which escaped markup is how text is shown."""
KINDS = (
	"Data",
	"Small Text",
	"Text",
	"Long Text",
	"Text Editor",
	"HTML Editor",
	"Markdown Editor",
	"Code",
	"JSON",
)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_table_of_the_site_holds_a_strangers_markup(site, mailbox, shape):
	fields = [make_field(site, kind) for kind in KINDS]
	channel = active_channel(mailbox, field_mapping=mapping_of_all(fields))
	mailbox.append("INBOX", hostile(SHAPES[shape], mailbox.user))
	receive(channel)
	site.db.commit()
	(receipt,) = site.get_all("Email Channel Message", {"channel": channel.name}, ["ticket", "fate"])
	assert receipt.fate == "Ticket"
	assert markup_in_tables(site) == []


def test_a_files_name_shows_what_it_is_but_not_as_markup(site, mailbox):
	channel = active_channel(mailbox)
	mailbox.append("INBOX", hostile(SHAPES["entities"], mailbox.user))
	receive(channel)
	names = site.get_all("File", {"attached_to_doctype": "Issue"}, pluck="file_name")
	assert "page.xhtml.txt" in names
	# Some versions of Frappe take no PDF that they cannot read; it is then stored as what it is, octets.
	assert "％63ontract.pdf" in [name.removesuffix(".bin") for name in names]
	assert not [name for name in names if unescape(name) != name]


def mapping_of_all(fields):
	sources = itertools.cycle(("Header", "Subject", "Body as Text", "Sender Name"))
	return [
		{"ticket_field": field, "source": source, "source_argument": "X-Mark"}
		for field, source in zip(fields, sources, strict=False)
	]


def make_field(site, kind):
	"""A field of this kind on the ticket; the tests' tidying takes it away again."""
	from frappe.custom.doctype.custom_field.custom_field import create_custom_field

	name = f"zz_{kind.lower().replace(' ', '_')}"
	if not site.get_meta("Issue").has_field(name):
		create_custom_field("Issue", {"fieldname": name, "label": name, "fieldtype": kind})
	return name


def hostile(payload: str, to: str) -> bytes:
	word = f"=?utf-8?b?{b64encode(payload.encode()).decode()}?="
	lines = [
		f"From: {word} <eve@evil.example>",
		f"To: {word} <{to}>, {word} <svg/onload=alert@evil.example>",
		f"Cc: {word} <cc@evil.example>",
		f"Reply-To: {word} <reply@evil.example>",
		f"Subject: {word}",
		f"Message-ID: <{payload.replace(' ', '/').replace('<', '').replace('>', '')}@evil.example>",
		f"X-Mark: {word}",
		"MIME-Version: 1.0",
		'Content-Type: multipart/mixed; boundary="b"',
		"",
		"--b",
		"Content-Type: text/plain; charset=utf-8",
		"",
		f"Dear desk, {payload} please help.",
		"--b",
		"Content-Type: text/calendar; method=REQUEST; charset=utf-8",
		"",
		"BEGIN:VCALENDAR",
		"METHOD:REQUEST",
		"BEGIN:VEVENT",
		f"SUMMARY:{payload}",
		f"LOCATION:{payload}",
		"DTSTART:20261201T100000Z",
		"END:VEVENT",
		"END:VCALENDAR",
		"--b",
		f"Content-Type: application/pdf; name*=utf-8''{payload.encode().hex(' ').replace(' ', '%')}.pdf",
		f'Content-Disposition: attachment; filename="{word}.pdf"',
		"",
		"octets",
		"--b",
		'Content-Type: application/pdf; name="%63ontract.pdf"',
		'Content-Disposition: attachment; filename="%63ontract.pdf"',
		"",
		"octets of another kind",
		"--b",
		'Content-Type: application/xhtml+xml; name="page.xhtml"',
		'Content-Disposition: attachment; filename="page.xhtml"',
		"",
		f"<html>{payload}</html>",
		"--b",
		"Content-Type: message/rfc822",
		"",
		f"From: {word} <inner@evil.example>",
		f"Subject: {word}",
		"",
		payload,
		"--b--",
		"",
	]
	return "\r\n".join(lines).encode()


def markup_in_tables(site) -> list[str]:
	"""Each column of the site's database that holds the mark as markup, or as markup once it is decoded."""
	columns = site.db.sql(
		"select table_name, column_name from information_schema.columns"
		" where table_schema = database() and data_type in %s",
		(TEXT_TYPES,),
	)
	found = []
	for table, column in columns:
		if not table.startswith("tab"):
			continue
		rows = site.db.sql(f"select `{column}` from `{table}` where `{column}` like '%%zzmark%%'")
		for (value,) in rows:
			decoded = value if (table, column) in SHOWN_AS_HTML else unescape(unescape(value))
			if "<zzmark" in decoded:
				found.append(f"{table}.{column}: {value[:200]}")
	return found
