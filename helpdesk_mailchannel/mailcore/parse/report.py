"""Reads delivery reports."""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import DeliveryReport, Headers
from helpdesk_mailchannel.mailcore.parse.tree import Part


def read_report(headers: Headers, tree: Part, text: str) -> DeliveryReport | None:
	"""What a bounce says."""
	return None
