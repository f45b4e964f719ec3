"""Excludes email filed by channels from Frappe's automatic linking.

With *Enable Automatic Linking* on any Email Account, Frappe links a Communication to every document named in
a recipient's address, as in `anything+Sales Order+SO-1@anywhere`. The sender chooses the recipients, so any
stranger could put an email on any document's timeline, or reopen a ticket. Nor is an email that failed
authentication put on the timelines of the Contacts it names.
"""

from __future__ import annotations

from typing import Any

from helpdesk_mailchannel.mailcore.model import Verdict
from helpdesk_mailchannel.ticketing.filing.people import VERDICT_FIELD


def before_validate(communication: Any, method: str | None = None) -> None:
	"""Link what a channel filed only to its ticket and Contacts (Communication, before_validate).

	Runs on every save, not just the first: Frappe looks at the addresses each time.
	"""
	verdict = communication.get(VERDICT_FIELD)
	if verdict:
		communication.parse_email_for_timeline_links = _link_nothing
	if verdict == Verdict.FAIL.value:
		communication.set_timeline_links = _link_nothing


def _link_nothing() -> None:
	pass
