"""Did it arrive before the channel's start date?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy


def arrived_before_start(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Go by the server's arrival time: a sender can write any Date."""
	arrived = message.ref.received_at or message.received_at
	if policy.since is None or arrived is None or arrived >= policy.since:
		return None
	return Hit(_("It arrived {0} UTC.").format(f"{arrived:%Y-%m-%d %H:%M}"))


RULE = Rule(
	name="age",
	description="The mail server received the message before the channel's start date. The date in the "
	"message itself does not matter, because its sender can write any date.",
	settings=("since",),
	reason=Reason.TOO_OLD,
	ask=arrived_before_start,
)
