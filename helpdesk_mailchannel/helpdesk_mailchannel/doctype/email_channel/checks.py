"""What is wrong in an Email Channel whatever its status: each check says one thing, and what to do about it.

A Draft may be incomplete (`missing.py` names what is open) but never wrong. Every check takes the document,
after `tidy`, and throws a sentence that begins with the field's label.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any, NoReturn
from urllib.parse import urlsplit

import frappe
from frappe import _
from frappe.utils import cint, get_time, validate_email_address

from helpdesk_mailchannel.mailcore.compose.pattern import check_pattern
from helpdesk_mailchannel.mailcore.domains import a_labels
from helpdesk_mailchannel.mailcore.settings import Source
from helpdesk_mailchannel.ticketing.settings import (
	SOURCES_WITH_ARGUMENT,
	address,
	extensions,
	host_policy,
	lines,
	trimmed,
	value_map,
)
from helpdesk_mailchannel.ticketing.targets import Target, target_for

TRIMMED = (
	"channel_name",
	"host",
	"user_name",
	"ca_file",
	"tenant_id",
	"client_id",
	"client_secret",
	"refresh_token",
	"scope",
	"authorization_url",
	"token_endpoint",
	"sign_in_user",
	"from_name",
)
"""Fields that people paste, and that never begin or end with a space. A password may, so it is not here."""

RANGES: dict[str, tuple[int, int]] = {
	"port": (1, 65_535),
	"poll_interval": (1, 60),
	"connection_timeout": (1_000, 120_000),
	"max_tries": (1, 20),
	"cool_off": (1, 1_440),
	"per_sender_hourly_limit": (0, 10_000),
	"max_message_size": (1, 150),
	"max_attachment_size": (1, 150),
	"max_attachments": (0, 500),
}

_HOST = re.compile(
	r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*\.?", re.IGNORECASE
)
_DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,62})(\.[a-z0-9]([a-z0-9-]{0,62}))*")
_HEADER = re.compile(r"[!-9;-~]+")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def tidy(channel: Any) -> None:
	"""Bring what people type into the form it is compared and used in."""
	for fieldname in TRIMMED:
		if channel.get(fieldname):
			channel.set(fieldname, trimmed(channel.get(fieldname)))
	for fieldname in ("email_address", "reply_to"):
		if channel.get(fieldname):
			channel.set(fieldname, trimmed(channel.get(fieldname)).lower())
	channel.host = (channel.host or "").lower()
	for row in channel.domains:
		row.pattern = trimmed(row.pattern).lower().removeprefix("*").lstrip("@.")
	for row in channel.aliases:
		row.alias = trimmed(row.alias).lower()
		row.primary_address = trimmed(row.primary_address).lower()
	for row in channel.folder_mapping:
		for fieldname in ("read_folder", "success_folder", "failure_folder", "exclusion_folder"):
			row.set(fieldname, trimmed(row.get(fieldname)))
	for fieldname in ("refused_extensions", "allowed_extensions"):
		if channel.get(fieldname):
			channel.set(fieldname, ", ".join(sorted(extensions(channel.get(fieldname)))))
	if channel.protocol == "POP3":
		channel.all_folders = 0


def check(channel: Any) -> None:
	"""Throw at the first thing that is wrong."""
	_check_address(channel)
	_check_host(channel)
	_check_encryption(channel)
	_check_ranges(channel)
	_check_oauth(channel)
	_check_ca_file(channel)
	_check_skip_times(channel)
	_check_pop3(channel)
	_check_folders(channel)
	_check_senders(channel)
	_check_aliases(channel)
	_check_outgoing(channel)
	_check_signing(channel)
	if channel.target_doctype:
		_check_target(channel)
		target = target_for(channel.target_doctype)
		_check_mapping(channel, target)
		_check_types(channel, target)


def refuse(sentence: str) -> NoReturn:
	"""End the save with a sentence for the person who saves."""
	frappe.throw(sentence, title=_("Please Check"))


# ── Connection ───────────────────────────────────────────────────────────────────────────────────────


def _check_address(channel: Any) -> None:
	other = frappe.db.get_value(
		"Email Channel",
		{"email_address": channel.email_address, "name": ["!=", channel.name or ""]},
	)
	if other:
		refuse(
			_("E-Mail Address: {0} belongs to the channel {1} already. Enter another address.").format(
				frappe.bold(channel.email_address), frappe.bold(other)
			)
		)


def _check_host(channel: Any) -> None:
	if channel.host and not (_is_ip(channel.host) or _HOST.fullmatch(a_labels(channel.host))):
		refuse(
			_(
				"Host: {0} is not a host name. Enter only the server's name or IP address, such as "
				"imap.example.com, without imap://, port or path."
			).format(frappe.bold(frappe.utils.escape_html(channel.host)))
		)


def _check_encryption(channel: Any) -> None:
	if channel.security == "None" and channel.host and not plain_allowed(channel.host):
		refuse(
			_(
				"Encryption: this site allows no connections without encryption. Choose TLS or STARTTLS, "
				"or ask whoever runs the site to set mailchannel_allow_plain in its site config."
			)
		)


def plain_allowed(host: str) -> bool:
	"""Whether this site lets a channel talk to this host without encryption."""
	return host_policy().allow_plain or _is_loopback(host)


def _check_ranges(channel: Any) -> None:
	for fieldname, (least, most) in RANGES.items():
		if channel.get(fieldname) is None:
			continue
		if not least <= cint(channel.get(fieldname)) <= most:
			refuse(
				_("{0}: enter a number from {1} to {2}.").format(
					_(channel.meta.get_label(fieldname)), least, most
				)
			)


def _check_oauth(channel: Any) -> None:
	if channel.sign_in != "OAuth":
		return
	for fieldname in ("authorization_url", "token_endpoint"):
		url = channel.get(fieldname)
		if url and not _is_https(url):
			refuse(
				_("{0}: enter a complete address that begins with https://.").format(
					_(channel.meta.get_label(fieldname))
				)
			)
	if re.search(r"[\s/\\?#@]", channel.tenant_id or ""):
		refuse(_("Tenant ID: enter the Directory (tenant) ID or your domain, and nothing else."))
	if channel.oauth_provider == "Microsoft" and _UUID.fullmatch(channel.client_secret or ""):
		refuse(
			_(
				"Client Secret: this looks like the Secret ID. Copy the secret's Value instead; "
				"if it is no longer shown, create a new secret."
			)
		)


def _check_ca_file(channel: Any) -> None:
	if channel.ca_file and not channel.ca_file.startswith("/"):
		refuse(_("Certificate Authority File: enter the full path, such as /etc/ssl/company-ca.pem."))


def _check_skip_times(channel: Any) -> None:
	for row in channel.skip_times:
		if get_time(row.from_time) == get_time(row.to_time):
			refuse(
				_(
					"Skip Times, row {0}: From and To are the same, so it never applies. Change one of them."
				).format(row.idx)
			)


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────


def _check_pop3(channel: Any) -> None:
	if channel.protocol == "POP3" and channel.after_processing not in ("Delete", "Leave in Place"):
		refuse(
			_(
				"After Processing: POP3 has no folders and no read mark. Choose Delete or Leave in Place, "
				"or use IMAP."
			)
		)


def _check_folders(channel: Any) -> None:
	if channel.protocol != "IMAP":
		return
	read: dict[str, int] = {}
	for row in channel.folder_mapping:
		name = _folder(row.read_folder)
		if name in read:
			refuse(
				_("Folder Mapping, row {0}: {1} is read in row {2} already. Remove one of them.").format(
					row.idx, frappe.bold(row.read_folder), read[name]
				)
			)
		read[name] = row.idx
	for row in channel.folder_mapping:
		for fieldname in ("success_folder", "failure_folder", "exclusion_folder"):
			if row.get(fieldname) and _folder(row.get(fieldname)) in read:
				refuse(
					_(
						"Folder Mapping, row {0}: {1} cannot be the {2}, because the channel reads it: "
						"messages would come round again. Choose another folder."
					).format(
						row.idx, frappe.bold(row.get(fieldname)), _(row.meta.get_label(fieldname)).lower()
					)
				)


def _check_senders(channel: Any) -> None:
	seen: dict[tuple[str, bool], int] = {}
	for row in channel.domains:
		if not _is_domain_or_address(row.pattern):
			refuse(
				_(
					"Allowed and Blocked Senders, row {0}: {1} is neither a domain such as example.com "
					"nor an address such as jane@example.com."
				).format(row.idx, frappe.bold(frappe.utils.escape_html(row.pattern)))
			)
		key = (address(row.pattern), row.rule == "Accepted Robot")
		if key in seen:
			refuse(
				_(
					"Allowed and Blocked Senders, row {0}: {1} is in row {2} already. Remove one of them."
				).format(row.idx, frappe.bold(row.pattern), seen[key])
			)
		seen[key] = row.idx
	for line in lines(channel.excluded_senders):
		if not validate_email_address(address(line)):
			refuse(
				_("Excluded Senders: {0} is not an e-mail address. For a whole domain use Blocked.").format(
					frappe.bold(frappe.utils.escape_html(line))
				)
			)


def _check_aliases(channel: Any) -> None:
	seen: set[str] = set()
	for row in channel.aliases:
		primary = row.primary_address or channel.email_address
		if row.alias == primary:
			refuse(
				_(
					"Aliases, row {0}: {1} would stand for itself. Enter another alias or remove the row."
				).format(row.idx, frappe.bold(row.alias))
			)
		if row.alias in seen:
			refuse(
				_("Aliases, row {0}: {1} is listed twice. Remove one of the rows.").format(
					row.idx, frappe.bold(row.alias)
				)
			)
		seen.add(row.alias)
	for row in channel.aliases:
		if row.primary_address in seen:
			refuse(
				_("Aliases, row {0}: {1} is an alias itself. Enter the address it stands for.").format(
					row.idx, frappe.bold(row.primary_address)
				)
			)


# ── Ticket ───────────────────────────────────────────────────────────────────────────────────────────


def _check_target(channel: Any) -> None:
	target = target_for(channel.target_doctype)
	if not target.accepts_mail or not (
		target.field(target.subject_field) and target.field(target.sender_field)
	):
		refuse(
			_(
				"Ticket DocType: {0} does not accept e-mail. Choose another one, or open Customize Form, "
				"switch on Allow document creation via Email, and name its subject and sender fields."
			).format(frappe.bold(_(channel.target_doctype)))
		)
	before = channel.get_doc_before_save()
	if (
		before
		and before.target_doctype
		and before.target_doctype != channel.target_doctype
		and has_filed(channel)
	):
		refuse(
			_(
				"Ticket DocType: the channel has filed messages as {0} already, so it stays. "
				"Make a new channel for {1}."
			).format(frappe.bold(_(before.target_doctype)), frappe.bold(_(channel.target_doctype)))
		)


def has_filed(channel: Any) -> bool:
	"""Whether a message of this channel is on a ticket already."""
	return bool(
		not channel.is_new()
		and frappe.db.exists(
			"Email Channel Message", {"channel": channel.name, "fate": ["in", ["Ticket", "Reply"]]}
		)
	)


def _check_mapping(channel: Any, target: Target) -> None:
	seen: dict[str, int] = {}
	for row in channel.field_mapping:
		where = _("Field Mapping, row {0}").format(row.idx)
		if not target.field(row.ticket_field):
			refuse(
				_("{0}: {1} has no field {2} that mail could fill. Choose one from the list.").format(
					where, _(target.doctype), frappe.bold(frappe.utils.escape_html(row.ticket_field))
				)
			)
		if row.ticket_field in seen:
			refuse(
				_("{0}: row {1} fills {2} already. Remove one of them.").format(
					where, seen[row.ticket_field], frappe.bold(row.ticket_field)
				)
			)
		seen[row.ticket_field] = row.idx
		_check_argument(row, where)
		_check_values(row, where, target)


def _check_argument(row: Any, where: str) -> None:
	if Source(row.source) not in SOURCES_WITH_ARGUMENT:
		return
	if not trimmed(row.source_argument):
		refuse(_("{0}: {1} needs a header's name or a pattern.").format(where, _(row.source)))
	if row.source == Source.HEADER.value:
		row.source_argument = trimmed(row.source_argument).rstrip(":")
		if not _HEADER.fullmatch(row.source_argument):
			refuse(_("{0}: enter a header's name, such as X-Order-Number.").format(where))
	elif wrong := check_pattern(row.source_argument):
		refuse(f"{where}: {frappe.utils.escape_html(wrong)}")


def _check_values(row: Any, where: str, target: Target) -> None:
	for line in lines(row.value_map):
		if "=" not in line:
			refuse(_("{0}: write each translation as {1}.").format(where, "<code>High = Urgent</code>"))
	for value in filter(None, (row.default_value, *value_map(row.value_map).values())):
		if not target.takes(row.ticket_field, value):
			refuse(
				_("{0}: {1} is not a possible value of {2} on {3}. Possible are: {4}.").format(
					where,
					frappe.bold(frappe.utils.escape_html(value)),
					frappe.bold(row.ticket_field),
					_(target.doctype),
					_possible(target, row.ticket_field),
				)
			)


def _check_types(channel: Any, target: Target) -> None:
	if channel.updatable_types and not target.type_field:
		refuse(
			_("Ticket Types That Mail May Update: {0} knows no types. Remove the rows.").format(
				_(target.doctype)
			)
		)
	for row in channel.updatable_types:
		if not target.takes(target.type_field, row.ticket_type):
			refuse(
				_(
					"Ticket Types That Mail May Update, row {0}: there is no type {1}. Possible are: {2}."
				).format(
					row.idx,
					frappe.bold(frappe.utils.escape_html(row.ticket_type)),
					_possible(target, target.type_field),
				)
			)


def _check_outgoing(channel: Any) -> None:
	if channel.outgoing_account and not frappe.db.get_value(
		"Email Account", channel.outgoing_account, "enable_outgoing"
	):
		refuse(
			_(
				"Outgoing Email Account: {0} does not send. "
				"Switch on Enable Outgoing there, or choose another one."
			).format(frappe.bold(channel.outgoing_account))
		)


def _check_signing(channel: Any) -> None:
	answers_to = channel.reply_to or channel.email_address or ""
	if cint(channel.signed_reply_address) and "+" in answers_to.rpartition("@")[0]:
		refuse(
			_(
				"Sign the Reply Address: {0} has a part after a plus sign already, and the signature would "
				"take its place. Switch it off, or enter another Reply-To Address."
			).format(frappe.bold(frappe.utils.escape_html(answers_to)))
		)


def _possible(target: Target, fieldname: str) -> str:
	"""The first dozen values of a Link or Select field, for the sentence that refuses another."""
	values = [frappe.utils.escape_html(value) for value in target.choices(fieldname, limit=13)]
	return ", ".join([*values[:12], *(["…"] if len(values) > 12 else [])]) or _("none yet")


# ── Words ────────────────────────────────────────────────────────────────────────────────────────────


def _is_ip(host: str) -> bool:
	try:
		ipaddress.ip_address(host)
	except ValueError:
		return False
	return True


def _is_loopback(host: str) -> bool:
	return host == "localhost" or (_is_ip(host) and ipaddress.ip_address(host).is_loopback)


def _is_https(url: str) -> bool:
	try:
		parts = urlsplit(url)
	except ValueError:
		return False
	return parts.scheme == "https" and bool(parts.hostname) and not re.search(r"\s", url)


def _is_domain_or_address(pattern: str) -> bool:
	if "@" in pattern:
		return bool(validate_email_address(address(pattern)))
	return bool(_DOMAIN.fullmatch(a_labels(pattern)))


def _folder(name: str) -> str:
	"""A folder's name for comparing: INBOX is the one name that knows no case (RFC 3501 5.1)."""
	return "INBOX" if name.upper() == "INBOX" else name
