"""No setting is changed by saving it: what was entered comes back exactly, or the save says why not.

The cases are made from the DocTypes themselves, so that a new field is tried as soon as it exists.
"""

import pytest

from helpdesk_mailchannel.mailcore.compose.pattern import search
from helpdesk_mailchannel.ticketing import run_state
from helpdesk_mailchannel.ticketing.settings import trimmed
from tests.site.channels import channel

ORDINARY = ["plain words", "Ünïcødé 日本語 🙂", 'O\'Neill & "Sons"', "a\\b\\d+ 100%", "{0} %s {{ x }}"]
HOSTILE = [
	"a < b > c",
	"<b>bold</b>",
	"<script>alert(1)</script>",
	"<img src=x onerror=alert(1)",
	"a<!-- b",
	"</div>",
	'{"a": "<img src=x onerror=alert(1)>"}',
	'["<b>"]',
	"&lt;b&gt; &amp; &#60;",
	"<!-- markdown --> # x",
	"  spaces around  ",
	"two\nlines",
	"win\r\ndows",
	"tab\there",
	"javascript:alert(1)",
	"nul\0l",
	"x" * 70_000,
	"null",
	"0",
]
PATTERNS = [
	r"order (?P<value>\d+)",
	r"(?P<value>…)",
	r"(?P<value>a|b)|(?:c)",
	r"^\[?(\w+)\]?\s*<?$",
	r"a > b && \"c\"",
	r"(?i)ticket[<](\d+)",
	r"\bä+\b",
]
CONTEXT = {
	"folder_mapping": {"read_folder": "INBOX"},
	"field_mapping": {"ticket_field": "subject", "source": "Subject"},
	"skip_times": {"from_time": "01:00:00", "to_time": "02:00:00"},
	"domains": {"pattern": "a.example", "rule": "Blocked"},
	"aliases": {"alias": "help@desk.example"},
	"updatable_types": {"ticket_type": "Question"},
}
TEXTS = {"Data", "Small Text", "Autocomplete", "Link", "Select", "Password"}
CASELESS = {"email_address", "reply_to", "host", "pattern", "alias", "primary_address"}
NUMBERS = [0, 1, 2, 15, 150, 993, 65_535, 10**12, -1, "7", "soon", "1e3", "", None]


def settings():
	"""Each field that people fill: (its table or "", its name, its type, its options)."""
	import json
	from pathlib import Path

	folder = Path(__file__).parents[3] / "helpdesk_mailchannel/helpdesk_mailchannel/doctype"

	def fields(doctype):
		file = folder / doctype / f"{doctype}.json"
		return json.loads(file.read_text())["fields"]

	for field in fields("email_channel"):
		if field["fieldtype"] == "Table":
			for column in fields(field["options"].lower().replace(" ", "_")):
				if not column.get("read_only"):
					yield field["fieldname"], column
		elif field["fieldname"] not in run_state.FIELDS and not field.get("read_only"):
			yield "", field


ALL = [(table, field) for table, field in settings() if not field["fieldtype"].endswith("Break")]


def cases(fieldtypes):
	chosen = [(table, field) for table, field in ALL if field["fieldtype"] in fieldtypes]
	return pytest.mark.parametrize(
		("table", "field"),
		chosen,
		ids=[f"{table}.{field['fieldname']}".strip(".") for table, field in chosen],
	)


def kept_or_refused(site, table, fieldname, value, **more):
	"""Save a channel with this value; what came back, or None where the save was refused with words."""
	site.db.savepoint("unsaved")
	try:
		doc = channel(site, channel_name="Kept")
		if table:
			row = {**CONTEXT[table], **more, fieldname: value}
			doc.set(table, [])
			doc.append(table, row)
		else:
			doc.update({**more, fieldname: value})
		doc.insert()
		doc.save()
		again = site.get_doc("Email Channel", doc.name)
		return (
			again.get_password(fieldname, raise_exception=False)
			if is_secret(fieldname)
			else of(again, table, fieldname)
		)
	except (site.ValidationError, site.NameError) as refusal:
		assert str(refusal).strip(), "a refusal says why"
		return None
	finally:
		site.db.rollback(save_point="unsaved")
		site.clear_messages()
		site.clear_document_cache("Email Channel", "Kept")


def is_secret(fieldname):
	return fieldname in ("password", "client_secret", "refresh_token")


def of(doc, table, fieldname):
	if not table:
		return doc.get(fieldname)
	row = next(
		row
		for row in doc.get(table)
		if table != "field_mapping" or row.ticket_field in ("subject", "description")
	)
	return row.get(fieldname)


def same(fieldname, given, kept):
	"""Whether nothing but spaces around it and the case of an address was lost."""
	if kept == given or (not kept and not given):
		return True
	bare = trimmed(given) if isinstance(given, str) else str(given)
	if fieldname in CASELESS:
		bare, kept = bare.lower(), str(kept).lower()
	if fieldname == "password":
		return False
	return str(kept) == bare


@cases(TEXTS)
def test_a_text_is_kept_or_refused(site, table, field):
	values = ORDINARY + HOSTILE
	if field["fieldtype"] == "Select":
		values = field["options"].split("\n") + values
	kept = 0
	for value in values:
		found = kept_or_refused(site, table, field["fieldname"], value)
		assert found is None or same(field["fieldname"], value, found), (value[:80], str(found)[:80])
		kept += found is not None
	assert (
		kept
		or field["fieldtype"] in ("Link", "Autocomplete")
		or field.get("options") == "Email"
		or field["fieldname"]
		in (
			"tenant_id",
			"ca_file",
			"authorization_url",
			"token_endpoint",
			"pattern",
			"excluded_senders",
			"value_map",
		)
	)


@cases({"Int", "Check"})
def test_a_number_is_kept_or_refused(site, table, field):
	for value in NUMBERS if field["fieldtype"] == "Int" else (0, 1):
		found = kept_or_refused(site, table, field["fieldname"], value)
		assert found is None or same(field["fieldname"], value, found) or value in ("", None), (value, found)


@cases({"Date", "Datetime", "Time"})
def test_a_moment_is_kept(site, table, field):
	value = {"Date": "2027-01-31", "Datetime": "2026-12-31 23:59:59", "Time": "03:04:05"}[field["fieldtype"]]
	assert value.lstrip("0") in str(kept_or_refused(site, table, field["fieldname"], value)).lstrip("0")


@pytest.mark.parametrize("source", ["Pattern in Subject", "Pattern in Body"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_is_kept_letter_for_letter(site, pattern, source):
	found = kept_or_refused(site, "field_mapping", "source_argument", pattern, source=source)
	assert found == pattern


@pytest.mark.parametrize(
	"pattern",
	[
		"<a href=x>",
		"(?P<img src=x onerror=alert(1)>a)",
		"(?P<value>a)<script>",
		"(?P<script>alert(1)//)",
	],
)
def test_a_pattern_that_a_browser_would_take_for_a_tag_is_refused(site, pattern):
	assert (
		kept_or_refused(site, "field_mapping", "source_argument", pattern, source="Pattern in Body") is None
	)


def test_the_pattern_of_the_help_text_can_be_saved_paused_and_does_what_it_says(site):
	help_text = site.get_meta("Field Mapping").get_field("source_argument").description
	pattern = site.utils.html_utils.unescape_html(help_text.split("<code>")[1].split("</code>")[0])
	doc = channel(site).insert()
	row = next(row for row in doc.field_mapping if row.ticket_field == "subject")
	row.update({"source": "Pattern in Subject", "source_argument": pattern})
	for status in ("Draft", "Active", "Paused", "Active"):
		doc.status = status
		doc.save()
	doc.reload()
	[kept] = [row.source_argument for row in doc.field_mapping if row.ticket_field == "subject"]
	assert search(kept, "About order 4711, please") == "4711"


@pytest.mark.parametrize(
	("line", "sender", "excluded"),
	[
		("newsletter@example.com", "newsletter@example.com", True),
		("alerts@", "alerts@any.example", True),
		("alerts@", "myalerts@any.example", False),
		("example.com", "jane@example.com", True),
		("example.com", "jane@mail.example.com", True),
		("example.com", "jane@evil-example.com", False),
		("Example.COM", "jane@example.com", True),
		("ALERTS@", "alerts@any.example", True),
	],
)
def test_excluded_senders_do_what_their_help_says(site, mailbox, line, sender, excluded):
	from tests.site.mails import mail
	from tests.site.polling import active_channel, receive

	mailbox.append("INBOX", mail("Hello", sender=sender).as_bytes())
	receive(active_channel(mailbox, excluded_senders=line))
	assert mailbox.subjects("Excluded" if excluded else "Done") == ["Hello"]
