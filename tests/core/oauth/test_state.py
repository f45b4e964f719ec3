"""Replayed, foreign, expired, invented and outdated state."""

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta

import pytest

from helpdesk_mailchannel.mailcore.oauth.state import (
	Doubt,
	Pending,
	StateRefused,
	fingerprint,
	new_state,
	recall,
	remember,
	same_application,
)
from helpdesk_mailchannel.mailcore.settings import OAuthProvider, OAuthSettings

SETTINGS = OAuthSettings(OAuthProvider.GOOGLE, "client", redirect_uri="https://desk.example/back")


class Shelf:
	def __init__(self):
		self.kept = {}
		self.seconds = None

	def put(self, key, value, seconds):
		self.kept[key], self.seconds = value, seconds

	def take(self, key):
		return self.kept.pop(key, None)


@pytest.fixture
def shelf():
	return Shelf()


@pytest.fixture
def state(shelf, clock):
	state = new_state(secrets.token_bytes)
	pending = Pending(
		"agent@desk.example",
		"Support",
		fingerprint(SETTINGS),
		clock.now() + timedelta(minutes=10),
		{"verifier": "the-verifier"},
	)
	remember(shelf, state, pending)
	return state


def refused(doubt):
	return pytest.raises(StateRefused, check=lambda error: error.doubt is doubt)


def test_the_person_who_began_comes_back_to_the_channel_it_was_for(shelf, state, clock):
	pending = recall(shelf, state, user="agent@desk.example", now=clock.now() + timedelta(minutes=9))
	assert pending.channel == "Support"
	assert pending.remembered == {"verifier": "the-verifier"}
	same_application(pending, SETTINGS)


def test_it_serves_once(shelf, state, clock):
	recall(shelf, state, user="agent@desk.example", now=clock.now())
	with refused(Doubt.UNKNOWN):
		recall(shelf, state, user="agent@desk.example", now=clock.now())


def test_another_user_is_refused_and_it_is_gone(shelf, state, clock):
	with refused(Doubt.FOREIGN):
		recall(shelf, state, user="other@desk.example", now=clock.now())
	with refused(Doubt.UNKNOWN):
		recall(shelf, state, user="agent@desk.example", now=clock.now())


def test_after_ten_minutes_it_is_refused_even_if_the_store_still_has_it(shelf, state, clock):
	assert shelf.seconds == 600
	with refused(Doubt.UNKNOWN):
		recall(shelf, state, user="agent@desk.example", now=clock.now() + timedelta(minutes=10))


@pytest.mark.parametrize("invented", ["", "a", "s" * 43, "\ud800", "../../etc"])
def test_an_invented_state_is_refused(shelf, state, clock, invented):
	with refused(Doubt.UNKNOWN):
		recall(shelf, invented, user="agent@desk.example", now=clock.now())
	assert recall(shelf, state, user="agent@desk.example", now=clock.now())


@pytest.mark.parametrize(
	"change",
	[{"client_id": "another"}, {"token_endpoint": "https://evil.example/token"}, {"scopes": ("more",)}],
)
def test_a_channel_that_was_changed_meanwhile_is_refused(shelf, state, clock, change):
	pending = recall(shelf, state, user="agent@desk.example", now=clock.now())
	with refused(Doubt.CHANGED):
		same_application(pending, replace(SETTINGS, **change))


def test_the_store_never_holds_the_state_itself(shelf, state):
	assert state not in str(shelf.kept)
	assert list(shelf.kept) == [hashlib.sha256(state.encode()).hexdigest()]


def test_states_are_long_random_and_fit_for_a_url():
	states = {new_state(secrets.token_bytes) for _ in range(100)}
	assert len(states) == 100
	assert all(len(state) == 43 and state.replace("-", "").replace("_", "").isalnum() for state in states)


def test_every_refusal_tells_what_to_do():
	assert all("click Authorize" in doubt.value or "Click Authorize" in doubt.value for doubt in Doubt)
