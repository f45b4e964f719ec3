"""Keeps Message-IDs of more than 77 characters whole, as Outlook and Amazon SES write them.

Frappe takes every mail apart with Python's `email.policy.SMTP` when it sends it and puts it together again.
Python (3.10 to 3.13, measured) then writes a long id in In-Reply-To and References as encoded words, which
no mail program reads as an id: the customer's answer and ours fall apart into two conversations. Its
registry of header classes is the place to say that these fields are folded between ids and nowhere else.
"""

from __future__ import annotations

from email.headerregistry import UnstructuredHeader
from email.policy import SMTP, Policy
from typing import Any

from helpdesk_mailchannel.mailcore.reply.headers import folded

_FIELDS = ("message-id", "in-reply-to", "references")


class _MessageIds(UnstructuredHeader):
	"""A header field of Message-IDs."""

	def fold(self, *, policy: Policy) -> str:
		"""The field as it is sent; see `email.headerregistry.BaseHeader.fold`."""
		return folded(self.name, str(self), policy.linesep) + policy.linesep


def keep_long_message_ids(**_: Any) -> None:
	"""Register the fields. Called before every job, because a worker may do nothing but send."""
	for name in _FIELDS:
		SMTP.header_factory.map_to_type(name, _MessageIds)
