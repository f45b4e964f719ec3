import base64
from urllib.parse import quote

import pytest

from helpdesk_mailchannel.mailcore.oauth.fit_to_show import LENGTH, fit_to_show

SECRET = "8Q~a+b/c=d&e f-g.h"


@pytest.mark.parametrize(
	"form",
	[
		SECRET,
		quote(SECRET, safe=""),
		base64.b64encode(SECRET.encode()).decode(),
		base64.urlsafe_b64encode(SECRET.encode()).decode(),
	],
)
def test_a_secret_is_masked_in_every_form_it_travels_in(form):
	assert form.rstrip("=") not in fit_to_show(f"You sent '{form}', which is wrong.", [SECRET])


def test_what_looks_like_a_token_is_masked_though_nobody_named_it():
	said = fit_to_show("Token eyJhbGciOiJub25lIn0abcdefghi.eyJzdWIiOiIxIn0.c2ln is not valid")
	assert said == "Token *** is not valid"


def test_what_the_reader_compares_stays():
	said = "Application 7b0fb1f0-5a4c-4a36-9c2b-0d0c2f1e6a11 has no https://outlook.office.com/IMAP.AccessAsUser.All"
	assert fit_to_show(said) == said


def test_microsofts_trailing_diagnostics_go():
	said = fit_to_show("AADSTS1: No.\r\nTrace ID: 0000aaaa-11bb-cccc-dd22-eeeeee333333\r\nTimestamp: now")
	assert said == "AADSTS1: No."


def test_it_is_one_line_and_short():
	said = fit_to_show("a\nb\x00c\u202ed " + "word " * 1000)
	assert said.startswith("a b c d word") and len(said) == LENGTH and said.endswith("…")
