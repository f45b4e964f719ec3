"""docs/excluded-mail.md tells administrators about every rule, in the chain's order and in its words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from helpdesk_mailchannel.mailcore.screen.chain import CHAIN

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "excluded-mail.md").read_text(encoding="utf-8")
DOCTYPES = ROOT / "helpdesk_mailchannel" / "helpdesk_mailchannel" / "doctype"
RULES = [rule for group in CHAIN for rule, _ in group.rules]

LABELS = {
	"since": "Sync Start Date",
	"channel_address": "Email Address",
	"aliases": "Aliases",
	"exclude_automatic": "Exclude Automatic Mail",
	"auto_replies": "Automatic Replies",
	"accepted_robots": "Allowed and Blocked Senders",
	"allowed": "Allowed and Blocked Senders",
	"blocked": "Allowed and Blocked Senders",
	"recipient_only": "Only Mail Addressed to the Channel",
	"lists": "Mailing Lists",
	"unsubscribable": "Mail with an Unsubscribe Link",
	"keywords": "Exclusion Keywords",
	"excluded_senders": "Excluded Senders",
	"per_sender_and_hour": "Messages per Sender and Hour",
}
"""Field of ScreenPolicy → label on the channel's form."""


def _sections() -> dict[str, str]:
	"""Heading of a rule → its section, in the page's order."""
	pieces = re.split(r"^### (.+)$", PAGE.partition("## Other")[0], flags=re.MULTILINE)
	return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def test_the_page_has_a_section_for_every_rule_in_the_order_they_are_asked():
	assert list(_sections()) == [rule.name.capitalize() for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rules_section_describes_it_in_its_own_words(rule):
	section = " ".join(_sections()[rule.name.capitalize()].split())
	assert " ".join(rule.description.split()) in section


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rules_section_names_the_reason_shown_in_the_log(rule):
	section = _sections()[rule.name.capitalize()]
	assert (rule.reason.sentence if rule.reason else "Filed quietly.") in section


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rules_section_names_the_settings_that_govern_it(rule):
	section = _sections()[rule.name.capitalize()]
	for name in rule.settings:
		assert f"**{LABELS[name]}**" in section


def test_the_settings_are_called_as_on_the_form():
	form = json.loads((DOCTYPES / "email_channel" / "email_channel.json").read_text(encoding="utf-8"))
	assert set(LABELS.values()) <= {field.get("label") for field in form["fields"]}


def test_every_group_of_the_chain_is_a_chapter():
	chapters = re.findall(r"^## (.+)$", PAGE.partition("## Other")[0], flags=re.MULTILINE)
	assert chapters == [group.title for group in CHAIN]
