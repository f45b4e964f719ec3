"""Is its sender blocked?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.screen.senders import listed
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy


def sender_is_blocked(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Say yes if the sender, or the address it is an alias of, is on the blocked list."""
	if message.sender is None:
		return None
	pattern = listed(message.sender.address, policy.blocked, policy)
	return (
		None if pattern is None else Hit(_("{0} is blocked by {1}.").format(message.sender.address, pattern))
	)


RULE = Rule(
	name="blocked sender",
	description="The sender's address or domain is on the channel's blocked list. A blocked domain "
	"includes its sub-domains if the list says so. Blocked takes precedence over allowed.",
	settings=("blocked", "aliases"),
	reason=Reason.SENDER_BLOCKED,
	ask=sender_is_blocked,
)
