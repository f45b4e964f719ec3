"""What an administrator sees when saving and activating an Email Channel."""

import pytest
from frappe.desk.form.load import getdoc

from helpdesk_mailchannel.ticketing.desk import form
from helpdesk_mailchannel.ticketing.settings import channel_settings
from helpdesk_mailchannel.ticketing.times import from_site
from tests.site.channels import MACHINE, active_channel, channel, receipt, user_with


def refused(doc) -> str:
	"""Save, which must fail; what the person is told, as text."""
	import frappe

	with pytest.raises(frappe.ValidationError) as caught:
		doc.save()
	return frappe.utils.strip_html(str(caught.value))


# ── A new channel ────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_needs_only_a_name_and_an_address(site):
	doc = channel(site, host="", password="", target_doctype="").insert()
	assert (doc.status, doc.port, doc.poll_interval) == ("Draft", 993, 5)


def test_the_port_is_what_the_engine_takes_for_usual_in_the_form_and_where_it_is_empty(site):
	usual = form.default_ports()
	port = site.get_meta("Email Channel").get_field("port")
	assert port.default == str(usual["IMAP"]["TLS"])
	for protocol, ports in usual.items():
		for security, number in ports.items():
			assert str(number) in port.description
			doc = channel(site, protocol=protocol, security=security, port=0)
			assert channel_settings(doc).connection.port == number


def test_a_new_channel_starts_with_folders_a_target_and_a_mapping(site):
	doc = channel(site, target_doctype="").insert()
	assert [row.read_folder for row in doc.folder_mapping] == ["INBOX"]
	assert doc.folder_mapping[0].success_folder
	assert doc.target_doctype == "Issue"
	assert {row.ticket_field: row.source for row in doc.field_mapping} == {
		"subject": "Subject",
		"description": "Body",
		"raised_by": "Sender",
		"priority": "Importance",
	}


def test_mandatory_ticket_fields_appear_by_themselves(site):
	doc = channel(site).insert()
	doc.field_mapping = [row for row in doc.field_mapping if row.ticket_field == "priority"]
	doc.save()
	assert {row.ticket_field: row.required for row in doc.field_mapping} == {
		"priority": 0,
		"subject": 1,
		"raised_by": 1,
	}


def test_pasted_values_lose_the_spaces_around_them(site):
	doc = channel(
		site,
		sign_in="OAuth",
		email_address="Support@Desk.Example",
		host="IMAP.desk.example ",
		tenant_id=" contoso.example\n",
		client_id="\u00a00f0e-client\u200b",
		client_secret=" the~value\t",
	).insert()
	assert (doc.email_address, doc.host) == ("support@desk.example", "imap.desk.example")
	assert (doc.tenant_id, doc.client_id) == ("contoso.example", "0f0e-client")
	assert doc.get_password("client_secret") == "the~value"


def test_a_password_keeps_its_spaces(site):
	doc = channel(site, password=" with spaces ").insert()
	assert doc.get_password("password") == " with spaces "


def test_the_redirect_url_is_computed_and_leads_to_this_site(site):
	doc = channel(site).insert()
	assert doc.redirect_url.startswith(site.utils.get_url("/api/method/helpdesk_mailchannel."))


def test_the_redirect_url_that_administrators_have_registered_stays_and_is_answered(site):
	method = "helpdesk_mailchannel.ticketing.authorise.callback"
	assert channel(site).insert().redirect_url == site.utils.get_url(f"/api/method/{method}")
	site.is_whitelisted(site.get_attr(method))


# ── Wrong values ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
	("values", "sentence"),
	[
		({"host": "imap://mail.desk.example"}, "Host: imap://mail.desk.example is not a host name"),
		({"host": "mail.desk.example:993"}, "Host: mail.desk.example:993 is not a host name"),
		({"port": 70_000}, "Port: enter a number from 1 to 65535"),
		({"poll_interval": 0}, "Poll Interval (minutes): enter a number from 1 to 60"),
		({"poll_interval": 61}, "Poll Interval (minutes): enter a number from 1 to 60"),
		({"connection_timeout": 999}, "Connection Timeout (milliseconds): enter a number from 1000"),
		({"cool_off": 0}, "Cool-Off (minutes): enter a number from 1 to 1440"),
		({"max_tries": 0}, "Tries before Cool-Off: enter a number from 1 to 20"),
		({"max_message_size": 151}, "Largest Message (MB): enter a number from 1 to 150"),
		({"security": "None"}, "allows no connections without encryption"),
		({"ca_file": "company-ca.pem"}, "Certificate Authority File: enter the full path"),
		(
			{"skip_times": [{"from_time": "02:00", "to_time": "02:00"}]},
			"Skip Times, row 1: From and To are the same",
		),
		({"protocol": "POP3", "port": 995}, "After Processing: POP3 has no folders and no read mark"),
		(
			{"folder_mapping": [{"read_folder": "INBOX"}, {"read_folder": "inbox"}]},
			"Folder Mapping, row 2: inbox is read in row 1 already",
		),
		(
			{"folder_mapping": [{"read_folder": "INBOX", "success_folder": "Inbox"}]},
			"Folder Mapping, row 1: Inbox cannot be the success folder",
		),
		(
			{"folder_mapping": [{"read_folder": "A", "failure_folder": "B"}, {"read_folder": "B"}]},
			"Folder Mapping, row 1: B cannot be the failure folder",
		),
		({"domains": [{"pattern": "not a domain"}]}, "row 1: not a domain is neither a domain"),
		(
			{"domains": [{"pattern": "a.example"}, {"pattern": "*.a.example"}]},
			"row 2: a.example is in row 1 already",
		),
		(
			{"excluded_senders": "jane@a.example\nalerts@\nexample.com\nno such thing"},
			"Excluded Senders: no such thing is neither an address",
		),
		({"poll_interval": "soon"}, "Poll Interval (minutes): enter a whole number"),
		({"protocol": "SMTP"}, "Protocol: SMTP is not a choice. Choose one of: IMAP, POP3"),
		({"from_name": "Desk <b>"}, "From Name: what begins like an HTML tag"),
		({"host": "a\nb"}, "Host: enter one line"),
		(
			{"aliases": [{"alias": "support@desk.example"}]},
			"Aliases, row 1: support@desk.example would stand for itself",
		),
		(
			{
				"aliases": [
					{"alias": "help@desk.example", "primary_address": "team@desk.example"},
					{"alias": "team@desk.example"},
				]
			},
			"Aliases, row 1: team@desk.example is an alias itself",
		),
		({"target_doctype": "User"}, "Ticket DocType: User does not accept email"),
		(
			{"field_mapping": [{"ticket_field": "no_such_field", "source": "Subject"}]},
			"Field Mapping, row 1: Issue has no field no_such_field",
		),
		(
			{"field_mapping": [{"ticket_field": "subject", "source": "Subject"}] * 2},
			"Field Mapping, row 2: row 1 fills subject already",
		),
		(
			{
				"field_mapping": [
					{
						"ticket_field": "subject",
						"source": "Pattern in Subject",
						"source_argument": "order (\\d+",
					}
				]
			},
			"Field Mapping, row 1: The regular expression cannot be used",
		),
		(
			{
				"field_mapping": [
					{"ticket_field": "subject", "source": "Header", "source_argument": "X Order"}
				]
			},
			"Field Mapping, row 1: enter a header's name",
		),
		(
			{
				"field_mapping": [
					{"ticket_field": "priority", "source": "Importance", "value_map": "High Urgent"}
				]
			},
			"Field Mapping, row 1: write each translation as High = Urgent",
		),
		(
			{
				"field_mapping": [
					{"ticket_field": "priority", "source": "Importance", "value_map": "High = Burning"}
				]
			},
			"Burning is not a possible value of priority on Issue. Possible are: High, Low, Medium",
		),
		({"updatable_types": [{"ticket_type": "No Such Type"}]}, "row 1: there is no type No Such Type"),
	],
)
def test_a_wrong_value_is_refused_by_field_and_remedy(site, values, sentence):
	assert sentence in refused(channel(site, **values))


@pytest.mark.parametrize(
	("values", "sentence"),
	[
		(
			{"token_endpoint": "http://login.example/token"},
			"Token Endpoint: enter a complete address that begins with",
		),
		({"authorization_url": "login.example"}, "Authorization URL: enter a complete address"),
		({"tenant_id": "https://login.microsoftonline.com/x"}, "Tenant ID: enter the Directory (tenant) ID"),
		(
			{"client_secret": "8d2f6a0e-0b5c-4d55-9a76-0f2f6a0e0b5c"},
			"Client Secret: this looks like the Secret ID. Copy the secret's Value",
		),
	],
)
def test_oauth_mistakes_have_their_own_sentence(site, values, sentence):
	assert sentence in refused(channel(site, sign_in="OAuth", **values))


def test_unencrypted_connections_are_for_loopback_only(site):
	doc = channel(site, host="127.0.0.1", security="None", port=143).insert()
	assert doc.security == "None"


def test_an_address_belongs_to_one_channel(site):
	channel(site).insert()
	told = refused(channel(site, channel_name="Second", email_address="SUPPORT@desk.example"))
	assert "support@desk.example belongs to the channel Support already" in told


def test_the_name_stays(site):
	doc = channel(site).insert()
	with pytest.raises(site.ValidationError):
		site.rename_doc("Email Channel", doc.name, "Billing")


def test_the_target_is_locked_once_a_message_was_filed(site):
	doc = channel(site).insert()
	doc.target_doctype, doc.field_mapping = "ToDo", []
	doc.save()
	receipt(site, channel=doc.name, fate="Ticket")
	doc.target_doctype, doc.field_mapping = "Issue", []
	told = refused(doc)
	assert "has filed messages as ToDo already, so it stays. Make a new channel for Issue" in told


# ── Activation ───────────────────────────────────────────────────────────────────────────────────────


def missing(site, doc) -> list[tuple[str, str]]:
	getdoc("Email Channel", doc.name)
	return [(gap["tab"], gap["fieldname"]) for gap in site.response.docs.pop().get_onload("missing")]


def test_a_complete_channel_can_be_activated(site):
	doc = active_channel(site)
	assert doc.status == "Active"
	assert missing(site, doc) == []


def test_the_form_names_what_is_missing_by_tab_and_field(site):
	doc = channel(site, host="", password="").insert()
	doc.folder_mapping[0].success_folder = ""
	doc.save()
	assert missing(site, doc) == [
		("Connection", "host"),
		("Connection", "password"),
		("Reading", "folder_mapping"),
	]


def test_an_incomplete_channel_is_not_activated(site):
	doc = channel(site, host="").insert()
	doc.status = "Active"
	assert "Connection → Host: enter the mail server's name" in refused(doc)


def test_an_active_channel_stays_complete(site):
	doc = active_channel(site)
	doc.password = ""
	assert "Connection → Password: enter the mailbox's password" in refused(doc)


def test_a_mandatory_field_without_source_or_value_prevents_activation(site):
	doc = channel(site).insert()
	doc.field_mapping = [row for row in doc.field_mapping if row.ticket_field != "subject"]
	doc.append("field_mapping", {"ticket_field": "subject", "source": "Fixed Value"})
	doc.save()
	doc.status = "Active"
	assert "Ticket → Field Mapping: Subject is mandatory on Issue" in refused(doc)


@pytest.fixture
def mandatory(site):
	"""Make the ticket insist on one more field, as a site's administrator may at any time."""
	made = []

	def make(**values):
		field = {**MACHINE, **values}
		made.append(site.get_doc(field).insert())
		site.clear_cache(doctype="Issue")

	yield make
	site.set_user("Administrator")
	for field in made:
		site.delete_doc("Custom Field", field.name, force=True)
	site.clear_cache(doctype="Issue")


def test_a_field_that_the_ticket_came_to_insist_on_keeps_nobody_from_saving(site, mandatory):
	doc = active_channel(site)
	mandatory()
	doc.reload()
	doc.poll_interval = 9
	doc.save()
	assert missing(site, doc) == [("Ticket", "field_mapping")]
	assert set_status(doc, "Paused") == "Paused"
	doc.reload()
	doc.status = "Active"
	assert "Machine is mandatory on Issue" in refused(doc)


def test_what_was_wrong_before_keeps_nobody_from_pausing_but_from_activating(site, mandatory):
	mandatory(reqd=0)
	row = {"ticket_field": "machine", "source": "Fixed Value", "default_value": "Press"}
	doc = channel(site).insert()
	doc.append("field_mapping", row)
	doc.status = "Active"
	doc.save()
	site.delete_doc("Custom Field", "Issue-machine", force=True)
	site.clear_cache(doctype="Issue")
	doc.reload()
	doc.from_name = "Desk"
	doc.save()
	assert ("Ticket", "field_mapping") in missing(site, doc)
	assert set_status(doc, "Paused") == "Paused"
	doc.reload()
	doc.status = "Active"
	assert "Issue has no field machine" in refused(doc)
	doc.reload()
	doc.append("field_mapping", {"ticket_field": "no_such_field", "source": "Subject"})
	assert "no field no_such_field" in refused(doc)
	site.get_doc({**MACHINE, "reqd": 0}).insert()


def set_status(doc, status):
	from helpdesk_mailchannel.ticketing.desk import api

	return api.set_status(doc.name, status)["status"]


def test_a_refused_activation_changes_nothing(site):
	doc = channel(site, host="").insert()
	with pytest.raises(site.ValidationError, match="Host: enter"):
		set_status(doc, "Active")
	site.db.rollback()
	assert site.db.get_value("Email Channel", doc.name, "status") in (None, "Draft")


def test_only_managers_activate_and_pause(site):
	doc = channel(site).insert()
	site.set_user(user_with(site, "Support Team"))
	with pytest.raises(site.PermissionError):
		set_status(doc, "Active")


def test_a_field_of_a_higher_permission_level_is_mapped_by_those_who_may_write_it(site, mandatory):
	mandatory(reqd=0, permlevel=1)
	row = {"ticket_field": "machine", "source": "Fixed Value", "default_value": "Press"}
	manager = user_with(site, "Email Channel Manager")
	doc = channel(site).insert()
	doc.append("field_mapping", row)
	site.set_user(manager)
	assert "Machine has a permission level that you may not write on Issue" in refused(doc)
	site.set_user("Administrator")
	doc.reload()
	doc.append("field_mapping", row)
	doc.save()
	site.set_user(manager)
	doc.reload()
	doc.from_name = "Desk"
	doc.save()
	doc.field_mapping[-1].default_value = "Lathe"
	assert "permission level" in refused(doc)


def test_oauth_by_a_person_waits_for_authorization(site):
	doc = channel(
		site, sign_in="OAuth", tenant_id="contoso.example", client_id="id", client_secret="value~"
	).insert()
	assert missing(site, doc) == [("Connection", "refresh_token")]
	doc.grant_type = "Client Credentials"
	doc.save()
	assert missing(site, doc) == []


def test_another_active_channel_of_the_same_mailbox_prevents_activation(site):
	active_channel(site)
	doc = channel(
		site, channel_name="Second", email_address="second@desk.example", user_name="Support@desk.example"
	).insert()
	doc.status = "Active"
	assert "the active channel Support reads the same mailbox. Pause it" in refused(doc)


def test_a_reply_address_with_a_plus_cannot_be_signed(site):
	doc = channel(site, reply_to="support+help@desk.example", signed_reply_address=1)
	assert "Sign the Reply Address: support+help@desk.example has a part after a plus sign" in refused(doc)


def test_a_native_email_account_of_the_same_mailbox_prevents_activation(site):
	account = site.get_doc(
		{
			"doctype": "Email Account",
			"email_account_name": "Old Way",
			"email_id": "support@desk.example",
			"email_server": "IMAP.desk.example",
			"enable_incoming": 1,
			"use_imap": 1,
			"password": "x",
		}
	)
	account.flags.ignore_validate = True
	account.insert(ignore_mandatory=True)
	doc = channel(site).insert()
	doc.status = "Active"
	assert "the Email Account Old Way reads the same mailbox. Switch off Enable Incoming there" in refused(
		doc
	)


def test_the_first_activation_starts_from_now(site):
	doc = active_channel(site)
	first = doc.activated_at
	assert doc.sync_start == first.replace(second=0), "the form's calendar knows no seconds"
	assert channel_settings(doc).reading.since == from_site(first)
	doc.status = "Paused"
	doc.save()
	doc.status = "Active"
	doc.save()
	assert (doc.activated_at, doc.sync_start) == (first, first.replace(second=0))


@pytest.mark.parametrize("choice", ["File as Open", "File as Closed"])
def test_existing_mail_can_be_filed(site, choice):
	assert active_channel(site, existing_mail=choice).sync_start is None


# ── While the poller works ───────────────────────────────────────────────────────────────────────────


def test_a_save_does_not_overwrite_what_the_poller_wrote(site):
	doc = active_channel(site)
	polled = {"health": "Connected", "waiting": 7, "lease_epoch": 12, "lease_owner": "worker", "failures": 0}
	site.db.set_value("Email Channel", doc.name, polled, update_modified=False)
	doc.poll_interval = 10
	doc.save()
	assert site.db.get_value("Email Channel", doc.name, list(polled), as_dict=True) == polled
	assert site.db.get_value("Email Channel", doc.name, "poll_interval") == 10


@pytest.mark.parametrize("change", [{}, {"host": "other.desk.example"}, {"port": 143}])
def test_a_changed_connection_gets_another_chance_at_once(site, change):
	doc = active_channel(site)
	stopped = {
		"health": "Needs Authorization",
		"trouble_code": "sign_in_refused",
		"failures": 1,
		"lease_epoch": 3,
	}
	site.db.set_value("Email Channel", doc.name, stopped, update_modified=False)
	doc.reload()
	doc.update({"password": "a new one", **change})
	doc.save()
	after = site.db.get_value("Email Channel", doc.name, list(stopped), as_dict=True)
	assert after == {"health": "Not Polled Yet", "trouble_code": "", "failures": 0, "lease_epoch": 3}


def test_a_change_that_is_not_the_connections_leaves_the_health(site):
	doc = active_channel(site)
	site.db.set_value("Email Channel", doc.name, "health", "Needs Authorization", update_modified=False)
	doc.reload()
	doc.attach_original = 1
	doc.save()
	assert site.db.get_value("Email Channel", doc.name, "health") == "Needs Authorization"


def test_secrets_do_not_leave_with_the_document(site):
	doc = active_channel(site)
	getdoc("Email Channel", doc.name)
	assert "correct horse" not in site.as_json(site.response.docs.pop())


# ── Deleting ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_deleted_channel_takes_its_records_and_secrets_along(site):
	doc = channel(site).insert()
	receipt(site, channel=doc.name, fate="Failed")
	site.delete_doc("Email Channel", doc.name)
	assert not site.db.exists("Email Channel Message", {"channel": doc.name})
	assert not site.utils.password.get_decrypted_password(
		"Email Channel", doc.name, "password", raise_exception=False
	)


def test_a_channel_with_tickets_is_not_deleted(site):
	doc = active_channel(site)
	site.get_doc(
		{"doctype": "Issue", "subject": "x", "raised_by": "jane@a.example", "email_channel": doc.name}
	).insert()
	with pytest.raises(site.LinkExistsError):
		site.delete_doc("Email Channel", doc.name)


def test_a_ticket_is_deleted_in_spite_of_its_record(site):
	doc = channel(site).insert()
	ticket = site.get_doc({"doctype": "Issue", "subject": "x", "raised_by": "jane@a.example"}).insert()
	receipt(site, channel=doc.name, ticket_doctype="Issue", ticket=ticket.name)
	site.delete_doc("Issue", ticket.name)
	assert not site.db.exists("Issue", ticket.name)
