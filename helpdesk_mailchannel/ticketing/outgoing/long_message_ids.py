"""Keeps Message-IDs of more than 77 characters intact, such as those of Outlook and Amazon SES.

Frappe 15 parses each queued email with Python's `email.policy.SMTP` on sending, and writes it out again.
Python (3.10 to 3.13, measured) then folds a long id in In-Reply-To and References into encoded words, which
no mail program reads as an id: the customer's answer and ours are split into two conversations. Frappe 16
keeps the header lines as they are in the queue; this makes Frappe 15 do the same for channels' email.
"""

from __future__ import annotations

from email.message import Message
from email.policy import EmailPolicy
from functools import cache, wraps
from typing import Any

from frappe.email.doctype.email_queue.email_queue import SendMailContext

from helpdesk_mailchannel.mailcore.settings import LOOP_HEADER


def keep_long_message_ids(**_: Any) -> None:
	"""Make this process keep them. Called before every job and request: some processes only send."""
	_wrap_reading()


@cache
def _wrap_reading() -> None:
	"""Wrap the method with which Frappe parses an email that it is about to send.

	It is the only step of sending that can treat one email differently (see decision 0103).
	"""
	frappes_own = SendMailContext.get_message_object

	@wraps(frappes_own)
	def get_message_object(context: SendMailContext, message: str) -> Message:
		read: Message = frappes_own(context, message)
		if LOOP_HEADER in read and isinstance(read.policy, EmailPolicy):
			read.policy = read.policy.clone(refold_source="none")
		return read

	SendMailContext.get_message_object = get_message_object
