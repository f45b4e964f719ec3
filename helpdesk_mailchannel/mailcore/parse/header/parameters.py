"""Reads a value with parameters, such as Content-Type's (RFC 2045 5.1), with the extensions of RFC 2231.

Linear in the header's length, whatever it holds. Names in pieces, percent signs, languages, encoded words
where they do not belong and raw 8-bit text are all read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from helpdesk_mailchannel.mailcore.parse.header.encoded_words import decode_words
from helpdesk_mailchannel.mailcore.parse.text.charset import decode

_WELL_KNOWN = r"(?:filename|name|charset|boundary)"
_PARAMETER = re.compile(
	# A well-known one is found even without its semicolon.
	rf"(?:;\s*([^\s=;\"]{{1,80}})|(?:^|\s)({_WELL_KNOWN}))\s*=\s*"
	rf"(\"(?:[^\"\\]|\\.)*\"|[^;]*?(?=;|$|\s{_WELL_KNOWN}\s?=))",
	re.DOTALL | re.IGNORECASE,
)
_EXTENDED = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_MOST = 200
"""Parameters that are read; no honest header has more than a dozen."""


@dataclass(frozen=True)
class Parametrised:
	"""The value in lower case, and its parameters by lower-case name."""

	value: str = ""
	parameters: dict[str, str] = field(default_factory=dict)


def read_parameters(header: str) -> Parametrised:
	"""Split `text/plain; charset="utf-8"; name*0*=utf-8''a` and the like. Never raise."""
	value = "".join(header.partition(";")[0].partition("(")[0].split()[:1]).strip('"').lower()
	plain: dict[str, str] = {}
	pieces: dict[str, dict[int, tuple[str, bool]]] = {}
	for count, match in enumerate(_PARAMETER.finditer(header)):
		if count == _MOST:
			break
		name, raw = (match[1] or match[2]).lower(), _unquoted(match[3].strip())
		extended = _EXTENDED.fullmatch(name)
		if "*" in name and extended:
			pieces.setdefault(extended[1], {}).setdefault(int(extended[2] or 0), (raw, bool(extended[3])))
		else:
			plain.setdefault(name, raw)
	texts = {name: decode_words(raw) for name, raw in plain.items()}
	texts.update((name, _joined(found)) for name, found in pieces.items())
	return Parametrised(value, texts)


def _unquoted(raw: str) -> str:
	if not raw.startswith('"'):
		return raw
	inner = raw[1:-1] if len(raw) > 1 and raw.endswith('"') else raw[1:]
	# A backslash before anything else belongs to a Windows path that nobody quoted.
	return re.sub(r'\\(["\\])', r"\1", re.sub(r"(?:(?<!\r)\r+)?\n[ \t]", " ", inner))


def _joined(pieces: dict[int, tuple[str, bool]]) -> str:
	"""Return the pieces in their order, percent-decoded if the piece says so (RFC 2231 4.1)."""
	charset = ""
	octets = b""
	for position, (_, (raw, encoded)) in enumerate(sorted(pieces.items())):
		text = raw
		if position == 0 and encoded and text.count("'") >= 2:
			charset, _, text = text.split("'", 2)
		octets += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
	return decode_words(decode(octets, charset))
