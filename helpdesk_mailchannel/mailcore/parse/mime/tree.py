"""Divides a message into its parts (RFC 2046), on octets, without copying them.

Each multipart is searched for its own boundary from the outside in, so an inner part that lacks its end
cannot swallow what follows. Messages within the message stay closed: they are files. How often and how deeply
it divides is counted, and too much is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from helpdesk_mailchannel.mailcore.parse.header.fields import Header, split_header
from helpdesk_mailchannel.mailcore.parse.header.parameters import Parametrised, read_parameters
from helpdesk_mailchannel.mailcore.parse.mime.filenames import without_percent_signs
from helpdesk_mailchannel.mailcore.parse.mime.message_limits import too_complex
from helpdesk_mailchannel.mailcore.parse.text.charset import decode_header, named_charsets
from helpdesk_mailchannel.mailcore.parse.text.transfer_encoding import decode_transfer
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.mailcore.settings import Limits

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_MISSPELT = {
	"plain/text": "text/plain",
	"html/text": "text/html",
	"html": "text/html",
	"text/htm": "text/html",
}
_PREAMBLE = re.compile(rb"multi-?part|\bmime\b", re.IGNORECASE)
_MULTIPART = re.compile(r"multipart(?:/|$)")
_GUESS = re.compile(rb"\n--([^\r\n]{1,100}?)[ \t]*\r?\n(?:content-[a-z-]{1,40}[ \t]*:)", re.IGNORECASE)
_PART_HEADER = 64 * 1024
"""Octets of a part's header that are read."""


@dataclass(frozen=True)
class Part:
	"""One part: what its header says about it, its octets, and the parts it consists of."""

	header: Header
	content_type: str
	parameters: dict[str, str]
	disposition: Parametrised
	encoding: str
	octets: bytes = field(repr=False)
	"""The whole message; the part's own octets are between `start` and `end`."""
	start: int = 0
	end: int = 0
	children: tuple[Part, ...] = ()

	@property
	def is_multipart(self) -> bool:
		"""Whether it consists of parts."""
		return bool(self.children)

	@property
	def raw(self) -> bytes:
		"""Its body as it was transferred."""
		return self.octets[self.start : self.end]

	@property
	def content(self) -> bytes:
		"""Its body with the transfer encoding undone."""
		return decode_transfer(self.raw, self.encoding)

	@property
	def filename(self) -> str:
		"""The name its sender gave it, decoded but not yet safe; empty if there is none."""
		given = (self.disposition.parameters, "filename"), (self.parameters, "name")
		swapped = (self.disposition.parameters, "name"), (self.parameters, "filename")
		found = (parameters.get(name) for parameters, name in (*given, *swapped))
		return without_percent_signs(next(filter(None, found), ""))

	def text_header(self, name: str) -> str:
		"""Return a field of its header as text, unfolded."""
		return " ".join(decode_header(self.header.get(name), self.header.charsets).split())

	def walk(self) -> Iterator[Part]:
		"""Yield itself and every part below, in order."""
		yield self
		for child in self.children:
			yield from child.walk()


def divide(octets: bytes, header: Header, limits: Limits) -> Part:
	"""Divide a message whose header was split already into a tree of parts.

	Raise MessageError(TOO_COMPLEX) for too many boundaries, multiparts or levels.
	"""
	return _Divider(octets, limits).part(header, header.body_start, len(octets), "text/plain", 0)


def outside(root: Part) -> bytes:
	"""Return what is outside all boundaries, for messages that say nothing else.

	That is what comes after the last one, and before the first unless it is a note for programs without MIME.
	RFC 2046 5.1.1 has it ignored.
	"""
	texts: list[bytes] = []
	for part in root.walk():
		if not part.is_multipart:
			continue
		before, _, _ = part.raw.partition(b"--")
		after = part.octets[part.children[-1].end : part.end].lstrip(b"\r\n")
		texts += [
			octets.strip()
			for octets in (before if not _PREAMBLE.search(before) else b"", after.partition(b"\n")[2])
		]
	return b"\n\n".join(filter(None, texts))


class _Divider:
	"""Counts what it divides."""

	def __init__(self, octets: bytes, limits: Limits) -> None:
		self.octets = octets
		self.limits = limits
		self.charsets = named_charsets(octets)
		self.boundaries = 0
		self.multiparts = 0

	def part(self, header: Header, start: int, end: int, default: str, depth: int) -> Part:
		header = replace(header, charsets=self.charsets)
		content = read_parameters(decode_header(header.get("content-type"), self.charsets))
		content_type = _content_type(content.value, default)
		parameters = content.parameters
		children: tuple[Part, ...] = ()
		if content_type.startswith("multipart/"):
			children = self.children(parameters.get("boundary", ""), content_type, start, end, depth)
			content_type = content_type if children else "text/plain"
		return Part(
			header=header,
			content_type=content_type,
			parameters=parameters,
			disposition=read_parameters(decode_header(header.get("content-disposition"), self.charsets)),
			encoding=_encoding(header),
			octets=self.octets,
			start=start,
			end=end,
			children=children,
		)

	def children(
		self, boundary: str, content_type: str, start: int, end: int, depth: int
	) -> tuple[Part, ...]:
		self.multiparts += 1
		if self.multiparts > self.limits.multiparts:
			raise too_complex(
				_("multiparts"),
				_("more than {0}").format(f"{self.limits.multiparts:,}"),
				self.limits.multiparts,
			)
		if depth >= self.limits.nesting:
			raise too_complex(
				_("levels of parts within parts"),
				_("more than {0}").format(f"{depth:,}"),
				self.limits.nesting,
			)
		spans = (
			self.spans(boundary.encode("utf-8", "replace").rstrip(), start, end) if boundary.strip() else []
		)
		if not spans:
			guess = _GUESS.search(self.octets, max(start - 1, 0), end)
			spans = self.spans(guess[1], start, end) if guess else []
		default = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
		return tuple(self.child(*span, default, depth + 1) for span in spans)

	def child(self, start: int, end: int, default: str, depth: int) -> Part:
		header = split_header(self.octets[start : min(end, start + _PART_HEADER)], _PART_HEADER)
		return self.part(header, start + header.body_start, end, default, depth)

	def spans(self, boundary: bytes, start: int, end: int) -> list[tuple[int, int]]:
		"""Return where the parts between this boundary's lines start and end; none if it does not occur."""
		spans: list[tuple[int, int]] = []
		opened = -1
		for line_start, line_end, closing in self.lines(b"--" + boundary, start, end):
			if opened >= 0:
				spans.append((opened, max(opened, _before_break(self.octets, line_start))))
			# Where parts follow a closing line, it closed something else: a part in the parts that was given
			# the same boundary, or a message that was pasted in.
			opened = -1 if closing else line_end
		if opened >= 0:
			spans.append((opened, end))
		return spans

	def lines(self, delimiter: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
		"""Yield each delimiter line: its start, the start of the next line, and whether it closes."""
		position = (
			start if self.octets.startswith(delimiter, start, end) else self.next(delimiter, start, end)
		)
		while position >= 0:
			self.boundaries += 1
			if self.boundaries > self.limits.boundaries:
				raise too_complex(
					_("boundary lines"),
					_("more than {0}").format(f"{self.limits.boundaries:,}"),
					self.limits.boundaries,
				)
			line_end = self.octets.find(b"\n", position, end)
			line_end = end if line_end < 0 else line_end + 1
			rest = self.octets[
				position + len(delimiter) : min(line_end, position + len(delimiter) + 200)
			].strip()
			if rest in (b"", b"--"):
				yield position, line_end, rest == b"--"
			position = self.next(delimiter, line_end - 1, end)

	def next(self, delimiter: bytes, start: int, end: int) -> int:
		found = self.octets.find(b"\n" + delimiter, start, end)
		return found + 1 if found >= 0 else -1


def _before_break(octets: bytes, line_start: int) -> int:
	"""The line break before a boundary belongs to the boundary."""
	return line_start - (2 if octets[line_start - 2 : line_start] == b"\r\n" else 1)


def _content_type(value: str, default: str) -> str:
	value = _MISSPELT.get(value, value)
	found = _TYPE.match(value)
	if found:
		return found[0]
	if _MULTIPART.match(value):
		# An unknown kind of multipart is read as mixed (RFC 2046 5.1.7).
		return "multipart/mixed"
	return "text/plain" if value else default


def _encoding(header: Header) -> str:
	words = decode_header(header.get("content-transfer-encoding")).lower().replace(";", " ").split()
	return words[0].strip("\"'") if words else ""
