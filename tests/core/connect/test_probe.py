"""Test Connection, step by step."""

from __future__ import annotations

import pytest

from helpdesk_mailchannel.mailcore.connect.probe import ProbeResult, probe
from helpdesk_mailchannel.mailcore.settings import (
	AfterProcessing,
	ChannelSettings,
	FolderRoute,
	HostPolicy,
	Protocol,
	ReadingSettings,
	Security,
)
from tests.core.connect import imap_scripts
from tests.core.connect.credentials import PASSWORD, Credentials
from tests.core.connect.imap_scripts import greeting, selected, signed_in
from tests.core.connect.scripted_server import ScriptedServer

MOVING = ReadingSettings(routes=(FolderRoute("INBOX", "Done", "Failed"),))


@pytest.fixture
def steps(settings):
	"""What the test of a connection to a scripted server says, as (title, result, sentence)."""

	def run(script, reading=MOVING, tls=None, **changes):
		with ScriptedServer(script, tls=tls) as server:
			channel = ChannelSettings("c", "support@desk.example", settings(server.port, **changes), reading)
			found = list(probe(channel, Credentials()))
		assert server.failures == []
		assert not any(PASSWORD in step.sentence + step.remedy for step in found)
		return [(step.title, step.result.value, step.sentence) for step in found]

	return run


def folders_and_count(talk, *listed):
	signed_in(talk)
	names = [b'LIST () "/" ' + name for name in listed]
	talk.command(b"LIST", *names)
	return names


def test_a_good_connection(steps, server_tls):
	def script(talk):
		names = folders_and_count(talk, b"INBOX", b"Done")
		for _ in range(3):
			talk.command(b"LIST", *names)
		selected(talk, 2)
		imap_scripts.listing(b"1 FETCH (UID 1 RFC822.SIZE 5)", b"2 FETCH (UID 2 RFC822.SIZE 5)")(talk)
		talk.command(b"LOGOUT", b"BYE")

	found = steps(script, tls=server_tls, security=Security.TLS)
	assert [(title, result) for title, result, _ in found] == [
		("Host", "ok"),
		("Connection", "ok"),
		("Encryption", "ok"),
		("Sign-in", "ok"),
		("Server features", "ok"),
		("Folders", "ok"),
		("Folders", "ok"),
		("Folders", "ok"),
		("Waiting messages", "ok"),
	]
	sentences = " ".join(sentence for *_, sentence in found)
	assert "127.0.0.1" in sentences and "TLSv1." in sentences and "LOGIN" in sentences and "MOVE" in sentences
	assert "Done is there." in sentences and "Failed does not exist yet" in sentences
	assert found[-1][2] == "2 in INBOX."


def test_a_refused_password_ends_it(steps):
	def script(talk):
		greeting(talk)
		talk.command(b"LOGIN", answer=b"NO [AUTHENTICATIONFAILED] wrong " + PASSWORD.encode())

	found = steps(script)
	assert [(title, result) for title, result, _ in found] == [
		("Host", "ok"),
		("Connection", "ok"),
		("Encryption", "skipped"),
		("Sign-in", "failed"),
		("Server features", "skipped"),
		("Folders", "skipped"),
		("Waiting messages", "skipped"),
	]


def test_a_missing_folder_is_named_and_nothing_is_created(steps):
	def script(talk):
		names = folders_and_count(talk, b"INBOX", b"Done")
		for _ in range(3):
			talk.command(b"LIST", *names)
		talk.command(b"LOGOUT", b"BYE")

	reading = ReadingSettings(routes=(FolderRoute("Support", "Done", "Failed"),), create_folders=False)
	found = steps(script, reading)
	assert [(result, sentence) for title, result, sentence in found if title == "Folders"] == [
		("failed", "Support does not exist."),
		("ok", "Done is there."),
		("failed", "Failed does not exist."),
	]
	assert found[-1][:2] == ("Waiting messages", "skipped")


def test_all_folders_are_counted_but_for_special_ones_and_destinations(steps):
	def script(talk):
		names = [
			b'LIST () "/" INBOX',
			rb'LIST (\Sent) "/" Outbox',
			b'LIST () "/" Done',
			b'LIST () "/" Sales',
			rb'LIST (\Noselect) "/" Top',
		]
		signed_in(talk)
		for _ in range(4):
			talk.command(b"LIST", *names)
		for folder in (b"INBOX", b"Sales"):
			untagged = (b"0 EXISTS", b"FLAGS ()", b"OK [UIDVALIDITY 5]")
			talk.command(b'SELECT "' + folder + b'"', *untagged, answer=b"OK [READ-WRITE] ok")
		talk.command(b"LOGOUT", b"BYE")

	found = steps(script, ReadingSettings(routes=(FolderRoute("INBOX", "Done"),), all_folders=True))
	assert found[-1] == ("Waiting messages", "ok", "0 in INBOX, 0 in Sales.")


def test_a_folder_that_a_poll_does_not_read_is_not_promised_either(steps):
	def script(talk):
		signed_in(talk)
		for _ in range(3):
			talk.command(b"LIST", b'LIST () "/" INBOX', b'LIST () "/" "<img src=x>"', b'LIST () "/" Done')
		selected(talk, 0)
		talk.command(b"LOGOUT", b"BYE")

	found = steps(script, ReadingSettings(routes=(FolderRoute("INBOX", "Done"),), all_folders=True))
	assert found[-1] == ("Waiting messages", "ok", "0 in INBOX.")
	assert not any("img" in sentence for _, _, sentence in found)


def test_pop3_has_no_destinations(steps):
	def script(talk):
		talk.send(b"+OK\r\n")
		for command, answer in [
			(b"CAPA", b"+OK\r\nUSER\r\n.\r\n"),
			(b"USER", b"+OK\r\n"),
			(b"PASS", b"+OK\r\n"),
			(b"CAPA", b"+OK\r\nUSER\r\n.\r\n"),
			(b"STAT", b"+OK 1 10\r\n"),
			(b"UIDL", b"+OK\r\n1 a\r\n.\r\n"),
			(b"LIST", b"+OK\r\n1 10\r\n.\r\n"),
			(b"QUIT", b"+OK\r\n"),
		]:
			talk.expect(command)
			talk.send(answer)

	found = steps(script, protocol=Protocol.POP3)
	assert found[-1] == ("Waiting messages", "ok", "1 in INBOX.")
	assert [sentence for title, _, sentence in found if title == "Folders"] == ["INBOX is there."]


def test_a_forbidden_host_is_not_even_tried(settings):
	channel = ChannelSettings("c", "a@b", settings(993, hosts=HostPolicy()))
	found = list(probe(channel, Credentials(), resolver=lambda name, port: ["169.254.169.254"]))
	assert found[0].result is ProbeResult.FAILED and "metadata" in found[0].sentence and found[0].remedy
	assert {step.result for step in found[1:]} == {ProbeResult.SKIPPED}


def test_a_server_that_trickles_ends_within_the_timeout(steps):
	def script(talk):
		greeting(talk)
		talk.expect(rb"(\S+) LOGIN")
		for _ in range(100):
			talk.connection.settimeout(0.1)
			talk.send(b"* OK still thinking\r\n")
			try:
				talk.expect(b"never")
			except TimeoutError:
				continue

	found = steps(script, timeout=1.0)
	assert found[3][:2] == ("Sign-in", "failed") and "too slowly" in found[3][2]


def test_a_mailbox_that_only_deletes_needs_no_destinations(steps):
	def script(talk):
		names = folders_and_count(talk, b"INBOX")
		talk.command(b"LIST", *names)
		selected(talk, 0)
		talk.command(b"LOGOUT", b"BYE")

	found = steps(script, ReadingSettings(routes=MOVING.routes, after=AfterProcessing.DELETE))
	assert len([title for title, *_ in found if title == "Folders"]) == 1
