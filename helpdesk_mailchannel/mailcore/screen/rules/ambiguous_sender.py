"""Is it uncertain who sent it?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.screen.signs import rewritten_by_own_group
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy


def names_no_single_sender(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Say yes to several authors, in one From field or more, and to an author whom a group of ours overwrote.

	Programs choose differently among several authors, so a forger could show one and be checked as another.
	"""
	if len(message.authors) > 1:
		return Hit(_("From names {0}.").format(", ".join(author.address for author in message.authors[:5])))
	if rewritten_by_own_group(message, facts, policy):
		return Hit(
			_(
				"The group that receives for the channel replaced the sender by its own address. "
				"Switch that off in the group, or let the group's mail be delivered directly."
			)
		)
	return None


RULE = Rule(
	name="ambiguous sender",
	description="The message names several senders, or a group of ours that receives for the channel "
	"replaced the sender with its own address. It goes to the failure folder: no ticket is opened in the "
	"name of somebody who may not have written it.",
	settings=(),
	reason=Reason.AMBIGUOUS_SENDER,
	ask=names_no_single_sender,
)
