"""Joins the soft line breaks of `format=flowed` text (RFC 3676)."""

from __future__ import annotations


def unflow(text: str, *, delete_space: bool = False) -> str:
	"""Join paragraphs as their writer typed them; quoted lines keep their marks, `-- ` stays a line."""
	paragraphs: list[list[str]] = []
	flowing: int | None = None
	for line in text.split("\n"):
		depth = len(line) - len(line.lstrip(">"))
		words = line[depth:].removeprefix(" ")
		soft = words.endswith(" ") and words != "-- "
		shown = words[:-1] if soft and delete_space else words
		if flowing == depth and words != "-- ":
			paragraphs[-1].append(shown)
		else:
			paragraphs.append([">" * depth + " " if depth else "", shown])
		flowing = depth if soft else None
	return "\n".join("".join(pieces) for pieces in paragraphs)
