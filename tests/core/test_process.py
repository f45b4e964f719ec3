"""A process that has ended is found dead by its name, and no other is."""

import os
import subprocess
import sys

import pytest

from helpdesk_mailchannel.ticketing.ledger.process import is_dead, this_process

NAMED = "from helpdesk_mailchannel.ticketing.ledger.process import this_process as p; print(p(), flush=True)"


@pytest.fixture
def child():
	"""A process that tells its name and waits."""
	started = subprocess.Popen(
		[sys.executable, "-c", f"{NAMED}; input()"],
		stdin=subprocess.PIPE,
		stdout=subprocess.PIPE,
		text=True,
	)
	with started:
		yield started
		started.kill()


def test_it_lives_until_it_ends(child):
	name = child.stdout.readline().strip()
	assert not is_dead(name)
	child.kill()
	os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
	assert is_dead(name), "a zombie does no work any more"
	child.wait()
	assert is_dead(name)


def test_this_process_lives():
	assert not is_dead(this_process())


def test_another_process_with_the_same_number_is_not_the_one():
	numbers, number, _ = this_process().split(":")
	assert is_dead(f"{numbers}:{number}:1")


@pytest.mark.parametrize("name", ["", "worker", "::", "0123456789abcdef:1:1", ":1:1", "a:b:c"])
def test_of_a_process_elsewhere_nobody_can_tell(name):
	assert not is_dead(name)
