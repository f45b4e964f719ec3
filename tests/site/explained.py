"""Records with the sentences that people read, as the forms build them from codes and details."""

import frappe

from helpdesk_mailchannel.ticketing.language import said
from helpdesk_mailchannel.ticketing.why import health_of, reason_of

MESSAGE, CHANNEL = "Email Channel Message", "Email Channel"


def messages(filters, fields, **order):
	"""Rows of the message log, each with its `reason`."""
	order.setdefault("order_by", "creation")
	rows = frappe.get_all(MESSAGE, filters, [*fields, "reason_code", "reason_details"], **order)
	for row in rows:
		row.reason = said(reason_of(row))
	return rows


def channel(name, fields=()):
	"""A channel's row with its `health_reason`."""
	needed = [*fields, "health", "trouble_code", "failed_step", "health_details"]
	row = frappe.db.get_value(CHANNEL, name, needed, as_dict=True)
	row.health_reason = said(health_of(row))
	return row
