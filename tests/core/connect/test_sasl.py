"""The SASL conversations."""

from __future__ import annotations

import pytest

from helpdesk_mailchannel.mailcore.connect.sasl import OAUTHBEARER, XOAUTH2, TokenExchange, plain


def test_plain_names_user_and_password():
	assert plain("jürgen", "pässword") == b"\0j\xc3\xbcrgen\0p\xc3\xa4ssword"


@pytest.mark.parametrize(("user", "password"), [("a\0b", "c"), ("a", "b\0c")])
def test_a_nul_cannot_change_who_signs_in(user, password):
	with pytest.raises(ValueError):
		plain(user, password)


def test_xoauth2_presents_the_token_once_and_acknowledges_a_refusal():
	exchange = TokenExchange(XOAUTH2, "me@desk.example", "tok")
	assert exchange(b"") == b"user=me@desk.example\x01auth=Bearer tok\x01\x01"
	assert exchange(b'{"status":"401","schemes":"bearer","scope":"https://mail.google.com/"}') == b""
	assert exchange.reason == "status 401, scope https://mail.google.com/"


def test_oauthbearer_presents_the_token_once_and_acknowledges_a_refusal():
	exchange = TokenExchange(OAUTHBEARER, "a,b=c", "tok")
	assert exchange(b"") == b"n,a=a=2Cb=3Dc,\x01auth=Bearer tok\x01\x01"
	assert exchange(b'{"status":"invalid_token"}') == b"\x01"
	assert exchange.reason == "status invalid_token"


@pytest.mark.parametrize("challenge", [b"", b"not json", b"[1]", b"[" * 100_000, b"\xff"])
def test_a_strange_refusal_has_no_reason(challenge):
	exchange = TokenExchange(XOAUTH2, "me", "tok")
	exchange(b"")
	assert exchange(challenge) == b"" and exchange.reason == ""


@pytest.mark.parametrize("token", ["a\x01b", "a\r\nb"])
def test_a_token_cannot_add_fields(token):
	with pytest.raises(ValueError):
		TokenExchange(XOAUTH2, "me", token)


def test_the_token_is_in_no_repr():
	assert "tok" not in repr(TokenExchange(XOAUTH2, "me", "tok-tok")).replace("TokenExchange", "")
