"""A provider on loopback and clients for it; time stands still until a test moves it."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from helpdesk_mailchannel.mailcore.oauth.choose import provider_for
from helpdesk_mailchannel.mailcore.oauth.defaults import prefilled
from helpdesk_mailchannel.mailcore.oauth.http import HttpClient
from helpdesk_mailchannel.mailcore.settings import Grant, OAuthProvider, OAuthSettings, Protocol
from tests.oauth.provider import GOOGLE_PAGE, MICROSOFT, OTHER, TENANT, ProviderServer

REDIRECT = "https://desk.example/api/method/helpdesk_mailchannel.ticketing.authorise.callback"
HOSTS = {
	OAuthProvider.MICROSOFT: MICROSOFT,
	OAuthProvider.GOOGLE: GOOGLE_PAGE,
	OAuthProvider.OTHER: OTHER,
}


class StandingClock:
	def __init__(self):
		self.time = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)

	def now(self):
		return self.time

	def forward(self, **span):
		self.time += timedelta(**span)


class Desk:
	"""A site's side of one channel: its application, registered, and the provider seen through our code."""

	def __init__(self, server, clock, kind, protocol=Protocol.IMAP, **settings):
		host = HOSTS[kind]
		self.server, self.clock = server, clock
		self.application = server.register(host, REDIRECT)
		self.secret = self.application.secret
		self.settings = prefilled(
			OAuthSettings(kind, self.application.client_id, tenant=TENANT, redirect_uri=REDIRECT, **settings),
			protocol,
		)
		if kind is OAuthProvider.OTHER:
			self.settings = replace(
				self.settings,
				authorization_url=self.settings.authorization_url or f"https://{OTHER}/authorize?brand=desk",
				token_endpoint=self.settings.token_endpoint or f"https://{OTHER}/token",
				scopes=self.settings.scopes or ("mail",),
			)
		self.http = server.http

	@property
	def provider(self):
		return provider_for(
			self.settings, self.secret, http=self.http, clock=self.clock, random_octets=secrets.token_bytes
		)

	def change(self, **settings):
		self.settings = replace(self.settings, **settings)

	def signed_in(self, account="helper@customer.example"):
		begun = self.provider.begin("s" * 43)
		return self.provider.redeem(begun.remembered, self.server.sign_in(begun.url, account))


@pytest.fixture
def clock():
	return StandingClock()


@pytest.fixture(scope="session")
def running(tmp_path_factory):
	with ProviderServer(tmp_path_factory.mktemp("provider")) as server:
		server.http = HttpClient(server.resolve, timeout=5.0, ca_file=str(server.ca_file))
		yield server


@pytest.fixture
def server(running, clock):
	running.reset(clock.now)
	return running


@pytest.fixture
def microsoft(server, clock):
	return Desk(server, clock, OAuthProvider.MICROSOFT)


@pytest.fixture
def microsoft_app(server, clock):
	return Desk(server, clock, OAuthProvider.MICROSOFT, grant=Grant.CLIENT_CREDENTIALS)


@pytest.fixture
def google(server, clock):
	return Desk(server, clock, OAuthProvider.GOOGLE)


@pytest.fixture
def other(server, clock):
	return Desk(server, clock, OAuthProvider.OTHER)


@pytest.fixture(params=[OAuthProvider.MICROSOFT, OAuthProvider.GOOGLE, OAuthProvider.OTHER])
def desk(request, server, clock):
	"""Each of the three kinds of provider in turn."""
	return Desk(server, clock, request.param)
