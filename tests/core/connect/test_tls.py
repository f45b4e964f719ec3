"""Certificates and versions of TLS."""

from __future__ import annotations

import ssl

import pytest
import trustme

from helpdesk_mailchannel.mailcore import connect
from helpdesk_mailchannel.mailcore.connect import tls
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.settings import Protocol, Security
from tests.core.connect.conftest import server_context
from tests.core.connect.credentials import PASSWORD, Credentials
from tests.core.connect.imap_scripts import greeting, mailbox
from tests.core.connect.scripted_server import ScriptedServer


def refusal(settings, context, **changes):
	"""What becomes of opening a mailbox on a server with this TLS; asserts that no secret reached it."""
	with ScriptedServer(mailbox(), mailbox(), tls=context) as server, pytest.raises(ChannelError) as caught:
		connect.open(settings(server.port, security=Security.TLS, **changes), Credentials())
	assert PASSWORD.encode() not in server.received
	assert caught.value.step is Step.TLS
	return caught.value


def test_a_private_authority_is_accepted_when_its_file_is_named(settings, server_tls):
	with ScriptedServer(mailbox(), tls=server_tls) as server:
		connect.open(settings(server.port, security=Security.TLS), Credentials()).close()
	assert not server.failures


def test_an_authority_that_is_not_named_is_refused(settings, server_tls):
	error = refusal(settings, server_tls, ca_file="")
	assert error.trouble is Trouble.CERTIFICATE and "issuer is unknown" in error.detail


def test_an_expired_certificate_is_refused(settings, expired_tls):
	error = refusal(settings, expired_tls)
	assert error.trouble is Trouble.CERTIFICATE and "has expired" in error.detail
	assert "for localhost" in error.detail and "until 2020-01-31" in error.detail


def test_a_certificate_of_another_name_is_refused(settings, authority):
	error = refusal(settings, server_context(authority.issue_cert("mail.elsewhere.example")))
	assert error.trouble is Trouble.CERTIFICATE and "another name than localhost" in error.detail
	assert "for mail.elsewhere.example" in error.detail


def test_a_self_signed_certificate_is_refused(settings, tmp_path):
	own = trustme.CA(organization_name="Printer Ltd")
	for part in (own.private_key_pem, own.cert_pem):
		part.write_to_path(str(tmp_path / "own.pem"), append=True)
	context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
	context.load_cert_chain(tmp_path / "own.pem")
	error = refusal(settings, context)
	assert error.trouble is Trouble.CERTIFICATE and "self-signed" in error.detail
	assert "Printer Ltd" in error.detail


def test_an_address_must_stand_in_the_certificate(settings, authority):
	error = refusal(settings, server_context(authority.issue_cert("localhost")), host="127.0.0.1")
	assert error.trouble is Trouble.CERTIFICATE and "127.0.0.1" in error.detail


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_old_versions_are_refused(settings, authority):
	context = server_context(authority.issue_cert("localhost"))
	context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
	context.set_ciphers("ALL:@SECLEVEL=0")
	assert refusal(settings, context).trouble is Trouble.TLS


def test_a_server_without_tls_is_refused(settings):
	error = refusal(settings, None)
	assert error.trouble is Trouble.TLS and "does not speak TLS" in error.detail


def test_a_ca_file_that_is_no_ca_file_is_said_so(tmp_path):
	(tmp_path / "ca.pem").write_text("hello")
	for path in (tmp_path / "ca.pem", tmp_path / "missing.pem"):
		with pytest.raises(ChannelError) as caught:
			tls.context(str(path))
		assert caught.value.trouble is Trouble.CERTIFICATE and str(path) in caught.value.detail


def test_every_context_verifies():
	made = tls.context()
	assert made.verify_mode is ssl.CERT_REQUIRED and made.check_hostname
	assert made.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("protocol", list(Protocol), ids=lambda protocol: protocol.value)
def test_a_bad_certificate_behind_starttls_is_explained_too(settings, expired_tls, protocol):
	def imap(talk):
		greeting(talk, b"CAPABILITY IMAP4rev1 STARTTLS")
		talk.command(b"STARTTLS")
		talk.upgrade(expired_tls)

	def pop3(talk):
		talk.send(b"+OK\r\n")
		talk.expect(b"STLS")
		talk.send(b"+OK\r\n")
		talk.upgrade(expired_tls)

	script = imap if protocol is Protocol.IMAP else pop3
	with ScriptedServer(script, script) as server, pytest.raises(ChannelError) as caught:
		changed = settings(server.port, security=Security.STARTTLS, protocol=protocol)
		connect.open(changed, Credentials())
	assert caught.value.trouble is Trouble.CERTIFICATE and "until 2020-01-31" in caught.value.detail
	assert not any(word in server.received for word in (b"LOGIN", b"PASS", PASSWORD.encode()))


def test_a_server_that_is_gone_at_the_second_look_is_explained_without_facts(settings, expired_tls):
	with ScriptedServer(mailbox(), tls=expired_tls) as server, pytest.raises(ChannelError) as caught:
		connect.open(settings(server.port, security=Security.TLS, timeout=0.5), Credentials())
	assert caught.value.detail == "It has expired."
