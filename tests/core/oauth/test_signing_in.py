"""Both halves of a person's sign-in, renewal and app-only access, at each kind of provider."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.oauth.choose import obtain
from helpdesk_mailchannel.mailcore.reasons import Trouble
from helpdesk_mailchannel.mailcore.settings import ClientAuthentication, Grant, OAuthProvider
from tests.oauth.provider import MICROSOFT, TENANT


def query_of(url):
	return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def refused(trouble):
	return pytest.raises(ChannelError, check=lambda error: error.trouble is trouble)


def test_signing_in_opens_the_mailbox(desk):
	tokens = desk.signed_in("support@customer.example")
	assert desk.server.opens(tokens.access.value) == "support@customer.example"
	assert tokens.access.expires_at - desk.clock.now() == timedelta(hours=1)
	assert tokens.refresh


def test_the_page_is_asked_for_a_code_with_pkce_and_the_state(desk):
	begun = desk.provider.begin("the-state-of-this-sign-in-0123456789abcdef")
	asked = query_of(begun.url)
	assert asked["state"] == "the-state-of-this-sign-in-0123456789abcdef"
	assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
	assert asked["redirect_uri"] == desk.settings.redirect_uri
	assert desk.secret not in begun.url


def test_the_verifier_never_leaves_by_the_browser_and_is_new_each_time(desk):
	first, second = desk.provider.begin("a" * 43), desk.provider.begin("a" * 43)
	hidden = [
		str(begun.remembered.get("code_verifier") or begun.remembered["verifier"])
		for begun in (first, second)
	]
	assert len(set(hidden)) == 2
	assert all(len(verifier) >= 43 for verifier in hidden)
	assert hidden[0] not in first.url and hidden[0] not in repr(first)


def test_google_is_asked_for_lasting_access(google):
	asked = query_of(google.provider.begin("s" * 43).url)
	assert (asked["access_type"], asked["prompt"]) == ("offline", "consent")
	assert asked["scope"] == "https://mail.google.com/"


def test_microsoft_asks_which_account_signs_in_and_suggests_the_one_named(microsoft):
	microsoft.change(login_hint="admin@customer.example")
	asked = query_of(microsoft.provider.begin("s" * 43).url)
	assert asked["prompt"] == "select_account"
	assert asked["login_hint"] == "admin@customer.example"
	assert "https://outlook.office.com/IMAP.AccessAsUser.All" in asked["scope"].split()
	assert "offline_access" in asked["scope"].split()


def test_an_authorization_url_keeps_its_own_query(other):
	assert query_of(other.provider.begin("s" * 43).url)["brand"] == "desk"


def test_a_shared_mailbox_is_opened_by_the_account_that_signed_in(microsoft):
	microsoft.server.delegations["admin@customer.example"] = "support@customer.example"
	tokens = microsoft.signed_in("admin@customer.example")
	assert tokens.account == "admin@customer.example"
	assert microsoft.server.opens(tokens.access.value) == "support@customer.example"


def test_renewing_gives_a_new_access_token_and_the_refresh_token_that_replaced_the_old_one(desk):
	first = desk.signed_in()
	second = desk.provider.renew(first.refresh)
	assert desk.server.opens(second.access.value)
	assert second.refresh not in ("", first.refresh)
	with refused(Trouble.TOKEN_DEAD):
		desk.provider.renew(first.refresh)


def test_a_provider_that_does_not_replace_refresh_tokens_keeps_the_old_one_valid(desk):
	desk.server.rotates = False
	first = desk.signed_in()
	assert desk.provider.renew(first.refresh).refresh == first.refresh


def test_a_pasted_refresh_token_serves_like_one_from_signing_in(other):
	pasted = other.signed_in().refresh
	tokens = obtain(other.provider, Grant.AUTHORIZATION_CODE, pasted)
	assert other.server.opens(tokens.access.value)


def test_without_any_refresh_token_a_person_is_asked_to_authorize(desk):
	with refused(Trouble.TOKEN_DEAD):
		obtain(desk.provider, Grant.AUTHORIZATION_CODE, "")
	assert not desk.server.token_requests()


def test_revoked_access_is_dead(desk):
	tokens = desk.signed_in()
	desk.server.revoke()
	with refused(Trouble.TOKEN_DEAD):
		desk.provider.renew(tokens.refresh)


def test_a_code_serves_once(desk):
	begun = desk.provider.begin("s" * 43)
	answer = desk.server.sign_in(begun.url, "helper@customer.example")
	desk.provider.redeem(begun.remembered, answer)
	with refused(Trouble.TOKEN_DEAD):
		desk.provider.redeem(begun.remembered, answer)


def test_a_code_of_another_sign_in_is_refused(desk):
	"""The code was issued for another channel of the same application, so the verifier differs."""
	mine, theirs = desk.provider.begin("s" * 43), desk.provider.begin("s" * 43)
	answer = desk.server.sign_in(theirs.url, "helper@customer.example")
	with refused(Trouble.TOKEN_DEAD):
		desk.provider.redeem(mine.remembered, answer)


def test_a_code_that_waited_too_long_is_refused(desk):
	begun = desk.provider.begin("s" * 43)
	answer = desk.server.sign_in(begun.url, "helper@customer.example")
	desk.clock.forward(minutes=11)
	with refused(Trouble.TOKEN_DEAD):
		desk.provider.redeem(begun.remembered, answer)


def test_declining_is_told_in_our_words(desk):
	begun = desk.provider.begin("s" * 43)
	answer = desk.server.sign_in(begun.url, "helper@customer.example", accept=False)
	with pytest.raises(ChannelError, match="(declined|refused).*Click Authorize again"):
		desk.provider.redeem(begun.remembered, answer)


def test_an_answer_with_neither_code_nor_error_is_refused(desk):
	with pytest.raises(ChannelError, match="no code"):
		desk.provider.redeem(desk.provider.begin("s" * 43).remembered, {"state": "s" * 43})


def test_a_sign_in_that_would_end_within_the_hour_is_refused(desk):
	desk.server.gives_refresh_tokens = False
	with pytest.raises(ChannelError, match="no refresh token"):
		desk.signed_in()


def test_a_wrong_secret_is_a_mistake_of_the_application(desk):
	desk.secret = "not-the-secret"
	with refused(Trouble.OAUTH_MISCONFIGURED):
		desk.signed_in()


def test_google_permissions_not_ticked_are_noticed(google):
	begun = google.provider.begin("s" * 43)
	answer = google.server.sign_in(begun.url, "helper@customer.example")
	google.change(scopes=("https://mail.google.com/", "https://www.googleapis.com/auth/contacts"))
	with pytest.raises(ChannelError, match="did not tick"):
		google.provider.redeem(begun.remembered, answer)


def test_the_secret_goes_by_http_basic_where_the_provider_wants_it(other):
	other.application.basic_only = True
	other.application.secret = other.secret = "s:ü +/%&=~"
	other.change(client_authentication=ClientAuthentication.BASIC)
	assert other.signed_in().refresh
	[request] = other.server.token_requests()
	assert "client_secret" not in request.form and "client_id" not in request.form


def test_app_only_access_needs_no_person(microsoft_app):
	microsoft_app.server.delegations[microsoft_app.application.client_id] = "support@customer.example"
	tokens = obtain(microsoft_app.provider, Grant.CLIENT_CREDENTIALS, "")
	assert microsoft_app.server.opens(tokens.access.value) == "support@customer.example"
	assert tokens.refresh == ""
	[request] = microsoft_app.server.token_requests()
	assert request.form["scope"] == "https://outlook.office365.com/.default"


def test_app_only_access_at_another_provider(other):
	assert other.server.opens(other.provider.app_only().access.value)


def test_app_only_access_needs_the_organisations_own_tenant(microsoft_app):
	microsoft_app.change(tenant="organizations")
	with pytest.raises(ChannelError, match="AADSTS9001023"):
		microsoft_app.provider.app_only()


def test_a_wrong_tenant_is_named_as_such(microsoft):
	microsoft.change(tenant="11111111-2222-3333-4444-555555555555")
	with pytest.raises(ChannelError, match=r"tenant does not exist.*AADSTS90002"):
		microsoft.provider.begin("s" * 43)


def test_a_wrong_client_id_is_named_as_such(microsoft):
	tokens = microsoft.signed_in()
	microsoft.change(client_id="11111111-2222-3333-4444-555555555555")
	with pytest.raises(ChannelError, match="AADSTS700016"):
		microsoft.provider.renew(tokens.refresh)


@pytest.mark.parametrize("tenant", ["", "a/b", "../x", "ten ant", "t?x=1", "x" * 300])
def test_a_tenant_that_is_none_reaches_nobody(microsoft, tenant):
	microsoft.change(tenant=tenant)
	with refused(Trouble.SETTINGS_INCOMPLETE):
		microsoft.provider.begin("s" * 43)
	assert not microsoft.server.requests


def test_a_sign_in_host_that_is_not_microsofts_reaches_nobody(microsoft):
	microsoft.change(authority="login.microsoftonline.com.evil.example")
	with refused(Trouble.SETTINGS_INCOMPLETE):
		microsoft.provider.begin("s" * 43)
	assert not microsoft.server.requests


def test_a_discovery_document_cannot_lead_the_secret_elsewhere(microsoft):
	document = microsoft.server.discovery(f"/{TENANT}/v2.0/.well-known/openid-configuration")
	document["token_endpoint"] = f"https://id.provider.example/{TENANT}/oauth2/v2.0/token"
	microsoft.server.fail("openid-configuration", 200, document)
	with refused(Trouble.TOKEN_UNAVAILABLE):
		microsoft.provider.renew("1//a-refresh-token")
	assert not microsoft.server.token_requests()


def test_requests_go_to_microsofts_own_name(microsoft):
	microsoft.signed_in()
	assert {request.host for request in microsoft.server.requests} == {MICROSOFT}


def test_nothing_secret_shows_in_a_repr(desk):
	tokens = desk.signed_in()
	shown = repr((desk.provider, tokens, tokens.access))
	for secret in (desk.secret, tokens.access.value, tokens.refresh):
		assert secret not in shown


def test_every_kind_of_provider_has_an_implementation():
	assert {kind.value for kind in OAuthProvider} == {"Microsoft", "Google", "Other"}
