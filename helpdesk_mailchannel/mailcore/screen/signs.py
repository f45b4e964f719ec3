"""The header fields by which programs say what they are, read the same way for every rule."""

from __future__ import annotations

import re

from helpdesk_mailchannel.mailcore.model import Facts, Message
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, _
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy

_REPORT_TYPE = re.compile(r"report-type\s*=\s*\"?([\w.-]+)", re.IGNORECASE)
_LIST_ID = re.compile(r"<([^<>]*)>")
_MAILTO = re.compile(r"mailto:([^?>\s,]+)", re.IGNORECASE)
_DENIALS = frozenset({"", "no", "none", "false", "off", "0"})


def affirmed(message: Message, *names: str) -> str:
	"""Return the first of these header fields that is there and does not say no; empty if there is none."""
	return next(
		(name for name in names if any(not denies(value) for value in message.headers.all(name))),
		"",
	)


def denies(value: str) -> bool:
	"""Tell whether a yes-or-no header field says no."""
	return value.strip().lower() in _DENIALS


def auto_submitted(message: Message) -> str:
	"""Return the keyword of Auto-Submitted (RFC 3834, 5), without comments and parameters, or nothing.

	If several fields contradict each other, the one that does not say `no` counts: a person's mail
	program writes the field at most once.
	"""
	values = message.headers.all("auto-submitted")
	keywords = [re.split(r"[;(\s]", value.strip().lower(), maxsplit=1)[0] for value in values]
	return next((keyword for keyword in keywords if keyword != "no"), keywords[0] if keywords else "")


def submitted_by_hand(message: Message) -> bool:
	"""Tell whether the message says that a person sent it: `Auto-Submitted: no`."""
	return auto_submitted(message) == "no"


def precedence(message: Message) -> frozenset[str]:
	"""Return the words of Precedence and X-Precedence, with `auto-reply` spelled `auto_reply`."""
	values = (*message.headers.all("precedence"), *message.headers.all("x-precedence"))
	return frozenset(value.strip().lower().replace("-", "_") for value in values)


def report_type(message: Message) -> str:
	"""Return the report-type of a multipart/report (RFC 6522) in lower case; empty for any other message."""
	content_type = message.headers.get("content-type")
	if not content_type.strip().lower().startswith("multipart/report"):
		return ""
	found = _REPORT_TYPE.search(content_type)
	return found[1].lower() if found else "unknown"


def null_return_path(message: Message) -> bool:
	"""Tell whether its envelope sender was `<>`, which RFC 5321, 4.5.5 reserves for notifications."""
	return message.return_path == ""


def answers_something(message: Message) -> bool:
	"""Tell whether it names a message that it answers."""
	return bool(message.in_reply_to or message.references)


def other_clue(message: Message) -> Sentence:
	"""Name something that robots' mail has more often than people's, in words that can follow “and”.

	Each of these is found on people's mail too, so it only counts beside another clue.
	"""
	if null_return_path(message):
		return _("its return path is empty")
	if message.headers.get("x-auto-response-suppress"):
		return _("it asks for no automatic answer")
	if "x-ms-exchange-inbox-rules-loop" in message.headers:
		return _("an inbox rule sent it")
	if "x-ms-exchange-generated-message-source" in message.headers:
		return _("Exchange wrote it")
	if auto_submitted(message) not in {"", "no"}:
		return _("it was submitted automatically")
	if precedence(message) & {"bulk", "junk"}:
		return _("it is marked as bulk")
	return NOTHING


def own_addresses(facts: Facts, policy: ScreenPolicy) -> frozenset[str]:
	"""Return every address this site sends or receives with, as far as the channel and the site know."""
	aliases = (alias for alias, primary in policy.aliases.items() if primary == policy.channel_address)
	return facts.own_addresses | {
		address.lower() for address in (policy.channel_address, *aliases) if address
	}


def came_through_own_group(message: Message, facts: Facts, policy: ScreenPolicy) -> bool:
	"""Tell whether the mailing list it came through is one of our own addresses.

	Many help desks let a group (Google Groups, for one) receive their mail. Every customer's message then
	carries the group's list fields, which say nothing about the customer.
	"""
	own = own_addresses(facts, policy)
	posts = {found.lower() for value in message.headers.all("list-post") for found in _MAILTO.findall(value)}
	ids = {found.lower() for value in message.headers.all("list-id") for found in _LIST_ID.findall(value)}
	return any(address in posts or address.replace("@", ".") in ids for address in own)


def rewritten_by_own_group(message: Message, facts: Facts, policy: ScreenPolicy) -> bool:
	"""Tell whether a group of ours replaced the author with its own address.

	Groups do this for domains with a strict DMARC policy; the author is then in X-Original-From or
	X-Original-Sender.
	"""
	if message.sender is None or not came_through_own_group(message, facts, policy):
		return False
	original = message.headers.get("x-original-from") or message.headers.get("x-original-sender")
	return message.sender.address in own_addresses(facts, policy) and bool(original)
