"""What is wrong in an Email Channel whatever its status: each check says one thing, and what to do about it.

A Draft may be incomplete (`missing.py` names what is open) but never wrong. Every check takes the document,
after `tidy`, and raises `Wrong` with a sentence that begins with the field's label. Some look at the rest of
the site, which may change after a channel was saved; so the controller refuses only what is new with a save.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn
from urllib.parse import urlsplit

import frappe
from frappe import _
from frappe.utils import cint, get_time, validate_email_address

from helpdesk_mailchannel.helpdesk_mailchannel.doctype.email_channel.missing import Gap
from helpdesk_mailchannel.mailcore.compose.pattern import check_pattern
from helpdesk_mailchannel.mailcore.outside.domains import a_labels
from helpdesk_mailchannel.mailcore.settings import Source
from helpdesk_mailchannel.ticketing.language import said
from helpdesk_mailchannel.ticketing.settings import (
	SOURCES_WITH_ARGUMENT,
	address,
	host_policy,
	lines,
	trimmed,
	value_map,
)
from helpdesk_mailchannel.ticketing.sign_in.stored_secrets import SECRETS, typed
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
_LOCAL_PART = re.compile(r"[^\s@<>,;]+@")
_NUMBER = re.compile(r"\s*-?\d{1,18}\s*")
_ONE_LINE = frozenset({"Data", "Autocomplete", "Link", "Select"})
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
	if channel.protocol == "POP3":
		channel.all_folders = 0


Check = tuple[str, str, Callable[[Any], None]]
"""The tab and the field where its sentence leads, and the check."""


class Wrong(Exception):
	"""One thing that is wrong, as a sentence for the person who saves."""


def wrong(channel: Any) -> list[Gap]:
	"""Everything that is wrong, in the form's order; the first thing of each check."""
	# The others take choices for choices and numbers for numbers.
	return _found(channel, BASIC_CHECKS) or _found(channel, CHECKS)


def _found(channel: Any, checks: Sequence[Check]) -> list[Gap]:
	found = []
	for tab, fieldname, check in checks:
		try:
			check(channel)
		except Wrong as error:
			found.append(Gap(_(tab), fieldname, str(error)))
	return found


def refuse(sentence: str) -> NoReturn:
	"""End a check."""
	raise Wrong(sentence)


# ── Any field ────────────────────────────────────────────────────────────────────────────────────────

_TAG = re.compile(r"<[a-zA-Z]")
_VALUE_GROUP = re.compile(r"(?<=\(\?)P?<value>")
"""The one group whose name means something; of others, a browser might make a script."""
_TEXTS = frozenset({"Data", "Small Text", "Text", "Long Text", "Autocomplete", "Link", "Select"})
_LONGEST_TEXT = 65_535
"""Octets: what a text column of MariaDB takes."""


def _written(channel: Any) -> Iterator[tuple[str, Any, Any]]:
	"""Each field that people fill: its label, with the row's number in a table; its meta; its value."""
	for field in channel.meta.fields:
		if field.fieldtype == "Table":
			for row in channel.get(field.fieldname) or ():
				for column in row.meta.fields:
					where = _("{0}, row {1}, {2}").format(_(field.label), row.idx, _(column.label))
					yield where, column, row.get(column.fieldname)
		elif not field.read_only:
			yield _(field.label), field, channel.get(field.fieldname)


def _check_numbers(channel: Any) -> None:
	"""Numbers are numbers: Frappe would take words for 0."""
	for label, field, value in _written(channel):
		if field.fieldtype == "Int" and value not in (None, "") and not _NUMBER.fullmatch(str(value)):
			refuse(_("{0}: enter a whole number.").format(label))


def _check_texts(channel: Any) -> None:
	"""What Frappe would change in saving it, or the database would not take."""
	for label, field, value in _written(channel):
		if field.fieldtype not in _TEXTS or not value:
			continue
		if not isinstance(value, str):
			refuse(_("{0}: enter text.").format(label))
		text = _VALUE_GROUP.sub("", value) if field.fieldname == "source_argument" else value
		if _TAG.search(text):
			refuse(
				_(
					"{0}: what begins like an HTML tag cannot be kept unchanged. Leave it out; in a pattern, "
					"write {1} for the character {2}, and name no group but value."
				).format(label, "<code>[&lt;]</code>", "<code>&lt;</code>")
			)
		if "\0" in value or len(value.encode("utf-8", "surrogatepass")) > _LONGEST_TEXT:
			refuse(_("{0}: it is too long, or no text. Check what you pasted.").format(label))
		if field.fieldtype in _ONE_LINE and len(value.splitlines()) > 1:
			refuse(_("{0}: enter one line.").format(label))


def _check_choices(channel: Any) -> None:
	"""What is no choice of its field, before anything takes it for one; Frappe looks only after us."""
	for label, field, value in _written(channel):
		choices = (field.options or "").split("\n")
		if field.fieldtype == "Select" and value and value not in choices:
			refuse(
				_("{0}: {1} is not a choice. Choose one of: {2}.").format(
					label, frappe.bold(frappe.utils.escape_html(str(value))), ", ".join(choices)
				)
			)


# ── Connection ───────────────────────────────────────────────────────────────────────────────────────


def _check_address(channel: Any) -> None:
	other = frappe.db.get_value(
		"Email Channel",
		{"email_address": channel.email_address, "name": ["!=", channel.name or ""]},
	)
	if other:
		refuse(
			_("Email Address: {0} belongs to the channel {1} already. Enter another address.").format(
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


def _check_secrets(channel: Any) -> None:
	"""Their lengths: Frappe checks these fields when there are only stars in them."""
	for fieldname in SECRETS:
		most = channel.meta.get_field(fieldname).length
		if len(typed(channel, fieldname)) > most:
			refuse(
				_("{0}: it is longer than {1} characters. Check what you pasted.").format(
					_(channel.meta.get_label(fieldname)), most
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
		if not (_LOCAL_PART.fullmatch(line) or _is_domain_or_address(line.lower())):
			refuse(
				_(
					"Excluded Senders: {0} is neither an address such as newsletter@example.com, nor a name "
					"such as alerts@, nor a domain such as example.com."
				).format(frappe.bold(frappe.utils.escape_html(line)))
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
				"Ticket DocType: {0} does not accept email. Choose another one, or open Customize Form, "
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


def _check_ticket(channel: Any) -> None:
	if not channel.target_doctype:
		return
	if not frappe.db.exists("DocType", channel.target_doctype):
		refuse(
			_("Ticket DocType: this site has no {0}. Choose another one.").format(
				frappe.bold(frappe.utils.escape_html(channel.target_doctype))
			)
		)
	_check_target(channel)


def _check_rows(channel: Any) -> None:
	if target := _target(channel):
		_check_mapping(channel, target)


def _check_ticket_types(channel: Any) -> None:
	if target := _target(channel):
		_check_types(channel, target)


def _target(channel: Any) -> Target | None:
	"""The channel's target, where the site has it."""
	known = channel.target_doctype and frappe.db.exists("DocType", channel.target_doctype)
	return target_for(channel.target_doctype) if known else None


def _check_mapping(channel: Any, target: Target) -> None:
	"""All rows in one sentence each, so that a row which was wrong before hides no other."""
	seen: dict[str, int] = {}
	found = []
	for row in channel.field_mapping:
		try:
			_check_row(channel, row, target, seen)
		except Wrong as error:
			found.append(str(error))
	if found:
		refuse("<br>".join(found))


def _check_row(channel: Any, row: Any, target: Target, seen: dict[str, int]) -> None:
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
	_check_level(channel, row, where, target)
	_check_argument(row, where)
	_check_values(row, where, target)


def _check_level(channel: Any, row: Any, where: str, target: Target) -> None:
	"""Whoever may not write a field of a higher permission level may not have mail write it either."""
	fills_nothing = row.source == Source.FIXED.value and not row.default_value
	if fills_nothing or target.may_write(row.ticket_field) or _as_before(channel, row):
		return
	refuse(
		_(
			"{0}: {1} has a permission level that you may not write on {2}. "
			"Ask somebody who may to save this row, or remove it."
		).format(where, frappe.bold(target.label(row.ticket_field)), _(target.doctype))
	)


_FILLING = ("source", "source_argument", "default_value", "value_map", "restricted_to")


def _as_before(channel: Any, row: Any) -> bool:
	"""Whether the saved channel has a row that fills the same field in the same way."""
	if channel.is_new():
		return False
	# A channel that is not being saved is the saved one.
	before = channel.get_doc_before_save() or channel
	return any(
		old.ticket_field == row.ticket_field
		and all((old.get(name) or "") == (row.get(name) or "") for name in _FILLING)
		for old in before.field_mapping
	)


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
		refuse(f"{where}: {frappe.utils.escape_html(said(wrong))}")


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


BASIC_CHECKS: Sequence[Check] = (
	("Connection", "channel_name", _check_choices),
	("Connection", "channel_name", _check_numbers),
	("Connection", "channel_name", _check_texts),
)

CHECKS: Sequence[Check] = (
	("Connection", "email_address", _check_address),
	("Connection", "host", _check_host),
	("Connection", "security", _check_encryption),
	("Connection", "poll_interval", _check_ranges),
	("Connection", "password", _check_secrets),
	("Connection", "oauth_provider", _check_oauth),
	("Connection", "ca_file", _check_ca_file),
	("Connection", "skip_times", _check_skip_times),
	("Reading", "after_processing", _check_pop3),
	("Reading", "folder_mapping", _check_folders),
	("Reading", "domains", _check_senders),
	("Reading", "aliases", _check_aliases),
	("Replies", "outgoing_account", _check_outgoing),
	("Replies", "signed_reply_address", _check_signing),
	("Ticket", "target_doctype", _check_ticket),
	("Ticket", "field_mapping", _check_rows),
	("Ticket", "updatable_types", _check_ticket_types),
)


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
