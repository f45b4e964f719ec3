"""Why a message, a run or a channel is in its state: the meaning of its code, and the details.

Only codes and details are stored. Each function takes a document or a row that has both.
"""

from __future__ import annotations

from typing import Any

from helpdesk_mailchannel.mailcore.reasons import Reason, Trouble
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, _, in_a_row, known_word
from helpdesk_mailchannel.ticketing.language import read

REASONS = {reason.code: reason.sentence for reason in Reason}
TROUBLES = {trouble.code: trouble.sentence for trouble in Trouble}


def reason_of(message: Any) -> Sentence:
	"""Return why an Email Channel Message met its fate, or why it is waiting."""
	return in_a_row(REASONS.get(message.reason_code or "", NOTHING), read(message.reason_details))


def error_of(run: Any) -> Sentence:
	"""Return why an Email Channel Run ended early."""
	return in_a_row(TROUBLES.get(run.trouble_code or "", NOTHING), read(run.error_details))


def health_of(channel: Any) -> Sentence:
	"""Return why an Email Channel fails, or what should be fixed although it works."""
	words = in_a_row(TROUBLES.get(channel.trouble_code or "", NOTHING), read(channel.health_details))
	if not (channel.trouble_code and channel.failed_step):
		return words
	return _("While {0}: {1}").format(known_word(channel.failed_step), words)
