"""Delivery reports of some sixty mail systems: recognised, and hard told from soft."""

from __future__ import annotations

import json

import pytest

from tests.core.corpora import corpus, needs
from tests.core.parse.mails import read

VACATION = (
	"A person is away; nothing was undelivered. It is an automatic reply, which `screen` sees by its headers."
)
NOT_REPORTS = {
	"rfc3834-01.eml": VACATION,
	"rfc3834-02.eml": VACATION,
	"rfc3834-05.eml": VACATION,
	"lhost-fml-03.eml": "A mailing list's warning about a loop: it names no recipient that was not reached.",
}
FILTER = "That list knows the carrier as one whose filter says so; the answer itself says: unknown."
OTHERWISE_JUDGED = {
	"lhost-apachejames-01.eml": "`550 no such user here`, answered to RCPT TO, says that there is none.",
	"lhost-opensmtpd-12.eml": "The report says delayed, and that the message stays in the queue.",
	"lhost-receivingses-01.eml": "`550 5.1.1 Mailbox does not exist` says that the mailbox does not exist.",
	"lhost-sendmail-27.eml": FILTER,
	"rhost-nttdocomo-02.eml": FILTER,
}


def expected() -> dict[str, list[dict[str, object]]]:
	path = corpus("bounces") / "expected.json"
	return json.loads(path.read_text("utf-8")) if path.is_file() else {}


@needs("bounces")
@pytest.mark.parametrize("name", sorted(expected()))
def test_a_bounce_is_recognised_and_judged(name: str) -> None:
	report = read((corpus("bounces") / name).read_bytes()).report
	assert (report is None) == (name in NOT_REPORTS)
	if report is None:
		return
	assert len(report.recipients) == len(expected()[name])
	assert all("@" in each.address for each in report.recipients)
	ours = sorted(str(each.hard) for each in report.recipients)
	theirs = sorted(str(each["hard"]) for each in expected()[name])
	assert (ours != theirs) == (name in OTHERWISE_JUDGED)


@needs("bounces")
def test_other_mail_is_not_taken_for_a_bounce() -> None:
	for path in sorted((corpus("bounces") / "not_bounces").glob("*.eml")):
		assert read(path.read_bytes()).report is None, path.name
