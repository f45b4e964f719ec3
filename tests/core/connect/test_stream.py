"""Bounds of what a server may send, and when."""

from __future__ import annotations

import socket
import time

import pytest

from helpdesk_mailchannel.mailcore.connect import tls
from helpdesk_mailchannel.mailcore.connect.stream import LARGEST_LITERAL, Stream, TooLong
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Trouble


@pytest.fixture
def ends():
	ours, theirs = socket.socketpair()
	with ours, theirs:
		yield Stream(ours, timeout=0.3), theirs


def test_lines_and_octets_are_read_in_turn(ends):
	stream, server = ends
	server.sendall(b"* OK\r\n{5}\r\none\n, tail\n")
	assert [stream.readline(), stream.readline(), stream.read(5), stream.readline()] == [
		b"* OK\r\n",
		b"{5}\r\n",
		b"one\n,",
		b" tail\n",
	]


def test_the_end_of_the_connection_is_an_empty_line(ends):
	stream, server = ends
	server.sendall(b"half")
	server.shutdown(socket.SHUT_WR)
	assert (stream.readline(), stream.readline()) == (b"half", b"")


def test_a_message_cut_short_is_not_taken_for_whole(ends):
	stream, server = ends
	server.sendall(b"half")
	server.shutdown(socket.SHUT_WR)
	with pytest.raises(EOFError):
		stream.read(5)


def test_a_line_without_end_is_refused(ends):
	stream, server = ends
	server.sendall(b"x" * 5000)
	with pytest.raises(TooLong):
		stream.readline(most=4000)


def test_a_literal_announced_beyond_reason_is_refused_before_it_is_read(ends):
	stream, _ = ends
	with pytest.raises(TooLong):
		stream.read(LARGEST_LITERAL + 1)


def test_silence_ends_within_the_timeout(ends):
	stream, _ = ends
	started = time.monotonic()
	with pytest.raises(TimeoutError):
		stream.readline()
	assert time.monotonic() - started < 1


def test_a_whole_conversation_can_be_given_an_end(ends):
	stream, server = ends
	stream.finish_within(0)
	server.sendall(b"late\r\n")
	with pytest.raises(TimeoutError):
		stream.readline()


def test_what_came_before_the_handshake_is_refused(ends):
	stream, server = ends
	server.sendall(b"OK begin TLS\r\n* CAPABILITY injected\r\n")
	stream.readline()
	with pytest.raises(ChannelError) as caught:
		stream.start_tls(tls.context(), "localhost")
	assert caught.value.trouble is Trouble.TLS and "slipped in" in caught.value.detail


def test_closing_twice_is_no_trouble(ends):
	stream, _ = ends
	stream.close()
	stream.close()
