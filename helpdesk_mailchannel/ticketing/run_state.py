"""A channel's run state: fields of its row that say what its runs did and when the next one is due.

Only this module writes them. Saving the form never changes them, and writing them never updates the
channel's `modified`: a form that is open in the meantime can still be saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import frappe

from helpdesk_mailchannel.mailcore.reasons import Fate, Health

CHANNEL = "Email Channel"
FIELDS = (
	"health",
	"health_details",
	"trouble_code",
	"failed_step",
	"failures",
	"alerted",
	"waiting",
	"failed",
	"last_polled_at",
	"last_success_at",
	"next_poll_at",
	"lease_owner",
	"lease_until",
	"lease_epoch",
	"folder_state",
)


def locked(channel: str, fields: Sequence[str] = FIELDS) -> frappe._dict | None:
	"""Read fields of the channel's row and lock it until the transaction ends; None if there is no row."""
	return frappe.db.get_value(CHANNEL, channel, list(fields), as_dict=True, for_update=True)


def write(channel: str, **values: Any) -> None:
	"""Write some of the fields. Raises ValueError if one of them is a setting."""
	if settings := values.keys() - set(FIELDS):
		raise ValueError(f"Not the run state of a channel: {', '.join(sorted(settings))}.")
	frappe.db.set_value(CHANNEL, channel, values, update_modified=False)


def afresh(now: datetime) -> dict[str, Any]:
	"""Return the state of a channel with its troubles cleared that is due now; `now` in the site's time."""
	return {
		"health": Health.UNKNOWN.value,
		"health_details": "",
		"trouble_code": "",
		"failed_step": "",
		"failures": 0,
		"next_poll_at": now,
	}


def make_due(channel: str, now: datetime) -> None:
	"""Make the channel due next, even in its skip times; `now` in the site's time."""
	write(channel, next_poll_at=now, failures=0)


def failed_messages(channel: str) -> int:
	"""Return how many failed messages wait for a person."""
	return int(frappe.db.count("Email Channel Message", {"channel": channel, "fate": Fate.FAILED.value}))


def count_failed_messages(channel: str) -> None:
	"""Update the stored number of failed messages that wait."""
	write(channel, failed=failed_messages(channel))
