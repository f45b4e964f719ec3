"""Keeps the few inline styles that carry meaning: emphasis, colour of words, alignment, preserved spaces.

Everything else goes: positions and sizes can paint over the page, `url()` loads from strangers, and black
or white text vanishes on one of the two themes of the Desk. A declaration is kept only if its value is
one of the words below, so there is nothing in it to escape from.
"""

from __future__ import annotations

import re

_KEYWORDS: dict[str, frozenset[str]] = {
	"font-weight": frozenset({"bold", "bolder", "600", "700", "800", "900"}),
	"font-style": frozenset({"italic", "oblique"}),
	"text-decoration": frozenset({"underline", "line-through"}),
	"text-decoration-line": frozenset({"underline", "line-through"}),
	"text-align": frozenset({"left", "right", "center", "justify"}),
	"white-space": frozenset({"pre", "pre-wrap", "pre-line"}),
}
_COLOUR_NAMES = frozenset(
	"red crimson firebrick tomato orangered orange darkorange chocolate brown gold goldenrod"
	" green darkgreen forestgreen seagreen limegreen olive teal darkcyan blue  mediumblue "
	" royalblue dodgerblue steelblue purple darkmagenta magenta fuchsia violet deeppink".split()
)
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})")
_RGB = re.compile(r"rgb\( ?(\d{1,3}) ?, ?(\d{1,3}) ?, ?(\d{1,3}) ?\)")
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)\b", re.I)


def safe_style(style: str) -> str:
	"""Return the declarations of a style attribute that are kept, as its new value; perhaps empty."""
	kept = []
	for declaration in style[:2000].lower().split(";"):
		name, _, value = declaration.partition(":")
		name, value = name.strip(), " ".join(value.replace("!important", "").split())
		if value in _KEYWORDS.get(name, ()) or (name == "color" and is_telling_colour(value)):
			kept.append(f"{name}:{value}")
	return ";".join(kept)


def is_telling_colour(value: str) -> bool:
	"""Tell whether a colour was chosen to say something: it is neither grey nor nearly black."""
	value = value.strip().lower()
	if value in _COLOUR_NAMES:
		return True
	if found := _HEX.fullmatch(value):
		digits = found[1]
		pairs = (
			[digit * 2 for digit in digits] if len(digits) == 3 else [digits[i : i + 2] for i in (0, 2, 4)]
		)
		channels = [int(pair, 16) for pair in pairs]
	elif found := _RGB.fullmatch(value):
		channels = [int(channel) for channel in found.groups()]
	else:
		return False
	return max(channels) >= 128 and max(channels) - min(channels) > 90


def is_hidden(style: str) -> bool:
	"""Tell whether the sender wanted the element not to be seen, such as a newsletter's preview line."""
	return _HIDDEN.search(style[:2000]) is not None
