"""On a site: no secret, token or code in any record, log or answer, nor its base64."""

import base64

import frappe
import pytest

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.ticketing.sign_in import tokens
from helpdesk_mailchannel.ticketing.sign_in.credentials import FormCredentials, SiteCredentials
from tests.core.connect.scripted_server import ScriptedServer
from tests.oauth.desk import Desk
from tests.site.runs.test_changed_meanwhile import elsewhere


def stored_text(site):
	"""Every text in the site's database but the encrypted secrets, which are looked at for plain text too."""
	for table in [row[0] for row in site.db.sql("show tables")]:
		for row in site.db.sql(f"select * from `{table}`"):
			yield from (value for value in row if isinstance(value, str))


def forms(secret):
	octets = secret.encode()
	return {
		secret,
		base64.b64encode(octets).decode().rstrip("="),
		base64.urlsafe_b64encode(octets).decode().rstrip("="),
	}


def test_nothing_in_the_database_shows_a_secret(desk, site):
	desk.ready()
	kept = tokens.read(desk.name)
	desk.provider.fail("/token", 401, {"error": "odd", "error_description": f"You sent {kept.refresh}."})
	frappe.db.set_value("Email Channel Token", desk.name, "expires_at", "2020-01-01")
	desk.poll()
	secrets = [desk.application.secret, kept.refresh, kept.access.value]
	everything = "\n".join(stored_text(site))
	assert desk.name in everything
	assert [form for secret in secrets for form in forms(secret) if form in everything] == []


def test_what_the_form_and_the_api_get_shows_no_secret(desk):
	desk.ready()
	kept = tokens.read(desk.name)
	doc = frappe.get_doc("Email Channel", desk.name)
	doc.run_method("onload")
	shown = frappe.as_json(doc.as_dict()) + frappe.as_json(doc.get("__onload"))
	shown += frappe.as_json(frappe.get_doc("Email Channel Token", desk.name).as_dict())
	for secret in (desk.application.secret, kept.refresh, kept.access.value):
		assert secret not in shown


def test_no_repr_shows_a_secret(desk):
	desk.ready()
	kept = tokens.read(desk.name)
	credentials = SiteCredentials(frappe.get_doc("Email Channel", desk.name))
	value = credentials.access_token()
	shown = repr((credentials, vars(credentials), kept))
	assert value not in shown and kept.refresh not in shown


@pytest.mark.parametrize("mark", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>"])
def test_what_a_provider_says_cannot_script_the_form(desk, mark):
	answer = desk.provider.sign_in(desk.page(), desk.mailbox.user, accept=False)
	told = desk.come_back({**answer, "error": "odd", "error_description": mark})
	assert not told["signed_in"] and "<" not in told["words"]


def test_the_form_tests_a_typed_secret_without_storing_anything(provider, mailbox):
	desk = Desk(provider, mailbox, grant_type="Client Credentials")
	provider.delegations[desk.application.client_id] = mailbox.user
	typed = frappe.get_doc("Email Channel", desk.name)
	value = FormCredentials(typed).access_token()
	assert provider.opens(value) == mailbox.user
	assert tokens.read(desk.name).access is None


@pytest.mark.parametrize("kind", ["Microsoft", "Google"])
def test_the_form_tests_a_pasted_refresh_token_without_storing_anything(provider, mailbox, kind):
	first = Desk(provider, mailbox, kind)
	first.sign_in()
	pasted = first.refresh_token()
	frappe.db.set_value("Email Channel", first.name, "email_address", "first@desk.example")
	typed = frappe.get_doc("Email Channel", first.name).as_dict()
	typed.update(
		name=None, channel_name="Second", refresh_token=f" {pasted}\n", client_secret=first.application.secret
	)
	value = FormCredentials(frappe.get_doc(typed)).access_token()
	assert provider.opens(value) == mailbox.user
	assert first.refresh_token() == pasted and not frappe.db.exists("Email Channel", "Second")


def test_a_pasted_refresh_token_that_its_use_may_end_is_not_used_up_by_a_test(provider, mailbox):
	desk = Desk(provider, mailbox, "Other")
	desk.channel.refresh_token = "pasted"
	with pytest.raises(ChannelError, match="save the channel first"):
		FormCredentials(desk.channel).access_token()


@pytest.mark.parametrize("stamped", [True, False])
@pytest.mark.parametrize("renewed", [False, True])
def test_no_token_goes_to_a_server_the_connection_was_not_opened_for(desk, site, stamped, renewed):
	"""The server keeps its greeting back until the channel names its own server again."""
	desk.ready()
	kept = tokens.read(desk.name)
	good = {name: desk.channel.get(name) for name in ("host", "port", "security", "ca_file")}
	if renewed:
		frappe.db.set_value("Email Channel Token", desk.name, "expires_at", "2020-01-01")

	connected = []

	def own_server_again():
		connected.append(True)
		frappe.db.set_value("Email Channel", desk.name, good, update_modified=stamped)

	another_worker = elsewhere(own_server_again)

	def script(talk):
		another_worker()
		talk.send(b"* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR] ready\r\n")
		for _ in range(6):
			tag = talk.expect(rb"(\S+)")[1]
			talk.send(b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR\r\n" + tag + b" OK done\r\n")

	with ScriptedServer(script) as server:
		site.conf.mailchannel_extra_ports = [*site.conf.mailchannel_extra_ports, server.port]
		evil = {"host": "127.0.0.1", "port": server.port, "security": "None", "ca_file": ""}
		frappe.db.set_value("Email Channel", desk.name, evil)
		frappe.db.commit()
		desk.poll()
	assert connected and not server.failures and b"AUTHENTICATE" not in server.received
	assert not desk.renewals()
	assert tokens.read(desk.name).refresh == kept.refresh
	assert desk.poll() == "Connected", desk.state("health_reason")
