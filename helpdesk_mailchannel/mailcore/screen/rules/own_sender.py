"""Does it come from the channel's own address?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.screen.signs import rewritten_by_own_group
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy


def comes_from_the_channel(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Say yes if its sender counts as the channel's address.

	A group of our own that receives for the channel may put the channel's address in From in place of
	the customer's; that mail is not ours (see `ambiguous_sender`).
	"""
	if message.sender is None or not policy.channel_address:
		return None
	if policy.primary(message.sender.address) != policy.channel_address.lower():
		return None
	if rewritten_by_own_group(message, facts, policy):
		return None
	return Hit(_("Its sender is {0}.").format(message.sender.address))


RULE = Rule(
	name="own sender",
	description="The sender is the channel's own address or one of its aliases. If we answered such "
	"mail, we would answer ourselves for ever.",
	settings=("channel_address", "aliases"),
	reason=Reason.OWN_MAIL,
	ask=comes_from_the_channel,
)
