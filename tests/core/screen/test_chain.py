"""The chain as a whole: its order, its treatments, and that the preview asks the same questions."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk_mailchannel.mailcore.model import Accept, Address, DeliveryReport, Exclude, Recipient, Refuse
from helpdesk_mailchannel.mailcore.reasons import Fate, Reason
from helpdesk_mailchannel.mailcore.screen.chain import CHAIN, explain, file_silently, screen
from helpdesk_mailchannel.mailcore.settings import (
	LOOP_HEADER,
	AutoReplyPolicy,
	ListPolicy,
	ScreenPolicy,
	SenderRule,
)

RULES = [(rule, treat) for group in CHAIN for rule, treat in group.rules]
AUTO_REPLIED = ("Auto-Submitted", "auto-replied")


def test_a_persons_mail_is_accepted_and_may_be_acknowledged(person, facts, policy):
	assert screen(person(), facts, policy) == Accept(automatic=False)


def test_every_rule_has_its_own_name_and_says_what_it_looks_at():
	names = [rule.name for rule, _ in RULES]
	assert len(names) == len(set(names))
	assert all(rule.description.endswith(".") for rule, _ in RULES)


def test_every_rule_that_turns_mail_away_gives_a_reason_whose_fate_says_so():
	for rule, treat in RULES:
		if treat is file_silently:
			assert rule.reason is None
		else:
			assert rule.reason.fate in {Fate.EXCLUDED, Fate.FAILED}


def test_every_rule_names_settings_that_exist():
	known = {field.name for field in fields(ScreenPolicy)}
	assert {name for rule, _ in RULES for name in rule.settings} <= known


def test_the_first_rule_that_turns_away_gives_the_reason(person, facts, policy):
	blocked = replace(policy, blocked=(SenderRule("customer.example"),))
	assert screen(person(AUTO_REPLIED), facts, blocked).reason is Reason.SENDER_BLOCKED


def test_a_bounce_without_sender_is_a_bounce_and_not_a_failure(person, facts, policy):
	report = DeliveryReport((Recipient("gone@customer.example", "failed", "5.1.1"),))
	screening = screen(person(authors=(), report=report, return_path=""), facts, policy)
	assert isinstance(screening, Exclude)
	assert screening.reason is Reason.BOUNCE


def test_without_the_switch_automatic_mail_is_filed_and_never_acknowledged(person, facts, policy):
	lenient = replace(policy, exclude_automatic=False)
	for message in (
		person(AUTO_REPLIED),
		person(("Auto-Submitted", "auto-generated")),
		person(("Precedence", "bulk")),
		person(return_path=""),
		person(authors=(Address("noreply@shop.example"),)),
		person(report=DeliveryReport((Recipient("gone@customer.example"),))),
		person(("Content-Type", "multipart/report; report-type=disposition-notification")),
	):
		assert screen(message, facts, lenient) == Accept(automatic=True)


def test_without_the_switch_a_bounce_that_names_no_sender_cannot_be_filed(person, facts, policy):
	report = DeliveryReport((Recipient("gone@customer.example"),))
	lenient = replace(policy, exclude_automatic=False)
	assert screen(person(authors=(), report=report), facts, lenient) == Refuse(Reason.NO_SENDER)


def test_an_automatic_reply_can_be_kept_on_its_ticket_only(person, facts, policy):
	quiet = replace(policy, auto_replies=AutoReplyPolicy.ADD_SILENTLY)
	screening = screen(person(AUTO_REPLIED, return_path=""), facts, quiet)
	assert isinstance(screening, Accept)
	assert screening.automatic
	assert screening.only_as_reply is not None
	assert screening.only_as_reply.reason is Reason.AUTO_REPLY


def test_an_automatic_reply_can_be_filed_like_other_mail_but_is_never_acknowledged(person, facts, policy):
	filing = replace(policy, auto_replies=AutoReplyPolicy.FILE)
	assert screen(person(AUTO_REPLIED, return_path=""), facts, filing) == Accept(automatic=True)


def test_keeping_automatic_replies_keeps_no_other_robots_mail(person, facts, policy):
	filing = replace(policy, auto_replies=AutoReplyPolicy.FILE)
	screening = screen(person(("Auto-Submitted", "auto-generated")), facts, filing)
	assert screening.reason is Reason.AUTO_GENERATED


def test_list_mail_can_be_filed_and_is_never_acknowledged(person, facts, policy):
	listed = person(("Precedence", "list"), ("List-Post", "<mailto:printers@lists.example>"))
	assert screen(listed, facts, policy).reason is Reason.MAILING_LIST
	filing = replace(policy, lists=ListPolicy.FILE)
	assert screen(listed, facts, filing) == Accept(automatic=True)


@pytest.mark.parametrize(
	"headers",
	[
		[("Auto-Submitted", "auto-generated")],
		[("Precedence", "bulk")],
		[("List-Post", "<mailto:alarms@lists.example>")],
		[],
	],
)
def test_an_accepted_robot_is_filed_whatever_it_looks_like_and_never_acknowledged(
	headers, person, facts, policy
):
	accepting = replace(policy, accepted_robots=(SenderRule("noreply@monitor.example"),))
	message = person(*headers, authors=(Address("noreply@monitor.example"),), return_path="")
	assert screen(message, facts, accepting) == Accept(automatic=True)


def test_an_accepted_robot_may_still_be_blocked_and_limited(person, facts, policy):
	robot = SenderRule("noreply@monitor.example")
	message = person(authors=(Address("noreply@monitor.example"),))
	blocking = replace(policy, accepted_robots=(robot,), blocked=(robot,))
	assert screen(message, facts, blocking).reason is Reason.SENDER_BLOCKED
	flooded = replace(facts, recent={"noreply@monitor.example": (person().received_at,) * 20})
	assert screen(message, flooded, replace(policy, accepted_robots=(robot,))).reason is Reason.FLOOD


def test_two_help_desks_answering_each_other_stop_after_one_exchange(person, facts, policy):
	acknowledgement = person(
		AUTO_REPLIED, ("X-Auto-Response-Suppress", "All"), (LOOP_HEADER, "other.example")
	)
	assert screen(acknowledgement, facts, policy).reason is Reason.AUTO_REPLY
	agents_answer = person((LOOP_HEADER, "other.example"))
	assert screen(agents_answer, facts, policy) == Accept(automatic=True)


def test_the_preview_shows_every_rules_answer_and_agrees_with_the_decision(person, facts, policy):
	message = person(AUTO_REPLIED, return_path="")
	answers = explain(message, facts, policy)
	assert [answer.rule for answer in answers] == [rule for rule, _ in RULES]
	said_yes = {rule.name: detail for rule, hit, detail in answers if hit}
	assert said_yes == {
		"automatic reply": "It says Auto-Submitted: auto-replied.",
		"null return path": "Its return path is empty.",
	}
	assert screen(message, facts, policy).detail == said_yes["automatic reply"]


WORDS = [
	"",
	"no",
	"yes",
	"All",
	"auto-replied",
	"auto-generated",
	"bulk",
	"list",
	"<>",
	"<mailto:a@b.example>",
]
FIELDS = [
	"auto-submitted",
	"content-type",
	"list-id",
	"list-post",
	"list-unsubscribe",
	"precedence",
	"x-auto-response-suppress",
	"x-autoreply",
	"x-failed-recipients",
	"x-loop",
	"x-mailchannel-loop",
]
headers = st.lists(
	st.tuples(st.sampled_from(FIELDS), st.sampled_from(WORDS) | st.text(max_size=40)), max_size=6
)


@given(headers=headers, subject=st.text(max_size=60), text=st.text(max_size=200), sender=st.text(max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_sender_writes_is_decided(headers, subject, text, sender, person, facts, policy):
	wordy = replace(policy, keywords=("offer",), allowed=(SenderRule("customer.example"),))
	message = person(*headers, subject=subject, text=text, authors=(Address(sender),))
	screening = screen(message, facts, wordy)
	said_yes = {answer.rule.reason for answer in explain(message, facts, wordy) if answer.hit}
	assert isinstance(screening, Accept) or screening.reason in said_yes


@given(headers=headers, subject=st.text(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_without_the_switch_no_header_keeps_a_message_out(headers, subject, person, facts, policy):
	lenient = replace(policy, exclude_automatic=False, lists=ListPolicy.FILE, loop_mark="")
	assert isinstance(screen(person(*headers, subject=subject), facts, lenient), Accept)
