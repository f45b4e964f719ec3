"""From the form's document to the engine's settings: nothing lost, nothing in the wrong unit."""

from datetime import datetime, timedelta, timezone

import pytest
from frappe.core.api.file import get_max_file_size
from frappe.utils.password import get_encryption_key

from helpdesk_mailchannel.mailcore.model import TicketRef
from helpdesk_mailchannel.mailcore.settings import (
	MIB,
	ChannelSettings,
	ConnectionSettings,
	FolderRoute,
	Grant,
	HostPolicy,
	Limits,
	OAuthProvider,
	OtherTypePolicy,
	Protocol,
	ReadingSettings,
	RetrySettings,
	ScreenPolicy,
	SenderRule,
	Source,
)
from helpdesk_mailchannel.mailcore.thread.token import in_address, is_valid, reply_address
from helpdesk_mailchannel.ticketing.polling.schedule import rests
from helpdesk_mailchannel.ticketing.settings import (
	address,
	channel_settings,
	host_policy,
	loop_mark,
	oauth_settings,
)
from helpdesk_mailchannel.ticketing.targets.hd_ticket import HDTicketTarget
from tests.site.channels import channel


@pytest.fixture
def berlin(site):
	site.db.set_single_value("System Settings", "time_zone", "Europe/Berlin")
	site.clear_cache()
	return site


def test_the_forms_defaults_are_the_engines_defaults(site):
	settings = channel_settings(channel(site).insert())
	assert isinstance(settings, ChannelSettings)
	assert settings.connection == ConnectionSettings(
		host="imap.desk.example", user="support@desk.example", hosts=host_policy()
	)
	assert settings.limits == Limits(attachment=min(Limits().attachment, get_max_file_size()))
	assert settings.retry == RetrySettings()
	assert settings.screen == ScreenPolicy(channel_address="support@desk.example", loop_mark=loop_mark())
	usual = ReadingSettings()
	assert (settings.reading.skipped_uses, settings.reading.after) == (usual.skipped_uses, usual.after)


def test_an_unsaved_empty_form_can_be_read_too(site):
	settings = channel_settings(site.get_doc({"doctype": "Email Channel"}))
	assert settings.connection.port == 993
	assert settings.reading.routes == (FolderRoute("INBOX"),)


def test_reply_keys_come_from_the_sites_key_and_the_one_before(site):
	doc = channel(site).insert()
	[current] = channel_settings(doc).reply_keys
	ticket = TicketRef("Issue", "ISS-2026-00007")
	sent_before = in_address(reply_address(doc.email_address, doc.name, ticket, current))
	site.conf.mailchannel_previous_encryption_key = get_encryption_key()
	before, site.conf.encryption_key = site.conf.encryption_key, "another key"
	try:
		settings = channel_settings(doc)
	finally:
		site.conf.encryption_key = before
		del site.conf["mailchannel_previous_encryption_key"]
	assert settings.reply_keys[0] != current
	assert is_valid(sent_before, doc.name, ticket, settings.reply_keys)
	assert not is_valid(sent_before, doc.name, ticket, settings.reply_keys[:1])


def test_reply_keys_are_not_told(site):
	settings = channel_settings(channel(site).insert())
	assert get_encryption_key() not in repr(settings)
	assert repr(settings.reply_keys[0]) not in repr(settings)


def test_units_are_converted(site):
	settings = channel_settings(
		channel(
			site, connection_timeout=5_000, max_message_size=2, max_attachment_size=1, cool_off=7
		).insert()
	)
	assert settings.connection.timeout == 5.0
	assert (settings.limits.message, settings.limits.attachment) == (2 * 1024 * 1024, 1024 * 1024)
	assert settings.retry.cool_off_minutes == 7


def test_times_are_read_in_the_sites_zone(berlin):
	doc = channel(
		berlin, sync_start="2026-07-01 00:00:00", skip_times=[{"from_time": "22:00", "to_time": "02:30:00"}]
	).insert()
	settings = channel_settings(doc)
	assert settings.reading.since == datetime(2026, 6, 30, 22, 0, tzinfo=timezone.utc)
	assert settings.screen.since == settings.reading.since
	assert settings.time_zone == "Europe/Berlin"
	assert channel_settings(berlin.get_doc("Email Channel", doc.name)) == settings
	evening = datetime(2026, 7, 1, 20, 0, tzinfo=timezone.utc)
	moments = [evening - timedelta(seconds=1), evening, evening + timedelta(hours=4, minutes=29)]
	assert [rests(doc.name, moment) for moment in moments] == [False, True, True]
	assert not rests(doc.name, evening + timedelta(hours=4, minutes=30))


def test_pop3_reads_the_inbox_whatever_the_folder_table_says(site):
	doc = channel(site, protocol="POP3", port=995, after_processing="Delete", all_folders=1).insert()
	settings = channel_settings(doc)
	assert settings.connection.protocol is Protocol.POP3
	assert settings.reading.routes == (FolderRoute("INBOX"),)
	assert settings.reading.all_folders is False


def test_all_folders_leaves_out_what_was_chosen(site):
	doc = channel(site, all_folders=1, skip_junk=0, skipped_folders="Private\nOld/2019\n").insert()
	reading = channel_settings(doc).reading
	assert reading.all_folders
	assert reading.skipped_uses == {"\\All", "\\Sent", "\\Drafts", "\\Trash"}
	assert reading.skipped_folders == {"Private", "Old/2019"}


def test_senders_are_compared_in_lower_case_and_ascii(site):
	doc = channel(
		site,
		domains=[
			{"pattern": "Bücher.example", "rule": "Allowed", "include_subdomains": 0},
			{"pattern": "@Spam.example", "rule": "Blocked", "include_subdomains": 1},
			{"pattern": "monitor@infra.example", "rule": "Accepted Robot"},
		],
		aliases=[
			{"alias": "Help@Desk.example"},
			{"alias": "j@a.example", "primary_address": "jane@a.example"},
		],
		excluded_senders="News@Letters.example\n\n",
		exclusion_keywords="out of office\n  win a prize \n",
	).insert()
	screen = channel_settings(doc).screen
	assert screen.allowed == (SenderRule("xn--bcher-kva.example", subdomains=False),)
	assert screen.blocked == (SenderRule("spam.example"),)
	assert [rule.pattern for rule in screen.accepted_robots] == ["monitor@infra.example"]
	assert screen.aliases == {"help@desk.example": "support@desk.example", "j@a.example": "jane@a.example"}
	assert screen.excluded_senders == ("news@letters.example",)
	assert screen.keywords == ("out of office", "win a prize")


def test_file_types_are_understood_as_people_write_them(site):
	doc = channel(site, refused_extensions=".EXE, js\n*.bat").insert()
	assert doc.refused_extensions == ".EXE, js\n*.bat", "kept as it was written"
	assert channel_settings(doc).limits.refused_extensions == {"exe", "js", "bat"}


def test_the_mapping_knows_translations_defaults_roles_and_lengths(site):
	doc = channel(
		site,
		other_types="Exclude",
		field_mapping=[
			{
				"ticket_field": "priority",
				"source": "Importance",
				"value_map": "High = High\nLow=Low",
				"default_value": "Medium",
				"restricted_to": "Support Team"
				if site.db.exists("Role", "Support Team")
				else "System Manager",
			},
			{
				"ticket_field": "description",
				"source": "Fixed Value",
				"default_value": "x",
				"source_argument": "old",
			},
		],
	).insert()
	ticket = channel_settings(doc).ticket
	rows = {row.target: row for row in ticket.mapping}
	assert rows["priority"].values == {"High": "High", "Low": "Low"}
	assert (rows["priority"].default, rows["priority"].max_length) == ("Medium", 140)
	assert rows["priority"].restricted_to
	assert (rows["description"].source, rows["description"].argument) == (Source.FIXED, "")
	assert (rows["description"].default, rows["description"].max_length) == ("x", 0)
	assert ticket.required == {"subject": "Subject", "raised_by": "Raised By (Email)"}
	assert ticket.values == {"email_channel": "Support"}
	assert ticket.other_types is OtherTypePolicy.EXCLUDE


def test_oauth_settings_carry_the_application_but_no_secret(site):
	doc = channel(
		site,
		sign_in="OAuth",
		oauth_provider="Other",
		grant_type="Client Credentials",
		client_id="app",
		client_secret="s3cret~value",
		token_endpoint="https://login.example/token",
		scope="imap.read offline",
	).insert()
	oauth = oauth_settings(doc)
	assert (oauth.provider, oauth.grant) == (OAuthProvider.OTHER, Grant.CLIENT_CREDENTIALS)
	assert oauth.scopes == ("imap.read", "offline")
	assert oauth.redirect_uri == doc.redirect_url
	assert "s3cret" not in repr((oauth, channel_settings(doc)))


@pytest.fixture
def config(site):
	"""The site's config without our keys, to be filled by the test; put back afterwards."""
	before = dict(site.conf)
	for key in before:
		if key.startswith("mailchannel_"):
			site.conf.pop(key)
	yield site.conf
	site.conf.clear()
	site.conf.update(before)


def test_a_site_without_config_connects_to_private_networks_but_not_to_itself(config):
	assert host_policy() == HostPolicy(allow_loopback=False, allow_private=True, allow_plain=False)


def test_the_sites_config_says_where_channels_may_connect(config):
	config.mailchannel_allow_loopback = 1
	config.mailchannel_forbid_private = 1
	config.mailchannel_extra_ports = [10143, "10993"]
	assert host_policy() == HostPolicy(
		allow_loopback=True, allow_private=False, extra_ports=frozenset({10143, 10993})
	)


@pytest.fixture
def largest_file(site, monkeypatch):
	"""Sets the largest file that the site takes, in octets."""

	def set_to(octets):
		site.db.set_single_value("System Settings", "max_file_size", 0)
		monkeypatch.setitem(site.local.conf, "max_file_size", octets)
		assert get_max_file_size() == octets

	return set_to


def test_no_file_is_let_in_that_the_site_would_refuse(site, largest_file):
	largest_file(3 * MIB)
	assert channel_settings(channel(site, max_attachment_size=25).insert()).limits.attachment == 3 * MIB


def test_a_large_attachment_may_fill_the_total(site, largest_file):
	largest_file(200 * MIB)
	limits = channel_settings(channel(site, max_attachment_size=120).insert()).limits
	assert (limits.attachment, limits.attachments_total) == (120 * MIB, 120 * MIB)


def test_the_reply_to_address_is_one_of_the_channels_own(site):
	policy = channel_settings(channel(site, reply_to="answers@desk.example").insert()).screen
	assert policy.primary("answers@desk.example") == "support@desk.example"


def test_an_international_domain_is_written_as_the_parser_writes_it(site):
	assert address("Jane@Straße.example") == "jane@xn--strae-oqa.example"


def test_the_viewer_of_helpdesk_folds_history_by_itself(site):
	assert not channel_settings(channel(site)).ticket.viewer_folds
	assert HDTicketTarget.viewer_folds
