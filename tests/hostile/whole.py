"""The whole way of a message: octets to what is decided and composed, with a channel's usual settings."""

from __future__ import annotations

from datetime import datetime, timezone

from helpdesk_mailchannel.mailcore.decide import Decision, ToFile, decide
from helpdesk_mailchannel.mailcore.errors import MessageError
from helpdesk_mailchannel.mailcore.model import Exclude, Facts, MailDraft, RawMessage, RemoteRef
from helpdesk_mailchannel.mailcore.parse.message import parse
from helpdesk_mailchannel.mailcore.settings import (
	AutoReplyPolicy,
	ChannelSettings,
	ConnectionSettings,
	ListPolicy,
	MappingRow,
	ScreenPolicy,
	Source,
	TicketSettings,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
HEAD = (
	b"From: Jane <jane@customer.example>\r\nTo: support@help.example\r\nMessage-ID: <1@customer.example>\r\n"
)
HTML_HEAD = HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n"
SETTINGS = ChannelSettings(
	"Support",
	"support@help.example",
	ConnectionSettings("mail.help.example", "support"),
	screen=ScreenPolicy(
		channel_address="support@help.example",
		exclude_automatic=False,
		auto_replies=AutoReplyPolicy.FILE,
		lists=ListPolicy.FILE,
		keywords=("a word that is looked for",),
		excluded_senders=("nobody@help.example",),
		trusted_authserv_ids=("mx.help.example",),
	),
	ticket=TicketSettings(
		mapping=(
			MappingRow("description", Source.BODY),
			MappingRow("order", Source.BODY_PATTERN, r"Order (?P<value>\d+)"),
		),
		attach_original=True,
	),
	reply_keys=(b"a key for tests",),
)
"""Everything that reads a message is switched on, and little is turned away."""


def go(octets: bytes) -> Decision | MessageError:
	"""What becomes of a message: filed, excluded or refused. Other errors go through."""
	raw = RawMessage(RemoteRef("INBOX", 1, "1", len(octets)), octets)
	try:
		return decide(parse(raw, SETTINGS.limits, now=NOW), Facts(), SETTINGS, NOW)
	except MessageError as refusal:
		return refusal


def shown(octets: bytes) -> MailDraft:
	"""The mail of a message that must be filed."""
	outcome = go(octets)
	assert isinstance(outcome, ToFile), outcome
	return outcome.draft.mail


def fate(octets: bytes) -> str:
	"""`filed`, or the code of the reason for which it is not."""
	match go(octets):
		case ToFile():
			return "filed"
		case Exclude(reason=reason) | MessageError(reason=reason):
			return reason.code
		case other:
			return str(getattr(getattr(other, "reason", None), "code", "duplicate"))
