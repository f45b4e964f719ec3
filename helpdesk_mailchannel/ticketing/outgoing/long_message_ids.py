"""Keeps Message-IDs of more than 77 characters whole, as Outlook and Amazon SES write them.

Frappe 15 parses each queued mail with Python's `email.policy.SMTP` when it sends it, and writes it out again.
Python (3.10 to 3.13, measured) then folds a long id in In-Reply-To and References into encoded words, which
no mail program reads as an id: the customer's answer and ours fall apart into two conversations. Frappe 16
keeps the lines of the header as they are in the queue; here Frappe 15 does the same for channels' mail.
"""

from __future__ import annotations

from email.message import Message
from email.policy import EmailPolicy
from functools import cache, wraps
from typing import Any

from frappe.email.doctype.email_queue.email_queue import SendMailContext

from helpdesk_mailchannel.mailcore.settings import LOOP_HEADER


def keep_long_message_ids(**_: Any) -> None:
	"""Make this process keep them. Called before every job and request: a process may do nothing but send."""
	_wrap_reading()


@cache
def _wrap_reading() -> None:
	"""Wrap the method with which Frappe reads a mail that it is about to send.

	It is the only step of sending that can treat one mail differently (see decision 0103).
	"""
	frappes_own = SendMailContext.get_message_object

	@wraps(frappes_own)
	def get_message_object(context: SendMailContext, message: str) -> Message:
		read: Message = frappes_own(context, message)
		if LOOP_HEADER in read and isinstance(read.policy, EmailPolicy):
			read.policy = read.policy.clone(refold_source="none")
		return read

	SendMailContext.get_message_object = get_message_object
