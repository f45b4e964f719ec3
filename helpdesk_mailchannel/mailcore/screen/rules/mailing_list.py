"""Did it come through a mailing list?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.screen.signs import affirmed, came_through_own_group, precedence
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, _
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy

_FIELDS = ("list-post", "mailing-list", "x-mailing-list", "x-beenthere", "x-mlserver", "x-ml-name")
"""RFC 2369, ezmlm and Google Groups, Majordomo, Mailman, fml."""


def came_through_a_list(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Recognise a list that people write to (RFC 2369, RFC 2919), unless it is a group of our own."""
	sign = _sign_of_a_list(message)
	if not sign or came_through_own_group(message, facts, policy):
		return None
	return Hit(sign)


def _sign_of_a_list(message: Message) -> Sentence:
	if name := affirmed(message, *_FIELDS):
		return _("It carries the field {0}: {1}.").format(name, message.headers.get(name)[:100])
	if "list" in precedence(message):
		return _("It says Precedence: list.")
	# Newsletters have a List-Id too, but nobody can write to them: they can only be unsubscribed from.
	if "list-id" in message.headers and "list-unsubscribe" not in message.headers:
		return _("It carries the field list-id: {0}.").format(message.headers.get("list-id")[:100])
	return NOTHING


RULE = Rule(
	name="mailing list",
	description="The message came through a list that people write to (`List-Post`, `List-Id`, "
	"`Mailing-List`, `Precedence: list`). A group of your own that receives for the channel, such as a "
	"Google group with the channel's address, does not count as one.",
	settings=("lists", "accepted_robots"),
	reason=Reason.MAILING_LIST,
	ask=came_through_a_list,
)
