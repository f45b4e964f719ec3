"""Mail from before the start date is left alone, judged by the server's clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from helpdesk_mailchannel.mailcore.model import Accept, RemoteRef
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.chain import screen

START = datetime(2026, 3, 1, tzinfo=timezone.utc)


def test_too_old_by_arrival_even_with_a_date_in_the_future(person, facts, policy):
	starting = replace(policy, since=START)
	message = person(
		ref=RemoteRef("INBOX", 1, "7", 1, datetime(2026, 2, 28, 23, 59, tzinfo=timezone.utc)),
		date=datetime(2030, 1, 1, tzinfo=timezone.utc),
	)
	screening = screen(message, facts, starting)
	assert screening.reason is Reason.TOO_OLD
	assert screening.detail == "It arrived 2026-02-28 23:59 UTC."


def test_new_by_arrival_even_with_an_old_date(person, facts, policy):
	message = person(date=datetime(1999, 1, 1, tzinfo=timezone.utc))
	assert isinstance(screen(message, facts, replace(policy, since=START)), Accept)


def test_without_a_servers_date_the_messages_own_arrival_counts(person, facts, policy):
	message = person(
		ref=RemoteRef("INBOX", 0, "uidl", 1), received_at=datetime(2026, 2, 1, tzinfo=timezone.utc)
	)
	assert screen(message, facts, replace(policy, since=START)).reason is Reason.TOO_OLD


def test_without_a_start_date_nothing_is_too_old(person, facts, policy):
	message = person(ref=RemoteRef("INBOX", 1, "7", 1, datetime(1999, 1, 1, tzinfo=timezone.utc)))
	assert isinstance(screen(message, facts, policy), Accept)
