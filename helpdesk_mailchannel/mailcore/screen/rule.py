"""What a rule is: one question about a message, and what there is to say about it.

A rule looks at values and answers; the chain decides what follows from the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from helpdesk_mailchannel.mailcore.model import Facts, Message, TicketRef
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy


@dataclass(frozen=True)
class Hit:
	"""A yes, and what made the rule say so."""

	detail: Sentence = NOTHING
	note_on: TicketRef | None = None
	"""A ticket to leave a note on."""


Question = Callable[[Message, Facts, ScreenPolicy], Hit | None]


@dataclass(frozen=True)
class Rule:
	"""One question, with its name, its words for administrators and the reason it gives."""

	name: str
	"""Short, and a heading in docs/excluded-mail.md."""
	description: str
	"""The same page's sentences about what it looks at."""
	settings: tuple[str, ...]
	"""The fields of ScreenPolicy that govern it; empty: always asked."""
	reason: Reason | None
	"""Why it turns a message away; None for a rule that never does."""
	ask: Question
