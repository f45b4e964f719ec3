"""Reads delivery reports: who was not reached, why, and which of our messages it is about.

A report in the standard form (RFC 3464) speaks for itself. Many servers still write a letter instead: it
counts as a report if a mail system sent it, and it speaks of failed delivery and names a recipient
(`notice`). Complaints (RFC 5965) and read receipts (RFC 8098) are other reports; but a receipt may say that
a mailbox's filter rejected the message, and that is one of these.
"""

from __future__ import annotations

import re

from helpdesk_mailchannel.mailcore.model import DeliveryReport, Headers, Recipient
from helpdesk_mailchannel.mailcore.parse.bounce.failure import answers_recipient, is_hard, reply_in, status_in
from helpdesk_mailchannel.mailcore.parse.bounce.notice import (
	MOST_RECIPIENTS,
	is_from_mail_system,
	read_notice,
	reasons,
	split_notice,
)
from helpdesk_mailchannel.mailcore.parse.bounce.phrase_patterns import reduced
from helpdesk_mailchannel.mailcore.parse.bounce.ses import read_ses
from helpdesk_mailchannel.mailcore.parse.header.addresses import normal_address
from helpdesk_mailchannel.mailcore.parse.header.decoded_fields import read_headers
from helpdesk_mailchannel.mailcore.parse.header.encoded_words import decode_words
from helpdesk_mailchannel.mailcore.parse.header.fields import split_header
from helpdesk_mailchannel.mailcore.parse.header.message_ids import message_id, message_ids
from helpdesk_mailchannel.mailcore.parse.mime.tree import Part, divide
from helpdesk_mailchannel.mailcore.parse.text.charset import decode, decode_header
from helpdesk_mailchannel.mailcore.parse.text.clean import clean_line, clean_text
from helpdesk_mailchannel.mailcore.settings import Limits

_STATUS_PARTS = {"message/delivery-status", "message/global-delivery-status"}
_RECEIPTS = {"message/disposition-notification", "message/global-disposition-notification"}
_COMPLAINT = "message/feedback-report"
_ORIGINALS = {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
_REJECTED = re.compile(r"\breject", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3}")
_SHOWN = 100_000
"""Octets of a notice or an original that are read."""
_FIELD = re.compile(r"^([A-Za-z-]{3,40})[ \t]*:[ \t]*(.*)$")


def read_report(headers: Headers, tree: Part, limits: Limits) -> DeliveryReport | None:
	"""Read what a delivery report says; return None for any other message."""
	return _read(headers, tree, limits, wrapped=False)


def _read(headers: Headers, tree: Part, limits: Limits, *, wrapped: bool) -> DeliveryReport | None:
	parts = list(tree.walk())
	if any(each.content_type == _COMPLAINT for each in parts):
		return None
	if any(each.content_type in _RECEIPTS for each in parts):
		return _read_rejection(headers, parts)
	# If the boundaries are broken, the tree is one text, so the declaration is read from the header.
	declared = "delivery-status" in headers.get("content-type") and "multipart/report" in headers.get(
		"content-type"
	)
	shown = _shown_text(parts)
	notified = read_ses(headers, shown)
	if not declared and not notified and not is_from_mail_system(headers):
		return None
	notice, copied = split_notice(shown)
	statuses = [_opening(each) for each in parts if each.content_type in _STATUS_PARTS]
	original = _original(parts) or copied
	groups = notified or [group for text in statuses or [shown] for group in _groups(text)]
	recipients = _standard_recipients(groups, notice, headers) or read_notice(headers, notice)
	if not recipients:
		# A gateway or a postmaster's script may wrap the report it got in a notice of its own.
		return None if wrapped else _wrapped(original, limits)
	return DeliveryReport(
		recipients=tuple(recipients[:MOST_RECIPIENTS]),
		original_message_id=_original_id(original) or next(iter(message_ids(headers.get("in-reply-to"))), ""),
	)


def _wrapped(original: str, limits: Limits) -> DeliveryReport | None:
	octets = original.strip().encode("utf-8")
	header = split_header(octets, limits.header_block)
	headers, _ = read_headers(header)
	if not header.fields or not is_from_mail_system(headers):
		return None
	return _read(headers, divide(octets, header, limits), limits, wrapped=True)


def _read_rejection(headers: Headers, parts: list[Part]) -> DeliveryReport | None:
	"""Read what a mailbox's own filter says about a message it rejected, in the form of a read receipt.

	See RFC 5429, 2.1; Dovecot does this. The mailbox exists, so no rejection is hard.

	A receipt for a message that was deleted unread has the same form, so its words decide.
	"""
	words = reduced(_shown_text(parts))
	if not _REJECTED.search(f"{headers.get('auto-submitted')} | {headers.get('subject')} | {words}"):
		return None
	receipts = [_opening(each) for each in parts if each.content_type in _RECEIPTS]
	groups = [group for text in receipts for group in _groups(text)]
	found = {
		_typed_address(group["final-recipient"]): group
		for group in groups
		if "final-recipient" in group and "deleted" in group.get("disposition", "").lower()
	}
	recipients = [Recipient(each, "failed", "", words[:1000], hard=False) for each in found if each]
	if not recipients:
		return None
	original = _original(parts)
	return DeliveryReport(
		recipients=tuple(recipients[:MOST_RECIPIENTS]),
		original_message_id=message_id(groups[0].get("original-message-id", "")) or _original_id(original),
	)


# ── The standard form ────────────────────────────────────────────────────────────────────────────────


def _groups(text: str) -> list[dict[str, str]]:
	"""Return the groups of fields of a delivery status, by lower-case name; an empty line ends a group."""
	groups: list[dict[str, str]] = [{}]
	last = ""
	for line in text.split("\n"):
		field = _FIELD.match(line.strip() if not line[:1].isspace() else "")
		if field:
			last = field[1].lower()
			if last in ("final-recipient", "original-recipient") and last in groups[-1]:
				groups.append({})
			groups[-1].setdefault(last, field[2].strip())
		elif line[:1] in (" ", "\t") and last and line.strip():
			groups[-1][last] += " " + line.strip()
		elif not line.strip():
			last = ""
			groups.append({})
	return [group for group in groups if "final-recipient" in group or "original-recipient" in group]


def _standard_recipients(groups: list[dict[str, str]], notice: str, headers: Headers) -> list[Recipient]:
	found: dict[str, Recipient] = {}
	at_recipient = answers_recipient(notice)
	wordless = any(not _WORD.search(_diagnostic(group)) for group in groups)
	said = reasons(notice, headers) if wordless else {}
	for group in groups:
		if len(found) == MOST_RECIPIENTS:
			break
		address = _typed_address(group.get("final-recipient", "")) or _typed_address(
			group.get("original-recipient", "")
		)
		if address and address not in found:
			found[address] = _recipient(address, group, said.get(address, ""), notice, at_recipient)
	return list(found.values())


def _recipient(address: str, group: dict[str, str], said: str, notice: str, at_recipient: bool) -> Recipient:
	"""Read one recipient's group of fields.

	`said` are the words of the notice about this recipient: the only reason if there is no diagnostic code,
	as in OpenSMTPD's reports."""
	diagnostic = _diagnostic(group)
	stated = status_in(group.get("status", ""))
	words = diagnostic or notice
	if said and _is_general(stated) and not _WORD.search(diagnostic):
		diagnostic = said
		# The words above may say more than a bare "user unknown" here, such as that the account is closed.
		words = notice if _is_general(status_in(said)) else said
	spoken = status_in(diagnostic)
	# A gateway that knows no better writes 5.0.0 or its own; the remote server's answer is nearer.
	status = spoken if spoken and _is_general(stated) else stated or spoken
	action = group.get("action", "").partition(" ")[0].strip().lower()
	if not status and action in ("", "failed"):
		reply = reply_in(diagnostic)
		status = f"{reply[0]}.0.0" if reply else ""
	# An answer that quotes the address is about it, unless a more exact code says what it is about.
	# (5.1.351 is Exchange Online's code for whatever a remote server said of the recipient.)
	general = status.partition(".")[2] in ("", "0.0", "1.351")
	quoted = general and bool(reply_in(diagnostic)) and address in diagnostic.lower()
	at_recipient = at_recipient or quoted or answers_recipient(diagnostic)
	hard = action in ("", "failed") and is_hard(status, words, at_recipient)
	return Recipient(address, action, status or _positive(group), diagnostic[:1000], hard)


def _diagnostic(group: dict[str, str]) -> str:
	return clean_line(_untyped(group.get("diagnostic-code", "")))


def _is_general(status: str) -> bool:
	"""Tell whether a status says only that something failed."""
	return not status or status.endswith(".0")


def _positive(group: dict[str, str]) -> str:
	return group.get("status", "").strip() if group.get("status", "").startswith("2.") else ""


def _untyped(value: str) -> str:
	"""Return `smtp; 550 No such user` without its type; some leave the type out."""
	return value.partition(";")[2].strip() or value


def _typed_address(value: str) -> str:
	"""Return the address in `rfc822; a@example.com` and in what gateways make of it."""
	bare = decode_words(value).rpartition(";")[2].strip().strip("<>'\" ")
	return normal_address(bare.partition(" ")[0])


# ── The texts within ─────────────────────────────────────────────────────────────────────────────────


def _shown_text(parts: list[Part]) -> str:
	"""Return the words of the report itself."""
	texts = [
		each for each in parts if each.content_type in ("text/plain", "text/html") and not each.is_multipart
	]
	shown = [each for each in texts if each.disposition.value != "attachment"] or texts
	plain = [each for each in shown if each.content_type == "text/plain"]
	return "\n".join(_opening(each) for each in (plain or shown))


def _opening(part: Part) -> str:
	text = clean_text(decode(part.content[:_SHOWN], part.parameters.get("charset", "")))
	if part.content_type == "text/html":
		text = re.sub(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]{0,200}>", "\n", text, flags=re.IGNORECASE)
		text = re.sub(r"<[^<>@]{0,2000}>", " ", text).replace("&lt;", "<").replace("&gt;", ">")
	return text


def _original(parts: list[Part]) -> str:
	return next((_opening(each) for each in parts if each.content_type in _ORIGINALS), "")


def _original_id(original: str) -> str:
	header = split_header(original.strip().encode("utf-8"), _SHOWN)
	return message_id(clean_line(decode_words(decode_header(header.get("message-id")))))
