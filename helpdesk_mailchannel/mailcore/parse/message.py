"""Reads a message: octets in, `Message` out. It is the one way into this folder.

limits → fields → decoded fields → tree of parts → content, then the few values made from several of them.
Whatever a sender writes, the result is a message or a MessageError, within bounded time and memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from helpdesk_mailchannel.mailcore.model import Address, Headers, Message, RawMessage
from helpdesk_mailchannel.mailcore.parse.bounce.delivery_report import read_report
from helpdesk_mailchannel.mailcore.parse.content_identity import (
	content_identity,
	first_identity,
	tells_itself_apart,
)
from helpdesk_mailchannel.mailcore.parse.header.addresses import read_addresses
from helpdesk_mailchannel.mailcore.parse.header.dates import parse_date, received_date
from helpdesk_mailchannel.mailcore.parse.header.decoded_fields import charsets_of, raw_texts, read_headers
from helpdesk_mailchannel.mailcore.parse.header.fields import Header
from helpdesk_mailchannel.mailcore.parse.header.importance import importance
from helpdesk_mailchannel.mailcore.parse.header.message_ids import message_id, message_ids
from helpdesk_mailchannel.mailcore.parse.mime.emoji_reaction import spoken_reaction
from helpdesk_mailchannel.mailcore.parse.mime.message_limits import weigh
from helpdesk_mailchannel.mailcore.parse.mime.parts import Content, read_content
from helpdesk_mailchannel.mailcore.parse.mime.tree import divide
from helpdesk_mailchannel.mailcore.sentences import Translate, _
from helpdesk_mailchannel.mailcore.settings import Limits

_DELIVERED_TO = (
	"delivered-to",
	"x-original-to",
	"envelope-to",
	"x-envelope-to",
	"x-forwarded-to",
	"x-delivered-to",
	"x-rcpt-to",
	"apparently-to",
)
_IN_FRONT = b"\r\n\xef\xbb\xbf"
"""Empty lines and byte order marks before the first field."""
HEADER_ONLY = _("Only its header was fetched.")


def parse(
	raw: RawMessage, limits: Limits, *, now: datetime, time_zone: str = "UTC", translate: Translate = str
) -> Message:
	"""Read a message as well as it can be read.

	`now` is used if neither the server nor the message says when it came; `time_zone` is the readers' zone,
	in which times of invitations are shown, by its name in the time zone database. Raise
	MessageError(TOO_LARGE, TOO_COMPLEX or UNREADABLE) and nothing else.
	"""
	octets = _with_line_feeds(raw.octets.lstrip(_IN_FRONT))
	header = weigh(octets, limits)
	header = replace(header, charsets=charsets_of(header, octets))
	headers, defects = read_headers(header)
	content, report = Content(defects=(HEADER_ONLY,)), None
	if not raw.header_only:
		tree = divide(octets, header, limits)
		content = read_content(tree, limits, time_zone, translate)
		report = read_report(headers, tree, limits)
	authors = _addresses(header, ("from",), limits)
	own_id = message_id(headers.get("message-id"))
	date = parse_date(headers.get("date"))
	return Message(
		ref=raw.ref,
		identity=content_identity(header, octets[header.body_start :], raw.ref.received_at),
		first_identity=first_identity(
			own_id,
			",".join(each.address for each in authors),
			headers.get("date"),
			headers.get("subject"),
			octets[header.body_start :],
		)
		if tells_itself_apart(header)
		else "",
		message_id=own_id,
		authors=authors,
		subject=headers.get("subject")[: limits.subject],
		reply_to=_addresses(header, ("reply-to",), limits),
		to=_addresses(header, ("to",), limits),
		cc=_addresses(header, ("cc",), limits),
		bcc=_addresses(header, ("bcc",), limits),
		delivered_to=_bare(_addresses(header, _DELIVERED_TO, limits)),
		return_path=_return_path(header, headers, limits),
		date=date,
		received_at=raw.ref.received_at or received_date(headers.get("received")) or date or now,
		in_reply_to=message_ids(headers.get("in-reply-to")),
		references=message_ids(" ".join(headers.all("references"))),
		text=content.text,
		html=content.html,
		files=content.files,
		importance=importance(headers),
		report=report,
		reaction=content.reaction or spoken_reaction(content.text or ""),
		headers=headers,
		size=len(raw.octets),
		octets=raw.octets,
		defects=(*header.defects, *defects, *content.defects),
	)


def _with_line_feeds(octets: bytes) -> bytes:
	"""Replace carriage returns with line feeds if they alone end the lines."""
	if b"\n" in octets or b"\r" not in octets:
		return octets
	return octets.replace(b"\r", b"\n")


def _addresses(header: Header, names: Iterable[str], limits: Limits) -> tuple[Address, ...]:
	return read_addresses((text for name in names for text in raw_texts(header, name)), limits.name)


def _bare(mailboxes: Iterable[Address]) -> tuple[str, ...]:
	return tuple(dict.fromkeys(each.address for each in mailboxes))


def _return_path(header: Header, headers: Headers, limits: Limits) -> str | None:
	"""Return the envelope sender: "" for the null sender `<>`; None if none can be read."""
	found = _addresses(header, ("return-path",), limits)
	if found:
		return found[0].address
	return "" if "".join(headers.get("return-path").split()) == "<>" else None
