"""Keeps mail that channels file out of Frappe's automatic linking.

With *Enable Automatic Linking* on any Email Account, Frappe links a Communication to every document that a
recipient's address names, as in `anything+Sales Order+SO-1@anywhere`. Whoever writes a mail chooses its
recipients, so any stranger could put it on any document's timeline, or reopen a ticket by it. A mail that
failed authentication is not put on the timelines of the Contacts that it names either.
"""

from __future__ import annotations

from typing import Any

from helpdesk_mailchannel.mailcore.model import Verdict
from helpdesk_mailchannel.ticketing.filing.people import VERDICT_FIELD


def before_validate(communication: Any, method: str | None = None) -> None:
	"""Communication, before_validate: what a channel filed is linked by its ticket and Contacts alone.

	At every save, not the first alone: Frappe looks at the addresses each time.
	"""
	verdict = communication.get(VERDICT_FIELD)
	if verdict:
		communication.parse_email_for_timeline_links = _link_nothing
	if verdict == Verdict.FAIL.value:
		communication.set_timeline_links = _link_nothing


def _link_nothing() -> None:
	pass
