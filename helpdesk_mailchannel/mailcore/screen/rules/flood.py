"""Does its sender write too much?"""

from __future__ import annotations

from datetime import timedelta

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy

_HOUR = timedelta(hours=1)


def sender_writes_too_much(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Say yes if the sender has reached the hourly limit; aliases count together with their primary address.

	The hour is the one before this message arrived, not before now: after an outage, or when old mail is
	read, what took a sender weeks to write must not look like a flood.
	"""
	if message.sender is None or message.received_at is None or not policy.per_sender_and_hour:
		return None
	names = {message.sender.address, policy.primary(message.sender.address)}
	until = message.received_at
	seen = sum(until - _HOUR < moment <= until for name in names for moment in facts.recent.get(name, ()))
	if seen < policy.per_sender_and_hour:
		return None
	return Hit(_("{0} sent {1} messages within the hour before.").format(message.sender.address, seen))


RULE = Rule(
	name="flood",
	description="Of mail that arrived within the hour before this message, as many messages of its sender "
	"were filed as the channel accepts. Mail that the mail server calls forged is counted by itself; where "
	"it says nothing, strangers who write in a customer's name use up the customer's hour. This stops two "
	"robots from answering each other for ever; 0 means no limit.",
	settings=("per_sender_and_hour", "aliases"),
	reason=Reason.FLOOD,
	ask=sender_writes_too_much,
)
