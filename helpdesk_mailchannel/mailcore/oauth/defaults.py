"""What the known providers prescribe: endpoints, scopes and hosts, so that nobody has to type them.

Sources: Microsoft, "Authenticate an IMAP, POP or SMTP connection using OAuth" and the list of national cloud
endpoints; Google, "Using OAuth 2.0 for Web Server Applications" and "XOAUTH2 Mechanism".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from helpdesk_mailchannel.mailcore.settings import Grant, OAuthProvider, OAuthSettings, Protocol

MICROSOFT_AUTHORITIES = (
	"login.microsoftonline.com",
	"login.microsoftonline.us",
	"login.partner.microsoftonline.cn",
)
"""The world's, the US government's clouds and China's: the only hosts a Microsoft channel signs in at."""

MICROSOFT_SCOPES: Mapping[tuple[Grant, Protocol], tuple[str, ...]] = {
	(Grant.AUTHORIZATION_CODE, Protocol.IMAP): (
		"https://outlook.office.com/IMAP.AccessAsUser.All",
		"offline_access",
	),
	(Grant.AUTHORIZATION_CODE, Protocol.POP3): (
		"https://outlook.office.com/POP.AccessAsUser.All",
		"offline_access",
	),
	(Grant.CLIENT_CREDENTIALS, Protocol.IMAP): ("https://outlook.office365.com/.default",),
	(Grant.CLIENT_CREDENTIALS, Protocol.POP3): ("https://outlook.office365.com/.default",),
}

GOOGLE_AUTHORIZATION_URL = "https://accounts.google.com/o/oauth2/v2/auth"
GOOGLE_TOKEN_ENDPOINT = "https://oauth2.googleapis.com/token"
GOOGLE_SCOPES = ("https://mail.google.com/",)


def prefilled(settings: OAuthSettings, protocol: Protocol) -> OAuthSettings:
	"""Fill in empty values that the provider prescribes; return another provider's settings unchanged."""
	if settings.provider is OAuthProvider.MICROSOFT:
		return _microsoft(settings, protocol)
	if settings.provider is OAuthProvider.GOOGLE:
		return replace(
			settings,
			authorization_url=settings.authorization_url or GOOGLE_AUTHORIZATION_URL,
			token_endpoint=settings.token_endpoint or GOOGLE_TOKEN_ENDPOINT,
			scopes=settings.scopes or GOOGLE_SCOPES,
		)
	return settings


def _microsoft(settings: OAuthSettings, protocol: Protocol) -> OAuthSettings:
	authority = settings.authority or MICROSOFT_AUTHORITIES[0]
	endpoints = f"https://{authority}/{settings.tenant}/oauth2/v2.0"
	return replace(
		settings,
		authority=authority,
		# Only to show them on the form: msal asks Microsoft for the endpoints itself.
		authorization_url=settings.authorization_url or f"{endpoints}/authorize",
		token_endpoint=settings.token_endpoint or f"{endpoints}/token",
		scopes=settings.scopes or MICROSOFT_SCOPES[settings.grant, protocol],
	)
