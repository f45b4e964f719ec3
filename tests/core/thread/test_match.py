"""The proof ladder, rung by rung, and every way to fall off it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk_mailchannel.mailcore.model import (
	Address,
	Exclude,
	Filed,
	NewTicket,
	Reply,
	TicketRef,
	Verdict,
)
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.settings import OtherTypePolicy
from helpdesk_mailchannel.mailcore.thread.match import thread
from helpdesk_mailchannel.mailcore.thread.token import message_id, reply_address

STRANGER = (Address("mallory@evil.example"),)
TAGGED = "Re: The printer [#ISS-2026-00007]"


@pytest.fixture
def signed(ticket, key):
	return reply_address("support@help.example", "Support", ticket, key)


def joined(decision):
	"""The ticket a message joins, and by which proof."""
	assert isinstance(decision, Reply)
	return decision.ticket, decision.reason


def test_a_message_that_names_no_ticket_starts_one(mail, facts, settings):
	assert thread(mail(), facts, Verdict.PASS, settings) == NewTicket()


# ── The token ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("authors", [STRANGER, (Address("jane@customer.example"),)])
def test_reply_by_token_whoever_sends_it(authors, verdict, mail, facts, settings, signed, ticket):
	message = mail(to=(Address(signed),), authors=authors)
	assert joined(thread(message, facts, verdict, settings)) == (ticket, Reason.REPLY_BY_TOKEN)


def test_a_newcomer_with_a_token_is_named_to_the_agents(mail, facts, settings, signed):
	newcomer = thread(mail(to=(Address(signed),), authors=STRANGER), facts, Verdict.UNKNOWN, settings)
	participant = thread(mail(to=(Address(signed),)), facts, Verdict.UNKNOWN, settings)
	assert isinstance(newcomer, Reply)
	assert newcomer.note.startswith("mallory@evil.example was not yet on this ticket.")
	assert isinstance(participant, Reply)
	assert participant.note == ""


@pytest.mark.parametrize("folded", [str.upper, str.lower])
def test_reply_by_token_folded_to_another_case(folded, mail, facts, settings, signed, ticket):
	message = mail(to=(Address(folded(signed)),), authors=STRANGER)
	assert joined(thread(message, facts, Verdict.UNKNOWN, settings)) == (ticket, Reason.REPLY_BY_TOKEN)


def test_reply_by_token_in_the_message_id_alone(mail, facts, settings, ticket, key):
	own_id = message_id("help.example", "Support", ticket, key, bytes(10))
	message = mail(references=(own_id.upper(),), authors=STRANGER)
	assert joined(thread(message, facts, Verdict.UNKNOWN, settings)) == (ticket, Reason.REPLY_BY_TOKEN)


def test_a_token_with_one_letter_changed_starts_a_ticket_that_says_so(mail, facts, settings, signed, ticket):
	local_part, _, domain = signed.partition("@")
	changed = local_part[:-1] + ("a" if local_part[-1] != "a" else "b")
	message = mail(to=(Address(f"{changed}@{domain}"),), authors=STRANGER)
	decision = thread(message, facts, Verdict.PASS, settings)
	assert isinstance(decision, NewTicket)
	assert decision.claimed == ticket
	assert "not made by us" in decision.why


def test_a_bad_token_does_not_spoil_a_good_id(mail, facts, settings, ticket):
	bad = "support+tiss-2026-00007.aaaaaaaaaaaaaaaa@help.example"
	message = mail(to=(Address(bad),), in_reply_to=("first@customer.example",))
	assert thread(message, facts, Verdict.UNKNOWN, settings) == Reply(ticket, Reason.REPLY_BY_MESSAGE_ID)


def test_a_token_of_a_deleted_ticket_starts_a_ticket(mail, facts, settings, signed):
	gone = replace(facts, tickets={}, message_ids={})
	assert thread(mail(to=(Address(signed),)), gone, Verdict.PASS, settings) == NewTicket()


def test_a_token_of_a_merged_ticket_leads_to_the_one_that_lives_on(mail, facts, settings, signed, ticket):
	living = TicketRef("Issue", "ISS-2026-00001")
	merged = replace(facts, merged={ticket: living})
	message = mail(to=(Address(signed),))
	assert joined(thread(message, merged, Verdict.PASS, settings)) == (living, Reason.REPLY_BY_TOKEN)


def test_without_a_key_no_token_is_accepted(mail, facts, settings, signed):
	keyless = replace(settings, reply_keys=())
	decision = thread(mail(to=(Address(signed),), authors=STRANGER), facts, Verdict.PASS, keyless)
	assert isinstance(decision, NewTicket)


def test_names_that_differ_in_case_only_are_told_apart_by_the_signature(mail, facts, settings, key):
	lower, upper = TicketRef("Issue", "a-1"), TicketRef("Issue", "A-1")
	facts = replace(facts, tickets={"a-1": (lower, upper)})
	message = mail(to=(Address(reply_address("support@help.example", "Support", upper, key)),))
	assert joined(thread(message, facts, Verdict.UNKNOWN, settings)) == (upper, Reason.REPLY_BY_TOKEN)


# ── A known Message-ID ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.UNKNOWN])
def test_reply_by_message_id_of_a_participant(verdict, mail, facts, settings, ticket):
	for message in (
		mail(in_reply_to=("answer@help.example",)),
		mail(in_reply_to=("ANSWER@Help.example",)),
		mail(references=("first@customer.example", "rewritten@relay.example")),
		mail(in_reply_to=("rewritten@relay.example", "answer@help.example")),
	):
		assert thread(message, facts, verdict, settings) == Reply(ticket, Reason.REPLY_BY_MESSAGE_ID)


def test_reply_by_message_id_the_newest_known_one_wins(mail, facts, settings, ticket):
	older = TicketRef("Issue", "ISS-2026-00001")
	both = replace(
		facts,
		message_ids={**facts.message_ids, "old@customer.example": older},
		participants={**facts.participants, older: frozenset({"jane@customer.example"})},
	)
	message = mail(references=("old@customer.example", "answer@help.example"))
	assert thread(message, both, Verdict.PASS, settings) == Reply(ticket, Reason.REPLY_BY_MESSAGE_ID)


def test_unproven_reply_of_a_stranger_who_knows_an_id(mail, facts, settings, ticket):
	message = mail(in_reply_to=("answer@help.example",), authors=STRANGER)
	assert thread(message, facts, Verdict.PASS, settings) == NewTicket(
		ticket,
		"It answers a message of this ticket, but mallory@evil.example does not take part in it.",
	)


def test_unproven_reply_of_a_forged_participant(mail, facts, settings, ticket):
	decision = thread(mail(in_reply_to=("answer@help.example",)), facts, Verdict.FAIL, settings)
	assert isinstance(decision, NewTicket)
	assert decision.claimed == ticket
	assert "may be forged" in decision.why


def test_reply_by_message_id_from_the_alias_of_a_participant(mail, facts, settings, ticket):
	screen = replace(settings.screen, aliases={"jd@customer.example": "jane@customer.example"})
	message = mail(in_reply_to=("answer@help.example",), authors=(Address("jd@customer.example"),))
	expected = Reply(ticket, Reason.REPLY_BY_MESSAGE_ID)
	assert thread(message, facts, Verdict.UNKNOWN, replace(settings, screen=screen)) == expected


def test_reply_by_message_id_where_the_participant_is_known_by_the_alias(mail, facts, settings, ticket):
	screen = replace(settings.screen, aliases={"jd@customer.example": "jane@customer.example"})
	facts = replace(facts, participants={ticket: frozenset({"jd@customer.example"})})
	message = mail(in_reply_to=("answer@help.example",))
	expected = Reply(ticket, Reason.REPLY_BY_MESSAGE_ID)
	assert thread(message, facts, Verdict.UNKNOWN, replace(settings, screen=screen)) == expected


def test_several_authors_are_nobody(mail, facts, settings):
	two = (Address("jane@customer.example"), *STRANGER)
	message = mail(in_reply_to=("answer@help.example",), authors=two)
	assert isinstance(thread(message, facts, Verdict.PASS, settings), NewTicket)


def test_an_answer_in_the_same_batch_finds_the_ticket_of_the_message_before(mail, facts, settings):
	first = mail(identity="x", message_id="Opening@customer.example")
	fresh = TicketRef("Issue", "ISS-2026-00099")
	facts = facts.after(first, Filed(fresh))
	decision = thread(mail(in_reply_to=("opening@customer.example",)), facts, Verdict.UNKNOWN, settings)
	assert decision == Reply(fresh, Reason.REPLY_BY_MESSAGE_ID)


def test_who_repeats_an_id_does_not_draw_the_answers_to_it(mail, facts, settings, ticket):
	thief = mail(message_id="first@customer.example", authors=STRANGER)
	facts = facts.after(thief, Filed(TicketRef("Issue", "ISS-2026-00099")))
	decision = thread(mail(in_reply_to=("first@customer.example",)), facts, Verdict.UNKNOWN, settings)
	assert decision == Reply(ticket, Reason.REPLY_BY_MESSAGE_ID)


# ── A subject tag ────────────────────────────────────────────────────────────────────────────────────


def test_reply_by_subject_of_an_authenticated_participant(mail, facts, settings, ticket):
	decision = thread(mail(subject=TAGGED), facts, Verdict.PASS, settings)
	assert decision == Reply(ticket, Reason.REPLY_BY_SUBJECT)


@pytest.mark.parametrize(
	("verdict", "words"), [(Verdict.FAIL, "may be forged"), (Verdict.UNKNOWN, "nothing proves")]
)
def test_unproven_reply_by_subject_without_authentication(verdict, words, mail, facts, settings, ticket):
	decision = thread(mail(subject=TAGGED), facts, verdict, settings)
	assert isinstance(decision, NewTicket)
	assert decision.claimed == ticket
	assert words in decision.why


def test_unproven_reply_by_subject_of_another_customer(mail, facts, settings, ticket):
	decision = thread(mail(subject=TAGGED, authors=STRANGER), facts, Verdict.PASS, settings)
	assert isinstance(decision, NewTicket)
	assert decision.claimed == ticket


def test_a_number_that_is_no_ticket_claims_nothing(mail, facts, settings):
	assert thread(mail(subject="Re: [#4711]"), facts, Verdict.PASS, settings) == NewTicket()


def test_the_strongest_claim_is_the_one_that_is_noted(mail, facts, settings, ticket):
	other = TicketRef("Issue", "8")
	facts = replace(facts, tickets={"8": (other,)})
	message = mail(subject="[#8]", in_reply_to=("answer@help.example",), authors=STRANGER)
	decision = thread(message, facts, Verdict.PASS, settings)
	assert isinstance(decision, NewTicket)
	assert decision.claimed == ticket


# ── Ticket types that mail may update ────────────────────────────────────────────────────────────────


@pytest.fixture
def answer(mail):
	return mail(in_reply_to=("answer@help.example",))


def _limited(settings, policy=OtherTypePolicy.NEW_TICKET):
	ticket = replace(settings.ticket, updatable=frozenset({"Incident"}), other_types=policy)
	return replace(settings, ticket=ticket)


def test_a_reply_joins_a_ticket_of_a_type_that_mail_may_update(answer, facts, settings, ticket):
	facts = replace(facts, types={ticket: "Incident"})
	assert isinstance(thread(answer, facts, Verdict.PASS, _limited(settings)), Reply)


@pytest.mark.parametrize(("types", "words"), [("Change", "“Change”"), ("", "no type")])
def test_a_reply_to_another_type_starts_a_ticket(types, words, answer, facts, settings, ticket):
	facts = replace(facts, types={ticket: types})
	decision = thread(answer, facts, Verdict.PASS, _limited(settings))
	assert isinstance(decision, NewTicket)
	assert decision.claimed == ticket
	assert words in decision.why


def test_type_not_updatable_is_excluded_where_the_channel_says_so(answer, facts, settings, ticket):
	facts = replace(facts, types={ticket: "Change"})
	decision = thread(answer, facts, Verdict.PASS, _limited(settings, OtherTypePolicy.EXCLUDE))
	assert isinstance(decision, Exclude)
	assert decision.reason is Reason.TYPE_NOT_UPDATABLE
	assert "ISS-2026-00007" in decision.detail


def test_an_unproven_reply_to_another_type_is_not_excluded(mail, facts, settings, ticket):
	facts = replace(facts, types={ticket: "Change"})
	message = mail(in_reply_to=("answer@help.example",), authors=STRANGER)
	decision = thread(message, facts, Verdict.PASS, _limited(settings, OtherTypePolicy.EXCLUDE))
	assert isinstance(decision, NewTicket)
