"""What the Desk's scripts know from the beginning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpdesk_mailchannel.mailcore.sentences import Sentence
from helpdesk_mailchannel.ticketing.desk.permissions import is_manager
from helpdesk_mailchannel.ticketing.why import REASONS, TROUBLES


def add_sentences(bootinfo: Any) -> None:
	"""Give managers' scripts the English sentence for each reason and trouble code; they translate it."""
	if is_manager():
		bootinfo.mailchannel = {"reasons": _plain(REASONS), "troubles": _plain(TROUBLES)}


def _plain(sentences: Mapping[str, Sentence]) -> dict[str, str]:
	"""Convert the sentences to plain text, because Frappe keeps them pickled in Redis."""
	return {code: str(sentence) for code, sentence in sentences.items()}
