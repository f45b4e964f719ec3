"""Authorize: out to the provider and back to the form; and every way back that is refused."""

import frappe
import pytest
from frappe.utils import get_url_to_form

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.ticketing.desk import authorize
from tests.oauth.desk import Desk, as_user
from tests.oauth.provider import GOOGLE_PAGE, MICROSOFT
from tests.site.channels import user_with
from tests.site.mails import mail


@pytest.fixture
def manager(site):
	return user_with(site, "Email Channel Manager")


@pytest.fixture
def agent(site):
	# The framework makes a first user System Manager, whatever roles it is given.
	user_with(site, "System Manager")
	return user_with(site, "Website Manager")


def test_signed_in_channel_receives_mail(any_desk):
	any_desk.mailbox.append("INBOX", mail("The printer burns").as_bytes())
	assert any_desk.sign_in()["signed_in"]
	any_desk.activate()
	assert any_desk.poll() == "Connected", any_desk.state("health_reason")
	assert [m.subject for m in any_desk.mailbox.messages("Done")] == ["The printer burns"]


def test_over_pop3_too(provider, mailbox):
	mailbox.append("INBOX", mail("The printer burns").as_bytes())
	desk = Desk(
		provider,
		mailbox,
		protocol="POP3",
		port=mailbox.pop3s_port,
		after_processing="Delete",
		folder_mapping=[],
	).ready()
	assert "POP.AccessAsUser.All" in desk.provider.token_requests()[0].form["scope"]
	assert desk.poll() == "Connected", desk.state("health_reason")
	assert mailbox.messages("INBOX") == []


def test_the_person_comes_back_to_the_form_and_is_told_once(desk):
	desk.come_back(desk.provider.sign_in(desk.page(), desk.mailbox.user))
	assert frappe.local.response.location == get_url_to_form("Email Channel", desk.name)
	assert authorize.outcome(desk.name) is None


def test_a_shared_mailbox_is_read_with_the_account_that_signed_in(desk):
	desk.provider.delegations["admin@customer.example"] = desk.mailbox.user
	told = desk.sign_in("admin@customer.example")
	assert told["signed_in"] and "admin@customer.example" in told["words"]
	desk.activate()
	assert desk.poll() == "Connected", desk.state("health_reason")


def test_an_account_that_may_not_open_the_mailbox_is_noticed(desk):
	desk.sign_in("stranger@customer.example")
	desk.activate()
	assert desk.poll() == "Needs Authorization"
	assert "user name is the mailbox's address" in desk.state("health_reason")


def test_app_only_access_needs_no_person(provider, mailbox):
	desk = Desk(provider, mailbox, grant_type="Client Credentials")
	provider.delegations[desk.application.client_id] = mailbox.user
	desk.activate()
	assert desk.poll() == "Connected", desk.state("health_reason")


def test_a_pasted_refresh_token_serves_too(provider, mailbox):
	first = Desk(provider, mailbox, "Other")
	first.sign_in()
	pasted = first.refresh_token()
	first.channel.reload()
	first.channel.refresh_token = f" {pasted}\n"
	first.channel.save()
	first.activate()
	assert first.poll() == "Connected", first.state("health_reason")


def test_declining_leaves_the_channel_as_it_was_and_says_so(desk):
	told = desk.sign_in(accept=False)
	assert not told["signed_in"] and "declined" in told["words"] and "AADSTS65004" in told["words"]
	assert desk.refresh_token() == ""


def test_a_wrong_secret_is_explained_on_the_form(desk):
	desk.application.secret = "another"
	told = desk.sign_in()
	assert not told["signed_in"]
	assert "AADSTS7000215" in told["words"] and "Secret ID" in told["words"]


def test_a_wrong_tenant_is_explained_before_anybody_leaves(desk):
	desk.channel.tenant_id = "11111111-2222-3333-4444-555555555555"
	desk.channel.client_secret = desk.application.secret
	desk.channel.save()
	with pytest.raises(frappe.ValidationError, match="tenant does not exist"):
		desk.page()


def test_authorizing_again_after_a_refusal_mends_the_channel(desk):
	desk.ready()
	desk.provider.revoke()
	assert desk.poll() == "Needs Authorization"
	assert desk.sign_in()["signed_in"]
	assert desk.state("health") == "Not Polled Yet"
	assert desk.poll() == "Connected", desk.state("health_reason")


def test_a_form_that_was_open_meanwhile_cannot_undo_the_sign_in(desk):
	stale = frappe.get_doc("Email Channel", desk.name)
	desk.sign_in()
	with pytest.raises(frappe.TimestampMismatchError):
		stale.save()
	assert desk.refresh_token()


# ── Ways back that are refused ─────────────────────────────────────────────────────────────


def refused_words(desk, answer, words):
	"""Come back and expect to be told these words on a page of its own, with the way to the channels."""
	assert desk.come_back(answer) is None
	assert frappe.local.response["type"] == "page"
	assert frappe.local.response["http_status_code"] == 400
	assert words in frappe.local.message


def assert_not_signed_in(desk):
	assert desk.refresh_token() == ""
	assert not desk.provider.token_requests()


def test_a_replayed_answer_is_refused(desk):
	answer = desk.provider.sign_in(desk.page(), desk.mailbox.user)
	desk.come_back(answer)
	before = desk.refresh_token()
	refused_words(desk, answer, "already used")
	assert desk.refresh_token() == before
	assert len(desk.provider.token_requests()) == 1


def test_an_invented_state_is_refused(desk):
	answer = desk.provider.sign_in(desk.page(), desk.mailbox.user)
	refused_words(desk, {**answer, "state": "x" * 43}, "already used")
	assert_not_signed_in(desk)


def test_a_missing_state_is_refused(desk):
	answer = desk.provider.sign_in(desk.page(), desk.mailbox.user)
	refused_words(desk, {"code": answer["code"]}, "already used")
	assert_not_signed_in(desk)


def test_a_sign_in_of_another_user_is_refused(desk, manager):
	answer = desk.provider.sign_in(desk.page(), desk.mailbox.user)
	with as_user(manager):
		refused_words(desk, answer, "another user")
	assert_not_signed_in(desk)


def test_an_expired_state_is_refused(desk, site):
	answer = desk.provider.sign_in(desk.page(), desk.mailbox.user)
	site.cache.delete_keys("mailchannel_sign_in:")
	refused_words(desk, answer, "ten minutes")
	assert_not_signed_in(desk)


def test_a_channel_changed_meanwhile_is_refused(desk):
	answer = desk.provider.sign_in(desk.page(), desk.mailbox.user)
	desk.channel.reload()
	desk.channel.client_id = "11111111-2222-3333-4444-555555555555"
	desk.channel.save()
	told = desk.come_back(answer)
	assert not told["signed_in"] and "changed during the sign-in" in told["words"]
	assert_not_signed_in(desk)


def test_a_mail_server_changed_meanwhile_gets_no_token(desk):
	answer = desk.provider.sign_in(desk.page(), desk.mailbox.user)
	frappe.db.set_value("Email Channel", desk.name, "host", "evil.example")
	told = desk.come_back(answer)
	assert not told["signed_in"] and "changed during the sign-in" in told["words"]
	assert_not_signed_in(desk)


@pytest.mark.parametrize("field", ["host", "port", "security", "user_name"])
def test_no_token_reaches_a_mail_server_that_was_slipped_in(desk, field):
	value = {"host": "127.0.0.1", "port": 143, "security": "STARTTLS", "user_name": "somebody"}[field]
	desk.ready()
	desk.access_token()
	asked = len(desk.provider.token_requests())
	frappe.db.set_value("Email Channel", desk.name, field, value)
	frappe.db.commit()
	with pytest.raises(ChannelError):
		desk.access_token()
	assert len(desk.provider.token_requests()) == asked


def test_a_code_for_another_channel_is_refused(desk, provider, dovecot):
	other = Desk(provider, dovecot.new_mailbox())
	other.channel.update({"client_id": desk.application.client_id, "client_secret": desk.application.secret})
	other.channel.save()
	mine = provider.sign_in(desk.page(), desk.mailbox.user)
	theirs = provider.sign_in(other.page(), desk.mailbox.user)
	told = other.come_back({**theirs, "code": mine["code"]})
	assert not told["signed_in"] and "belongs to another sign-in" in told["words"]
	assert other.refresh_token() == "" and desk.refresh_token() == ""


# ── Who may ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("method", [authorize.authorize, authorize.callback])
def test_guests_are_not_let_in(method):
	assert method in frappe.whitelisted and method not in frappe.guest_methods


def test_an_agent_may_neither_begin_nor_finish_a_sign_in(desk, agent):
	page = desk.page()
	answer = desk.provider.sign_in(page, desk.mailbox.user)
	with as_user(agent):
		with pytest.raises(frappe.PermissionError):
			desk.page()
		with pytest.raises(frappe.PermissionError):
			desk.come_back(answer)
	assert_not_signed_in(desk)


def test_a_channel_manager_may(desk, manager):
	with as_user(manager):
		assert desk.sign_in()["signed_in"]
	assert frappe.db.get_value("Email Channel Token", desk.name, "authorized_by") == manager


def test_the_redirect_url_shown_is_the_one_sent(desk):
	desk.page()
	asked = desk.provider.requests
	desk.channel.reload()
	assert desk.channel.redirect_url in desk.application.redirect_uris
	assert {request.host for request in asked} <= {MICROSOFT, GOOGLE_PAGE}
