"""Changes fields in the header of a message that is ready to be sent, as text.

The rest of the message stays as it is, to the octet: the site fills placeholders into it later, and whoever
signs it does so after us. Only the header block is read, and of it only the names (RFC 5322, 2.2).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_END_OF_HEADER = re.compile(r"\r?\n(?=\r?\n)")
_BETWEEN_FIELDS = re.compile(r"\r?\n(?![ \t])")
_LINE = 76


def field(message: str, name: str) -> str:
	"""Return the value of the first field of this name, unfolded and not decoded; empty if there is none."""
	block, _ = _parted(message)
	values = (each.partition(":")[2] for each in _fields(block) if _name(each) == name.lower())
	return re.sub(r"\r?\n", "", next(values, "")).strip()


def with_fields(message: str, fields: Mapping[str, str]) -> str:
	"""Return the message with these fields, each exactly once; an empty value removes the field.

	A value may be folded at any of its spaces. Raise ValueError if the message has no header, or if a value
	is not printable ASCII: nobody may write further fields through one.
	"""
	for name, value in fields.items():
		if not (value.isascii() and value.isprintable()):
			raise ValueError(f"{name}: a header field takes printable ASCII only.")
	block, rest = _parted(message)
	newline = "\r\n" if rest.startswith("\r\n") else "\n"
	replaced = {name.lower() for name in fields}
	kept = [each for each in _fields(block) if _name(each) not in replaced]
	added = [folded(name, value, newline) for name, value in fields.items() if value]
	return newline.join((*kept, *added)) + newline + rest


def folded(name: str, value: str, newline: str = "\r\n") -> str:
	"""Write a field, folded at spaces if it becomes too long (RFC 5322, 2.2.3); no word is cut."""
	lines = [f"{name}:"]
	for word in value.split():
		if len(lines[-1]) + 1 + len(word) > _LINE and " " in lines[-1]:
			lines.append("")
		lines[-1] += f" {word}"
	return newline.join(lines)


def _parted(message: str) -> tuple[str, str]:
	"""Split into the header block and, from its empty line on, the rest."""
	end = _END_OF_HEADER.search(message)
	if end is None:
		raise ValueError("The message has no empty line after its header.")
	return message[: end.start()], message[end.end() :]


def _fields(block: str) -> list[str]:
	return _BETWEEN_FIELDS.split(block)


def _name(line: str) -> str:
	return line.partition(":")[0].strip().lower()
