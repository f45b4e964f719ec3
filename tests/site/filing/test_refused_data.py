"""What strangers write into mapped fields, or as their address, keeps no mail from being filed."""

from datetime import date, datetime

import pytest

from helpdesk_mailchannel.ticketing.polling.job import poll
from tests.site import explained
from tests.site.channels import MACHINE
from tests.site.mails import mail
from tests.site.polling import active_channel, receive

FIELDS = {
	"Date": "2026-11-27",
	"Datetime": "2026-11-27 10:00:00",
	"Time": "10:00:00",
	"Int": "7",
	"Float": "7.5",
	"Currency": "7.5",
	"Percent": "7",
	"Check": "1",
	"Select": "Red",
	"Link": "Administrator",
	"Email": "desk@desk.example",
	"Phone": "+49 30 901820",
	"URL": "https://desk.example",
	"Name": "Desk",
	"Small Text": "nothing",
	"JSON": "{}",
	"Rating": "0.5",
	"Duration": "60",
}
"""A field of each kind: its name, and a value that it takes, which is its row's default."""
MISFITS = [
	"soon",
	"31.02.2026",
	"0000-00-00",
	"99999-01-01",
	"9" * 60,
	"-1e999",
	"NaN",
	"Infinity",
	"1; DROP TABLE tabIssue",
	"<order-1>",
	"jürgen@müller.example",
	"javascript:alert(1)",
	"x" * 5_000,
	"\\x00\\u0000",
	"{{ 7 * 7 }}",
	"%s %(a)s",
	"'\"`",
	"New Contact <b>",
	"😀" * 50,
	"[1, 2",
]


def fieldname(kind):
	return f"mapped_{kind.lower().replace(' ', '_')}"


@pytest.fixture
def fields(site):
	made = []
	for kind in FIELDS:
		options = {"Select": "Red\nGreen", "Link": "User"}.get(kind, "")
		as_data = kind in ("Email", "URL", "Name")
		field = site.get_doc(
			{
				"doctype": "Custom Field",
				"dt": "Issue",
				"fieldname": fieldname(kind),
				"label": f"Mapped {kind}",
				"fieldtype": "Data" if as_data else kind,
				"options": kind if as_data else options,
				"insert_after": "subject",
			}
		).insert()
		made.append(field.name)
	site.db.commit()
	yield
	site.db.rollback()
	for name in made:
		site.delete_doc("Custom Field", name, force=True, ignore_missing=True)
	site.db.commit()


def rows(*, defaults):
	return [
		{
			"ticket_field": fieldname(kind),
			"source": "Header",
			"source_argument": "X-Value",
			"default_value": default if defaults else "",
		}
		for kind, default in FIELDS.items()
	]


def mapping(site, channel_rows):
	return [{"ticket_field": "subject", "source": "Subject"}, *channel_rows]


def with_value(subject, value):
	octets = mail(subject, f"Jane <{subject.lower()}@customer.example>").as_bytes()
	return f"X-Value: {value}\n".encode() + octets


@pytest.mark.parametrize("defaults", [True, False], ids=["defaults", "no-defaults"])
def test_values_that_do_not_fit_their_fields_keep_no_mail_from_being_filed(site, mailbox, fields, defaults):
	channel = active_channel(mailbox, field_mapping=mapping(site, rows(defaults=defaults)))
	for number, value in enumerate(MISFITS):
		mailbox.append("INBOX", with_value(f"Mail-{number}", value))
	receive(channel)
	unfiled = {"channel": channel.name, "reason_code": ["!=", "new_ticket"]}
	assert explained.messages(unfiled, ["subject"]) == []
	assert mailbox.folders().get("INBOX") == 0
	assert mailbox.folders().get("Failed", 0) == 0
	issues = site.get_all(
		"Issue", {"email_channel": channel.name}, ["name", fieldname("Date")], order_by="name"
	)
	assert len(issues) == len(MISFITS)
	assert {issue[fieldname("Date")] for issue in issues} == {date(2026, 11, 27) if defaults else None}
	notes = site.get_all(
		"Comment",
		{"reference_doctype": "Issue", "reference_name": issues[0].name, "comment_type": "Comment"},
		pluck="content",
		order_by="creation",
	)
	assert any("Mapped Date" in note and "soon" in note for note in notes)


def test_values_that_fit_are_stored_as_what_they_are(site, mailbox, fields):
	values = {
		"Date": ("2026-02-03", date(2026, 2, 3)),
		"Datetime": ("2026-02-03T04:05:06", datetime(2026, 2, 3, 4, 5, 6)),
		"Int": (" 42 ", 42),
		"Float": ("4.25", 4.25),
		"Check": ("yes", 1),
		"Select": ("Green", "Green"),
		"Link": ("Guest", "Guest"),
		"Email": ("jane@customer.example", "jane@customer.example"),
	}
	channel_rows = [
		{"ticket_field": fieldname(kind), "source": "Header", "source_argument": f"X-{kind}"}
		for kind in values
	]
	channel = active_channel(mailbox, field_mapping=mapping(site, channel_rows))
	header = "".join(f"X-{kind}: {text}\n" for kind, (text, _) in values.items())
	mailbox.append("INBOX", header.encode() + mail("Fits").as_bytes())
	receive(channel)
	[issue] = site.get_all("Issue", {"email_channel": channel.name}, pluck="name", order_by="name")
	doc = site.get_doc("Issue", issue)
	assert {kind: doc.get(fieldname(kind)) for kind in values} == {
		kind: stored for kind, (_, stored) in values.items()
	}


@pytest.mark.parametrize(
	"address",
	[
		"jürgen@customer.example",
		"用户@例え.example",
		f"{'a' * 64}@{'b' * 60}.{'c' * 60}.example",
		"a..b@customer.example",
		"jane@host_1.example",
	],
	ids=["umlaut", "chinese", "long", "two-dots", "underscore"],
)
def test_a_sender_whose_address_frappe_refuses_gets_a_ticket_all_the_same(site, mailbox, address):
	channel = active_channel(mailbox)
	octets = f"From: Jane <{address}>\nTo: {mailbox.user}\nSubject: Help\n\nIt smokes.\n".encode()
	mailbox.append("INBOX", octets)
	receive(channel)
	[issue] = site.get_all("Issue", {"email_channel": channel.name}, pluck="name", order_by="name")
	shown = site.get_all(
		"Communication", {"reference_name": issue}, ["sender", "sender_full_name"], order_by="creation"
	)
	assert shown[0].sender_full_name == "Jane"
	notes = site.get_all("Comment", {"reference_name": issue, "comment_type": "Comment"}, pluck="content")
	assert shown[0].sender or any(address[:60] in note for note in notes)
	site.get_doc("Issue", issue).save()


def test_good_mail_among_refused_mail_is_filed_by_the_same_poll(site, mailbox):
	"""The site refuses what lacks a value: a field that is mandatory, which mail alone can fill."""
	field = site.get_doc(MACHINE).insert()
	site.db.commit()
	try:
		row = {
			"ticket_field": "machine",
			"source": "Pattern in Subject",
			"source_argument": r"Machine (\d+)",
		}
		channel = active_channel(mailbox, field_mapping=mapping(site, [row]))
		for number in range(30):
			mailbox.append("INBOX", mail(f"Stranger {number}", f"s{number}@strange.example").as_bytes())
		mailbox.append("INBOX", mail("Machine 7 is broken").as_bytes())
		poll(channel.name)
		assert [message.subject for message in mailbox.messages("Done")] == ["Machine 7 is broken"]
		receive(channel)
		assert mailbox.folders()["INBOX"] == 0, (
			"those that are refused fail once the site has shown that it works"
		)
		assert mailbox.folders()["Failed"] == 30
	finally:
		site.delete_doc("Custom Field", field.name, force=True, ignore_missing=True)
		site.db.commit()


@pytest.mark.parametrize(
	"subject",
	[
		"<order-1>",
		"<>",
		"<b>",
		"<!-- -->",
		'<a href="x">',
		"&lt;&gt;",
		"\u200b\u2060",
		"\u202e",
		"%s {0}",
		'{"a": 1}',
		"x" * 5_000,
	],
)
def test_whatever_the_subject_is_there_is_a_ticket(site, mailbox, subject):
	channel = active_channel(mailbox)
	mailbox.append("INBOX", f"From: jane@customer.example\nSubject: {subject}\n\nIt smokes.\n".encode())
	receive(channel)
	[issue] = site.get_all("Issue", {"email_channel": channel.name}, pluck="subject", order_by="name")
	assert issue


@pytest.mark.parametrize(
	"recipients",
	[
		"undisclosed-recipients:;",
		'"Doe, Jane" <jane@elsewhere.example>, <@>, x, "a b"@elsewhere.example',
		"jürgen@elsewhere.example, a..b@elsewhere.example, " + "c" * 300 + "@elsewhere.example",
		"Administrator, Guest, All <all@elsewhere.example>",
	],
	ids=["none", "odd", "refused", "names"],
)
def test_whoever_it_is_addressed_to_there_is_a_ticket(site, mailbox, outgoing, recipients):
	site.db.set_value("Email Account", outgoing.name, "create_contact", 1)
	site.db.commit()
	channel = active_channel(mailbox, outgoing_account=outgoing.name)
	head = f"From: new@customer.example\nTo: {recipients}\nCc: {recipients}\nSubject: Help\n"
	mailbox.append("INBOX", f"{head}\nIt smokes.\n".encode())
	receive(channel)
	assert site.db.count("Issue", {"email_channel": channel.name}) == 1


def test_a_site_that_makes_no_contact_still_makes_a_ticket(site, mailbox):
	field = site.get_doc(
		{
			"doctype": "Custom Field",
			"dt": "Contact",
			"fieldname": "badge",
			"label": "Badge",
			"fieldtype": "Data",
			"insert_after": "first_name",
			"reqd": 1,
		}
	).insert()
	site.db.commit()
	try:
		channel = active_channel(mailbox)
		mailbox.append("INBOX", mail("Help", "badgeless@customer.example").as_bytes())
		receive(channel)
		[issue] = site.get_all("Issue", {"email_channel": channel.name}, ["name", "raised_by"])
		assert issue.raised_by == "badgeless@customer.example"
		notes = site.get_all(
			"Comment", {"reference_name": issue.name, "comment_type": "Comment"}, pluck="content"
		)
		assert any("no Contact of the sender" in note and "badge" in note.lower() for note in notes)
	finally:
		site.delete_doc("Custom Field", field.name, force=True, ignore_missing=True)
		site.db.commit()
