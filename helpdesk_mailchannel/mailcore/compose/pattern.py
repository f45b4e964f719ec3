"""Runs an administrator's regular expressions over a stranger's text, in time linear in its length.

They are RE2's: no pattern can be made to run for ever, and one that would need too much memory is refused
when it is entered. RE2 has no look-around and no back-references.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import re2

from helpdesk_mailchannel.mailcore.sentences import Sentence, _

LONGEST_PATTERN = 1_000
LONGEST_TEXT = 200_000
"""Characters of a body that a pattern sees."""

_PART = re.compile(r"\\.|\[:\^?[a-z]+:\]|\[\^?\]?|\]|.", re.S)
_WORD_CHARACTERS = r"\p{L}\p{N}_"


def check_pattern(pattern: str) -> Sentence | None:
	"""Say what is wrong with a regular expression, in words for whoever typed it; None if nothing is."""
	if not pattern.strip():
		return _("Enter a regular expression.")
	if len(pattern) > LONGEST_PATTERN:
		return _("The regular expression is longer than {0} characters.").format(LONGEST_PATTERN)
	try:
		_compiled(pattern)
	except re2.error as error:
		why = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
		return _(
			"The regular expression cannot be used: {0}. (RE2 syntax; no look-around, no back-references.)"
		).format(why)
	return None


def search(pattern: str, text: str) -> str:
	"""Return what `pattern` finds in `text`: its group `value`, else its first group, else all of it.

	A pattern that `check_pattern` refuses finds nothing.
	"""
	if check_pattern(pattern) is not None:
		return ""
	found = _compiled(pattern).search(text[:LONGEST_TEXT])
	if found is None:
		return ""
	groups = found.groupdict()
	value = groups["value"] if "value" in groups else found.group(1) if found.groups() else found.group()
	return (value or "").strip()


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
	options = re2.Options()
	options.log_errors = False
	return re2.compile("(?m)" + _with_all_letters(pattern), options)


def _with_all_letters(pattern: str) -> str:
	r"""Widen `\w` to the letters of every script, as the pattern's author means it: RE2's is ASCII."""
	parts = []
	in_class = False
	for part in _PART.findall(pattern):
		if part == r"\w":
			part = _WORD_CHARACTERS if in_class else f"[{_WORD_CHARACTERS}]"
		elif part == r"\W" and not in_class:
			part = f"[^{_WORD_CHARACTERS}]"
		elif part.startswith("[") and not part.startswith("[:"):
			in_class = True
		elif part == "]":
			in_class = False
		parts.append(part)
	return "".join(parts)
