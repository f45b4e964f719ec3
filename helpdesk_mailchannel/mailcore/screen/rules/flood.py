"""Does its sender write too much?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy


def sender_writes_too_much(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""The sender reached the hourly limit (R10); aliases count together with their primary address."""
	if message.sender is None or not policy.per_sender_and_hour:
		return None
	names = {message.sender.address, policy.primary(message.sender.address)}
	seen = sum(facts.recent.get(name, 0) for name in names)
	if seen < policy.per_sender_and_hour:
		return None
	return Hit(f"{message.sender.address} sent {seen} messages within the last hour.")


RULE = Rule(
	name="flood",
	description="The sender has sent as many messages within the last hour as the channel accepts. This ends "
	"what two robots would do to each other for ever; the limit 0 switches it off.",
	settings=("per_sender_and_hour", "aliases"),
	reason=Reason.FLOOD,
	ask=sender_writes_too_much,
)
