"""Where a channel may connect to."""

from __future__ import annotations

import socket

import pytest

from helpdesk_mailchannel.mailcore.connect.hosts import Place, connect, resolve, system_resolver
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Trouble
from helpdesk_mailchannel.mailcore.settings import HostPolicy

ALL_ALLOWED = HostPolicy(allow_loopback=True, allow_private=True, allow_plain=True)
STRICT = HostPolicy(allow_private=False)
PUBLIC = "93.184.216.34"


def to(*addresses):
	return lambda name, port: addresses


def trouble(addresses, policy, host="mail.example.com", port=993):
	try:
		resolve(host, port, policy, resolver=to(*addresses))
	except ChannelError as error:
		return error.trouble
	return None


@pytest.mark.parametrize(
	"address",
	[
		"169.254.169.254",
		"169.254.170.2",
		"fd00:ec2::254",
		"100.100.100.200",
		"168.63.129.16",
		"192.0.0.192",
		"::ffff:169.254.169.254",
		"64:ff9b::a9fe:a9fe",
		"2002:a9fe:a9fe::1",
		"::169.254.169.254",
		"::ffff:100.100.100.200",
		"169.254.1.1",
		"fe80::1",
		"224.0.0.1",
		"ff02::1",
		"0.0.0.0",
		"0.1.2.3",
		"::",
		"255.255.255.255",
		"240.0.0.1",
	],
)
def test_some_addresses_are_refused_whatever_the_site_allows(address):
	assert trouble([address], ALL_ALLOWED) is Trouble.HOST_FORBIDDEN


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
def test_loopback_only_where_the_site_allows_it(address):
	assert trouble([address], HostPolicy()) is Trouble.HOST_FORBIDDEN
	assert trouble([address], ALL_ALLOWED) is None


@pytest.mark.parametrize(
	"address",
	["10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd12::1", "::ffff:10.0.0.1", "fec0::1"],
)
def test_private_addresses_only_where_the_site_allows_them(address):
	assert trouble([address], STRICT) is Trouble.HOST_FORBIDDEN
	assert trouble([address], HostPolicy()) is None


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_public_addresses_are_allowed(address):
	assert trouble([address], STRICT) is None


def test_one_forbidden_address_forbids_the_name():
	assert trouble([PUBLIC, "127.0.0.1"], HostPolicy()) is Trouble.HOST_FORBIDDEN


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0", "localhost", "[::1]"])
def test_other_spellings_of_this_machine_are_seen_through(host):
	with pytest.raises(ChannelError) as caught:
		resolve(host, 993, HostPolicy())
	assert caught.value.trouble in (Trouble.HOST_FORBIDDEN, Trouble.HOST_UNKNOWN)


@pytest.mark.parametrize("host", ["", " ", "a..b", "user@host", "http://host", "a b", "a\r\nb", "x" * 64])
def test_what_is_no_host_name_is_said_so(host):
	assert trouble([PUBLIC], HostPolicy(), host=host) is Trouble.HOST_UNKNOWN


def test_an_unknown_name_is_said_so():
	def nowhere(name, port):
		raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

	with pytest.raises(ChannelError) as caught:
		resolve("mail.invalid", 993, HostPolicy(), resolver=nowhere)
	assert caught.value.trouble is Trouble.HOST_UNKNOWN
	assert "mail.invalid" in str(caught.value)


def test_ports_are_those_of_mail_and_those_the_site_adds():
	assert [
		port
		for port in (25, 80, 110, 143, 993, 995, 3306, 6379)
		if trouble([PUBLIC], STRICT, port=port) is None
	] == [
		110,
		143,
		993,
		995,
	]
	assert trouble([PUBLIC], HostPolicy(extra_ports=frozenset({1993})), port=1993) is None


def test_a_token_endpoint_brings_its_own_ports():
	place = resolve("login.example.com", 443, STRICT, ports=frozenset({443}), resolver=to(PUBLIC))
	assert place == Place("login.example.com", 443, (PUBLIC,))


def test_names_are_verified_in_their_ascii_form_without_a_final_dot():
	assert resolve("Müller.example.", 993, STRICT, resolver=to(PUBLIC)).name == "xn--mller-kva.example"


def test_the_name_is_looked_up_once_and_the_connection_goes_to_what_was_judged():
	"""Rebinding: a second look-up would lead elsewhere."""
	answers = iter([["127.0.0.1"], ["169.254.169.254"]])
	with socket.create_server(("127.0.0.1", 0)) as listener:
		port = listener.getsockname()[1]
		policy = HostPolicy(allow_loopback=True, extra_ports=frozenset({port}))
		place = resolve("mail.example.com", port, policy, resolver=lambda name, port: next(answers))
		with connect(place, 2) as connection:
			assert connection.getpeername() == ("127.0.0.1", port)
	assert next(answers) == ["169.254.169.254"]


def test_the_next_address_is_tried_when_one_does_not_answer():
	with socket.create_server(("127.0.0.1", 0)) as listener:
		port = listener.getsockname()[1]
		with connect(Place("x", port, ("127.0.0.2", "127.0.0.1")), 2) as connection:
			assert connection.getpeername()[0] == "127.0.0.1"


def test_a_closed_port_is_said_so():
	with socket.create_server(("127.0.0.1", 0)) as listener:
		port = listener.getsockname()[1]
	with pytest.raises(ChannelError) as caught:
		connect(Place("mail.example.com", port, ("127.0.0.1",)), 2)
	assert caught.value.trouble is Trouble.CONNECTION_REFUSED
	assert str(port) in str(caught.value)


def test_a_silent_host_ends_within_the_timeout():
	with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
		place = Place("mail.example.com", listener.getsockname()[1], ("127.0.0.1",))
		held = []
		with pytest.raises(ChannelError) as caught:
			for _ in range(20):
				held.append(connect(place, 0.2))
		for connection in held:
			connection.close()
	assert caught.value.trouble is Trouble.CONNECTION_TIMEOUT


def test_the_system_knows_this_machine():
	assert "127.0.0.1" in system_resolver("localhost", 993)
