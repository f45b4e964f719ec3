"""Checks that the sender is who the From field says, using trusted Authentication-Results (RFC 8601).

Anybody can write such a field. It counts only if the channel's own mail server wrote it: under a server
name (authserv-id) that the administrator listed, and above the Received field with which that server took
the message in; or, for Exchange Online, which writes no name, above the Received field of its border. DMARC
counts; without a DMARC verdict, a DKIM pass of the author's own domain. SPF alone says nothing about the From
field.

Senders choose parts of what a server writes: the envelope sender, the name in HELO, selectors. So a field
that cannot be read, or that could hide a verdict, counts as a failure and never as silence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from helpdesk_mailchannel.mailcore.model import Headers, Verdict
from helpdesk_mailchannel.mailcore.outside.domains import a_labels

BELOW_ITS_RECEIVED = frozenset({"mx.google.com"})
"""Servers known to write their results below their own Received field, one field on every message."""

_FIELD = "authentication-results"
_FAILURES = frozenset({"fail", "hardfail", "quarantine", "reject"})
_WRITTEN_BY = re.compile(r"(?:^|\s)by\s+([^\s;()]+)", re.IGNORECASE)
_LOCAL_DELIVERY = re.compile(r"(?<=\s)with\s+LMTP[SA]?\s", re.IGNORECASE)
_WITHIN_EXCHANGE = re.compile(r"\sby \S+\.(?:prod\.outlook\.com|outlook\.office365\.com)\s", re.IGNORECASE)
_EXCHANGE_BORDER = re.compile(r"\sby \S+\.mail\.protection\.outlook\.com\s", re.IGNORECASE)

_FIRST_WORD = re.compile(r"([^\s;()\"=]+)\s*(=?)")
_PLAIN = re.compile(r"[^()\"]+")
_QUOTED = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"')
_IN_COMMENT = re.compile(r'\\.|[()"]')
_SEPARATORS = re.compile(r'[\s;=()\\"]')
_VERSION = re.compile(r" ?/ ?(?=\d+ ?=)")
_PAIR = re.compile(r"([^ =]+) ?=(?: (?=[^ =]+(?: |$)))?([^ ]*)(?: |$)")
_VERDICT = re.compile(r"(?:dmarc|dkim)(?:/\d+)? ?=", re.IGNORECASE)
_INNER_VERDICT = re.compile(r" (?:dmarc|dkim|spf)(?:/\d+)? ?=", re.IGNORECASE)
_HIDDEN_STATEMENT = re.compile(r";\s*(?:dmarc|dkim)\s*(?:/\s*\d+\s*)?=", re.IGNORECASE)
_QUOTED_VERDICT = re.compile(r"\b(?:dmarc|dkim)\s*(?:/\s*\d+\s*)?=", re.IGNORECASE)
_DECISIVE = ("header.from", "header.d", "header.i")


class _UnreadableError(ValueError):
	"""The field cannot be read, or can be read in more than one way."""


@dataclass(frozen=True)
class _Result:
	"""One method's verdict and its properties: `dkim=pass header.d=example.com`."""

	method: str
	result: str
	properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _OwnFields:
	"""The fields under trusted names, by position; each with its server's name."""

	above: tuple[tuple[str, str], ...] = ()
	"""Above the first Received field of a trusted server."""
	below: tuple[tuple[str, str], ...] = ()
	"""Directly below it: the server's, or the sender's if the server wrote none."""
	unplaced: tuple[tuple[str, str], ...] = ()
	"""Below a Received field, if no trusted server wrote one."""
	together: bool = False
	"""Those above form one block above a Received field: the server that wrote it wrote all of them."""


def sender_verdict(
	headers: Headers,
	author_domain: str,
	trusted_authserv_ids: Collection[str],
	trust_exchange_online: bool = False,
	*,
	results_below_received: bool = False,
) -> Verdict:
	"""Return whether the domain of the only author is authenticated.

	`author_domain` is the domain of the only From mailbox, as an A-label. PASS only for a DMARC pass of that
	domain or, if there is no DMARC verdict, a DKIM pass of that very domain; FAIL for a DMARC failure and
	for a trusted field that cannot be read. `results_below_received`: the server writes its fields below its
	own Received field; otherwise fields found there may be the sender's, so they can fail but not pass.
	"""
	domain = author_domain.lower().rstrip(".")
	trusted = {each.strip().lower().rstrip(".") for each in trusted_authserv_ids if each.strip()}
	own = _own_fields(headers, trusted)
	if not domain:
		return Verdict.UNKNOWN
	if own.above:
		return _verdict_above(own, domain)
	if own.below:
		return _verdict_below(own.below, domain, believed=results_below_received)
	if own.unplaced:
		return _unless_passed(_verdict_together(own.unplaced, domain))
	if trust_exchange_online and (fields := _exchange_fields(headers)):
		return _verdict_together(fields, domain) if len(fields) == 1 else Verdict.FAIL
	return Verdict.UNKNOWN


# ── Which fields count ───────────────────────────────────────────────────────────────────────────────


def _own_fields(headers: Headers, trusted: Collection[str]) -> _OwnFields:
	if not trusted:
		return _OwnFields()
	above: list[tuple[str, str]] = []
	below: list[tuple[str, str]] = []
	topmost: int | None = None
	passed_border = ended = parted = False
	for name, value in headers.fields:
		if name == "received":
			if passed_border:
				break
			topmost = len(above) if topmost is None else topmost
			passed_border = _is_border(value, trusted)
			ended = bool(above)
		elif name == _FIELD and (server := _authserv_id(value)) in trusted:
			(below if passed_border else above).append((server, value))
			parted |= ended and not passed_border
	if topmost == 0 and not passed_border:
		# Only the last server writes above the topmost Received field. Between other servers' fields nothing
		# distinguishes the trusted server's from the sender's.
		return _OwnFields(unplaced=tuple(above))
	return _OwnFields(tuple(above), tuple(below), together=ended and not parted)


def _is_border(received: str, trusted: Collection[str]) -> bool:
	"""Return whether a trusted server took the message in here, and did not just deliver it locally."""
	if _is_local_delivery(received):
		return False
	hosts = {host.lower().rstrip(".") for host in _WRITTEN_BY.findall(received)}
	return any(host == name or host.endswith(f".{name}") for host in hosts for name in trusted)


def _is_local_delivery(received: str) -> bool:
	"""Return whether the field records local delivery.

	The sender chooses the name in HELO and the recipient. If they contain words that look like the server's
	own, those words occur more than once, and none of them is believed.
	"""
	words = received.lower().split()
	return words.count("by") == words.count("with") == 1 and bool(_LOCAL_DELIVERY.search(received))


def _exchange_fields(headers: Headers) -> tuple[tuple[str, str], ...]:
	"""Return Exchange Online's fields: no server name, above the Received field of its border.

	Anything below that field was already in the message when it arrived.
	"""
	found: list[tuple[str, str]] = []
	for name, value in headers.fields:
		if name == "received" and not _WITHIN_EXCHANGE.search(value):
			return tuple(found) if _EXCHANGE_BORDER.search(value) else ()
		if name == _FIELD and not _authserv_id(value):
			found.append(("", value))
	return ()


def _authserv_id(value: str) -> str:
	"""Return the server's name in lower case; empty if the field starts with a result (Exchange Online)."""
	position = 0
	try:
		while value[position : position + 1] in ("(", " ", "\t"):
			position = _after_comment(value, position) if value[position] == "(" else position + 1
	except _UnreadableError:
		return ""
	if quoted := _QUOTED.match(value, position):
		return quoted[1].lower().rstrip(".")
	word = _FIRST_WORD.match(value, position)
	return word[1].lower().rstrip(".") if word and not word[2] else ""


# ── What they say ────────────────────────────────────────────────────────────────────────────────────


def _verdict_above(own: _OwnFields, domain: str) -> Verdict:
	"""Read fields that one server wrote as one; otherwise the topmost counts, and none may fail.

	The server removes fields that carry its name before it writes its own (RFC 8601, 5). Finding two of them
	means that it does not.
	"""
	if own.together or len(own.above) == 1:
		return _verdict_together(own.above, domain)
	servers = [server for server, _ in own.above]
	verdicts = [_verdict_together((each,), domain) for each in own.above]
	if len(set(servers)) < len(servers) or Verdict.FAIL in verdicts:
		return Verdict.FAIL
	return verdicts[0]


def _verdict_below(fields: Sequence[tuple[str, str]], domain: str, *, believed: bool) -> Verdict:
	"""Return the verdict of fields that only a server known to write there can have written."""
	if any(server in BELOW_ITS_RECEIVED for server, _ in fields):
		return _verdict_together(fields, domain) if len(fields) == 1 else Verdict.FAIL
	verdict = _verdict_together(fields, domain)
	return verdict if believed else _unless_passed(verdict)


def _unless_passed(verdict: Verdict) -> Verdict:
	"""Weigh fields that may be the sender's: they can fail, but not pass."""
	return Verdict.UNKNOWN if verdict is Verdict.PASS else verdict


def _verdict_together(fields: Sequence[tuple[str, str]], domain: str) -> Verdict:
	try:
		results = [result for _, value in fields for result in _results(value)]
	except _UnreadableError:
		return Verdict.FAIL
	return _verdict(results, domain)


def _verdict(results: Sequence[_Result], domain: str) -> Verdict:
	dmarc = [each for each in results if each.method == "dmarc"]
	if len(dmarc) > 1:
		return Verdict.FAIL
	if dmarc:
		if dmarc[0].result in _FAILURES:
			return Verdict.FAIL
		if dmarc[0].result == "pass":
			about = _domain(dmarc[0].properties.get("header.from", ""))
			return Verdict.PASS if about == domain else Verdict.UNKNOWN
		if dmarc[0].result != "none":
			return Verdict.UNKNOWN
	signed = {_signer(each) for each in results if each.method == "dkim" and each.result == "pass"}
	return Verdict.PASS if domain in signed else Verdict.UNKNOWN


def _signer(result: _Result) -> str:
	"""Return the domain that signed; empty if its two spellings disagree."""
	signer = _domain(result.properties.get("header.d", ""))
	agent = _domain(result.properties.get("header.i", ""))
	if signer and agent and agent != signer and not agent.endswith(f".{signer}"):
		return ""
	return signer or agent


def _domain(value: str) -> str:
	domain = value.rpartition("@")[2].strip("<>").lower().rstrip(".")
	return a_labels(domain) or domain


# ── How they are written ─────────────────────────────────────────────────────────────────────────────


def _results(value: str) -> Iterator[_Result]:
	"""Yield each statement between semicolons. Raises _UnreadableError."""
	value = value.replace("\t", " ")
	if "\ufffd" in value or not value.isprintable():
		raise _UnreadableError
	for text in _without_comments(value).split(";"):
		statement = _VERSION.sub("/", " ".join(text.split()))
		# A verdict among the properties of another is an attempt to smuggle one in.
		if _INNER_VERDICT.search(statement):
			raise _UnreadableError
		# Ignore other methods, and names without a result, as Exchange writes them.
		if _VERDICT.match(statement):
			yield _result(statement)


def _without_comments(value: str) -> str:
	"""Return the text without comments; quoted strings stay, and what could end them early becomes `_`."""
	text: list[str] = []
	position = 0
	while position < len(value):
		if value[position] == "(":
			end = _after_comment(value, position)
			_must_not_hide(_HIDDEN_STATEMENT, value[position:end])
			text.append(" ")
		elif quoted := _QUOTED.match(value, position):
			end = quoted.end()
			_must_not_hide(_QUOTED_VERDICT, quoted[1])
			text.append(f'"{_SEPARATORS.sub("_", quoted[1])}"')
		elif plain := _PLAIN.match(value, position):
			end = plain.end()
			text.append(plain[0])
		else:
			raise _UnreadableError
		position = end
	return "".join(text)


def _must_not_hide(verdict: re.Pattern[str], text: str) -> None:
	if verdict.search(text):
		raise _UnreadableError


def _after_comment(value: str, start: int) -> int:
	"""Return the position after a comment, including nested ones (RFC 5322, 3.2.2).

	A quotation mark there is an ordinary character. Readers that disagree end the comment elsewhere if the
	number of marks is odd, so that is refused.
	"""
	depth = marks = 0
	for found in _IN_COMMENT.finditer(value, start):
		depth += (found[0] == "(") - (found[0] == ")")
		marks += found[0] == '"'
		if depth == 0:
			if marks % 2:
				break
			return found.end()
	raise _UnreadableError


def _result(statement: str) -> _Result:
	pairs: list[tuple[str, str]] = []
	position = 0
	while position < len(statement):
		pair = _PAIR.match(statement, position)
		if pair is None:
			raise _UnreadableError
		pairs.append((pair[1].lower(), pair[2].strip('"').lower()))
		position = pair.end()
	names = [name for name, _ in pairs]
	if any(names.count(name) > 1 for name in _DECISIVE):
		raise _UnreadableError
	method, result = pairs[0]
	return _Result(method.partition("/")[0], result, dict(pairs[1:]))
