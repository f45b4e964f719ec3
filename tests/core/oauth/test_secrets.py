"""No secret, token, code or verifier in any error or log line, at any level, nor its base64."""

import base64
import logging
import traceback
from urllib.parse import quote_plus

import pytest

from helpdesk_mailchannel.mailcore.errors import ChannelError
from tests.oauth.provider import aadsts


def forms(secret):
	octets = secret.encode()
	yield secret
	yield quote_plus(secret)
	yield base64.b64encode(octets).decode().rstrip("=")
	yield base64.urlsafe_b64encode(octets).decode().rstrip("=")


@pytest.fixture
def everything(caplog):
	caplog.set_level(logging.DEBUG)
	return caplog


def assert_hidden(secrets, *texts):
	found = [form[:12] for secret in secrets for form in forms(secret) for text in texts if form in text]
	assert not found


def test_a_whole_sign_in_and_renewal_logs_no_secret(desk, everything):
	begun = desk.provider.begin("s" * 43)
	answer = desk.server.sign_in(begun.url, "helper@customer.example")
	first = desk.provider.redeem(begun.remembered, answer)
	second = desk.provider.renew(first.refresh)
	verifier = str(begun.remembered.get("code_verifier") or begun.remembered["verifier"])
	secrets = [desk.secret, verifier, answer["code"], first.refresh, second.refresh]
	assert_hidden([*secrets, first.access.value, second.access.value], everything.text)


@pytest.mark.parametrize("status", [200, 400, 503])
def test_a_provider_that_repeats_what_it_was_sent_is_masked(desk, everything, status):
	refresh = desk.signed_in().refresh
	repeated = f"You sent {desk.secret} and {refresh} and {base64.b64encode(desk.secret.encode()).decode()}"
	for body in (
		{"error": "odd", "error_description": repeated},
		{"error": repeated},
		aadsts(999998, "odd", repeated),
		repeated,
		{"access_token": {"nested": repeated}},
	):
		desk.server.fail("/token", status, body)
		with pytest.raises(ChannelError) as caught:
			desk.provider.renew(refresh)
		chain = "".join(traceback.format_exception(caught.value))
		assert_hidden([desk.secret, refresh], str(caught.value), caught.value.detail, everything.text, chain)


def test_an_answer_cut_in_the_middle_of_a_token_is_not_logged(desk, everything):
	refresh = desk.signed_in().refresh
	desk.server.fail("/token", 200, '{"access_token": "half-of-a-token-nobody-may-see')
	with pytest.raises(ChannelError) as caught:
		desk.provider.renew(refresh)
	assert_hidden(["half-of-a-token-nobody-may-see"], str(caught.value), everything.text)
