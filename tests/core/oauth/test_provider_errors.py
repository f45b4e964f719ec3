"""Every documented refusal has its own sentence and remedy; only those that are meant stop the channel."""

from pathlib import Path

import pytest

from helpdesk_mailchannel.mailcore.connect.mailbox_errors import MISTAKES as MAILBOX
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.oauth.error_catalog import ANY_PROVIDER, GOOGLE, MICROSOFT
from helpdesk_mailchannel.mailcore.oauth.provider_errors import refusal
from helpdesk_mailchannel.mailcore.reasons import Health, Trouble
from tests.oauth.provider import aadsts

TABLES = {
	"Microsoft": MICROSOFT,
	"Google": GOOGLE,
	"Any provider": ANY_PROVIDER,
	"The mail server": MAILBOX,
}
CODES = [
	(code, mistake)
	for table in (MICROSOFT, GOOGLE, ANY_PROVIDER)
	for mistake in table
	for code in mistake.codes
]


@pytest.mark.parametrize(
	("code", "mistake"), [c for c in CODES if c[1] in MICROSOFT], ids=lambda c: str(c)[:14]
)
def test_microsofts_number_decides(code, mistake):
	error = refusal(aadsts(int(code.removeprefix("AADSTS")), "invalid_grant"))
	assert error.trouble is mistake.trouble
	assert mistake.sentence in str(error) and mistake.remedy in str(error) and code in str(error)


@pytest.mark.parametrize(
	("code", "mistake"), [c for c in CODES if c[1] not in MICROSOFT], ids=lambda c: str(c)[:20]
)
def test_an_error_value_decides(code, mistake):
	error = refusal({"error": code})
	assert error.trouble is mistake.trouble
	assert mistake.sentence in str(error) and mistake.remedy in str(error) and code in str(error)


def test_the_number_is_found_in_the_description_of_a_redirect():
	error = refusal({"error": "access_denied", "error_description": "AADSTS65004: User declined to consent."})
	assert "AADSTS65004" in str(error)


@pytest.mark.parametrize(
	"answer",
	[
		{"error": "invalid_grant", "error_description": "Token has been expired or revoked."},
		{"error": "invalid_client"},
		{"error": "unauthorized_client"},
		{"error": "interaction_required"},
		{"error": "consent_required"},
		aadsts(999999, "invalid_grant"),
		aadsts(700082, "invalid_grant"),
		aadsts(65001, "invalid_grant"),
		{"error": "invalid_grant", "error_subtype": "invalid_rapt"},
	],
)
def test_refusals_that_are_meant_stop_the_channel_until_somebody_acts(answer):
	error = refusal(answer)
	assert not error.passing
	assert error.trouble.health is Health.NEEDS_AUTHORIZATION


@pytest.mark.parametrize(
	"answer",
	[
		{},
		{"error": ""},
		{"error": "something_new"},
		{"error": {"status": "UNAVAILABLE", "message": "busy"}},
		{"error": "temporarily_unavailable"},
		{"error": "server_error"},
		{"error_codes": "garbage", "error": 7},
		aadsts(90055, "invalid_grant"),
		aadsts(50196, "invalid_grant"),
		aadsts(90033, "temporarily_unavailable"),
	],
)
def test_everything_else_passes(answer):
	error = refusal(answer)
	assert error.trouble is Trouble.TOKEN_UNAVAILABLE and error.passing


def test_an_unknown_refusal_shows_what_the_provider_said_and_its_code():
	error = refusal({"error": "quota_of_the_moon", "error_description": "The moon is full."})
	assert "The moon is full." in str(error) and "quota_of_the_moon" in str(error)


def test_an_unknown_refusal_is_masked_and_cut():
	said = "Bad secret hunter2hunter2 for code abc. " + "x y " * 500
	error = refusal({"error": "odd", "error_description": said}, ["hunter2hunter2"])
	assert "hunter2" not in str(error) and len(str(error)) < 700


def test_a_provider_cannot_smuggle_lines_or_controls_into_a_message():
	error = refusal({"error": "odd\r\nX", "error_description": "one\r\ntwo\x1b[31m\u202ethree"})
	assert not set(str(error)) & set("\r\n\x1b\u202e")


def test_no_code_stands_twice():
	codes = [code.casefold() for table in TABLES.values() for mistake in table for code in mistake.codes]
	assert len(codes) == len(set(codes))


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_mistake_is_written_for_people(table):
	for mistake in table:
		assert mistake.sentence.endswith(".") and mistake.remedy.endswith(".")
		assert len(mistake.sentence) < 200 and len(mistake.remedy) < 300


def test_a_refusal_is_an_error_of_the_channel():
	assert isinstance(refusal({"error": "invalid_grant"}), ChannelError)


def test_the_page_for_administrators_has_exactly_these_rows():
	page = (Path(__file__).parents[3] / "docs" / "sign-in-errors.md").read_text()
	shown = [line for line in page.splitlines() if line.startswith("| `")]
	assert shown == [row(mistake) for table in TABLES.values() for mistake in table]


def row(mistake):
	"""A mistake as a line of the page's tables."""
	codes = " ".join(f"`{code}`" for code in mistake.codes)
	return f"| {codes} | {mistake.sentence} | {mistake.remedy} |"
