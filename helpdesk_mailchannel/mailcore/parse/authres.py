"""Reads whether the sender is who the From field says, from Authentication-Results (RFC 8601) to be trusted.

Anybody can write such a field. It counts only where the channel's own mail server wrote it: under a server
name (authserv-id) the administrator named, or, for Exchange Online, which writes none, above the Received
field with which Exchange Online took the message in. DMARC counts; without a DMARC verdict, a DKIM pass of
the author's own domain. SPF alone says nothing of the From field. Whatever leaves doubt is UNKNOWN, never a
pass.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from helpdesk_mailchannel.mailcore.model import Headers, Verdict

_FIELD = "authentication-results"
_WORD = re.compile(r"[^\s()\";=\\]+")
_METHOD = re.compile(r"[a-z][a-z0-9_-]*(?:/\d+)?", re.IGNORECASE)
_RESULTS = {
	"pass",
	"fail",
	"none",
	"neutral",
	"softfail",
	"temperror",
	"permerror",
	"policy",
	"bestguesspass",
	"hardfail",
}
_WITHIN_EXCHANGE = re.compile(r"\sby \S+\.prod\.outlook\.com\s", re.IGNORECASE)
_EXCHANGE_BORDER = re.compile(r"\sby \S+\.mail\.protection\.outlook\.com\s", re.IGNORECASE)


class _DoubtfulError(ValueError):
	"""The field can be read in more than one way."""


@dataclass(frozen=True)
class _Token:
	text: str
	quoted: bool = False


@dataclass(frozen=True)
class _Result:
	"""One method's verdict and its properties: `dkim=pass header.d=example.com`."""

	method: str
	result: str
	properties: dict[str, str] = field(default_factory=dict)


def sender_verdict(
	headers: Headers,
	author_domain: str,
	trusted_authserv_ids: Collection[str],
	trust_exchange_online: bool = False,
) -> Verdict:
	"""Whether the one author's domain is authenticated.

	`author_domain` is the domain of the only From mailbox, as an A-label. PASS only for a DMARC pass of that
	domain or, where no DMARC verdict stands, a DKIM pass of that very domain; FAIL for a DMARC failure.
	"""
	domain = author_domain.lower().rstrip(".")
	value = _trusted_field(headers, trusted_authserv_ids, trust_exchange_online)
	if not domain or value is None:
		return Verdict.UNKNOWN
	try:
		results = _results(_tokens(value))
	except _DoubtfulError:
		return Verdict.UNKNOWN
	return _verdict(results, domain)


# ── Which field counts ───────────────────────────────────────────────────────────────────────────────


def _trusted_field(headers: Headers, trusted: Collection[str], exchange: bool) -> str | None:
	"""The one field to believe; None where there is none, or more than one that claims to be it."""
	wanted = {each.strip().lower() for each in trusted if each.strip()}
	values = headers.all(_FIELD)
	named = [value for value in values if _authserv_id(value) in wanted]
	if wanted and named:
		# The trusted server removes fields that carry its name before it writes its own. Two of them mean
		# that it does not, so neither is believed.
		return named[0] if len(named) == 1 else None
	return _exchange_field(headers) if exchange else None


def _exchange_field(headers: Headers) -> str | None:
	"""Exchange Online's field: without a server name, above the Received field of Exchange Online's border.

	What stands below that field was in the message when it came.
	"""
	found: str | None = None
	for name, value in headers.fields:
		if name == "received" and not _WITHIN_EXCHANGE.search(value):
			return found if _EXCHANGE_BORDER.search(value) else None
		if name == _FIELD:
			if found is not None or _authserv_id(value):
				return None
			found = value
	return None


def _authserv_id(value: str) -> str:
	"""The server's name in lower case; empty where the field starts with a result, as Exchange Online's."""
	try:
		head = _tokens(value.partition(";")[0])
	except _DoubtfulError:
		return ""
	if not head or head[0].quoted or any(each.text == "=" for each in head):
		return ""
	# A version number may follow (RFC 8601 2.2).
	return head[0].text.lower() if len(head) == 1 or (len(head) == 2 and head[1].text.isdigit()) else ""


# ── What it says ─────────────────────────────────────────────────────────────────────────────────────


def _tokens(value: str) -> list[_Token]:
	"""Words, quoted strings, `;`, `=`, no comments. Raises _DoubtfulError for what does not end, or hides."""
	if "\ufffd" in value or not value.isprintable():
		raise _DoubtfulError
	tokens: list[_Token] = []
	position = 0
	while position < len(value):
		character = value[position]
		if character == "(":
			position = _behind_comment(value, position)
		elif character == '"':
			text, position = _quoted(value, position)
			tokens.append(_Token(text, quoted=True))
		elif character in ";=":
			tokens.append(_Token(character))
			position += 1
		elif character.isspace():
			position += 1
		else:
			word = _WORD.match(value, position)
			if word is None:
				raise _DoubtfulError
			tokens.append(_Token(word[0]))
			position = word.end()
	return tokens


def _behind_comment(value: str, start: int) -> int:
	depth, position = 0, start
	while position < len(value):
		character = value[position]
		if character == "\\":
			position += 1
		elif character == '"':
			# In a comment a quote is a character like others; readers that think otherwise end it elsewhere.
			raise _DoubtfulError
		else:
			depth += (character == "(") - (character == ")")
			if depth == 0:
				return position + 1
		position += 1
	raise _DoubtfulError


def _quoted(value: str, start: int) -> tuple[str, int]:
	end = value.find('"', start + 1)
	text = value[start + 1 : end]
	if end < 0 or set(text) & set("\\();"):
		raise _DoubtfulError
	return text, end + 1


def _results(tokens: list[_Token]) -> list[_Result]:
	"""Each statement between semicolons; the first, without `=`, is the server's name."""
	statements: list[list[_Token]] = [[]]
	for token in tokens:
		if token.text == ";" and not token.quoted:
			statements.append([])
		else:
			statements[-1].append(token)
	named = bool(statements[0]) and not any(each.text == "=" and not each.quoted for each in statements[0])
	return [
		_result(each) for each in statements[1 if named else 0 :] if each and each[0].text.lower() != "none"
	]


def _result(tokens: list[_Token]) -> _Result:
	pairs: list[tuple[str, str]] = []
	position = 0
	while position < len(tokens):
		triple = tokens[position : position + 3]
		if len(triple) < 3 or triple[0].quoted or triple[1] != _Token("=") or triple[2].text in ("=", ";"):
			raise _DoubtfulError
		pairs.append((triple[0].text.lower(), triple[2].text))
		position += 3
	method, result = pairs[0]
	names = [name for name, _ in pairs]
	# A verdict among the properties of another is somebody's attempt to be read.
	if (
		not _METHOD.fullmatch(method)
		or len(set(names)) != len(names)
		or {"dmarc", "dkim", "spf"} & set(names[1:])
	):
		raise _DoubtfulError
	if result.lower() not in _RESULTS and method in ("dmarc", "dkim"):
		raise _DoubtfulError
	return _Result(method.partition("/")[0], result.lower(), {name: text.lower() for name, text in pairs[1:]})


def _verdict(results: list[_Result], domain: str) -> Verdict:
	dmarc = [each for each in results if each.method == "dmarc"]
	if len(dmarc) > 1:
		return Verdict.UNKNOWN
	if dmarc:
		about = dmarc[0].properties.get("header.from", "").rpartition("@")[2].rstrip(".")
		if dmarc[0].result == "pass":
			return Verdict.PASS if about == domain else Verdict.UNKNOWN
		if dmarc[0].result in ("fail", "hardfail"):
			return Verdict.FAIL
		if dmarc[0].result != "none":
			return Verdict.UNKNOWN
	signed = {_signer(each) for each in results if each.method == "dkim" and each.result == "pass"}
	return Verdict.PASS if domain in signed else Verdict.UNKNOWN


def _signer(result: _Result) -> str:
	"""The domain that signed; none where its two spellings disagree."""
	signer = result.properties.get("header.d", "")
	agent = result.properties.get("header.i", "").rpartition("@")[2]
	if signer and agent and agent != signer and not agent.endswith(f".{signer}"):
		return ""
	return (signer or agent).rstrip(".")
