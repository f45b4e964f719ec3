"""A provider that is down, slow, redirects, floods or answers nonsense; and where we do not connect."""

import socket
from dataclasses import replace
from datetime import timedelta

import pytest

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.oauth.http import HttpClient
from helpdesk_mailchannel.mailcore.reasons import Health, Step, Trouble
from helpdesk_mailchannel.mailcore.settings import HostPolicy
from tests.oauth.provider import OTHER


@pytest.fixture
def renew(desk):
	"""Renewing by a refresh token that is good, with the request that is about to go wrong."""
	refresh = desk.signed_in().refresh

	def attempt():
		with pytest.raises(ChannelError) as caught:
			desk.provider.renew(refresh)
		return caught.value

	return attempt


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_provider_in_trouble_is_waited_for(desk, renew, status):
	desk.server.fail("/token", status, {"error": "temporarily_unavailable"})
	error = renew()
	assert error.trouble is Trouble.TOKEN_UNAVAILABLE
	assert error.passing and error.trouble.health is Health.COOLING_OFF


@pytest.mark.parametrize(
	("headers", "wait"),
	[
		({"Retry-After": "17"}, timedelta(seconds=17)),
		({"Retry-After": "999999999999"}, timedelta(days=1)),
		(
			{"Retry-After": "Sun, 01 Mar 2026 12:05:00 GMT", "Date": "Sun, 01 Mar 2026 12:00:00 GMT"},
			timedelta(minutes=5),
		),
		({"Retry-After": "soon"}, None),
		({}, None),
	],
)
def test_the_wait_a_provider_asks_for_is_passed_on(other, headers, wait):
	other.server.fail("/token", 429, headers=headers)
	with pytest.raises(ChannelError) as caught:
		other.provider.app_only()
	assert caught.value.retry_after == wait


@pytest.mark.parametrize(
	"nonsense",
	[
		"",
		"<html>Sign in to this Wi-Fi</html>",
		"[]",
		'"ok"',
		"{",
		"{" * 100_000,
		'{"access_token": 7}',
		"{}",
		"\x00",
	],
)
def test_nonsense_is_waited_for(desk, renew, nonsense):
	desk.server.fail("/token", 200, nonsense)
	assert renew().trouble is Trouble.TOKEN_UNAVAILABLE


def test_a_truncated_answer_does_not_show_its_token(desk, renew):
	desk.server.fail("/token", 200, '{"access_token": "eyJ0-half-a-token-that-nobody-may-see", "expi')
	assert "half-a-token" not in str(renew())


def test_a_flood_is_cut_off(desk, renew):
	desk.server.fail("/token", 200, '{"access_token": "' + "a" * 300_000 + '"}')
	assert "too long" in str(renew())


def test_a_slow_provider_is_not_waited_for_longer_than_the_timeout(other):
	other.http = HttpClient(other.server.resolve, timeout=0.2, ca_file=str(other.server.ca_file))
	other.server.fail("/token", delay=1.0)
	with pytest.raises(ChannelError, match="did not answer in time") as caught:
		other.provider.app_only()
	assert caught.value.trouble is Trouble.TOKEN_UNAVAILABLE


def test_a_redirect_is_not_followed(desk, renew):
	desk.server.fail("/token", 307, headers={"Location": "https://id.provider.example/elsewhere"})
	error = renew()
	assert error.trouble is Trouble.TOKEN_UNAVAILABLE and "redirection" in str(error)
	assert not [request for request in desk.server.requests if request.path == "/elsewhere"]


def test_a_provider_that_is_down_is_waited_for(other):
	with socket.socket() as unused:
		unused.bind(("127.0.0.1", 0))
		other.http = HttpClient(lambda host, port: [unused.getsockname()])
		with pytest.raises(ChannelError, match="could not be connected to") as caught:
			other.provider.app_only()
	assert caught.value.trouble is Trouble.TOKEN_UNAVAILABLE


def test_the_second_address_is_tried_where_the_first_does_not_answer(other):
	with socket.socket() as unused:
		unused.bind(("127.0.0.1", 0))
		addresses = [unused.getsockname(), ("127.0.0.1", other.server.port)]
		other.http = HttpClient(lambda host, port: addresses, ca_file=str(other.server.ca_file))
		assert other.provider.app_only().access.value


def test_a_name_without_address_reaches_nobody(other):
	other.change(token_endpoint="https://nobody.example/token")
	with pytest.raises(ChannelError, match=r"nobody\.example"):
		other.provider.app_only()


def test_the_sites_host_rules_hold_for_token_endpoints(other):
	def forbid(host, port):
		raise ChannelError(Trouble.HOST_FORBIDDEN, Step.RESOLVE, host)

	other.http = HttpClient(forbid)
	with pytest.raises(ChannelError) as caught:
		other.provider.app_only()
	assert caught.value.trouble is Trouble.HOST_FORBIDDEN
	assert not other.server.requests


def test_a_certificate_of_an_unknown_authority_is_refused(other):
	other.http = HttpClient(other.server.resolve)
	with pytest.raises(ChannelError) as caught:
		other.provider.app_only()
	assert caught.value.trouble is Trouble.CERTIFICATE
	assert not other.server.requests


def test_a_certificate_for_another_name_is_refused(other):
	lead_here = [("127.0.0.1", other.server.port)]
	other.http = HttpClient(lambda host, port: lead_here, ca_file=str(other.server.ca_file))
	other.change(token_endpoint="https://elsewhere.example/token")
	with pytest.raises(ChannelError, match="another name") as caught:
		other.provider.app_only()
	assert caught.value.trouble is Trouble.CERTIFICATE
	assert not other.server.requests


@pytest.mark.parametrize(
	"address",
	[
		"",
		"id.provider.example/token",
		"ftp://id.provider.example/",
		"https://",
		"https://u:p@id.provider.example/t",
	],
)
def test_an_address_that_is_none_reaches_nobody(other, address):
	other.change(token_endpoint=address)
	with pytest.raises(ChannelError) as caught:
		other.provider.app_only()
	assert caught.value.trouble is Trouble.SETTINGS_INCOMPLETE
	assert not other.server.requests


@pytest.mark.parametrize(
	("policy", "address", "allowed"),
	[
		(HostPolicy(allow_loopback=True), "127.0.0.1", True),
		(HostPolicy(allow_loopback=False), "127.0.0.1", False),
		(HostPolicy(allow_loopback=True, allow_plain=True), "192.0.2.1", False),
	],
)
def test_only_loopback_is_asked_without_encryption_and_only_where_the_site_allows_it(
	other, policy, address, allowed
):
	other.http = HttpClient(lambda host, port: [(address, other.server.plain_port)], hosts=policy)
	other.change(token_endpoint=f"http://{OTHER}/token")
	if allowed:
		assert other.provider.app_only().access.value
	else:
		with pytest.raises(ChannelError) as caught:
			other.provider.app_only()
		assert caught.value.trouble is Trouble.PLAIN_FORBIDDEN
		assert not other.server.requests


def test_a_trouble_on_the_way_leaves_the_refresh_token_good(desk):
	refresh = desk.signed_in().refresh
	desk.server.fail("/token", 503)
	with pytest.raises(ChannelError):
		desk.provider.renew(refresh)
	assert desk.provider.renew(refresh).access.value


def test_a_known_refusal_within_a_successful_status_is_a_refusal(other):
	other.server.fail("/token", 200, {"error": "invalid_client"})
	with pytest.raises(ChannelError) as caught:
		other.provider.app_only()
	assert caught.value.trouble is Trouble.OAUTH_MISCONFIGURED


def test_settings_that_differ_only_in_the_endpoint_ask_that_endpoint(other):
	other.settings = replace(other.settings, token_endpoint=f"https://{OTHER}/realms/a/token")
	other.provider.app_only()
	assert other.server.requests[-1].path == "/realms/a/token"
