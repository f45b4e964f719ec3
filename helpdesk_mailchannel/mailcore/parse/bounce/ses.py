"""Reads the delivery reports that Amazon SES sends as JSON through SNS, as fields of a standard report."""

from __future__ import annotations

import json
from typing import Any

from helpdesk_mailchannel.mailcore.model import Headers

_SENDER = "@sns.amazonaws.com"


def read_ses(headers: Headers, text: str) -> list[dict[str, str]]:
	"""Return a group of fields for each recipient, named as in RFC 3464; none if it is no such notice."""
	if _SENDER not in headers.get("from"):
		return []
	try:
		notice = _decoded(text)
		# With "raw delivery" the notice comes by itself, otherwise as text within an envelope.
		notice = _decoded(notice["Message"]) if "Message" in notice else notice
		return [*_bounced(notice), *_delivered(notice)]
	except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
		return []


def _decoded(text: str) -> Any:
	# Relays fold long lines, so line breaks within strings are accepted; a footer may follow.
	return json.JSONDecoder(strict=False).raw_decode(text.strip())[0]


def _bounced(notice: Any) -> list[dict[str, str]]:
	return [
		{
			"final-recipient": f"rfc822; {each['emailAddress']}",
			"action": str(each.get("action", "failed")),
			"status": str(each.get("status", "")),
			"diagnostic-code": str(each.get("diagnosticCode", "")),
		}
		for each in notice.get("bounce", {}).get("bouncedRecipients", [])
	]


def _delivered(notice: Any) -> list[dict[str, str]]:
	delivery = notice.get("delivery", {})
	answer = str(delivery.get("smtpResponse", ""))
	return [
		{
			"final-recipient": f"rfc822; {each}",
			"action": "delivered",
			"status": "2.0.0",
			"diagnostic-code": f"smtp; {answer}",
		}
		for each in delivery.get("recipients", [])
	]
