"""Our own mail never comes back as a ticket; a customer's mail through our own group is not our own."""

from __future__ import annotations

from dataclasses import replace

from helpdesk_mailchannel.mailcore.model import Accept, Address, Exclude, Facts, Refuse
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.chain import screen
from helpdesk_mailchannel.mailcore.settings import LOOP_HEADER

OUR_GROUP = (
	("List-Id", "<support.help.example>"),
	("List-Post", "<https://groups.example/post>, <mailto:support@help.example>"),
	("List-Unsubscribe", "<mailto:googlegroups-manage+1+unsubscribe@groups.example>"),
	("Precedence", "list"),
	("Mailing-list", "list support@help.example; contact support+owners@help.example"),
)


def test_loop_mail_with_our_mark_is_excluded(person, facts, policy):
	assert screen(person((LOOP_HEADER, "help.example")), facts, policy) == Exclude(Reason.LOOP)


def test_loop_the_mark_is_found_among_several(person, facts, policy):
	message = person((LOOP_HEADER, "other.example"), (LOOP_HEADER, "help.example"))
	assert screen(message, facts, policy).reason is Reason.LOOP


def test_loop_without_a_mark_of_our_own_nothing_is_a_loop(person, facts, policy):
	unmarked = replace(policy, loop_mark="")
	assert isinstance(screen(person((LOOP_HEADER, "")), facts, unmarked), Accept)


def test_own_mail_is_known_by_its_message_id_in_any_case(person, policy):
	sent = Facts(sent_ids=frozenset({"mc.t1.aaa.bbb@help.example"}))
	message = person(message_id="MC.T1.aaa.bbb@help.example")
	assert screen(message, sent, policy).reason is Reason.OWN_MAIL


def test_own_mail_from_the_channels_address_or_its_alias_is_excluded(person, facts, policy):
	aliased = replace(policy, aliases={"hilfe@help.example": "support@help.example"})
	for address in ("support@help.example", "hilfe@help.example"):
		message = person(authors=(Address(address),))
		assert screen(message, facts, aliased).reason is Reason.OWN_MAIL


def test_mail_from_another_address_of_this_site_is_filed_but_not_acknowledged(person, policy):
	facts = Facts(own_addresses=frozenset({"support@help.example", "sales@help.example"}))
	message = person(authors=(Address("sales@help.example"),))
	assert screen(message, facts, policy) == Accept(automatic=True)


def test_a_customers_mail_through_our_own_group_is_a_persons_mail(person, facts, policy):
	message = person(*OUR_GROUP)
	assert screen(message, facts, policy) == Accept(automatic=False)


def test_a_group_that_hides_the_customer_behind_our_address_is_pointed_out(person, facts, policy):
	message = person(
		*OUR_GROUP,
		("X-Original-From", "Jane Doe <jane@customer.example>"),
		authors=(Address("support@help.example", "'Jane Doe' via Support"),),
	)
	screening = screen(message, facts, policy)
	assert isinstance(screening, Refuse)
	assert screening.reason is Reason.AMBIGUOUS_SENDER
	assert "group" in screening.detail
