"""May a robot have written it?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.screen import subjects
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.screen.signs import (
	affirmed,
	came_through_own_group,
	own_addresses,
	submitted_by_hand,
)
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy


def may_be_a_robots(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Collect clues too weak to turn a message away: in doubt it is filed, quietly."""
	if affirmed(message, "list-unsubscribe") and not came_through_own_group(message, facts, policy):
		return Hit(_("One can unsubscribe from it."))
	if not submitted_by_hand(message) and (words := subjects.likely(message.subject)):
		return Hit(_("Its subject begins with “{0}”.").format(words))
	if message.sender and message.sender.address in own_addresses(facts, policy):
		return Hit(_("This site sends mail as {0}.").format(message.sender.address))
	return None


RULE = Rule(
	name="doubtful",
	description="A robot may have written the message, but that is not certain: it offers to unsubscribe, "
	"its subject sounds like an out-of-office note, or its sender is another address of this site. It is "
	"filed quietly.",
	settings=(),
	reason=None,
	ask=may_be_a_robots,
)
