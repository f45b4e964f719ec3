"""Does it carry this site's loop mark?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.settings import LOOP_HEADER, ScreenPolicy


def carries_own_loop_mark(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Look for the mark of our outgoing mail; only a robot or a forwarding rule brings it back."""
	if policy.loop_mark and policy.loop_mark in message.headers.all(LOOP_HEADER):
		return Hit()
	return None


RULE = Rule(
	name="loop mark",
	description="The message carries the mark that this site puts on every email about a channel's "
	"tickets: a robot or a forwarding rule sent our own mail back.",
	settings=(),
	reason=Reason.LOOP,
	ask=carries_own_loop_mark,
)
