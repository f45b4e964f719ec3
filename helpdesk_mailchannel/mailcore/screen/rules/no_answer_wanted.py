"""Does it ask not to be answered by robots?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import LOOP_HEADER, ScreenPolicy


def asks_for_no_automatic_answer(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""A wish, not a sign of a robot: people's Outlook writes it, and so do agents of other help desks."""
	wishes = {wish.strip().lower() for wish in message.headers.get("x-auto-response-suppress").split(",")}
	if wishes & {"all", "autoreply"}:
		return Hit(_("It asks for no automatic answer (X-Auto-Response-Suppress)."))
	if message.headers.all(LOOP_HEADER):
		return Hit(_("Another help desk sent it."))
	return None


RULE = Rule(
	name="no answer wanted",
	description="The message asks not to be answered by robots (`X-Auto-Response-Suppress: All` or "
	"`AutoReply`), or another help desk of this kind sent it. It is filed quietly.",
	settings=(),
	reason=None,
	ask=asks_for_no_automatic_answer,
)
