"""Long Message-IDs stay whole in channels' mail, and nobody else's mail is touched for it."""

import subprocess
import sys
from email.message import EmailMessage

import frappe
import pytest
from frappe.email.doctype.email_queue.email_queue import SendMailContext

from helpdesk_mailchannel.mailcore.settings import LOOP_HEADER
from helpdesk_mailchannel.ticketing.outgoing.long_message_ids import keep_long_message_ids
from tests.site.conversation import outgoing_account

LONG_ID = "<AM6PR10MB3447B4B9B8F2C0AA0F4C7F2DA5F49@AM6PR10MB3447.EURPRD10.PROD.OUTLOOK.COM>"

WRITTEN_BY_ANOTHER_APP = f"""
from email.message import EmailMessage
import sys
mail = EmailMessage()
mail["Message-ID"] = mail["In-Reply-To"] = "{LONG_ID}"
mail["References"] = "{LONG_ID} {LONG_ID}"
mail.set_content("Hello")
sys.stdout.buffer.write(mail.as_bytes())
"""


@pytest.fixture(autouse=True)
def default_account(site, smtp_sink):
	"""Frappe wants one before it sends anything."""
	return outgoing_account(smtp_sink, "site@desk.example", default_outgoing=1)


@pytest.fixture(autouse=True)
def kept():
	"""As in every process that does a job."""
	keep_long_message_ids()


def queued(*lines: str) -> str:
	"""The text of a mail in the queue."""
	return "\n".join((*lines, f"Message-ID: {LONG_ID}", f"References: {LONG_ID}", "", "Hello"))


def sent(message: str) -> bytes:
	"""What Frappe makes of it for one recipient."""
	return SendMailContext(frappe.new_doc("Email Queue", message=message)).build_message(
		"jane@customer.example"
	)


def test_a_channels_mail_leaves_with_its_long_ids():
	text = queued("Subject: Printer", f"{LOOP_HEADER}: a-site")
	assert sent(text).decode().replace("\r\n", "\n") == text


def test_other_mail_of_the_site_leaves_as_frappe_writes_it(monkeypatch):
	text = queued("Subject: Invoice " + "with a long subject " * 6)
	now = sent(text)
	monkeypatch.setattr(SendMailContext, "get_message_object", SendMailContext.get_message_object.__wrapped__)
	assert now == sent(text)


def test_mail_that_another_app_writes_is_the_same_with_and_without_this_app():
	mail = EmailMessage()
	mail["Message-ID"] = mail["In-Reply-To"] = LONG_ID
	mail["References"] = f"{LONG_ID} {LONG_ID}"
	mail.set_content("Hello")
	without = subprocess.run(
		[sys.executable, "-c", WRITTEN_BY_ANOTHER_APP], capture_output=True, check=True, timeout=60
	)
	assert mail.as_bytes() == without.stdout


def test_a_worker_wraps_frappes_reading_once_however_many_jobs_it_does():
	once = SendMailContext.get_message_object
	keep_long_message_ids(method="any.job")
	assert SendMailContext.get_message_object is once
