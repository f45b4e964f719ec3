"""What the Desk's scripts know from the beginning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpdesk_mailchannel.mailcore.sentences import Sentence
from helpdesk_mailchannel.ticketing.desk.permissions import is_manager
from helpdesk_mailchannel.ticketing.why import REASONS, TROUBLES


def add_sentences(bootinfo: Any) -> None:
	"""Tell managers' scripts what the codes of reasons and troubles stand for, in English; they translate."""
	if is_manager():
		bootinfo.mailchannel = {"reasons": _plain(REASONS), "troubles": _plain(TROUBLES)}


def _plain(sentences: Mapping[str, Sentence]) -> dict[str, str]:
	"""As plain text, because Frappe keeps it pickled in Redis."""
	return {code: str(sentence) for code, sentence in sentences.items()}
