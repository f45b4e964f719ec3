"""What finding the server and signing in take is in the session's account. Time is simulated."""

from types import SimpleNamespace

import pytest

from helpdesk_mailchannel.mailcore import connect
from helpdesk_mailchannel.mailcore.connect import limits
from helpdesk_mailchannel.mailcore.model import RemoteRef
from helpdesk_mailchannel.mailcore.ports import Delete, Settled
from helpdesk_mailchannel.mailcore.settings import Protocol, SignIn
from tests.core.connect.credentials import Credentials
from tests.core.connect.pop3.test_pop3_session import deletes, numbered, says, signed_in
from tests.core.connect.scripted_server import ScriptedServer


@pytest.fixture
def passing(monkeypatch):
	"""Lets so many seconds pass, for `limits` alone."""
	moment = [1000.0]
	monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: moment[0]))

	def let_pass(seconds):
		moment[0] += seconds

	return let_pass


def test_a_slow_name_server_is_waited_for_once_a_session_and_in_its_account(settings, passing):
	looked_up = []

	def resolver(name, port):
		looked_up.append(name)
		passing(9)
		return ["127.0.0.1"]

	def first(talk):
		signed_in(talk)
		numbered(talk, b"aaa", b"bbb")
		deletes(talk, 1)

	def second(talk):
		signed_in(talk)
		numbered(talk, b"bbb")
		deletes(talk, 1)

	with ScriptedServer(first, second) as server:
		place = settings(server.port, protocol=Protocol.POP3)
		session = connect.open(place, Credentials(), resolver=resolver)
		for name in ("aaa", "bbb"):
			assert isinstance(session.perform([Delete(RemoteRef("INBOX", 0, name, 0))])[0], Settled)
		session.close()
	assert len(looked_up) == 1
	assert 9 <= session.wasted.total_seconds() < 12


@pytest.mark.parametrize("refusals", [0, 1])
def test_a_slow_token_endpoint_is_in_the_account_with_each_of_its_answers(settings, passing, refusals):
	class SlowCredentials(Credentials):
		def access_token(self, *, renew=False):
			passing(12)
			return super().access_token(renew=renew)

	def script(talk):
		talk.send(b"+OK ready\r\n")
		says(talk, b"CAPA", b"UIDL", b"SASL XOAUTH2", b".")
		for number in range(refusals + 1):
			says(talk, b"AUTH XOAUTH2", answer=b"+")
			says(talk, rb"\S+", answer=b"-ERR no" if number < refusals else b"+OK")
		says(talk, b"QUIT")

	with ScriptedServer(script) as server:
		place = settings(server.port, protocol=Protocol.POP3, sign_in=SignIn.OAUTH)
		session = connect.open(place, SlowCredentials())
		session.close()
	waited = 12 * (refusals + 1)
	assert waited <= session.wasted.total_seconds() < waited + 3
