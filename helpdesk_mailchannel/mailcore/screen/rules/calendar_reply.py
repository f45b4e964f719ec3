"""Is it an answer to an invitation?"""

from __future__ import annotations

import re

from helpdesk_mailchannel.mailcore.model import Facts, File, Message
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy

_METHOD = re.compile(rb"^METHOD:REPLY[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_LOOKED_AT = 64 * 1024


def answers_an_invitation(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Recognise a calendar reply (iTIP, RFC 5546, METHOD:REPLY): a person's decision, sent by a program."""
	if any(_is_reply(file) for file in message.files):
		return Hit(_("It answers a calendar invitation."))
	content_type = message.headers.get("content-type").lower().replace('"', "").replace(" ", "")
	if content_type.startswith("text/calendar") and "method=reply" in content_type:
		return Hit(_("It answers a calendar invitation."))
	return None


def _is_reply(file: File) -> bool:
	is_calendar = file.content_type.lower() == "text/calendar" or file.name.lower().endswith(".ics")
	return is_calendar and _METHOD.search(file.content[:_LOOKED_AT]) is not None


RULE = Rule(
	name="calendar reply",
	description="Somebody accepted or declined a calendar invitation (`METHOD:REPLY`). It is filed, because "
	"a declined visit is news for the help desk, but quietly, because a program wrote it.",
	settings=(),
	reason=None,
	ask=answers_an_invitation,
)
