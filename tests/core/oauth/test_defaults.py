import pytest

from helpdesk_mailchannel.mailcore.oauth.defaults import prefilled
from helpdesk_mailchannel.mailcore.settings import Grant, OAuthProvider, OAuthSettings, Protocol

PERSON, APPLICATION = Grant.AUTHORIZATION_CODE, Grant.CLIENT_CREDENTIALS


@pytest.mark.parametrize(
	("grant", "protocol", "scopes"),
	[
		(PERSON, Protocol.IMAP, ("https://outlook.office.com/IMAP.AccessAsUser.All", "offline_access")),
		(PERSON, Protocol.POP3, ("https://outlook.office.com/POP.AccessAsUser.All", "offline_access")),
		(APPLICATION, Protocol.IMAP, ("https://outlook.office365.com/.default",)),
		(APPLICATION, Protocol.POP3, ("https://outlook.office365.com/.default",)),
	],
)
def test_microsofts_scopes_follow_grant_and_protocol(grant, protocol, scopes):
	settings = OAuthSettings(OAuthProvider.MICROSOFT, "client", grant, tenant="customer.example")
	assert prefilled(settings, protocol).scopes == scopes


def test_microsofts_endpoints_follow_tenant_and_cloud():
	settings = OAuthSettings(
		OAuthProvider.MICROSOFT, "client", tenant="customer.example", authority="login.microsoftonline.us"
	)
	filled = prefilled(settings, Protocol.IMAP)
	assert (
		filled.authorization_url == "https://login.microsoftonline.us/customer.example/oauth2/v2.0/authorize"
	)
	assert filled.token_endpoint == "https://login.microsoftonline.us/customer.example/oauth2/v2.0/token"


def test_google_needs_nothing_but_the_client():
	filled = prefilled(OAuthSettings(OAuthProvider.GOOGLE, "client"), Protocol.IMAP)
	assert filled.authorization_url == "https://accounts.google.com/o/oauth2/v2/auth"
	assert filled.token_endpoint == "https://oauth2.googleapis.com/token"
	assert filled.scopes == ("https://mail.google.com/",)


@pytest.mark.parametrize("kind", list(OAuthProvider))
def test_what_was_entered_stays(kind):
	settings = OAuthSettings(
		kind,
		"c",
		scopes=("own",),
		authorization_url="https://own.example/a",
		token_endpoint="https://own.example/t",
	)
	assert prefilled(settings, Protocol.IMAP) == settings
