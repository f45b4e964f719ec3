"""Real mail from public test suites: reports are told from letters."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from helpdesk_mailchannel.mailcore.model import Accept, Facts, RawMessage, RemoteRef, Screening
from helpdesk_mailchannel.mailcore.parse.message import parse
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.chain import screen
from helpdesk_mailchannel.mailcore.settings import Limits, ScreenPolicy
from tests.core.corpora import corpus, needs

NOW = datetime(2026, 3, 2, tzinfo=timezone.utc)
POLICY = ScreenPolicy(channel_address="support@help.example", loop_mark="help.example")

pytestmark = needs("bounces")

NOT_ABOUT_DELIVERY = {
	"rfc3834-01": Reason.AUTO_REPLY,
	"rfc3834-02": Reason.AUTO_REPLY,
	"rfc3834-05": Reason.AUTO_REPLY,
	"lhost-fml-03": Reason.MAILING_LIST,
}
"""Mail of the collection that is no bounce: vacation notes, and a list program's complaint of a loop."""


def _screened(path: Path) -> Screening:
	raw = RawMessage(RemoteRef("INBOX", 1, "1", 0), path.read_bytes())
	return screen(parse(raw, Limits(), now=NOW), Facts(), POLICY)


def _bounces() -> list[Path]:
	return sorted(corpus("bounces").glob("*.eml"))


def test_bounces_of_some_sixty_mail_systems_are_excluded_as_bounces():
	assert len(_bounces()) > 200
	fates = {path.stem: _screened(path).reason for path in _bounces()}
	assert {
		name: reason for name, reason in fates.items() if reason is not Reason.BOUNCE
	} == NOT_ABOUT_DELIVERY


def test_what_is_no_bounce_is_not_taken_for_one():
	for path in sorted((corpus("bounces") / "not_bounces").glob("*.eml")):
		screening = _screened(path)
		assert isinstance(screening, Accept) or screening.reason is not Reason.BOUNCE, path.name


def test_ordinary_mail_is_excluded_only_where_it_says_what_it_is():
	turned_away = {
		path.stem: screening.reason
		for path in sorted(corpus("parse").glob("*.eml"))
		if not isinstance(screening := _screened(path), Accept)
	}
	assert turned_away == {
		"error_emails__bad_date_header": Reason.BULK,
		"mime_emails__raw_email_encoded_stack_level_too_deep": Reason.NO_REPLY_SENDER,
		"multipart_report_emails__multi_address_bounce1": Reason.BOUNCE,
		"multipart_report_emails__multi_address_bounce2": Reason.BOUNCE,
		"multipart_report_emails__report_422": Reason.BOUNCE,
	}
