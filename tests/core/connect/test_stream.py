"""Bounds of what a server may send, and when."""

from __future__ import annotations

import socket
import time
from functools import partial
from random import Random

import pytest

from helpdesk_mailchannel.mailcore.connect import tls
from helpdesk_mailchannel.mailcore.connect.limits import LARGEST_ANSWER, Brief, Patience, TooMuch, TooSlow
from helpdesk_mailchannel.mailcore.connect.stream import Stream
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
	stream.allow(4000)
	stream.send(b"?")
	server.sendall(b"x" * 5000)
	with pytest.raises(TooMuch):
		stream.readline()


def test_a_literal_announced_beyond_the_answer_is_refused_before_it_is_read(ends):
	stream, _ = ends
	stream.allow(10 * LARGEST_ANSWER)
	stream.send(b"?")
	with pytest.raises(TooMuch):
		stream.read(LARGEST_ANSWER + 1)


def test_many_lines_together_are_no_more_than_one(ends):
	stream, server = ends
	stream.allow(100)
	stream.send(b"?")
	server.sendall(b"* OK still here\r\n" * 10)
	with pytest.raises(TooMuch):
		for _ in range(10):
			stream.readline()


def test_each_answer_has_its_own_octets(ends):
	stream, server = ends
	for _ in range(5):
		stream.allow(20)
		stream.send(b"?")
		server.sendall(b"* OK still here\r\n")
		assert stream.readline() == b"* OK still here\r\n"


def test_an_answer_to_a_dot_ends_there_and_nowhere_else(ends):
	stream, server = ends
	server.sendall(b"a.\r\n..\r\n.b\r\n.\r\n+OK next\r\n.\n")
	assert stream.read_to_dot() == b"a.\r\n..\r\n.b\r\n"
	assert stream.readline() == b"+OK next\r\n"
	assert stream.read_to_dot() == b""


class Clock:
	"""Seconds that pass when a test says so."""

	def __init__(self):
		self.time = 100.0

	def __call__(self):
		return self.time


def ask(stream, server):
	stream.send(b"?")
	server.recv(1)


@pytest.fixture
def timed():
	"""A stream with half a minute for each answer and 45 seconds of patience, the server's end, its clock."""
	ours, theirs = socket.socketpair()
	clock, patience = Clock(), Patience(45)
	with ours, theirs:
		yield Stream(ours, 30.0, patience, clock), theirs, clock


def drip(stream, server, clock, octets, seconds):
	"""Let a server send these octets so many seconds after each other, and read lines until time is up."""
	started = clock.time
	with pytest.raises(TooSlow):
		while True:
			server.sendall(octets)
			clock.time += seconds
			stream.readline() if octets.endswith(b"\n") else stream._receive()
	return clock.time - started


@pytest.mark.parametrize(("octets", "seconds"), [(b"* OK here\r\n", 5), (b"x", 1), (b"* 1 FETCH ()\r\n", 29)])
def test_no_answer_is_waited_for_longer_than_the_timeout_however_it_drips(timed, octets, seconds):
	stream, server, clock = timed
	ask(stream, server)
	assert 29 < drip(stream, server, clock, octets, seconds) <= 60


def test_many_slow_answers_are_waited_for_as_long_as_there_is_patience(timed):
	stream, server, clock = timed
	started = clock.time
	with pytest.raises(TooSlow):
		for _ in range(100):
			ask(stream, server)
			clock.time += 11
			server.sendall(b"yes\n")
			stream.readline()
	assert clock.time - started < 70


def read_slowly(stream, server, clock, seconds, earned):
	"""Ask until the server is too slow, or 1,000 answers have come; say how many came."""
	for answers in range(1000):
		try:
			ask(stream, server)
			clock.time += seconds
			server.sendall(b"yes\n")
			stream.readline()
		except TooSlow:
			return answers
		stream.patience.earn(earned)
	return 1000


@pytest.mark.parametrize("seconds", [11, 20, 25, 28])
def test_a_server_slow_with_each_message_hands_out_some_and_is_left_within_a_minute(timed, seconds):
	stream, server, clock = timed
	answers = read_slowly(stream, server, clock, seconds, earned=1)
	assert answers >= 1 and clock.time - 100 <= 45 + 2 * answers + seconds


def test_a_message_every_two_seconds_is_read_on(timed):
	assert read_slowly(*timed, seconds=2, earned=1) == 1000


@pytest.mark.parametrize("seconds", [0.4, 1, 1.8, 1.9, 5, 29])
def test_answers_that_bring_no_message_cost_less_than_a_minute_together(timed, seconds):
	stream, server, clock = timed
	read_slowly(stream, server, clock, seconds, earned=0)
	assert clock.time - 100 < 46 + seconds
	assert stream.patience.is_over


def test_an_answer_that_the_end_of_the_connection_cuts_off_costs_patience_too(timed):
	stream, server, clock = timed
	ask(stream, server)
	clock.time += 20
	server.shutdown(socket.SHUT_WR)
	assert stream.readline() == b""
	stream.close()
	assert stream.patience.left == 25


def test_messages_earn_no_more_patience_than_there_was(timed):
	stream = timed[0]
	stream.patience.spend(5)
	stream.patience.earn(100)
	assert stream.patience.left == 45


@pytest.mark.parametrize("seed", range(20))
def test_what_a_session_wasted_does_not_depend_on_when_it_waited(seed):
	rng, patience = Random(seed), Patience(45)
	waits = [rng.choice((0.5, 3, 15, 29)) for _ in range(12)]
	filed = rng.randrange(20)
	acts = [partial(patience.spend, seconds) for seconds in waits]
	acts += [partial(patience.note_filed, 1)] * filed + [partial(patience.earn, 1)] * rng.randrange(100)
	rng.shuffle(acts)
	for act in acts:
		act()
	assert patience.wasted == max(0, sum(waits) - 2 * filed)


def test_silence_when_patience_is_over_is_slowness(ends):
	stream, _ = ends
	stream.patience.spend(44.9)
	with pytest.raises(TooSlow):
		stream.readline()


def test_a_large_answer_at_a_decent_pace_takes_as_long_as_it_takes(timed):
	stream, server, clock = timed
	stream.allow(100 * 1024 * 1024)
	ask(stream, server)
	for _ in range(200):
		server.sendall(b"x" * 65536)
		clock.time += 0.5
		while len(stream._waiting) % 65536 or not len(stream._waiting):
			stream._receive()
		stream._take(len(stream._waiting))
	assert stream.patience.left == 45


def test_while_a_person_waits_the_whole_conversation_is_bounded(timed):
	stream, server, clock = timed
	stream.be_brief(Brief(20, 1000, clock))
	with pytest.raises(TooSlow):
		for _ in range(100):
			ask(stream, server)
			server.sendall(b"yes\n")
			clock.time += 1.9
			stream.readline()
	assert clock.time <= 122
	clock.time = 100
	with pytest.raises(TooMuch):
		for _ in range(100):
			ask(stream, server)
			server.sendall(b"x" * 99 + b"\n")
			stream.readline()


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
