"""Removes secrets from a text before anybody reads or stores it.

A secret is removed as it is and in the forms in which protocols and logs carry it: base64 at any offset
(as inside a SASL PLAIN response), URL-encoded, escaped for Python or JSON. Tokens are also recognised by
their shape, so that a text from elsewhere loses them even if nobody named them.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

HIDDEN = "***"

_TOKEN_SHAPES = (
	re.compile(r"(?i)(\bbearer\s+)[^\s\x01\"',;]+"),
	re.compile(
		r"(?i)([\"']?\b(?:access_token|refresh_token|id_token|client_secret|client_assertion|code_verifier"
		r"|password|passwd)[\"']?\s*[=:]\s*[\"']?)[^\s&\"',;}]+"
	),
	re.compile(r"()\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"),
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
	"""Return the text with `***` for each secret, its encoded forms, and everything shaped like a token."""
	forms = {form for secret in secrets if secret for form in _forms(secret)}
	for form in sorted(forms, key=len, reverse=True):
		text = text.replace(form, HIDDEN)
	for shape in _TOKEN_SHAPES:
		text = shape.sub(rf"\g<1>{HIDDEN}", text)
	return text


def _forms(secret: str) -> Iterator[str]:
	yield secret
	yield repr(secret)[1:-1]
	yield json.dumps(secret)[1:-1]
	for encoded in (quote(secret, safe=""), quote_plus(secret)):
		yield encoded
		yield re.sub(r"%[0-9A-F]{2}", lambda octet: octet[0].lower(), encoded)
	octets = secret.encode("utf-8", "surrogatepass")
	for encode in (b64encode, urlsafe_b64encode):
		yield encode(octets).decode()
		yield from filter(None, (_inside_base64(encode(b"\0" * lead + octets), lead) for lead in range(3)))


def _inside_base64(encoded: bytes, lead: int) -> str:
	"""Return the part of a base64 text that does not depend on the octets before and after the secret.

	Six bits per character: characters that hold bits of a neighbour differ and are cut off. Fewer than six
	remaining characters would also match innocent words.
	"""
	text = encoded.decode()
	padding = len(text) - len(text.rstrip("="))
	inside = text[(0, 2, 3)[lead] : len(text) - (0, 2, 3)[padding]]
	return inside if len(inside) >= 6 else ""
