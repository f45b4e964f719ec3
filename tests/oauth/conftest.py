"""A site, a provider that its names lead to, and a Dovecot that lets in only who the provider confirms."""

import pytest

from devkit import ports
from devkit.fixtures import connected_site, mailbox, site  # noqa: F401
from devkit.services.dovecot_oauth import INTROSPECTION_PORT, OAuthDovecot
from tests.oauth.desk import Desk, lead_to
from tests.oauth.provider import ProviderServer


@pytest.fixture(scope="session")
def running(tmp_path_factory):
	folder = tmp_path_factory.mktemp("provider")
	with ProviderServer(folder, plain_port=ports.get(INTROSPECTION_PORT)) as provider:
		yield provider


@pytest.fixture(scope="session")
def dovecot(running):
	server = OAuthDovecot()
	server.start()
	return server


@pytest.fixture
def provider(running, site):  # noqa: F811
	running.reset()
	lead_to(running)
	return running


@pytest.fixture
def desk(provider, mailbox):  # noqa: F811
	"""A channel that a person signs in for at Microsoft."""
	return Desk(provider, mailbox)


@pytest.fixture(params=["Microsoft", "Google", "Other"])
def any_desk(request, provider, mailbox):  # noqa: F811
	return Desk(provider, mailbox, request.param)
