"""POP3 at a real Dovecot."""

from __future__ import annotations

import poplib
import re
from dataclasses import replace

import pytest

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.ports import Delete, Leave, Settled
from helpdesk_mailchannel.mailcore.reasons import Trouble
from helpdesk_mailchannel.mailcore.settings import Protocol, Security
from tests.server.sessions import BODIES, deliver, message, session


def pop3_session(box, **changes):
	return session(box, protocol=Protocol.POP3, **changes)


@pytest.mark.parametrize("security", list(Security), ids=lambda security: security.value)
def test_every_way_in_reads_the_same_octets(mailbox, security):
	mailbox.append("INBOX", message(1, b".\r\n..\r\n" + b"x" * 5_000 + b"\r\n"))
	[stored] = mailbox.messages()
	with pop3_session(mailbox, security=security) as pop3:
		assert pop3.open("INBOX").exists == 1
		[ref] = pop3.list()
		[raw] = pop3.fetch([ref])
		header = pop3.fetch_header(ref)
		assert "TOP" in pop3.capabilities.words
	assert raw.octets == stored.octets and len(raw.octets) == ref.size
	assert header.octets == message(1, b"")


def test_a_wrong_password_is_said_so(mailbox):
	with pytest.raises(ChannelError) as caught, pop3_session(replace(mailbox, password="wrong")):
		pass
	assert caught.value.trouble is Trouble.SIGN_IN_REFUSED


def test_names_last_and_deletions_take_effect(mailbox):
	for number in range(30):
		mailbox.append("INBOX", message(number))
	with pop3_session(mailbox) as pop3:
		refs = pop3.list()
		results = pop3.perform([*map(Delete, refs[:25]), Leave(refs[25])])
		assert all(isinstance(result, Settled) for result in results)
		assert list(pop3.list()) == list(refs[25:])
		assert [raw.ref for raw in pop3.fetch(refs)] == list(refs[25:])
	assert mailbox.subjects() == [f"Printer {number}" for number in range(25, 30)]
	with pop3_session(mailbox) as pop3:
		assert list(pop3.list()) == list(refs[25:])


def test_a_connection_lost_before_quit_deletes_nothing(mailbox):
	"""The server undoes what was not confirmed by QUIT; the next session deletes it."""
	mailbox.append("INBOX", message(1))
	lost = poplib.POP3(mailbox.host, mailbox.pop3_port)
	lost.user(mailbox.user)
	lost.pass_(mailbox.password)
	lost.dele(1)
	lost.close()
	assert mailbox.subjects() == ["Printer 1"]
	with pop3_session(mailbox) as pop3:
		assert pop3.perform([Delete(ref) for ref in pop3.list()])
	assert mailbox.subjects() == []


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_bodies_of_every_kind_come_as_they_are(dovecot, mailbox, body):
	deliver(dovecot, mailbox, message(1, body))
	with pop3_session(mailbox) as pop3:
		[raw] = pop3.fetch(pop3.list())
	as_lines = re.sub(rb"(?<!\r)\n", b"\r\n", message(1, body))
	assert raw.octets == (as_lines if as_lines.endswith(b"\r\n") else as_lines + b"\r\n")
