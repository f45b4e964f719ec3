"""Makes an email's values fit the ticket's fields; what does not fit is left out and reported, never refused.

The sender chooses these values. If they were refused, the sender could choose which email is filed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from email.utils import parsedate_to_datetime
from typing import Any

import frappe

from helpdesk_mailchannel.mailcore.outside.plain_text import is_plain
from helpdesk_mailchannel.mailcore.sentences import Sentence, _, in_a_row
from helpdesk_mailchannel.mailcore.settings import MappingRow, Source
from helpdesk_mailchannel.ticketing.targets import Target
from helpdesk_mailchannel.ticketing.targets.generic import VARCHAR_LENGTH
from helpdesk_mailchannel.ticketing.times import to_site
from helpdesk_mailchannel.ticketing.transaction import concerns_all

TEXT_OCTETS = 65_535
"""What a column of the type `text` holds."""
SHOWN = 140
"""Characters of a value that a note repeats."""
WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
DECIMAL = re.compile(r"[+-]?[0-9]{1,11}(\.[0-9]{1,9})?")
MOST = {"Int": 2**31 - 1, "Long Int": 2**63 - 1}
YES, NO = frozenset({"1", "yes", "true", "on"}), frozenset({"0", "no", "false", "off"})


@dataclass(frozen=True)
class Fitted:
	"""Values that the ticket's fields can hold, and what to tell the ticket's people about the others."""

	values: Mapping[str, Any]
	notes: tuple[Sentence, ...] = ()


def fitted(values: Mapping[str, Any], target: Target, rows: Sequence[MappingRow]) -> Fitted:
	"""Make each value that comes from an email fit, or use its row's default, or nothing."""
	defaults = {row.target: row.default for row in rows}
	kept: dict[str, Any] = {}
	notes: list[Sentence] = []
	for name, value in values.items():
		df = target.meta.get_field(name)
		if df is None or value in ("", None) or not (name in defaults or name == target.sender_field):
			kept[name] = value
			continue
		fits, kept[name] = _fit(df, value, values)
		if not fits:
			default_fits, default = _fit(df, defaults.get(name) or "", values)
			kept[name] = default if default_fits else ""
			notes.append(_note(target.name_of(name), value, kept[name]))
	return Fitted({name: value for name, value in kept.items() if value != ""}, tuple(notes))


def without_mapped(values: Mapping[str, Any], target: Target, rows: Sequence[MappingRow]) -> Fitted:
	"""Replace what the email chose by defaults, except subject, sender and body."""
	needed = {target.subject_field, target.sender_field, target.body_field}
	chosen = [row for row in rows if row.source is not Source.FIXED and row.target not in needed]
	left_out = {row.target for row in chosen if values.get(row.target) not in ("", None, row.default)}
	kept = {name: value for name, value in values.items() if name not in left_out}
	kept |= {row.target: row.default for row in chosen if row.target in left_out and row.default}
	labels = in_a_row(*sorted(target.name_of(name) for name in left_out), between=", ")
	note = _("The site refused what the mail says for these fields, so they were left out: {0}.").format(
		labels
	)
	return Fitted(kept, (note,) if left_out else ())


def takes_address(address: str) -> bool:
	"""Return whether this site can store an address in an email field."""
	fits = len(address) <= VARCHAR_LENGTH and is_plain(address)
	return fits and bool(frappe.utils.validate_email_address(address))


def _note(label: Sentence, value: object, default: object) -> Sentence:
	instead = _("the default, {0}, was used").format(default) if default else _("it was left out")
	return _("What the mail says for {0} does not fit the field, so {1}: {2}").format(
		label, instead, str(value)[:SHOWN]
	)


def _fit(df: Any, value: Any, values: Mapping[str, Any]) -> tuple[bool, Any]:
	try:
		return True, _FITS.get(df.fieldtype, _as_it_is)(df, value, values)
	except Exception as error:
		if concerns_all(error):
			raise
		return False, ""


def _as_it_is(df: Any, value: Any, values: Mapping[str, Any]) -> Any:
	return to_site(value).isoformat(" ", "seconds") if isinstance(value, datetime) else value


def _moment(value: Any) -> datetime:
	"""Parse a time, in the site's time zone. Only unambiguous formats count: ISO 8601 and RFC 5322."""
	if not isinstance(value, datetime):
		text = str(value).strip()
		try:
			value = datetime.fromisoformat(text)
		except ValueError:
			value = parsedate_to_datetime(text)
	moment: datetime = value
	return to_site(moment) if moment.tzinfo else moment


def _date(df: Any, value: Any, values: Mapping[str, Any]) -> date:
	return _moment(value).date()


def _datetime(df: Any, value: Any, values: Mapping[str, Any]) -> datetime:
	return _moment(value)


def _time(df: Any, value: Any, values: Mapping[str, Any]) -> str:
	if isinstance(value, datetime):
		return to_site(value).strftime("%H:%M:%S")
	return time.fromisoformat(str(value).strip()).strftime("%H:%M:%S")


def _whole(df: Any, value: Any, values: Mapping[str, Any]) -> int:
	number = int(_matching(WHOLE, value))
	return int(_within(df, number, MOST[df.fieldtype]))


def _decimal(df: Any, value: Any, values: Mapping[str, Any]) -> float:
	return _within(df, float(_matching(DECIMAL, value)), float("inf"))


def _rating(df: Any, value: Any, values: Mapping[str, Any]) -> float:
	number = float(_matching(DECIMAL, value))
	if not 0 <= number <= 1:
		raise ValueError(value)
	return number


def _matching(pattern: re.Pattern[str], value: Any) -> str:
	text = str(value).strip()
	if not pattern.fullmatch(text):
		raise ValueError(value)
	return text


def _within(df: Any, number: float, most: float) -> float:
	if abs(number) > most or (number < 0 and df.get("non_negative")):
		raise ValueError(number)
	return number


def _check(df: Any, value: Any, values: Mapping[str, Any]) -> int:
	word = str(value).strip().lower()
	if word not in YES | NO:
		raise ValueError(value)
	return int(word in YES)


def _select(df: Any, value: Any, values: Mapping[str, Any]) -> str:
	options = (df.options or "").split("\n")
	if df.options and value not in options:
		raise ValueError(value)
	return _short(df, value, values)


def _link(df: Any, value: Any, values: Mapping[str, Any]) -> str:
	return _existing(df.options, value)


def _dynamic_link(df: Any, value: Any, values: Mapping[str, Any]) -> str:
	return _existing(values[df.options], value)


def _existing(doctype: str, value: Any) -> str:
	name = frappe.db.get_value(doctype, {"name": str(value)}, "name")
	if not name:
		raise ValueError(value)
	return str(name)


def _data(df: Any, value: Any, values: Mapping[str, Any]) -> str:
	text = str(_as_it_is(df, value, values))
	match df.options:
		case "Email":
			if not all(takes_address(one) for one in frappe.utils.split_emails(text)):
				raise ValueError(value)
		case "Phone":
			frappe.utils.validate_phone_number(text, throw=True)
		case "Name":
			frappe.utils.validate_name(text, throw=True)
		case "URL":
			frappe.utils.validate_url(text, throw=True, valid_schemes=("http", "https"))
		case "IBAN":
			raise ValueError(value)
	return _short(df, text, values)


def _phone(df: Any, value: Any, values: Mapping[str, Any]) -> str:
	frappe.utils.validate_phone_number_with_country_code(str(value), df.fieldname)
	return _short(df, value, values)


def _short(df: Any, value: Any, values: Mapping[str, Any]) -> str:
	text = str(_as_it_is(df, value, values))
	if len(text) > (df.length or VARCHAR_LENGTH):
		raise ValueError(value)
	return text


def _text(df: Any, value: Any, values: Mapping[str, Any]) -> str:
	text = str(_as_it_is(df, value, values))
	return text.encode()[:TEXT_OCTETS].decode(errors="ignore")


def _json(df: Any, value: Any, values: Mapping[str, Any]) -> str:
	json.loads(value, parse_constant=_no_constant)
	return str(value)


def _no_constant(name: str) -> None:
	"""Refuse NaN and Infinity, which Python accepts and databases do not."""
	raise ValueError(name)


_FITS: Mapping[str, Callable[[Any, Any, Mapping[str, Any]], Any]] = {
	"Date": _date,
	"Datetime": _datetime,
	"Time": _time,
	"Int": _whole,
	"Long Int": _whole,
	"Float": _decimal,
	"Currency": _decimal,
	"Percent": _decimal,
	"Duration": _decimal,
	"Rating": _rating,
	"Check": _check,
	"Select": _select,
	"Link": _link,
	"Dynamic Link": _dynamic_link,
	"Data": _data,
	"Phone": _phone,
	"Autocomplete": _short,
	"Read Only": _short,
	"Color": _short,
	"Icon": _short,
	"Small Text": _text,
	"Text": _text,
	"JSON": _json,
}
