"""A stored secret is sent to the server it was entered for and to no other, whatever the channel names."""

import json

import pytest

from helpdesk_mailchannel.helpdesk_mailchannel.doctype.email_channel.missing import missing
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.ticketing.desk import api
from helpdesk_mailchannel.ticketing.polling.job import poll
from helpdesk_mailchannel.ticketing.sign_in import stored_secrets
from helpdesk_mailchannel.ticketing.sign_in.credentials import FormCredentials, SiteCredentials
from tests.core.connect.imap_scripts import greeting
from tests.core.connect.scripted_server import ScriptedServer
from tests.site.channels import channel
from tests.site.polling import active_channel

SECRET = "Tr0ub4dor&3-correct-horse"
STARS = stored_secrets.SHOWN

MAIL_SERVER = {
	"host": "evil.example",
	"port": 143,
	"protocol": "POP3",
	"security": "STARTTLS",
	"user_name": "somebody",
	"email_address": "somebody@desk.example",
	"ca_file": "/tmp/evil.pem",
	"sign_in": "OAuth",
}
APPLICATION = {
	"oauth_provider": "Google",
	"tenant_id": "evil.example",
	"authority": "login.microsoftonline.us",
	"authorization_url": "https://evil.example/authorize",
	"token_endpoint": "https://evil.example/token",
	"client_id": "another",
	"client_authentication": "HTTP Basic",
}
OAUTH = {
	"sign_in": "OAuth",
	"oauth_provider": "Other",
	"token_endpoint": "https://login.desk.example/token",
	"authorization_url": "https://login.desk.example/authorize",
	"client_id": "ours",
}
WAYS = ("saved", "set by the API", "written to the row")
BY_PASSWORD = list(MAIL_SERVER.items())
BY_OAUTH = [*(item for item in MAIL_SERVER.items() if item[0] != "sign_in"), *APPLICATION.items()]


def changed(site, name, fieldname, value, way):
	"""Change one field of a saved channel, as a form, the API or a program on the site does."""
	doc = site.get_doc("Email Channel", name)
	if way == "written to the row":
		site.db.set_value("Email Channel", name, fieldname, value)
		return site.get_doc("Email Channel", name)
	if way == "set by the API":
		values = {fieldname: value}
		if value == "POP3":
			values["after_processing"] = "Leave in Place"
		site.call("frappe.client.set_value", doctype="Email Channel", name=name, fieldname=values)
		return site.get_doc("Email Channel", name)
	doc.set(fieldname, value)
	if value == "POP3":
		doc.after_processing = "Leave in Place"
	return doc.save()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("fieldname", "value"), BY_PASSWORD)
def test_a_password_is_asked_for_again_when_its_server_changes(site, fieldname, value, way):
	before = channel(site, password=SECRET).insert()
	assert SiteCredentials(before).password() == SECRET
	doc = changed(site, before.name, fieldname, value, way)
	for credentials in (SiteCredentials(doc), FormCredentials(doc)):
		with pytest.raises(ChannelError, match="another server"):
			credentials.password()
	assert stored_secrets.is_of_another_server(doc, "password")
	if fieldname != "sign_in":
		assert "password" in {gap.fieldname for gap in missing(doc)}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("fieldname", "value"), BY_OAUTH)
@pytest.mark.parametrize("secret", ["client_secret", "refresh_token"])
def test_an_applications_secrets_are_asked_for_again_when_it_changes(site, secret, fieldname, value, way):
	oauth = dict(OAUTH)
	if fieldname in ("tenant_id", "authority"):
		oauth |= {"oauth_provider": "Microsoft", "tenant_id": "desk.example"}
	before = channel(site, **oauth, password="", **{secret: SECRET}).insert()
	assert stored_secrets.stored(before, secret) == SECRET
	doc = changed(site, before.name, fieldname, value, way)
	with pytest.raises(ChannelError):
		stored_secrets.stored(doc, secret)
	assert secret in {gap.fieldname for gap in missing(doc)}


@pytest.mark.parametrize(("fieldname", "value"), BY_PASSWORD)
def test_what_a_form_shows_unsaved_gets_no_stored_password(site, fieldname, value):
	shown = channel(site, password=SECRET).insert().as_dict(convert_dates_to_str=True)
	with pytest.raises(ChannelError, match="another server"):
		FormCredentials(site.get_doc({**shown, fieldname: value})).password()


@pytest.mark.parametrize("shown", ["", STARS, "*"])
@pytest.mark.parametrize(("fieldname", "value"), APPLICATION.items())
def test_a_client_secret_left_blank_or_as_stars_stays_with_its_application(site, shown, fieldname, value):
	saved = channel(site, **OAUTH, password="", client_secret=SECRET).insert()
	if fieldname in ("tenant_id", "authority"):
		value, fieldname = "Microsoft", "oauth_provider"
	doc = site.get_doc({**saved.as_dict(), fieldname: value, "client_secret": shown})
	if not shown:
		assert stored_secrets.usable(doc, "client_secret") == ""
	else:
		with pytest.raises(ChannelError, match="another server"):
			stored_secrets.usable(doc, "client_secret")


def test_a_new_channel_gets_nothing_by_another_channels_name(site):
	saved = channel(site, password=SECRET).insert()
	copied = site.copy_doc(saved, ignore_no_copy=True)
	copied.update({"channel_name": "Copy", "email_address": "copy@desk.example"})
	copied.insert()
	assert FormCredentials(copied).password() == "" == SiteCredentials(copied).password()
	assert "password" in {gap.fieldname for gap in missing(copied)}
	borrowed = channel(site, name=saved.name, host="evil.example", password=STARS)
	with pytest.raises(ChannelError):
		FormCredentials(borrowed).password()


def test_the_own_server_again_is_served_again(site):
	doc = channel(site, password=SECRET).insert()
	doc.host = "typo.desk.example"
	doc.save()
	doc.host = "imap.desk.example"
	doc.save()
	assert SiteCredentials(site.get_doc("Email Channel", doc.name)).password() == SECRET


@pytest.mark.parametrize(
	"settings", [{"poll_interval": 9}, {"from_name": "Desk"}, {"host": "IMAP.desk.example "}]
)
def test_other_changes_ask_for_nothing(site, settings):
	doc = channel(site, password=SECRET).insert()
	doc.update(settings)
	doc.save()
	assert SiteCredentials(site.get_doc("Email Channel", doc.name)).password() == SECRET


def test_a_password_entered_with_the_new_server_serves(site):
	doc = channel(site, password=SECRET).insert()
	doc.update({"host": "new.desk.example", "password": "another one"})
	doc.save()
	assert SiteCredentials(site.get_doc("Email Channel", doc.name)).password() == "another one"


def test_an_active_channel_is_not_saved_with_another_server_alone(site):
	doc = channel(site).insert()
	doc.status = "Active"
	doc.save()
	doc.host = "evil.example"
	with pytest.raises(site.ValidationError, match="Password: enter it again"):
		doc.save()


def collecting(talk):
	greeting(talk)
	talk.expect(rb"(\S+) LOGIN")


def test_a_poll_and_a_test_send_nothing_to_a_server_that_was_slipped_in(site, mailbox):
	doc = active_channel(mailbox, password=SECRET)

	def shown():
		return site.get_doc("Email Channel", doc.name).as_dict(convert_dates_to_str=True)

	for ask in (lambda: poll(doc.name), lambda: api.test_connection(json.dumps(shown()))):
		with ScriptedServer(collecting) as server:
			site.conf.mailchannel_extra_ports = [*site.conf.mailchannel_extra_ports, server.port]
			site.db.set_value("Email Channel", doc.name, {"security": "None", "port": server.port})
			site.db.commit()
			steps = ask()
		assert SECRET.encode() not in server.received
	assert "again" in next(step for step in steps if step["result"] == "failed")["remedy"]
	site.db.rollback()
	assert site.db.get_value("Email Channel", doc.name, "health") == "Failing"


@pytest.mark.parametrize("secret", ["x", "seven77", "a" * 40, '<b>markup</b> & {"json": 1}'])
def test_stars_are_sixteen_whatever_they_stand_for(site, secret):
	doc = channel(site, password=secret, client_secret=secret, refresh_token=secret).insert()
	doc.reload()
	assert {doc.get(fieldname) for fieldname in stored_secrets.SECRETS} == {STARS}
	assert doc.get_password("password") == secret
	versions = site.get_all("Version", {"docname": doc.name}, pluck="data", order_by="name")
	assert secret == "x" or not [data for data in versions if secret in data]


def test_a_removed_secret_is_gone(site):
	doc = channel(site, password=SECRET).insert()
	doc.password = ""
	doc.save()
	assert SiteCredentials(site.get_doc("Email Channel", doc.name)).password() == ""


def test_secrets_stored_before_are_tied_to_the_server_of_today(site):
	from helpdesk_mailchannel.patches.bind_stored_secrets import execute

	doc = channel(site, password=SECRET).insert()
	site.db.delete("__Auth", {"name": doc.name, "fieldname": ["like", "% is for"]})
	doc.db_set("password", "*" * len(SECRET))
	with pytest.raises(ChannelError):
		SiteCredentials(site.get_doc("Email Channel", doc.name)).password()
	execute()
	assert SiteCredentials(site.get_doc("Email Channel", doc.name)).password() == SECRET
	assert site.db.get_value("Email Channel", doc.name, "password") == STARS
