"""PGP blocks that stand in the text itself ("inline PGP", RFC 4880 6.2)."""

from __future__ import annotations

_BEGIN = "-----BEGIN PGP MESSAGE-----"
_END = "-----END PGP MESSAGE-----"
_MOST = 20


def split_encrypted(text: str, words: str) -> tuple[str, list[str]]:
	"""The text with `words` where an encrypted block stood, and those blocks.

	Quoted blocks stay (somebody speaks of them), and so does one without an end.
	"""
	blocks: list[str] = []
	kept: list[str] = []
	position = 0
	while len(blocks) < _MOST:
		start = _line_start(text, _BEGIN, position)
		end = text.find(_END, start + 1) if start >= 0 else -1
		if end < 0:
			break
		end += len(_END)
		kept += (text[position:start], words)
		blocks.append(text[start:end] + "\n")
		position = end
	return "".join([*kept, text[position:]]), blocks


def _line_start(text: str, mark: str, position: int) -> int:
	"""Where a line begins with `mark`, from `position` on; -1 where none does."""
	while True:
		found = text.find(mark, position)
		if found <= 0 or text[found - 1] == "\n":
			return found
		position = found + 1
