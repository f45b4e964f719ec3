"""A channel that is changed or paused between the beginning of its run and its sign-in."""

from __future__ import annotations

import threading
from base64 import b64encode

import frappe
import pytest

from helpdesk_mailchannel.ticketing.ledger import lease
from helpdesk_mailchannel.ticketing.polling import job
from helpdesk_mailchannel.ticketing.polling.job import poll
from tests.core.connect.scripted_server import ScriptedServer
from tests.site import explained
from tests.site.polling import active_channel

SECRET = "the password of the good server"
SERVER = ("host", "port", "security", "protocol", "ca_file")
WAYS = ("saved meanwhile", "written to the row without a new stamp")
CHANGES = ("its own server again", "paused", "another interval")


def elsewhere(work):
	"""What lets another worker do something, on a connection of its own to the site's database."""
	site, folder = frappe.local.site, frappe.local.sites_path

	def run() -> None:
		frappe.init(site=site, sites_path=folder)
		frappe.connect()
		try:
			work()
			frappe.db.commit()
		finally:
			frappe.destroy()

	def run_to_its_end() -> None:
		thread = threading.Thread(target=run)
		thread.start()
		thread.join(20)

	return run_to_its_end


def change(channel: str, change: str, good: dict, *, stamped: bool = True) -> None:
	values = {"its own server again": good, "paused": {"status": "Paused"}}.get(change, {"poll_interval": 9})
	frappe.db.set_value("Email Channel", channel, values, update_modified=stamped)


def slow_imap(before_greeting):
	def script(talk) -> None:
		before_greeting()
		talk.send(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN SASL-IR] ready\r\n")
		for _ in range(6):
			tag = talk.expect(rb"(\S+)")[1]
			talk.send(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN SASL-IR\r\n" + tag + b" OK done\r\n")

	return script


def slow_pop3(before_greeting):
	def script(talk) -> None:
		before_greeting()
		talk.send(b"+OK ready\r\n")
		for _ in range(6):
			talk.expect(rb".*")
			talk.send(b"-ERR no\r\n")

	return script


def shown(received: bytes) -> bool:
	"""Whether the secret, or a beginning of signing in, arrived."""
	packed = b64encode(SECRET.encode())[4:-4]
	words = (SECRET.encode(), packed, b"LOGIN", b"AUTHENTICATE", b"USER ", b"PASS ")
	return any(word in bytes(received) for word in words)


@pytest.fixture
def led_astray(site, mailbox):
	"""A channel whose row names another server than its secrets are for, and that server."""

	def lead(script, protocol, changed, stamped):
		values = {"after_processing": "Leave in Place"} if protocol == "POP3" else {}
		channel = active_channel(mailbox, password=SECRET, **values)
		good = {fieldname: channel.get(fieldname) for fieldname in SERVER}
		connected = []

		def meanwhile() -> None:
			change(channel.name, changed, good, stamped=stamped)
			connected.append(True)

		server = ScriptedServer(script(elsewhere(meanwhile)))
		site.conf.mailchannel_extra_ports = [*site.conf.mailchannel_extra_ports, server.port]
		evil = {"host": "127.0.0.1", "port": server.port, "security": "None", "protocol": protocol}
		site.db.set_value("Email Channel", channel.name, {**evil, "ca_file": ""})
		site.db.commit()
		return channel.name, server, connected

	return lead


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("changed", CHANGES)
@pytest.mark.parametrize(("protocol", "script"), [("IMAP", slow_imap), ("POP3", slow_pop3)])
def test_no_secret_goes_to_a_server_the_connection_was_not_opened_for(
	site, led_astray, protocol, script, changed, way
):
	channel, server, connected = led_astray(script, protocol, changed, stamped=way == WAYS[0])
	with server:
		poll(channel)
	assert connected and not server.failures
	assert not shown(server.received)


@pytest.mark.parametrize("changed", CHANGES)
def test_a_change_before_the_sign_in_ends_the_run_in_peace(site, led_astray, changed):
	channel, server, _ = led_astray(slow_imap, "IMAP", changed, stamped=True)
	with server:
		poll(channel)
	site.db.rollback()
	told = site.get_doc("Email Channel", channel)
	assert "settings changed during the run" in told.health_reason
	assert not told.failures and not told.trouble_code


@pytest.mark.parametrize("changed", CHANGES)
def test_a_change_while_the_lease_is_taken_ends_the_run_before_it_connects(
	site, mailbox, monkeypatch, changed
):
	channel = active_channel(mailbox)
	good = {fieldname: channel.get(fieldname) for fieldname in SERVER}
	take = lease.take

	def take_and_be_overtaken(*args):
		held = take(*args)
		elsewhere(lambda: change(channel.name, changed, good))()
		return held

	monkeypatch.setattr(lease, "take", take_and_be_overtaken)
	monkeypatch.setattr(job.connect, "open", lambda *_, **__: pytest.fail("It connected."))
	poll(channel.name)
	site.db.rollback()
	assert "settings changed" in explained.channel(channel.name).health_reason


def test_a_channel_that_was_paused_before_the_lease_was_taken_is_not_connected(site, mailbox, monkeypatch):
	channel = active_channel(mailbox)
	take = lease.take

	def be_overtaken_and_take(*args):
		elsewhere(lambda: change(channel.name, "paused", {}))()
		return take(*args)

	monkeypatch.setattr(lease, "take", be_overtaken_and_take)
	monkeypatch.setattr(job.connect, "open", lambda *_, **__: pytest.fail("It connected."))
	poll(channel.name)
	site.db.rollback()
	channel.reload()
	assert (channel.status, channel.failures) == ("Paused", 0)
	assert not channel.lease_owner
