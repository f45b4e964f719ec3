"""Services come back after whatever happened to them, and strangers are left alone."""

import json
import os

import pytest

from devkit.services.smtp_sink import SmtpSink


@pytest.fixture
def sink():
	service = SmtpSink()
	service.start()
	yield service
	service.start()


def test_a_service_that_was_killed_is_started_again(sink):
	sink.kill()
	assert sink.pid is None
	assert not sink.is_ready()
	sink.start()
	assert sink.is_ready()


def test_a_service_that_runs_is_left_running(sink):
	before = sink.pid
	sink.start()
	assert sink.pid == before


def test_a_stranger_with_the_same_id_is_neither_taken_for_ours_nor_ended(sink):
	"""After a reboot, the id of our process may belong to anybody: here, to this very test."""
	note = sink._note
	ours = note.read_text()
	note.write_text(json.dumps({"pid": os.getpid(), "started": "12345@another-boot"}))
	try:
		assert sink.pid is None
		assert sink.stop() is False
	finally:
		note.write_text(ours)


def test_a_port_that_was_taken_meanwhile_is_given_up(sink):
	import socket

	sink.stop()
	taken = sink.port("smtp")
	with socket.create_server(("127.0.0.1", taken)):
		sink.start()
		assert sink.is_ready()
		assert sink.port("smtp") != taken
