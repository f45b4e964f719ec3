"""Tells from a status code and a server's words whether an address is dead (hard) or may work again (soft).

Servers answer 550 and 5.7.1 to almost everything, so the words count first if they are plain, then the
enhanced status code (RFC 3463), then the class of the reply.
"""

from __future__ import annotations

import re

from helpdesk_mailchannel.mailcore.parse.bounce.phrase_patterns import one_of, reduced

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.:\[(-])([45][0-5]\d)(?=[ \-:]|$)")

_NO_SUCH_HOST = one_of(
	r"(?:host|domain) (?:\S+ ){0,3}?(?:not found|unknown|(?:does not|doesn['’]t) exist)",
	r"host unknown",
	r"(?:unknown|no such) (?:host|domain)",
	r"name or service not known",
	r"nxdomain",
	r"null ?mx",
	r"no smtp service",
	r"(?:does not|doesn['’]t) accept (?:any )?(?:e?-?mail)",
	r"find any host (?:named|by that name)",
	r"account or domain may not exist",
	r"unroute?able",
	r"domain (?:\S+ )?(?:is )?invalid",
	r"has moved",
	r"moved to ",
	r"recipient name is not recognized",
	r"final delivery userid",
)
_NOT_THE_ADDRESS = one_of(
	r"over quota",
	r"(?:exceed|over)\w* (?:\w+ ){0,4}(?:quota|storage|allowed size|size limit)",
	r"quota (?:\w+ )?exceed",
	r"(?:mail ?box|inbox) (?:\w+ ){0,2}(?:full|lleno)",
	r"size exceed",
	r"mailbox_?full",
	r"disk quota",
	r"insufficient (?:disk|system)",
	r"black ?list",
	r"block ?list",
	r"\bblocked\b",
	r"relay(?:ing)? (?:access )?(?:denied|not|is not)",
	r"to relay",
	r"(?:sender|from) (?:\S+ ){0,3}(?:rejected|denied|refused|unknown|not exist|invalid)",
	r"poor reputation",
)
"""Words that outweigh even a code that says the mailbox does not exist."""
_ANOTHER_DAY = one_of(
	r"too (?:large|big|many|much|fast)",
	r"rate limit",
	r"expired",
	r"retry time",
	r"in the queue too long",
	r"unexpected name server",
	r"spam|virus|malware|reputation",
	r"greylist|deferred|temporar|try again later",
	r"dmarc|dkim|\bspf\b|unauthenticated",
	r"reverse dns|\bptr\b|\brdns\b",
	r"polic(?:y|ies)",
	r"timed? ?out",
	r"connection (?:refused|lost|reset)",
	r"\bloop",
	r"suspend|inactive|disabled|deactivated|discontinued",
)
_NO_SUCH_USER = one_of(
	r"(?:user|recipient|rcpt|mail ?box|address|account|alias|destinataire|name)\w* (?:\S+ ){0,4}?"
	r"(?:unknown|not (?:found|known|listed|exist|recognized)|does ?n[o'’]t exist|does not exist|invalid"
	r"|isn['’]t a|doesn['’]t have|is not a (?:valid|known|local)|no longer"
	r"|unbekannt|inconnu|desconocid|n['’]existe)",
	r"(?:unknown|invalid|no such|non-?existent|bad|undeliverable|not an? (?:valid|known|local)|not our)"
	r"[ _](?:\w+ ){0,3}?"
	r"(?:user|recipient|mailbox|address|account|alias|local[- ]part|destination|person|customer)",
	r"(?:benutzer|empfänger|adresse|postfach)\w* (?:\S+ ){0,4}?(?:unbekannt|existiert nicht|nicht vorhanden)",
	r"(?:usuario|usuário|utilisateur|utente|użytkownik|odbiorca|cuenta|conta|casilla) (?:\S+ ){0,4}?"
	r"(?:n[ãa]?o existe|n['’]existe pas|non esiste|nie istnieje|inconnu|desconhecid|desconocid|sconosciut)",
	r"(?:пользовател|адрес|ящик)\w* (?:\S+ ){0,4}?не (?:существует|найден)",
	r"no (?:mail ?box|one|account) (?:here )?(?:by|with|has|available) ",
	r"mailbox (?:is )?(?:unavailable|not available)",
	r"here by that name",
	r"user_?unknown",
	r"(?:does not|doesn['’]t) have (?:an? )?(?:\S+ )?account",
	r"rejected recipient",
	r"recipient address rejected(?:\.|$|: (?:access denied|undeliverable))",
)
_AT_RECIPIENT = one_of(
	r"\brcpt\b",
	r"rcpt_to",
	r"rejected recipient",
	r"does not like recipient",
	r"\(state 14\)",
	r"no valid recipients",
)
"""State 14 is Google's number for it. The last is the answer to DATA after every address was refused; with
pipelining (RFC 2920) the refusals come after DATA was sent, too."""
_DEAD = {"1.0", "1.1", "1.2", "1.3", "1.6", "1.10", "3.2", "4.4", "7.27"}
"""Subject and detail of codes (RFC 3463, 3886, 7505) about the address: unknown, moved, accepts no mail."""


def status_in(text: str) -> str:
	"""Return the first enhanced status code of a failure, `5.1.1`; `5.0.0` only if there is no other."""
	found = [".".join(groups) for groups in _STATUS.findall(text) if groups[0] in "45"]
	special = [each for each in found if not each.endswith(".0.0")]
	return (special or found or [""])[0]


def reply_in(text: str) -> str:
	"""Return the first SMTP reply code of a failure in a text, `550`."""
	found = _REPLY.search(text)
	return found[1] if found else ""


def is_hard(status: str, answer: str, at_recipient: bool) -> bool:
	"""Tell whether the address is dead, by the status code and the server's answer.

	"User unknown" counts if it was the answer to the recipient's address. If it comes later, after the whole
	message, or nobody knows when, it is just as often a filter that hides behind these words.
	"""
	answer = reduced(answer)
	detail = status.partition(".")[2]
	if status.startswith("4"):
		return False
	if detail in ("1.7", "1.8"):
		return False
	if _NO_SUCH_HOST.search(answer):
		return True
	if _NOT_THE_ADDRESS.search(answer):
		return False
	if detail == "1.1":
		return True
	if _ANOTHER_DAY.search(answer):
		return False
	if detail in _DEAD:
		return True
	return at_recipient and not detail.startswith("7.") and bool(_NO_SUCH_USER.search(answer))


def says_no_such_user(text: str) -> bool:
	"""Tell whether a text, its white space reduced, says that an address is not known there."""
	return bool(_NO_SUCH_USER.search(text))


def answers_recipient(conversation: str) -> bool:
	"""Tell whether a conversation with a server ended at the recipient's address (RCPT TO)."""
	return bool(_AT_RECIPIENT.search(conversation))
