"""Did this site send it?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy


def was_sent_by_this_site(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Say yes if its Message-ID is one of ours: a copy of an agent's answer or of a notification."""
	if message.message_id and message.message_id.lower() in facts.sent_ids:
		return Hit(_("Its Message-ID is that of a mail this site sent."))
	return None


RULE = Rule(
	name="own message",
	description="This site sent the message itself, for instance an agent's answer that was copied to "
	"the channel's address.",
	settings=(),
	reason=Reason.OWN_MAIL,
	ask=was_sent_by_this_site,
)
