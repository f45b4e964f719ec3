import pytest

from helpdesk_mailchannel.mailcore.oauth.pasted import looks_like_secret_id, trimmed


@pytest.mark.parametrize("pasted", [" a b ", "a b\r\n", "\ta b", "\u200ba b\ufeff", "\u00a0a b\u2060"])
def test_what_surrounds_a_pasted_value_goes(pasted):
	assert trimmed(pasted) == "a b"


@pytest.mark.parametrize(
	("secret", "is_id"),
	[
		("7b0fb1f0-5a4c-4a36-9c2b-0d0c2f1e6a11", True),
		(" 7B0FB1F0-5A4C-4A36-9C2B-0D0C2F1E6A11\n", True),
		("abc8Q~7b0fb1f0-5a4c-4a36-9c2b-0d0c2f1e6a1", False),
		("", False),
	],
)
def test_a_secret_id_is_told_from_a_value(secret, is_id):
	assert looks_like_secret_id(secret) is is_id
