"""Fills ticket fields from a message: one function per source, rows applied in order.

A value is data: it is made fit for its field, translated, cut and passed on, never evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from helpdesk_mailchannel.mailcore.compose.field_text import fit
from helpdesk_mailchannel.mailcore.compose.pattern import search
from helpdesk_mailchannel.mailcore.model import Address, Message
from helpdesk_mailchannel.mailcore.settings import MappingRow, Source, TextKind


@dataclass(frozen=True)
class Composed:
	"""What a mapping can take values from: the message, and its body as it was composed."""

	message: Message
	html: str
	text: str
	file_names: tuple[str, ...] = ()


def mapped(rows: Iterable[MappingRow], content: Composed, roles: frozenset[str]) -> dict[str, object]:
	"""Return field name → value for every row that gives one; a later row overrides an earlier one.

	`roles` are those the sender holds on the site: for anybody else a restricted row gives its default.
	"""
	values: dict[str, object] = {}
	for row in rows:
		value = _value(row, content, roles)
		if value != "":
			values[row.target] = value
	return values


def _value(row: MappingRow, content: Composed, roles: frozenset[str]) -> object:
	permitted = not row.restricted_to or row.restricted_to in roles
	value = _SOURCES[row.source](row, content) if permitted else ""
	if isinstance(value, str):
		value = _worded(value.strip(), row)
	if value == "":
		value = row.default
	# Part of an address is a different address.
	if isinstance(value, str) and row.max_length and row.source is not Source.SENDER:
		value = value[: row.max_length]
	return value


def _worded(value: str, row: MappingRow) -> str:
	"""Return the administrator's word for the value, or the value as its field may hold it."""
	folded = {key.strip().casefold(): translation for key, translation in row.values.items()}
	if (translation := folded.get(value.casefold())) is not None:
		return translation
	is_ours = row.source is Source.FIXED or (row.source is Source.BODY and row.kind is TextKind.HTML)
	return value if is_ours else fit(value, row.kind)


def _addresses(addresses: Iterable[Address]) -> str:
	return ", ".join(address.address for address in addresses)


def _sender(content: Composed) -> Address:
	return content.message.sender or Address("")


_SOURCES: Mapping[Source, Callable[[MappingRow, Composed], object]] = {
	Source.SUBJECT: lambda row, content: content.message.subject,
	Source.BODY: lambda row, content: content.html if row.kind is TextKind.HTML else content.text,
	Source.BODY_TEXT: lambda row, content: content.text,
	Source.SENDER: lambda row, content: _sender(content).address,
	Source.SENDER_NAME: lambda row, content: _sender(content).name or _sender(content).address,
	Source.RECIPIENTS: lambda row, content: _addresses(content.message.to),
	Source.CC: lambda row, content: _addresses(content.message.cc),
	Source.IMPORTANCE: lambda row, content: content.message.importance.value,
	Source.RECEIVED_AT: lambda row, content: content.message.received_at or "",
	Source.ATTACHMENT_NAMES: lambda row, content: ", ".join(content.file_names),
	Source.HEADER: lambda row, content: content.message.headers.get(row.argument.strip().rstrip(":")),
	Source.SUBJECT_PATTERN: lambda row, content: search(row.argument, content.message.subject),
	Source.BODY_PATTERN: lambda row, content: search(row.argument, content.text),
	Source.FIXED: lambda row, content: row.argument,
}
