"""Whatever octets come, the answer is a message or a refusal."""

from __future__ import annotations

import sysconfig
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk_mailchannel.mailcore.errors import MessageError
from helpdesk_mailchannel.mailcore.model import Message
from tests.core.parse.mails import read

PYTHONS_OWN = Path(sysconfig.get_path("stdlib")) / "test" / "test_email" / "data"


def outcome(octets: bytes) -> Message | MessageError:
	try:
		return read(octets)
	except MessageError as refusal:
		return refusal


def assert_storable(message: Message) -> None:
	"""What people and databases see holds no control characters, paths or halves of characters."""
	people = (*message.authors, *message.recipients)
	shown = [message.subject, *(each.name for each in people), *(each.name for each in message.files)]
	for text in [*shown, message.text or "", message.html or ""]:
		text.encode("utf-8")
		assert "\x00" not in text
	for text in shown:
		assert not set(text) & set("\r\n\t\u202e\u2066\u200b")
	for file in message.files:
		assert file.name
		assert not set(file.name) & set("/\\")
		assert len(file.name) <= 210
	assert len({each.name.lower() for each in message.files}) == len(message.files)


@pytest.mark.skipif(not PYTHONS_OWN.is_dir(), reason="This Python was installed without its tests.")
def test_pythons_own_test_messages_have_one_outcome_each() -> None:
	paths = sorted(PYTHONS_OWN.glob("msg_*.txt"))
	assert paths
	for path in paths:
		started = time.process_time()
		found = outcome(path.read_bytes())
		assert time.process_time() - started < 1, path.name
		if isinstance(found, Message):
			assert_storable(found)


PIECES = st.sampled_from(
	[
		b"From: ",
		b"Subject: ",
		b"To: ",
		b"Date: ",
		b"References: ",
		b"Content-Type: ",
		b"Content-Disposition: attachment; filename=",
		b"Content-Transfer-Encoding: base64",
		b"Content-Transfer-Encoding: quoted-printable",
		b"Content-ID: <",
		b"multipart/mixed; boundary=b",
		b"multipart/alternative; boundary=b",
		b"multipart/report; report-type=delivery-status; boundary=b",
		b"multipart/signed; boundary=c",
		b"message/rfc822",
		b"message/delivery-status",
		b"text/html; charset=",
		b"text/plain; format=flowed; charset=",
		b"text/calendar",
		b"application/ms-tnef",
		b"application/pkcs7-mime",
		b"utf-8",
		b"iso-2022-jp",
		b"utf-7",
		b"x-odd",
		b"--b\r\n",
		b"--b--\r\n",
		b"--c\r\n",
		b"\r\n",
		b"\r\n\r\n",
		b"\n",
		b"\r",
		b"\r\n ",
		b"=?utf-8?q?",
		b"=?iso-2022-jp?b?",
		b"?=",
		b"=",
		b'"',
		b"<",
		b">",
		b"(",
		b",",
		b";",
		b"*0*=",
		b"name=",
		b"''%ff",
		b"MAILER-DAEMON@example.com",
		b"<a@example.com>: 550 5.1.1 User unknown",
		b"Final-Recipient: rfc822; ",
		b"Status: 5.1.1",
		b"begin 644 a\r\n#0V%T\r\nend\r\n",
		b"\x78\x9f\x3e\x22\x01\x00",
		b"BEGIN:VEVENT\r\nSUMMARY:",
		b"\x00",
		b"\xff\xfe",
		b"\x1b$B",
		b"../..\\",
		"‮é語".encode(),
	]
)
MESSAGES = st.lists(PIECES | st.binary(max_size=12), max_size=60).map(b"".join)


@settings(max_examples=300, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
@given(MESSAGES)
def test_any_mixture_of_what_mail_is_made_of(octets: bytes) -> None:
	found = outcome(octets)
	if isinstance(found, Message):
		assert_storable(found)


@settings(max_examples=300, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
@given(MESSAGES)
def test_any_mixture_below_a_good_header(octets: bytes) -> None:
	message = read(
		b"From: a@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + octets[:2000]
	)
	assert_storable(message)
	assert message.identity
