"""Reads how urgent the sender says it is, from four fields that mail programs use for it."""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.model import Headers, Importance

_WORDS = {
	"importance": {
		"high": Importance.HIGH,
		"normal": Importance.MEDIUM,
		"medium": Importance.MEDIUM,
		"low": Importance.LOW,
	},
	"x-msmail-priority": {"high": Importance.HIGH, "normal": Importance.MEDIUM, "low": Importance.LOW},
	"priority": {"urgent": Importance.HIGH, "normal": Importance.MEDIUM, "non-urgent": Importance.LOW},
}
_DIGITS = {
	"1": Importance.HIGH,
	"2": Importance.HIGH,
	"3": Importance.MEDIUM,
	"4": Importance.LOW,
	"5": Importance.LOW,
}
_ORDER = ("importance", "x-priority", "x-msmail-priority", "priority")
"""The standard field (RFC 2156) first, then the others, the most common first."""


def importance(headers: Headers) -> Importance:
	"""Return what the first field in order says that is not normal; Medium if there is none.

	A program that writes several writes its default into those it does not offer, so a field that says
	normal does not outvote one that does not.
	"""
	for name in _ORDER:
		found = _read(name, headers.get(name))
		if found is not None and found is not Importance.MEDIUM:
			return found
	return Importance.MEDIUM


def _read(name: str, value: str) -> Importance | None:
	words = value.lower().replace("(", " ").split()
	if not words:
		return None
	if name == "x-priority" or words[0][:1].isdigit():
		return _DIGITS.get(words[0][:1]) or _WORDS["importance"].get(words[0])
	return _WORDS[name].get(words[0]) or _WORDS["importance"].get(words[0])
