"""Is its sender one of the channel's excluded addresses?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.screen.senders import listed
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy, SenderRule


def sender_is_excluded(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Say yes if the sender is on the channel's own list: an address, `name@` at any domain, or a domain."""
	if message.sender is None:
		return None
	address = message.sender.address
	for pattern in policy.excluded_senders:
		if pattern.strip() and _names(pattern.strip(), address, policy):
			return Hit(_("{0} is excluded by {1}.").format(address, pattern.strip()))
	return None


def _names(pattern: str, address: str, policy: ScreenPolicy) -> bool:
	if pattern.endswith("@"):
		return address.lower().startswith(pattern.lower())
	return listed(address, (SenderRule(pattern),), policy) is not None


RULE = Rule(
	name="excluded sender",
	description="The sender is one of the channel's excluded sender addresses: a whole address "
	"(`alerts@example.com`), a name at any domain (`alerts@`), or a domain with its sub-domains "
	"(`example.com`).",
	settings=("excluded_senders", "aliases"),
	reason=Reason.SENDER_EXCLUDED,
	ask=sender_is_excluded,
)
