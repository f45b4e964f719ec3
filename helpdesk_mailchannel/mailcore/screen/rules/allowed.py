"""Is its sender allowed?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.screen.senders import listed
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy


def sender_is_not_allowed(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Say yes if there is an allowed list and neither the sender nor its primary address is on it."""
	if message.sender is None or not policy.allowed:
		return None
	# An accepted robot is named in the same table, so nobody would think of allowing it a second time.
	if listed(message.sender.address, (*policy.allowed, *policy.accepted_robots), policy) is not None:
		return None
	return Hit(_("{0} is not allowed.").format(message.sender.address))


RULE = Rule(
	name="allowed senders",
	description="The channel has a list of allowed domains and addresses, and the sender is "
	"not on it. "
	"`evil-example.com` is not `example.com`; sub-domains count where the list says so; international "
	"domains may be written in either form. An empty list allows everybody.",
	settings=("allowed", "accepted_robots", "aliases"),
	reason=Reason.SENDER_NOT_ALLOWED,
	ask=sender_is_not_allowed,
)
