"""Does its sender read answers?"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy

_ROBOTS = frozenset({"postmaster", "mailerdaemon", "bounce", "bounces", "autoresponder"})
_NO_REPLY = (
	"noreply",
	"donotreply",
	"dontreply",
	"neverreply",
	"noresponse",
	"nepasrepondre",
	"nichtantworten",
	"keineantwort",
	"noresponder",
	"naoresponda",
	"nonrispondere",
	"norispondere",
	"nietantwoorden",
	"nietbeantwoorden",
	"svarinte",
	"svarikke",
	"nieodpowiadaj",
)


def sender_reads_no_answers(message: Message, facts: Facts, policy: ScreenPolicy) -> Hit | None:
	"""Recognise noreply@, postmaster@, mailer-daemon@ and the like, in many spellings and languages."""
	if message.sender is None:
		return None
	local_part = message.sender.address.rpartition("@")[0].partition("+")[0]
	letters = "".join(character for character in local_part if character.isalpha())
	if letters in _ROBOTS or any(words in letters for words in _NO_REPLY):
		return Hit(_("Its sender is {0}.").format(message.sender.address))
	return None


RULE = Rule(
	name="no-reply sender",
	description="The sender is `noreply@`, `donotreply@`, `postmaster@`, `mailer-daemon@` or similar, in "
	"other spellings (`no-reply`, `no_reply`, `shop.noreply`) and languages too. Web forms often write "
	"from such an address: name it among the accepted robots.",
	settings=("exclude_automatic", "accepted_robots"),
	reason=Reason.NO_REPLY_SENDER,
	ask=sender_reads_no_answers,
)
