"""Sentences were stored as English text: what is not in the code becomes a detail, and the text goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe

from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, in_a_row, verbatim
from helpdesk_mailchannel.ticketing.language import stored
from helpdesk_mailchannel.ticketing.why import REASONS, TROUBLES

MANY = 1_000
"""Records that are read at once."""


def execute() -> None:
	"""Take the text of every record apart, as far as its code tells how it begins."""
	_convert("Email Channel Message", "reason", "reason_details", _reason, ["reason_code"])
	_convert("Email Channel Message", "defects", "defect_details", _lines)
	_convert("Email Channel", "health_reason", "health_details", _health, ["trouble_code", "failed_step"])
	_convert("Email Channel Run", "error", "error_details", _error)


def _convert(
	doctype: str,
	old: str,
	new: str,
	take_apart: Callable[[str, Any], Any],
	fields: list[str] | None = None,
) -> None:
	"""Fill the new column from the old one, and drop that: it would never be written again."""
	if not _has_column(doctype, old):
		return
	table = frappe.qb.DocType(doctype)
	text = table[old]
	last = ""
	while rows := (
		frappe.qb.from_(table)
		.select(table.name, text, *(fields or ()))
		.where((table.name > last) & text.isnotnull() & (text != ""))
		.orderby(table.name)
		.limit(MANY)
		.run(as_dict=True)
	):
		for row in rows:
			values = take_apart(row[old], row)
			values = values if isinstance(values, dict) else {new: stored(values)}
			frappe.db.set_value(doctype, row.name, values, update_modified=False)
		last = rows[-1].name
	frappe.db.commit()
	frappe.db.sql_ddl(f"ALTER TABLE `tab{doctype}` DROP COLUMN `{old}`")
	frappe.clear_cache(doctype=doctype)


def _has_column(doctype: str, column: str) -> bool:
	"""Ask the database: Frappe remembers the columns of a table."""
	schema = "current_schema()" if frappe.db.db_type == "postgres" else "database()"
	query = f"""SELECT 1 FROM information_schema.columns
		WHERE table_schema = {schema} AND table_name = %s AND column_name = %s"""
	return bool(frappe.db.sql(query, (f"tab{doctype}", column)))


def _reason(text: str, row: Any) -> Sentence:
	return _rest(text, REASONS.get(row.reason_code or "", NOTHING))


def _lines(text: str, row: Any) -> Sentence:
	return in_a_row(*text.splitlines(), between="\n")


def _health(text: str, row: Any) -> Sentence:
	if row.failed_step:
		text = text.removeprefix(f"While {row.failed_step}: ")
	return _rest(text, TROUBLES.get(row.trouble_code or "", NOTHING))


def _error(text: str, row: Any) -> dict[str, str]:
	code = next((code for code, sentence in TROUBLES.items() if text.startswith(sentence)), "")
	return {"trouble_code": code, "error_details": stored(_rest(text, TROUBLES.get(code, NOTHING)))}


def _rest(text: str, sentence: Sentence) -> Sentence:
	"""What follows a sentence; all of the text where it does not begin with it."""
	return verbatim(text.removeprefix(sentence).strip())
