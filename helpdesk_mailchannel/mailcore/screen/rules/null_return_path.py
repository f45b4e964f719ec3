"""Was it sent so that no error comes back?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.screen.signs import null_return_path
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy


def has_null_return_path(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Say yes if the envelope sender was `<>`, as in mail that must not be answered (RFC 5321, 4.5.5)."""
	return Hit(_("Its return path is empty.")) if null_return_path(message) else None


RULE = Rule(
	name="null return path",
	description="The mail server notes an empty return path (`Return-Path: <>`), which is reserved for "
	"automatic messages that must not be answered. A message without any Return-Path is not affected.",
	settings=("exclude_automatic", "accepted_robots"),
	reason=Reason.AUTO_GENERATED,
	ask=has_null_return_path,
)
