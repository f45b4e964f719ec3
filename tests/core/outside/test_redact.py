"""No form of a secret survives."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_mailchannel.mailcore.outside.redact import HIDDEN, redact

SECRET = "pä/s s+wörd?=&\"'\\"

FORMS = {
	"plain": SECRET,
	"base64": b64encode(SECRET.encode()).decode(),
	"urlsafe base64": urlsafe_b64encode(SECRET.encode()).decode(),
	"url": quote(SECRET, safe=""),
	"form": quote_plus(SECRET),
	"lower-case url": quote("a:b c", safe="").lower(),
	"json": json.dumps(SECRET)[1:-1],
	"repr": repr(SECRET)[1:-1],
}


@pytest.mark.parametrize("name", [name for name in FORMS if name != "lower-case url"])
def test_a_secret_is_removed_in_every_form(name):
	text = redact(f"it said <{FORMS[name]}> indeed", [SECRET])
	assert text == f"it said <{HIDDEN}> indeed"


@pytest.mark.parametrize("user", ["a", "ab", "abc", "support@desk.example"])
def test_a_password_is_removed_from_a_sasl_response(user):
	encoded = b64encode(f"\0{user}\0hunter2-hunter2".encode()).decode()
	text = redact(f"AUTHENTICATE PLAIN {encoded}", ["hunter2-hunter2"])
	assert encoded not in text and HIDDEN in text


@pytest.mark.parametrize(
	"text",
	[
		"Authorization: Bearer ya29.secret-part",
		'{"access_token": "ya29.secret-part", "expires_in": 3600}',
		"grant_type=refresh_token&refresh_token=secret-part&scope=x",
		"client_secret=secret-part",
		"token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzZWNyZXQtcGFydCJ9.secret-part was refused",
	],
)
def test_tokens_are_known_by_their_shape(text):
	assert "secret-part" not in redact(text)


def test_other_words_stay():
	text = "The bearer of this token was refused: code=invalid_grant, base64 aGVsbG8="
	assert redact("Status 401, scope mail.read", ["hunter2"]) == "Status 401, scope mail.read"
	assert "invalid_grant" in redact(text, ["hunter2"])


def test_no_secret_is_no_reason_to_change_anything():
	assert redact("hello", ["", ""]) == "hello"


@given(st.text(min_size=1), st.text(), st.text())
def test_a_secret_never_stands_in_the_result(secret, before, after):
	text = redact(before + secret + after, [secret])
	assert not [piece for piece in text.split(HIDDEN) if secret in piece]
