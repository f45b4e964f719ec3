"""Does it name a sender at all?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy


def names_no_sender(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Say yes to no From field, an empty one, or one without an address that could be answered."""
	if not message.authors:
		return Hit()
	if message.sender and not _answerable(message.sender.address):
		return Hit(_("What stands in From is no email address."))
	return None


def _answerable(address: str) -> bool:
	local_part, at, domain = address.rpartition("@")
	return bool(at and local_part and domain) and not any(character.isspace() for character in address)


RULE = Rule(
	name="no sender",
	description="The message names no sender, or the sender is not an email address. It goes to the "
	"failure folder, where a person can look at it.",
	settings=(),
	reason=Reason.NO_SENDER,
	ask=names_no_sender,
)
