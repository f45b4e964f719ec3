"""Which implementation a channel's settings call for, and which of its grants renews a token."""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.oauth.generic import GenericProvider
from helpdesk_mailchannel.mailcore.oauth.http import HttpClient
from helpdesk_mailchannel.mailcore.oauth.microsoft import MicrosoftProvider
from helpdesk_mailchannel.mailcore.oauth.provider import Provider
from helpdesk_mailchannel.mailcore.oauth.state import RandomOctets
from helpdesk_mailchannel.mailcore.oauth.tokens import TokenSet
from helpdesk_mailchannel.mailcore.ports import Clock
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import Grant, OAuthProvider, OAuthSettings


def provider_for(
	settings: OAuthSettings,
	client_secret: str,
	*,
	http: HttpClient,
	clock: Clock,
	random_octets: RandomOctets,
) -> Provider:
	"""Return the provider for a registered application (settings from `defaults.prefilled`, and secret)."""
	if settings.provider is OAuthProvider.MICROSOFT:
		return MicrosoftProvider(settings, client_secret, http, clock)
	return GenericProvider(settings, client_secret, http, clock, random_octets)


def obtain(provider: Provider, grant: Grant, refresh: str) -> TokenSet:
	"""Get an access token without a person: for the application itself, or with the refresh token.

	Raises ChannelError like `Provider`; TOKEN_DEAD also if nobody has signed in yet.
	"""
	if grant is Grant.CLIENT_CREDENTIALS:
		return provider.app_only()
	if not refresh:
		raise ChannelError(Trouble.TOKEN_DEAD, Step.TOKEN, _("Nobody has signed in for this channel yet."))
	return provider.renew(refresh)
