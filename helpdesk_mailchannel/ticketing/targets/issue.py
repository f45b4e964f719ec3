"""ERPNext's Issue.

Its quirks (erpnext/support/doctype/issue/issue.py):
- `via_customer_portal` makes it create its own Communication, so it stays 0.
- The service level counts from `service_level_agreement_creation`, which we set to the email's arrival.
- `opening_date` and `opening_time` may be set on insert; the time has no default of its own.
- It looks up Contact and Customer by `raised_by`, but among primary addresses only, so we set both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from helpdesk_mailchannel.ticketing.targets.contacts import customer_of
from helpdesk_mailchannel.ticketing.targets.generic import Target


class IssueTarget(Target):
	"""An Issue of ERPNext."""

	body_field = "description"
	type_field = "issue_type"

	def people(self, contact: str) -> dict[str, Any]:
		"""Return the Contact and its Customer, whichever of the Contact's addresses the email came from."""
		return {"contact": contact, "customer": customer_of(contact)}

	def before_insert_values(self, values: Mapping[str, Any], received_at: datetime) -> dict[str, Any]:
		"""Return the values, with the time of arrival as the Issue's start."""
		return {**super().before_insert_values(values, received_at), **self.opening_values(received_at)}
