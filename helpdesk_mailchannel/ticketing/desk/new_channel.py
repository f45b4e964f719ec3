"""What a new Email Channel starts with, so that the form works as it is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from helpdesk_mailchannel.mailcore.settings import MappingRow, Source
from helpdesk_mailchannel.ticketing.targets import Target, accepting_mail, target_for

FIRST_ROUTE = {
	"read_folder": "INBOX",
	"success_folder": "Helpdesk Done",
	"failure_folder": "Helpdesk Failed",
	"exclusion_folder": "Helpdesk Excluded",
}


def fill_new(channel: Any) -> None:
	"""Give a new channel default rows and a default target if none were chosen."""
	if channel.protocol == "IMAP" and not channel.folder_mapping:
		channel.append("folder_mapping", dict(FIRST_ROUTE))
	if not channel.target_doctype:
		channel.target_doctype = next(iter(accepting_mail()), None)


def fill_mapping(channel: Any) -> None:
	"""Give the channel its target's usual rows if it has none, and a row for each mandatory field."""
	target = target_for(channel.target_doctype)
	mapped = {row.ticket_field for row in channel.field_mapping}
	for row in _missing_rows(target, mapped) if mapped else default_rows(target):
		channel.append("field_mapping", row)
	required = target.required_fields()
	for row in channel.field_mapping:
		row.required = int(row.ticket_field in required)


def default_rows(target: Target) -> list[dict[str, Any]]:
	"""Return the default rows for this target, as the form holds them."""
	rows = [form_row(row) for row in target.default_mapping()]
	rows += _missing_rows(target, {row["ticket_field"] for row in rows})
	required = target.required_fields()
	return [{**row, "required": int(row["ticket_field"] in required)} for row in rows]


def _missing_rows(target: Target, mapped: Collection[str]) -> list[dict[str, Any]]:
	"""Return a row for each unmapped mandatory field: the usual row if there is one, else one to fill in."""
	usual = {row.target: row for row in target.default_mapping()}
	missing = [name for name in target.required_fields() if name not in mapped]
	return [form_row(usual.get(name, MappingRow(name, Source.FIXED))) for name in missing]


def form_row(row: MappingRow) -> dict[str, Any]:
	"""Convert a mapping row to what the form holds."""
	return {
		"ticket_field": row.target,
		"source": row.source.value,
		"source_argument": row.argument,
		"default_value": row.default,
		"value_map": "\n".join(f"{source} = {target}" for source, target in row.values.items()),
		"restricted_to": row.restricted_to,
	}
