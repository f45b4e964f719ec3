"""Any DocType that accepts email (`email_append_to`), known only by its meta.

The named targets inherit from `Target` and override what is specific to them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import frappe
from frappe import _
from frappe.model import no_value_fields, table_fields
from frappe.model.document import Document

from helpdesk_mailchannel.mailcore.model import Importance, TicketRef
from helpdesk_mailchannel.mailcore.sentences import Sentence, known_word
from helpdesk_mailchannel.mailcore.settings import MappingRow, Source
from helpdesk_mailchannel.ticketing.times import to_site

SOURCE_FIELD = "email_channel"
"""The custom field by which a ticket names the channel it came through."""

VARCHAR_TYPES = frozenset({"Data", "Link", "Dynamic Link", "Select", "Autocomplete", "Phone", "Read Only"})
VARCHAR_LENGTH = 140
NOT_MAPPABLE = frozenset((*no_value_fields, *table_fields, "Password", "Attach", "Attach Image", "Signature"))
FILLED_BY_FRAPPE = frozenset({"naming_series", "amended_from", SOURCE_FIELD})


@dataclass(frozen=True)
class TicketField:
	"""A field of the ticket that email may fill."""

	name: str
	label: str
	fieldtype: str
	options: str = ""
	max_length: int = 0
	"""In characters; 0: no limit."""


class Target:
	"""A ticket DocType: its fields, which are mandatory, how email fills them, and how to create one."""

	body_field = ""
	"""The field that shows the message's text; empty where the timeline alone does."""
	type_field = ""
	"""The field that holds the ticket's type."""
	priority_field = "priority"
	viewer_folds = False
	"""Whether people read it in a viewer that folds `div.gmail_quote` by itself."""

	def __init__(self, doctype: str) -> None:
		self.doctype = doctype
		self.meta = frappe.get_meta(doctype)

	@property
	def subject_field(self) -> str:
		"""The field the subject goes to."""
		return self.meta.get("subject_field") or self._first_of("subject", "title")

	@property
	def sender_field(self) -> str:
		"""The field the sender's address goes to."""
		return self.meta.get("sender_field") or self._first_of("raised_by", "sender", "email_id", "email")

	@property
	def accepts_mail(self) -> bool:
		"""True if the DocType, or its customization, allows email to be appended to it."""
		meta = self.meta
		return bool(meta.get("email_append_to") and not meta.istable and not meta.issingle)

	@cached_property
	def _fields(self) -> dict[str, TicketField]:
		return {
			df.fieldname: TicketField(
				name=df.fieldname,
				label=df.label or df.fieldname,
				fieldtype=df.fieldtype,
				options=df.options or "",
				max_length=_max_length(df),
			)
			for df in self.meta.fields
			if df.fieldtype not in NOT_MAPPABLE
			and df.fieldname not in FILLED_BY_FRAPPE
			and not (df.read_only or df.get("is_virtual"))
		}

	def fields(self) -> tuple[TicketField, ...]:
		"""The fields that email may fill, in the form's order."""
		return tuple(self._fields.values())

	def field(self, name: str) -> TicketField | None:
		"""Return one of `fields`, or None."""
		return self._fields.get(name)

	def may_write(self, name: str) -> bool:
		"""Return whether this session's user may write fields with this one's permission level."""
		level = self.meta.get_field(name).permlevel or 0
		if not level or frappe.session.user == "Administrator":
			return True
		roles = frappe.get_roles()
		return any(
			rule.permlevel == level and rule.write and rule.role in roles for rule in self.meta.permissions
		)

	def required_fields(self) -> tuple[str, ...]:
		"""Return the fields a channel must fill: subject, sender, and mandatory fields without a default."""
		names = [self.subject_field, self.sender_field]
		names += [df.fieldname for df in self.meta.fields if self._insists_on(df)]
		return tuple(dict.fromkeys(filter(None, names)))

	def name_of(self, name: str) -> Sentence:
		"""Return the name by which users know a field."""
		return known_word(self.meta.get_label(name) or name)

	def label(self, name: str) -> str:
		"""Return that name in the user's language."""
		label: str = _(self.name_of(name))
		return label

	def default_mapping(self) -> tuple[MappingRow, ...]:
		"""Return the rows a new channel starts with."""
		rows = [
			(self.subject_field, Source.SUBJECT),
			(self.body_field, Source.BODY),
			(self.sender_field, Source.SENDER),
		]
		mapping = [MappingRow(target=name, source=source) for name, source in rows if self.field(name)]
		priorities = self.priorities()
		if priorities:
			mapping.append(MappingRow(self.priority_field, Source.IMPORTANCE, values=priorities))
		return tuple(mapping)

	def priorities(self) -> Mapping[str, str]:
		"""Map each importance to a priority of this site; those without one are left out."""
		names = {name.lower(): name for name in self.choices(self.priority_field)}
		wanted = {
			Importance.HIGH: ("high", "urgent"),
			Importance.MEDIUM: ("medium", "normal"),
			Importance.LOW: ("low",),
		}
		found = {
			importance.value: next((names[word] for word in words if word in names), "")
			for importance, words in wanted.items()
		}
		return {importance: name for importance, name in found.items() if name}

	def choices(self, fieldname: str, limit: int = 200) -> list[str]:
		"""Return the values a Select or Link field of the ticket may have; empty for other fields."""
		field = self.field(fieldname)
		if not field:
			return []
		if field.fieldtype == "Select":
			return [option for option in field.options.split("\n") if option]
		if field.fieldtype == "Link" and frappe.db.exists("DocType", field.options):
			return [
				str(name)
				for name in frappe.get_all(field.options, pluck="name", order_by="name", limit=limit)
			]
		return []

	def takes(self, fieldname: str, value: str) -> bool:
		"""Return whether a Select or Link field may have this value; other fields accept anything."""
		field = self.field(fieldname)
		if field and field.fieldtype == "Select" and field.options:
			return value in field.options.split("\n")
		if field and field.fieldtype == "Link":
			return bool(frappe.db.exists(field.options, value))
		return True

	def merged(self, tickets: Collection[TicketRef]) -> dict[TicketRef, TicketRef]:
		"""Return those of these tickets that were merged, each with the ticket that remains."""
		return {}

	def types(self, tickets: Collection[TicketRef]) -> dict[TicketRef, str]:
		"""Return the types of those of these tickets that have one."""
		if not (tickets and self.type_field and self.meta.has_field(self.type_field)):
			return {}
		filters = {"name": ["in", [ticket.name for ticket in tickets]]}
		rows = frappe.get_all(self.doctype, filters, ["name", self.type_field], order_by="name")
		return {TicketRef(self.doctype, str(row.name)): row[self.type_field] or "" for row in rows}

	def people(self, contact: str) -> dict[str, Any]:
		"""Return the fields that identify the sender's Contact and the Customer it belongs to."""
		return {}

	def insert(self, values: Mapping[str, Any], received_at: datetime) -> Document:
		"""Create the ticket, without a Communication. `received_at`: when the mailbox received it, aware.

		Raises whatever the site's own checks raise; the caller owns the transaction.
		"""
		ticket = frappe.new_doc(self.doctype)
		ticket.update(self.before_insert_values(values, received_at))
		return ticket.insert(ignore_permissions=True)

	def before_insert_values(self, values: Mapping[str, Any], received_at: datetime) -> dict[str, Any]:
		"""Return the values to insert, adjusted to the DocType's quirks."""
		return self._known(values)

	def opening_values(self, received_at: datetime) -> dict[str, Any]:
		"""Return values that start an ERPNext or Helpdesk ticket when its email arrived, not at a portal."""
		arrived = to_site(received_at)
		return self._known(
			{
				"via_customer_portal": 0,
				"service_level_agreement_creation": arrived,
				"opening_date": arrived.date(),
				"opening_time": arrived.strftime("%H:%M:%S"),
			}
		)

	def _known(self, values: Mapping[str, Any]) -> dict[str, Any]:
		return {name: value for name, value in values.items() if self.meta.has_field(name)}

	def _insists_on(self, df: Any) -> bool:
		return bool(
			df.reqd and not df.default and df.fieldtype != "Check" and df.fieldname not in FILLED_BY_FRAPPE
		)

	def _first_of(self, *names: str) -> str:
		return next((name for name in names if self.meta.has_field(name)), "")


def _max_length(df: Any) -> int:
	return (df.length or VARCHAR_LENGTH) if df.fieldtype in VARCHAR_TYPES else 0
