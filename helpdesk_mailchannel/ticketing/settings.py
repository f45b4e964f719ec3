"""An Email Channel document as the engine's `ChannelSettings`: units, time zones and lists converted.

Reads the document and the site's config; writes nothing and opens no connection. Also used by Test Connection
on values that are not saved yet, so empty values fall back to the form's defaults.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import frappe
from frappe.core.api.file import get_max_file_size
from frappe.utils import cint
from frappe.utils.password import get_encryption_key

from helpdesk_mailchannel.mailcore.outside.domains import a_labels
from helpdesk_mailchannel.mailcore.settings import (
	DEFAULT_PORTS,
	MIB,
	AfterProcessing,
	AutoReplyPolicy,
	ChannelSettings,
	ClientAuthentication,
	ConnectionSettings,
	FolderRoute,
	Grant,
	HostPolicy,
	Limits,
	ListPolicy,
	MappingRow,
	OAuthProvider,
	OAuthSettings,
	OtherTypePolicy,
	Protocol,
	ReadingSettings,
	RetrySettings,
	ScreenPolicy,
	Security,
	SenderRule,
	SignIn,
	Source,
	TextKind,
	TicketSettings,
	UnsubscribePolicy,
)
from helpdesk_mailchannel.ticketing.language import in_sites_language
from helpdesk_mailchannel.ticketing.reply_keys import bound_since, reply_keys
from helpdesk_mailchannel.ticketing.targets import Target, target_for
from helpdesk_mailchannel.ticketing.targets.generic import SOURCE_FIELD, TicketField
from helpdesk_mailchannel.ticketing.times import from_site, site_zone

OAUTH_CALLBACK = "helpdesk_mailchannel.ticketing.authorise.callback"
"""The whitelisted method to which sign-in providers send people back."""

_AROUND = " \t\r\n\v\f\u00a0\u200b\u200c\u200d\u2060\ufeff"

SOURCES_WITH_ARGUMENT = frozenset({Source.HEADER, Source.SUBJECT_PATTERN, Source.BODY_PATTERN})
"""Sources that need a header's name or a pattern beside them."""

SKIPPED_USES = {
	"skip_sent": "\\Sent",
	"skip_drafts": "\\Drafts",
	"skip_trash": "\\Trash",
	"skip_junk": "\\Junk",
}


def channel_settings(doc: Any) -> ChannelSettings:
	"""Convert the whole channel.

	`doc` is an Email Channel document, saved or not. Raises DoesNotExistError if its ticket DocType is gone.
	"""
	return ChannelSettings(
		name=doc.name or "",
		address=address(doc.email_address),
		connection=connection_settings(doc),
		reading=_reading(doc),
		limits=_limits(doc),
		screen=_screen(doc),
		ticket=_ticket(doc),
		retry=retry_settings(doc),
		reply_keys=reply_keys(),
		channels=tuple(
			frappe.get_all("Email Channel", {"name": ["!=", doc.name]}, pluck="name", order_by="name")
		),
		unbound_tokens_before=bound_since(),
		copies_take_part=bool(cint(doc.copies_take_part)),
		time_zone=site_zone(),
		translate=in_sites_language,
	)


def connection_settings(doc: Any) -> ConnectionSettings:
	"""Return the server and how to sign in, without the secret."""
	protocol = Protocol(doc.protocol or Protocol.IMAP.value)
	security = Security(doc.security or Security.TLS.value)
	return ConnectionSettings(
		host=trimmed(doc.host).lower(),
		user=trimmed(doc.user_name) or trimmed(doc.email_address),
		protocol=protocol,
		security=security,
		port=cint(doc.port) or DEFAULT_PORTS[protocol, security],
		sign_in=SignIn(doc.sign_in or SignIn.PASSWORD.value),
		timeout=(cint(doc.connection_timeout) or 30_000) / 1000,
		ca_file=trimmed(doc.ca_file),
		hosts=host_policy(),
	)


def oauth_settings(doc: Any) -> OAuthSettings:
	"""Return the application registered with the sign-in provider, without its secrets."""
	usual = OAuthSettings(OAuthProvider.OTHER, "")
	return OAuthSettings(
		provider=OAuthProvider(doc.oauth_provider or OAuthProvider.MICROSOFT.value),
		client_id=trimmed(doc.client_id or ""),
		grant=Grant(doc.grant_type or usual.grant.value),
		scopes=tuple(_items(doc.scope)),
		tenant=trimmed(doc.tenant_id or ""),
		authority=doc.authority or usual.authority,
		authorization_url=trimmed(doc.authorization_url or ""),
		token_endpoint=trimmed(doc.token_endpoint or ""),
		redirect_uri=redirect_url(),
		login_hint=trimmed(doc.sign_in_user) or trimmed(doc.user_name) or trimmed(doc.email_address),
		client_authentication=ClientAuthentication(
			doc.client_authentication or usual.client_authentication.value
		),
	)


def host_policy() -> HostPolicy:
	"""Return where this site lets channels connect to, from its config (`mailchannel_…` keys)."""
	return HostPolicy(
		allow_loopback=bool(cint(frappe.conf.get("mailchannel_allow_loopback"))),
		allow_private=not cint(frappe.conf.get("mailchannel_forbid_private")),
		allow_plain=bool(cint(frappe.conf.get("mailchannel_allow_plain"))),
		extra_ports=frozenset(cint(port) for port in _items(frappe.conf.get("mailchannel_extra_ports"))),
	)


def redirect_url() -> str:
	"""Return the redirect URL to register with sign-in providers."""
	return str(frappe.utils.get_url(f"/api/method/{OAUTH_CALLBACK}"))


def loop_mark() -> str:
	"""Return this site's value of LOOP_HEADER. It survives renaming the site and reveals nothing about it."""
	return hmac.new(get_encryption_key().encode(), b"mailchannel loop", hashlib.sha256).hexdigest()[:24]


def trimmed(value: str | None) -> str:
	"""Strip a pasted value of the spaces and invisible characters around it."""
	return (value or "").strip(_AROUND)


def address(value: str | None) -> str:
	"""Normalize an email address as the engine compares them: lower-case, its domain in A-label form."""
	local, at, domain = trimmed(value).lower().rpartition("@")
	return f"{local}{at}{a_labels(domain) or domain}"


def lines(text: str | None) -> tuple[str, ...]:
	"""Return the non-empty lines of a text field."""
	return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


def value_map(text: str | None) -> dict[str, str]:
	"""Parse the translations of a mapping row: `High = Urgent`, one per line."""
	pairs = (line.partition("=") for line in lines(text))
	return {source.strip(): target.strip() for source, _, target in pairs}


def extensions(text: str | None) -> frozenset[str]:
	"""Parse file extensions, one per line or separated by commas or spaces; with or without a dot."""
	return frozenset(word.lstrip("*.").lower() for word in _items(text) if word.strip("*."))


TEXT_KINDS = {
	"Text Editor": TextKind.HTML,
	"HTML Editor": TextKind.HTML,
	"Markdown Editor": TextKind.MARKDOWN,
	"Small Text": TextKind.LINES,
	"Text": TextKind.LINES,
	"Long Text": TextKind.LINES,
	"Code": TextKind.LINES,
	"JSON": TextKind.JSON,
}
"""Frappe's types of field that hold more than a line."""


def _text_kind(field: TicketField | None) -> TextKind:
	if field and (field.fieldtype, field.options) == ("Data", "Email"):
		return TextKind.ADDRESSES
	return TEXT_KINDS.get(field.fieldtype, TextKind.LINE) if field else TextKind.LINE


def mapping_row(row: Any, target: Target) -> MappingRow:
	"""Convert a row of the form's Field Mapping."""
	field = target.field(row.ticket_field)
	source = Source(row.source)
	return MappingRow(
		target=row.ticket_field,
		source=source,
		argument=row.source_argument or "" if source in SOURCES_WITH_ARGUMENT else "",
		default=row.default_value or "",
		values=value_map(row.value_map),
		restricted_to=row.restricted_to or "",
		max_length=field.max_length if field else 0,
		kind=_text_kind(field),
	)


def _reading(doc: Any) -> ReadingSettings:
	pop3 = doc.protocol == Protocol.POP3.value
	routes = tuple(
		FolderRoute(
			trimmed(row.read_folder),
			trimmed(row.success_folder),
			trimmed(row.failure_folder),
			trimmed(row.exclusion_folder),
		)
		for row in doc.folder_mapping or ()
		if trimmed(row.read_folder)
	)
	return ReadingSettings(
		routes=(FolderRoute("INBOX"),) if pop3 or not routes else routes,
		all_folders=bool(cint(doc.all_folders)) and not pop3,
		skipped_uses=frozenset(
			{"\\All"} | {use for name, use in SKIPPED_USES.items() if cint(doc.get(name))}
		),
		skipped_folders=frozenset(lines(doc.skipped_folders)),
		after=AfterProcessing(doc.after_processing or AfterProcessing.MOVE.value),
		since=_since(doc),
	)


def _since(doc: Any) -> datetime | None:
	"""Return the time before which email is ignored.

	The form's calendar only has whole minutes, and would change a time with seconds as soon as it shows it.
	So the first activation enters its minute there, and the seconds come from a field that nobody edits.
	"""
	start, activated = from_site(doc.sync_start), from_site(doc.activated_at)
	if start and activated and start == activated.replace(second=0, microsecond=0):
		return activated
	return start


def _limits(doc: Any) -> Limits:
	usual = Limits()
	attachment = min(cint(doc.max_attachment_size) * MIB or usual.attachment, get_max_file_size())
	return Limits(
		message=cint(doc.max_message_size) * MIB or usual.message,
		attachment=attachment,
		attachments_total=max(usual.attachments_total, attachment),
		attachments=usual.attachments if doc.max_attachments is None else cint(doc.max_attachments),
		refused_extensions=extensions(doc.refused_extensions),
		allowed_extensions=extensions(doc.allowed_extensions),
	)


def _screen(doc: Any) -> ScreenPolicy:
	own = address(doc.email_address)
	aliases = {address(row.alias): address(row.primary_address) or own for row in doc.aliases or ()}
	if doc.reply_to:
		# Email to that address is for the channel too, and email from it is the channel's own.
		aliases.setdefault(address(doc.reply_to), own)
	return ScreenPolicy(
		channel_address=own,
		aliases=aliases,
		allowed=_sender_rules(doc, "Allowed"),
		blocked=_sender_rules(doc, "Blocked"),
		recipient_only=bool(cint(doc.recipient_only)),
		exclude_automatic=bool(cint(doc.exclude_automatic_mail)),
		auto_replies=AutoReplyPolicy(doc.automatic_replies or AutoReplyPolicy.EXCLUDE.value),
		accepted_robots=_sender_rules(doc, "Accepted Robot"),
		lists=ListPolicy(doc.mailing_lists or ListPolicy.EXCLUDE.value),
		unsubscribable=UnsubscribePolicy(doc.list_unsubscribe or UnsubscribePolicy.JUDGE.value),
		keywords=lines(doc.exclusion_keywords),
		excluded_senders=tuple(address(line) for line in lines(doc.excluded_senders)),
		per_sender_and_hour=cint(doc.per_sender_hourly_limit),
		loop_mark=loop_mark(),
		trusted_authserv_ids=tuple(line.lower() for line in lines(doc.trusted_authserv_ids)),
		trust_exchange_online=bool(cint(doc.trust_exchange_online)),
		results_below_received=bool(cint(doc.results_below_received)),
		since=_since(doc),
	)


def _sender_rules(doc: Any, rule: str) -> tuple[SenderRule, ...]:
	return tuple(
		SenderRule(address(row.pattern), subdomains=bool(cint(row.include_subdomains)))
		for row in doc.domains or ()
		if row.rule == rule
	)


def _ticket(doc: Any) -> TicketSettings:
	if not doc.target_doctype:
		return TicketSettings()
	target = target_for(doc.target_doctype)
	return TicketSettings(
		doctype=target.doctype,
		subject_field=target.subject_field,
		sender_field=target.sender_field,
		values=_fixed_by_channel(doc, target),
		mapping=tuple(mapping_row(row, target) for row in doc.field_mapping or ()),
		required={name: target.name_of(name) for name in target.required_fields()},
		attach_original=bool(cint(doc.attach_original)),
		viewer_folds=target.viewer_folds,
		updatable=frozenset(row.ticket_type for row in doc.updatable_types or ()),
		other_types=OtherTypePolicy(doc.other_types or OtherTypePolicy.NEW_TICKET.value),
	)


def _fixed_by_channel(doc: Any, target: Target) -> dict[str, object]:
	"""Return the values of every ticket of the channel, whatever the email: its source, and who answers."""
	values = {SOURCE_FIELD: doc.name}
	account_field = target.meta.get("recipient_account_field") or "email_account"
	if doc.outgoing_account:
		values[account_field] = doc.outgoing_account
	return {name: value for name, value in values.items() if target.meta.has_field(name)}


def retry_settings(doc: Any) -> RetrySettings:
	"""Return how often a channel is retried and how long it waits; `doc`: the channel, or its row."""
	usual = RetrySettings()
	return RetrySettings(
		max_tries=cint(doc.max_tries) or usual.max_tries,
		cool_off_minutes=cint(doc.cool_off) or usual.cool_off_minutes,
		poll_interval_minutes=cint(doc.poll_interval) or usual.poll_interval_minutes,
	)


def _items(value: object) -> Iterable[str]:
	"""Return the items of a list, or of a text with commas, spaces or line breaks between them."""
	if isinstance(value, list | tuple):
		return [str(item) for item in value]
	return str(value or "").replace(",", " ").split()
