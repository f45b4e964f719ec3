"""Our own corpus: each message in tests/corpus goes all the way, and a person's expectations are compared.

A pair is `NNN-what-it-is.eml` and `.json`; README.md there says what the JSON may hold. A bug in the field
becomes a new pair.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timezone
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from helpdesk_mailchannel.mailcore.decide import Decision, ToFile, decide
from helpdesk_mailchannel.mailcore.model import (
	Address,
	Exclude,
	Facts,
	Message,
	RawMessage,
	Refuse,
	RemoteRef,
	TicketRef,
)
from helpdesk_mailchannel.mailcore.parse.message import parse
from helpdesk_mailchannel.mailcore.screen.chain import screen
from helpdesk_mailchannel.mailcore.settings import ChannelSettings, ConnectionSettings, Limits, ScreenPolicy

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=timezone.utc)
TICKET = TicketRef("Issue", "ISS-2026-00007", "2026-02-27 08:00:00.000000")

SETTINGS = ChannelSettings(
	name="Support",
	address="support@help.example",
	connection=ConnectionSettings(host="mail.help.example", user="support"),
	screen=ScreenPolicy(
		channel_address="support@help.example",
		aliases={"hilfe@help.example": "support@help.example"},
		loop_mark="help.example",
		trusted_authserv_ids=("mx.help.example",),
	),
	reply_keys=(b"the corpus key, not a secret",),
	# The corpus' tokens are of the first version, which does not name the moment the ticket was made.
	unbound_tokens_before="2026-03-01 00:00:00.000000",
)
FACTS = Facts(
	message_ids={"opening-7@customer.example": TICKET, "answer-7@help.example": TICKET},
	tickets={TICKET.name.lower(): (TICKET,)},
	participants={TICKET: frozenset({"jane@customer.example", "support@help.example"})},
	own_addresses=frozenset({"support@help.example", "sales@help.example"}),
	sent_ids=frozenset({"answer-7@help.example"}),
)


def _names() -> list[str]:
	return sorted(path.stem for path in CORPUS.glob("*.eml"))


@pytest.fixture(params=_names())
def case(request: pytest.FixtureRequest) -> tuple[Message, Decision, dict[str, Any]]:
	"""A message of the corpus, what became of it, and what a person expects."""
	name = request.param
	raw = RawMessage(RemoteRef("INBOX", 1, name, 0, received_at=NOW), (CORPUS / f"{name}.eml").read_bytes())
	expected = json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8"))
	message = parse(raw, Limits(), now=NOW)
	return message, decide(message, FACTS, SETTINGS, NOW), expected


def test_the_corpus_is_complete():
	assert len(_names()) >= 60
	assert _names() == sorted(path.stem for path in CORPUS.glob("*.json"))
	numbers = [int(name[:3]) for name in _names()]
	assert numbers == list(range(1, len(numbers) + 1))


def test_it_is_read_as_a_person_reads_it(case):
	message, _, expected = case
	assert message.subject == expected["subject"]
	assert _address(message.sender) == expected["sender"]
	if "sender_name" in expected:
		assert message.sender.name == expected["sender_name"]
	assert message.importance.value == expected.get("importance", "Medium")
	for field in ("to", "cc"):
		if f"{field}_addresses" in expected:
			assert [each.address for each in getattr(message, field)] == expected[f"{field}_addresses"]
	assert not message.bcc


def test_it_is_screened_for_the_reason_a_person_would_give(case):
	_, decision, expected = case
	assert _screened(decision) == expected["screening"]
	if "note_on" in expected:
		assert decision.note_on == TicketRef("Issue", expected["note_on"])


def test_its_report_names_who_was_not_reached(case):
	message, _, expected = case
	reported = [each.address for each in message.report.recipients] if message.report else []
	assert reported == expected.get("bounced", [])


def test_it_joins_a_ticket_or_starts_one_as_it_can_prove(case):
	_, decision, expected = case
	if isinstance(decision, ToFile):
		assert decision.reason.code == expected["threading"]
		if "claims" in expected:
			assert any(expected["claims"] in note for note in decision.draft.notes)


def test_it_shows_what_a_person_must_see(case):
	_, decision, expected = case
	if not isinstance(decision, ToFile):
		return
	mail = decision.draft.mail
	shown = " ".join(mail.text.split())
	for words in expected.get("contains", []):
		assert " ".join(words.split()) in shown
	for words in expected.get("lacks", []):
		assert words not in mail.text
		assert words not in mail.html
	for words in expected.get("html_contains", []):
		assert words in mail.html
	for words in expected.get("html_lacks", []):
		assert words not in mail.html.lower()


def test_its_files_are_kept(case):
	_, decision, expected = case
	if not isinstance(decision, ToFile):
		return
	names = [file.name for file in decision.draft.mail.files]
	assert len(names) == len(expected["files"]), names
	for name, pattern in zip(names, expected["files"], strict=True):
		assert fnmatchcase(name, pattern)


def test_a_channel_that_reads_only_its_own_mail_takes_what_is_addressed_to_it(case):
	message, _, expected = case
	if "recipient_only" in expected:
		strict = replace(SETTINGS.screen, recipient_only=True)
		screening = screen(message, FACTS, strict)
		assert getattr(getattr(screening, "reason", None), "code", "accept") == expected["recipient_only"]


def _address(sender: Address | None) -> str | None:
	return sender.address if sender else None


def _screened(decision: Decision) -> str:
	match decision:
		case Exclude(reason=reason) | Refuse(reason=reason):
			return reason.code
		case ToFile(draft=draft):
			return "accept silently" if draft.mail.automatic else "accept"
		case _:
			return "duplicate"
