"""Everybody reads in a language of their own what is stored once."""

import json

import frappe
import pytest
from frappe.translate import get_messages_for_app

from helpdesk_mailchannel.mailcore.connect.mailbox_errors import MISTAKES
from helpdesk_mailchannel.mailcore.oauth.error_catalog import ANY_PROVIDER, GOOGLE, MICROSOFT
from helpdesk_mailchannel.mailcore.outside.plain_text import plain_text
from helpdesk_mailchannel.mailcore.reasons import Reason, Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import _, in_a_row, verbatim
from helpdesk_mailchannel.patches import take_sentences_apart
from helpdesk_mailchannel.ticketing import notify
from helpdesk_mailchannel.ticketing.desk import api, boot
from helpdesk_mailchannel.ticketing.language import read, said, stored
from helpdesk_mailchannel.ticketing.why import REASONS, TROUBLES
from tests.site import explained
from tests.site.mails import mail
from tests.site.polling import active_channel, poll, receive

GERMAN = {
	"Its sender is on the channel's blocked list.": "Der Absender ist gesperrt.",
	"{0} is blocked by {1}.": "Die Regel {1} sperrt {0}.",
	"The server refused user name or password.": "Der Server lehnt Benutzer oder Passwort ab.",
	"While {0}: {1}": "Beim Schritt {0}: {1}",
	"signing in": "Anmelden",
	"Mail channel {0} does not receive mail": "Der Kanal {0} empfängt keine Mail",
	"Not kept: {0} ({1}): {2}.": "Nicht behalten: {0} ({1}): {2}.",
	"it is empty": "sie ist leer",
	"{0} bytes": "{0} Byte",
	"(no subject)": "(kein Betreff)",
	"Host": "Rechner",
	"It says Precedence: {0}.": "<img src=x onerror=alert(1)> {0}",
}


@pytest.fixture
def german(site):
	"""A site whose catalogue has some of our sentences in German."""
	for source, translated in GERMAN.items():
		site.get_doc(
			{"doctype": "Translation", "language": "de", "source_text": source, "translated_text": translated}
		).insert()
	site.db.commit()
	_forget_translations()
	yield
	site.local.lang = "en"
	_forget_translations()


def _forget_translations():
	frappe.translate.clear_cache()
	for name in ("lang_full_dict", "user_translations"):
		if hasattr(frappe.local, name):
			delattr(frappe.local, name)


@pytest.fixture
def blocked(site, mailbox):
	"""A message whose sender is on the blocked list."""
	rule = {"rule": "Blocked", "pattern": "customer.example"}
	channel = active_channel(mailbox, domains=[rule])
	mailbox.append("INBOX", mail("Buy this").as_bytes())
	receive(channel)
	return site.get_all("Email Channel Message", {"channel": channel.name}, pluck="name")[0]


def row_of(name):
	return frappe.db.get_value(
		"Email Channel Message", name, ["reason_code", "reason_details", "modified"], as_dict=True
	)


def test_two_readers_read_one_record_each_in_their_language(site, german, blocked):
	before = row_of(blocked)
	english = site.get_doc("Email Channel Message", blocked).reason
	site.local.lang = "de"
	assert site.get_doc("Email Channel Message", blocked).as_dict()["reason"] == (
		"Der Absender ist gesperrt. Die Regel customer.example sperrt jane@customer.example."
	)
	site.local.lang = "en"
	assert site.get_doc("Email Channel Message", blocked).reason == english
	assert english == (
		"Its sender is on the channel's blocked list. jane@customer.example is blocked by customer.example."
	)
	assert row_of(blocked) == before


def test_what_is_stored_is_a_code_and_the_pieces_of_its_details(site, blocked):
	row = row_of(blocked)
	assert row.reason_code == "sender_blocked"
	assert json.loads(row.reason_details) == [
		"{0} is blocked by {1}.",
		"jane@customer.example",
		"customer.example",
	]


def test_a_channels_health_is_said_in_each_readers_language(site, mailbox, german):
	channel = active_channel(mailbox, password="wrong")
	poll(channel.name)
	site.db.rollback()
	site.local.lang = "de"
	doc = site.get_doc("Email Channel", channel.name)
	assert doc.health_reason.startswith("Beim Schritt Anmelden: Der Server lehnt Benutzer oder Passwort ab.")
	[run] = site.get_all("Email Channel Run", {"channel": channel.name}, pluck="name", order_by="creation")
	assert site.get_doc("Email Channel Run", run).error.startswith("Der Server lehnt")
	site.local.lang = "en"
	assert explained.channel(channel.name).health_reason.startswith("While signing in: The server refused")


def test_each_administrator_is_told_in_their_own_language(site, mailbox, german):
	people = {}
	for language in ("de", "en"):
		user = site.get_doc(
			{
				"doctype": "User",
				"email": f"{language}@desk.example",
				"first_name": language,
				"language": language,
				"send_welcome_email": 0,
				"roles": [{"role": "Email Channel Manager"}],
			}
		).insert()
		people[language] = user.name
	channel = active_channel(mailbox, channel_name="Sales")
	notify._tell("Sales", _("Mail channel {0} does not receive mail").format("Sales"), _("It waits for you."))
	site.db.commit()
	told = {
		row.for_user: row.subject
		for row in site.get_all("Notification Log", {"document_name": channel.name}, ["for_user", "subject"])
	}
	assert told[people["de"]] == "Der Kanal Sales empfängt keine Mail"
	assert told[people["en"]] == "Mail channel Sales does not receive mail"


@pytest.fixture
def german_site(site, german):
	"""A site whose own language is German."""
	site.db.set_single_value("System Settings", "language", "de")
	site.db.commit()
	yield
	site.db.set_single_value("System Settings", "language", "en")


def test_what_is_written_into_a_ticket_is_in_the_sites_language(site, mailbox, german_site):
	channel = active_channel(mailbox)
	message = mail("  ")
	message.add_attachment(b"", maintype="application", subtype="octet-stream", filename="nothing.bin")
	mailbox.append("INBOX", message.as_bytes())
	receive(channel)
	[row] = site.get_all("Email Channel Message", {"channel": channel.name}, ["communication", "subject"])
	shown = site.get_doc("Communication", row.communication)
	assert (shown.subject, row.subject) == ("(kein Betreff)", "(kein Betreff)")
	assert "Nicht behalten: nothing.bin (0 Byte): sie ist leer." in shown.content


def test_test_connection_answers_in_the_askers_language(site, mailbox, german):
	channel = active_channel(mailbox)
	site.local.lang = "de"
	steps = api.test_connection(channel.as_dict())
	assert steps[0]["title"] == "Rechner"


def test_no_translation_brings_markup_into_a_plain_field(site, german):
	site.local.lang = "de"
	assert "<img" not in said(_("It says Precedence: {0}.").format("bulk"))


def test_what_strangers_said_is_stored_without_markup_and_never_filled(site):
	hostile = '<img src=x onerror=alert(1)> {0} {1} &lt;b&gt; "'
	text = stored(in_a_row(_("Its subject contains “{0}”.").format(hostile), verbatim(hostile)))
	assert "<img" not in text and "&lt;" not in text
	assert "{0} {1}" in said(read(text))


@pytest.mark.parametrize("text", ["", None, "no JSON", "[]", "[1]", '{"a": 1}', "5", "null", "[[], 1]"])
def test_a_text_that_holds_no_sentence_breaks_no_form(site, text):
	assert said(read(text)) == plain_text(text or "")


def test_frappes_own_extraction_finds_every_sentence(site):
	found = {message[1] for message in get_messages_for_app("helpdesk_mailchannel")}
	wanted = {member.sentence for kind in (Reason, Trouble) for member in kind}
	wanted |= {trouble.remedy for trouble in Trouble} | {step.value for step in Step}
	for mistake in (*MICROSOFT, *GOOGLE, *ANY_PROVIDER, *MISTAKES):
		wanted |= {mistake.sentence, mistake.remedy}
	wanted |= set(GERMAN)
	assert sorted(str(each) for each in wanted if each not in found) == []


def test_the_desk_of_a_manager_knows_what_the_codes_stand_for(site):
	bootinfo = site._dict()
	boot.add_sentences(bootinfo)
	assert bootinfo.mailchannel == {"reasons": REASONS, "troubles": TROUBLES}
	site.set_user("Guest")
	nothing = site._dict()
	boot.add_sentences(nothing)
	assert nothing == {}


@pytest.fixture
def old_columns(site):
	"""Tables as they were when sentences were stored as text."""
	old = [("Email Channel Message", "reason"), ("Email Channel Message", "defects")]
	old += [("Email Channel", "health_reason"), ("Email Channel Run", "error")]
	for doctype, column in old:
		site.db.sql_ddl(f"ALTER TABLE `tab{doctype}` ADD COLUMN `{column}` text")
	yield
	for doctype, column in old:
		if column in columns_of(doctype):
			site.db.sql_ddl(f"ALTER TABLE `tab{doctype}` DROP COLUMN `{column}`")


def columns_of(doctype):
	table = f"tab{doctype}"
	rows = frappe.db.sql(
		"select column_name from information_schema.columns where table_name = %s", (table,), as_list=True
	)
	return {row[0] for row in rows}


def test_what_was_stored_before_is_read_as_it_was(site, mailbox, blocked, old_columns):
	message = site.get_doc("Email Channel Message", blocked)
	words, channel = message.reason, message.channel
	old = f"While signing in: {Trouble.SIGN_IN_REFUSED.sentence} The server said: ‹no›. Enter it again."
	run = site.get_doc({"doctype": "Email Channel Run", "channel": channel}).insert()
	rows = {
		("Email Channel Message", blocked): {"reason": words, "reason_details": "", "defects": "One.\nTwo."},
		("Email Channel", channel): {
			"health_reason": old,
			"trouble_code": "sign_in_refused",
			"failed_step": "signing in",
		},
		("Email Channel Run", run.name): {"error": Trouble.HOST_UNKNOWN.sentence + " Check it."},
	}
	for (doctype, name), values in rows.items():
		assignments = ", ".join(f"`{column}` = %s" for column in values)
		site.db.sql(f"UPDATE `tab{doctype}` SET {assignments} WHERE name = %s", (*values.values(), name))
	site.db.commit()
	take_sentences_apart.execute()
	message.reload()
	assert (message.reason, message.defects) == (words, "One.\nTwo.")
	assert json.loads(message.reason_details)[0] == "{0}", "nobody takes the old words for a template"
	assert explained.channel(channel).health_reason == old
	run.reload()
	assert (run.trouble_code, run.error) == ("host_unknown", Trouble.HOST_UNKNOWN.sentence + " Check it.")
	assert "reason" not in columns_of("Email Channel Message")
	take_sentences_apart.execute()
