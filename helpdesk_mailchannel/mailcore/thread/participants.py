"""Who takes part in a ticket because of a message on it.

Agents make participants: anybody they write to may answer. So does mail, as far as it is believed: a forged
message makes none, an unproven one only its author, a proven one also those it names in To and Cc.
"""

from __future__ import annotations

from collections.abc import Iterable

from helpdesk_mailchannel.mailcore.model import Verdict


def brought_by(
	author: Iterable[str], recipients: Iterable[str], verdict: Verdict, *, copies_take_part: bool
) -> frozenset[str]:
	"""Return the lower-case addresses that a received message makes participants of its ticket."""
	match verdict:
		case Verdict.FAIL:
			return frozenset()
		case Verdict.PASS:
			named = (*author, *recipients)
		case Verdict.UNKNOWN:
			named = (*author, *recipients) if copies_take_part else (*author,)
	return frozenset(address.lower() for address in named)
