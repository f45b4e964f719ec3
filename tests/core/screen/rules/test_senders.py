"""Who may write to a channel: allowed, blocked, excluded and doubtful senders."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_mailchannel.mailcore.model import Accept, Address, Filed, Refuse, TicketRef, Verdict
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.chain import screen
from helpdesk_mailchannel.mailcore.screen.senders import matches
from helpdesk_mailchannel.mailcore.settings import SenderRule


@pytest.mark.parametrize(
	("pattern", "subdomains", "address", "expected"),
	[
		("example.com", True, "a@example.com", True),
		("example.com", True, "a@mail.example.com", True),
		("example.com", False, "a@mail.example.com", False),
		("example.com", False, "a@example.com", True),
		("example.com", True, "a@evil-example.com", False),
		("example.com", True, "a@example.com.evil.example", False),
		("example.com", True, "example.com@evil.example", False),
		("EXAMPLE.com", True, "a@example.com", True),
		("@example.com", True, "a@example.com", True),
		("*.example.com", True, "a@mail.example.com", True),
		(".example.com", True, "a@mail.example.com", True),
		("example.com.", True, "a@example.com", True),
		(" example.com ", True, "a@example.com", True),
		("bücher.example", True, "a@xn--bcher-kva.example", True),
		("Bücher.Example", True, "a@shop.xn--bcher-kva.example", True),
		("xn--bcher-kva.example", True, "a@bücher.example", True),
		("bücher.example", True, "a@bucher.example", False),
		("例え.example", True, "a@xn--r8jz45g.example", True),
		("a@example.com", True, "a@example.com", True),
		("A@Example.com", True, "a@example.com", True),
		("a@example.com", True, "b@example.com", False),
		("a@example.com", True, "a@mail.example.com", False),
		("a@bücher.example", True, "a@xn--bcher-kva.example", True),
		("", True, "a@example.com", False),
		("@", True, "a@example.com", False),
		("*", True, "a@example.com", False),
		("com", True, "a@example.com", True),
		("com", False, "a@example.com", False),
	],
)
def test_a_pattern_names_addresses_by_domain_or_whole(pattern, subdomains, address, expected):
	assert matches(SenderRule(pattern, subdomains), address) is expected


def test_sender_not_allowed_when_the_allowed_list_does_not_name_him(person, facts, policy):
	strict = replace(policy, allowed=(SenderRule("partner.example"),))
	assert screen(person(), facts, strict).reason is Reason.SENDER_NOT_ALLOWED
	welcome = person(authors=(Address("sam@partner.example"),))
	assert isinstance(screen(welcome, facts, strict), Accept)


def test_sender_allowed_by_the_primary_address_of_his_alias(person, facts, policy):
	strict = replace(
		policy,
		allowed=(SenderRule("jane@partner.example"),),
		aliases={"jane@customer.example": "jane@partner.example"},
	)
	assert isinstance(screen(person(), facts, strict), Accept)


def test_sender_allowed_because_it_is_an_accepted_robot(person, facts, policy):
	strict = replace(
		policy,
		allowed=(SenderRule("partner.example"),),
		accepted_robots=(SenderRule("noreply@monitor.example"),),
	)
	message = person(authors=(Address("noreply@monitor.example"),))
	assert screen(message, facts, strict) == Accept(automatic=True)


def test_sender_blocked_goes_before_allowed(person, facts, policy):
	torn = replace(
		policy, allowed=(SenderRule("customer.example"),), blocked=(SenderRule("jane@customer.example"),)
	)
	screening = screen(person(), facts, torn)
	assert screening.reason is Reason.SENDER_BLOCKED
	assert screening.detail == "jane@customer.example is blocked by jane@customer.example."


def test_sender_blocked_under_his_alias_too(person, facts, policy):
	blocking = replace(
		policy,
		blocked=(SenderRule("jane@partner.example"),),
		aliases={"jane@customer.example": "jane@partner.example"},
	)
	assert screen(person(), facts, blocking).reason is Reason.SENDER_BLOCKED


@pytest.mark.parametrize("pattern", ["alerts@monitor.example", "alerts@", "monitor.example", " Alerts@ "])
def test_sender_excluded_by_address_name_or_domain(pattern, person, facts, policy):
	excluding = replace(policy, excluded_senders=(pattern,))
	message = person(authors=(Address("alerts@monitor.example"),))
	assert screen(message, facts, excluding).reason is Reason.SENDER_EXCLUDED


@pytest.mark.parametrize("pattern", ["", " ", "@", "lerts@", "alert@"])
def test_sender_not_excluded_by_half_a_name_or_nothing(pattern, person, facts, policy):
	excluding = replace(policy, excluded_senders=(pattern,))
	message = person(authors=(Address("alerts@monitor.example"),))
	assert isinstance(screen(message, facts, excluding), Accept)


@pytest.mark.parametrize(
	"address",
	[
		"noreply@shop.example",
		"no-reply@shop.example",
		"no_reply@shop.example",
		"no.reply@shop.example",
		"shop-noreply@shop.example",
		"noreply-dmarc-support@shop.example",
		"noreply+123@shop.example",
		"do-not-reply@shop.example",
		"donotreply@shop.example",
		"ne-pas-repondre@shop.example",
		"nichtantworten@shop.example",
		"postmaster@shop.example",
		"mailer-daemon@shop.example",
		"MAILER-DAEMON@shop.example",
	],
)
def test_no_reply_sender_is_excluded(address, person, facts, policy):
	message = person(authors=(Address(address.lower()),))
	assert screen(message, facts, policy).reason is Reason.NO_REPLY_SENDER


@pytest.mark.parametrize("address", ["nora.eply@shop.example", "replies@shop.example", "post@master.example"])
def test_no_reply_sender_is_not_seen_in_a_persons_name(address, person, facts, policy):
	assert isinstance(screen(person(authors=(Address(address),)), facts, policy), Accept)


def test_no_sender_is_refused_to_the_failure_folder(person, facts, policy):
	assert screen(person(authors=()), facts, policy) == Refuse(Reason.NO_SENDER)


@pytest.mark.parametrize("address", ["jane", "@customer.example", "jane@", "", "ja ne@customer.example"])
def test_no_sender_where_from_holds_no_address(address, person, facts, policy):
	assert screen(person(authors=(Address(address),)), facts, policy).reason is Reason.NO_SENDER


def test_ambiguous_sender_is_refused_with_all_names(person, facts, policy):
	two = (Address("jane@customer.example"), Address("boss@customer.example"))
	screening = screen(person(authors=two), facts, policy)
	assert screening == Refuse(
		Reason.AMBIGUOUS_SENDER, "From names jane@customer.example, boss@customer.example."
	)


ARRIVED = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)


def _arrivals(number: int, minutes_before: int = 30) -> tuple[datetime, ...]:
	return (ARRIVED - timedelta(minutes=minutes_before),) * number


def test_flood_ends_at_the_hourly_limit(person, facts, policy):
	calm = replace(facts, recent={"jane@customer.example": _arrivals(19)})
	assert isinstance(screen(person(), calm, policy), Accept)
	full = replace(facts, recent={"jane@customer.example": _arrivals(20)})
	assert screen(person(), full, policy).reason is Reason.FLOOD


def test_flood_counts_the_hour_before_the_message_arrived(person, facts, policy):
	long_ago = replace(facts, recent={"jane@customer.example": _arrivals(500, minutes_before=61)})
	assert isinstance(screen(person(), long_ago, policy), Accept)
	later = replace(facts, recent={"jane@customer.example": _arrivals(500, minutes_before=-5)})
	assert isinstance(screen(person(), later, policy), Accept)


FILED = Filed(TicketRef("Issue", "ISS-1"))


def test_flood_is_seen_within_one_batch(person, facts, policy):
	fates = []
	for minute in range(30):
		message = person(received_at=ARRIVED + timedelta(minutes=minute))
		fates.append(isinstance(screen(message, facts, policy), Accept))
		facts = facts.after(message, FILED)
	assert fates == [True] * 20 + [False] * 10


def test_flood_counts_only_what_was_filed(person, facts, policy):
	for minute in range(30):
		message = person(received_at=ARRIVED + timedelta(minutes=minute))
		assert isinstance(screen(message, facts, policy), Accept)
		facts = facts.after(message)


def test_flood_is_not_seen_in_the_mail_of_weeks_that_is_read_at_once(person, facts, policy):
	for day in range(60):
		message = person(received_at=ARRIVED - timedelta(days=60 - day))
		assert isinstance(screen(message, facts, policy), Accept)
		facts = facts.after(message, FILED)


def test_flood_counts_an_alias_with_its_primary_address(person, facts, policy):
	aliased = replace(policy, aliases={"jd@customer.example": "jane@customer.example"})
	recent = {"jane@customer.example": _arrivals(12), "jd@customer.example": _arrivals(8)}
	message = person(authors=(Address("jd@customer.example"),))
	assert screen(message, replace(facts, recent=recent), aliased).reason is Reason.FLOOD


def test_flood_has_no_limit_at_zero(person, facts, policy):
	facts = replace(facts, recent={"jane@customer.example": _arrivals(5_000)})
	assert isinstance(screen(person(), facts, replace(policy, per_sender_and_hour=0)), Accept)


@given(pattern=st.text(max_size=60), address=st.text(max_size=60))
def test_no_pattern_and_no_address_breaks_the_comparison(pattern, address):
	assert matches(SenderRule(pattern), address) in {True, False}


def test_forged_mail_uses_up_nothing_of_what_its_alleged_sender_may_send(person, facts, policy):
	for _ in range(25):
		facts = facts.after(person(), FILED, verdict=Verdict.FAIL)
	assert screen(person(), facts.counting(Verdict.FAIL), policy).reason is Reason.FLOOD
	assert isinstance(screen(person(), facts.counting(Verdict.PASS), policy), Accept)
	assert isinstance(screen(person(), facts.counting(Verdict.UNKNOWN), policy), Accept)
