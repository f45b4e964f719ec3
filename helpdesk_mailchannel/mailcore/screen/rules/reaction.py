"""Is it a reaction to a message, and nothing else?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy


def is_reaction(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Recognise a thumbs-up and the like, as mail programs send them."""
	return Hit(_("The reaction: {0}").format(message.reaction)) if message.reaction else None


RULE = Rule(
	name="reaction",
	description="The message is nothing but a reaction to another one, such as 👍: RFC 9078's "
	"`Content-Disposition: reaction`, Gmail's reactions, and the lines that Outlook and phones write "
	"instead (“Jane reacted to your message”, “Liked “See you at nine””). It becomes a short line on the "
	"ticket it belongs to, does not reopen it and notifies nobody. If it belongs to no ticket, it is "
	"excluded.",
	settings=(),
	reason=Reason.REACTION,
	ask=is_reaction,
)
