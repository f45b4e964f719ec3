"""The rules in their order, and what follows from each.

The first rule that turns a message away decides. Rules whose hit is no reason to turn it away mark the
message as automatic: it is filed, and no robot of ours answers it. Within a group the first hit counts, so
that what a setting lets through at one rule is not turned away by the next for the same thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from helpdesk_mailchannel.mailcore.model import Accept, Exclude, Facts, Message, Refuse, Screening
from helpdesk_mailchannel.mailcore.reasons import Fate
from helpdesk_mailchannel.mailcore.screen.rule import Hit, Rule
from helpdesk_mailchannel.mailcore.screen.rules import (
	age,
	allowed,
	ambiguous_sender,
	auto_generated,
	auto_reply,
	blocked,
	bounce,
	bulk,
	calendar_reply,
	doubtful,
	excluded_sender,
	flood,
	keyword,
	loop_mark,
	mailing_list,
	no_answer_wanted,
	no_reply_sender,
	no_sender,
	null_return_path,
	own_message,
	own_sender,
	reaction,
	read_receipt,
	recipient_only,
)
from helpdesk_mailchannel.mailcore.screen.senders import listed
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence
from helpdesk_mailchannel.mailcore.settings import AutoReplyPolicy, ListPolicy, ScreenPolicy


class Treatment(Enum):
	"""What a hit leads to."""

	TURN_AWAY = "excluded or refused, as the rule's reason says"
	ADD_QUIETLY = "added to its ticket quietly; excluded where it has none"
	FILE_SILENTLY = "filed, and never answered by a robot"


Treat = Callable[[Message, ScreenPolicy], Treatment]


def turn_away(message: Message, policy: ScreenPolicy) -> Treatment:
	"""Turn it away, whatever the settings."""
	return Treatment.TURN_AWAY


def file_silently(message: Message, policy: ScreenPolicy) -> Treatment:
	"""File it silently, whatever the settings."""
	return Treatment.FILE_SILENTLY


def as_robot(message: Message, policy: ScreenPolicy) -> Treatment:
	"""Turn it away while the switch is on, unless the sender is an accepted robot."""
	if not policy.exclude_automatic or _is_accepted_robot(message, policy):
		return Treatment.FILE_SILENTLY
	return Treatment.TURN_AWAY


def add_quietly(message: Message, policy: ScreenPolicy) -> Treatment:
	"""Add it quietly, whatever the settings."""
	return Treatment.ADD_QUIETLY


def as_auto_reply(message: Message, policy: ScreenPolicy) -> Treatment:
	"""Treat it as a robot's, but keep automatic replies if the channel asks for them."""
	if as_robot(message, policy) is Treatment.FILE_SILENTLY:
		return Treatment.FILE_SILENTLY
	return {
		AutoReplyPolicy.EXCLUDE: Treatment.TURN_AWAY,
		AutoReplyPolicy.ADD_SILENTLY: Treatment.ADD_QUIETLY,
		AutoReplyPolicy.FILE: Treatment.FILE_SILENTLY,
	}[policy.auto_replies]


def as_list_mail(message: Message, policy: ScreenPolicy) -> Treatment:
	"""Follow the channel's setting for lists; an accepted robot may write through a list."""
	if policy.lists is ListPolicy.FILE or _is_accepted_robot(message, policy):
		return Treatment.FILE_SILENTLY
	return Treatment.TURN_AWAY


@dataclass(frozen=True)
class Group:
	"""Rules about one thing; the first of them that matches settles the matter for all."""

	title: str
	rules: tuple[tuple[Rule, Treat], ...]


CHAIN = (
	Group(
		"Mail from before the channel",
		((age.RULE, turn_away),),
	),
	Group(
		"Our own mail that comes back",
		(
			(loop_mark.RULE, turn_away),
			(own_message.RULE, turn_away),
			(own_sender.RULE, turn_away),
		),
	),
	# Before any question about the sender: many reports have none.
	Group(
		"Reports about mail",
		(
			(read_receipt.RULE, as_robot),
			(bounce.RULE, as_robot),
		),
	),
	Group(
		"Who may write here",
		(
			(no_sender.RULE, turn_away),
			(ambiguous_sender.RULE, turn_away),
			(blocked.RULE, turn_away),
			(allowed.RULE, turn_away),
			(recipient_only.RULE, turn_away),
		),
	),
	Group(
		"What the channel does not want",
		(
			(excluded_sender.RULE, turn_away),
			(keyword.RULE, turn_away),
		),
	),
	# From the certain to the likely.
	Group(
		"Robots",
		(
			(auto_reply.RULE, as_auto_reply),
			(calendar_reply.RULE, file_silently),
			(mailing_list.RULE, as_list_mail),
			(bulk.RULE, as_robot),
			(auto_generated.RULE, as_robot),
			(null_return_path.RULE, as_robot),
			(no_reply_sender.RULE, as_robot),
		),
	),
	Group(
		"Reactions",
		((reaction.RULE, add_quietly),),
	),
	# After the robots, so that a robot's message is excluded as such and not as a flood.
	Group(
		"Floods",
		((flood.RULE, turn_away),),
	),
	Group(
		"Filed quietly",
		(
			(no_answer_wanted.RULE, file_silently),
			(doubtful.RULE, file_silently),
		),
	),
)


class Finding(NamedTuple):
	"""What one rule said about a message."""

	rule: Rule
	hit: bool
	detail: Sentence = NOTHING


def screen(message: Message, facts: Facts, policy: ScreenPolicy) -> Screening:
	"""Decide whether the message is for people, and for this channel.

	`facts` is what the site knows about it, `policy` what the administrator chose. Return Accept, Exclude
	with the reason for the exclusion folder, or Refuse with the reason for the failure folder.
	"""
	automatic = False
	only_as_reply: Exclude | None = None
	for rule, treatment, hit in _hits(message, facts, policy):
		match treatment:
			case Treatment.TURN_AWAY:
				return _turned_away(rule, hit)
			case Treatment.ADD_QUIETLY:
				automatic, only_as_reply = True, _excluded(rule, hit)
			case Treatment.FILE_SILENTLY:
				automatic = True
	return Accept(automatic=automatic, only_as_reply=only_as_reply)


def explain(message: Message, facts: Facts, policy: ScreenPolicy) -> list[Finding]:
	"""Return every rule's answer, in the order of the chain; ask the same questions as `screen`."""
	answers = []
	for group in CHAIN:
		for rule, _ in group.rules:
			hit = rule.ask(message, facts, policy)
			answers.append(Finding(rule, hit is not None, hit.detail if hit else NOTHING))
	return answers


def _hits(message: Message, facts: Facts, policy: ScreenPolicy) -> Iterator[tuple[Rule, Treatment, Hit]]:
	"""Yield the first hit of each group, with its treatment."""
	for group in CHAIN:
		for rule, treat in group.rules:
			hit = rule.ask(message, facts, policy)
			if hit is not None:
				yield rule, treat(message, policy), hit
				break


def _turned_away(rule: Rule, hit: Hit) -> Exclude | Refuse:
	excluded = _excluded(rule, hit)
	if excluded.reason.fate is Fate.FAILED:
		return Refuse(excluded.reason, excluded.detail)
	return excluded


def _excluded(rule: Rule, hit: Hit) -> Exclude:
	assert rule.reason is not None, f"The rule {rule.name} turns mail away and gives no reason."
	return Exclude(rule.reason, hit.detail, hit.note_on)


def _is_accepted_robot(message: Message, policy: ScreenPolicy) -> bool:
	if message.sender is None:
		return False
	return listed(message.sender.address, policy.accepted_robots, policy) is not None
