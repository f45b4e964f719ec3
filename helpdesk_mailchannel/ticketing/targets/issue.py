"""ERPNext's Issue.

Peculiar to it (erpnext/support/doctype/issue/issue.py):
- `via_customer_portal` makes it write its own Communication, so it stays 0.
- The service level counts from `service_level_agreement_creation`, which we set to the mail's arrival.
- `opening_date` and `opening_time` may be set on insert; the time has no default of its own.
- It looks Contact and Customer up by `raised_by`, but among primary addresses only, so we give it both.
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
		"""The Contact and its Customer, whichever of the Contact's addresses the mail came from."""
		return {"contact": contact, "customer": customer_of(contact)}

	def before_insert_values(self, values: Mapping[str, Any], received_at: datetime) -> dict[str, Any]:
		"""The values, with the moment of arrival as the Issue's beginning."""
		return {**super().before_insert_values(values, received_at), **self.opening_values(received_at)}
