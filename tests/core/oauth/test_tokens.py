from datetime import datetime, timedelta, timezone

import pytest

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.oauth.tokens import AccessToken, token_set

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)


def token(lifetime):
	return AccessToken("t", NOW, NOW + lifetime)


@pytest.mark.parametrize(
	("lifetime", "age", "fresh"),
	[
		(timedelta(hours=1), timedelta(minutes=54, seconds=59), True),
		(timedelta(hours=1), timedelta(minutes=55), False),
		(timedelta(minutes=5), timedelta(minutes=2), True),
		(timedelta(minutes=5), timedelta(minutes=3), False),
		(timedelta(0), timedelta(0), False),
	],
)
def test_a_token_is_renewed_five_minutes_before_its_end_or_at_half_of_a_short_life(lifetime, age, fresh):
	assert token(lifetime).is_fresh(NOW + age) is fresh


@pytest.mark.parametrize("expires_in", [None, "", "soon", 0, -5, 1e300, float("nan"), [], True and "inf"])
def test_without_a_sensible_lifetime_an_hour_is_assumed(expires_in):
	tokens = token_set({"access_token": "t", "expires_in": expires_in}, NOW)
	assert tokens.access.expires_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize("expires_in", [600, "600", 600.0])
def test_the_lifetime_is_read_as_number_or_text(expires_in):
	assert token_set(
		{"access_token": "t", "expires_in": expires_in}, NOW
	).access.expires_at == NOW + timedelta(minutes=10)


@pytest.mark.parametrize("value", [None, "", 7, ["t"], "a\r\nb", "a\x01b", "tokén"])
def test_what_cannot_be_shown_to_a_mail_server_is_no_token(value):
	with pytest.raises(ChannelError, match="no access token"):
		token_set({"access_token": value}, NOW)


def test_a_token_bound_to_a_key_is_no_use():
	with pytest.raises(ChannelError, match="kind"):
		token_set({"access_token": "t", "token_type": "DPoP"}, NOW)


def test_a_missing_token_type_counts_as_bearer():
	assert token_set({"access_token": "t"}, NOW).access.value == "t"


def test_no_value_is_in_a_repr():
	shown = repr(token_set({"access_token": "the-access", "refresh_token": "the-refresh"}, NOW))
	assert "the-access" not in shown and "the-refresh" not in shown
