"""Reads the mailboxes of an address field (RFC 5322 3.4) as they are written, not only as they should be.

The structure is read before anything is decoded, so that an encoded word cannot smuggle in a comma or a
bracket. One pass, no recursion: fifty thousand opening brackets are as quick as one name. An address that can
be read in two ways is left out: no identity is better than a guessed one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from helpdesk_mailchannel.mailcore.model import Address
from helpdesk_mailchannel.mailcore.outside.domains import a_labels
from helpdesk_mailchannel.mailcore.parse.header.encoded_words import decode_words
from helpdesk_mailchannel.mailcore.parse.text.clean import clean_line

_TOKEN = re.compile(r'[\\"()<>,;:]|[^\\"()<>,;:]+')
_AROUND_SIGNS = re.compile(r"(?:(?<!\s)\s+)?([@.])\s*")
_LOCAL = re.compile(r'"(?:[^"\\]|\\.){0,100}"|[^\s"()<>,;:@\\\x00-\x1f\x7f]{1,100}')
_DOMAIN = re.compile(r"[^\s\"()<>,;:@\\\[\]\x00-\x1f\x7f]{1,253}|\[[0-9a-z.:-]{2,60}\]", re.IGNORECASE)
_MOST = 10_000
"""Mailboxes read from one field."""


def read_addresses(fields: Iterable[str], name_limit: int) -> tuple[Address, ...]:
	"""Return every mailbox of these fields, in order, without group names and unreadable ones. Never raise.

	`fields` are the raw values as text, encoded words not yet decoded.
	"""
	return tuple(mailbox for text in fields for mailbox in _read_field(text, name_limit))


def normal_address(raw: str) -> str:
	"""Return the bare address in lower case, its domain as an A-label; empty if `raw` is no address."""
	text = _AROUND_SIGNS.sub(r"\1", raw.strip(" \t\r\n'")).removeprefix("mailto:")
	if text.startswith("@") and ":" in text:
		# A source route (RFC 5322 4.4) is not part of the address.
		text = text.rpartition(":")[2]
	if clean_line(text) != text:
		# Characters that hide text or change its direction make an address look like another.
		return ""
	local, _, domain = text.rpartition("@")
	domain = domain.strip().rstrip(".")
	if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain) or ".." in domain:
		return ""
	name = a_labels(unicodedata.normalize("NFC", domain).lower())
	return f"{unicodedata.normalize('NFC', local).lower()}@{name}" if name else ""


def _read_field(text: str, name_limit: int) -> list[Address]:
	mailboxes = [each for entry in _entries(text) for each in entry.mailboxes(name_limit)]
	if not mailboxes and "=?" in text and "@" not in text:
		# Some programs encode the whole field. Nothing else could be read in it, so this overrules nothing.
		mailboxes = [each for entry in _entries(decode_words(text)) for each in entry.mailboxes(name_limit)]
	return mailboxes[:_MOST]


@dataclass
class _Entry:
	"""What is between two commas."""

	phrase: list[tuple[str, bool]] = field(default_factory=list)
	"""Pieces outside brackets, and whether they were quoted."""
	angles: list[str] = field(default_factory=list)
	comments: list[str] = field(default_factory=list)

	def mailboxes(self, name_limit: int) -> list[Address]:
		"""Return no mailbox, one, or each of several addresses without a comma between them."""
		if self.angles:
			# Empty brackets are the null sender; whatever else the entry says, it is not a mailbox.
			found = [normal_address(each) for each in self.angles]
			name = self._name(decode_words("".join(piece for piece, _ in self.phrase)), name_limit)
			return [Address(each, name) for each in found if each]
		words = self._words()
		found = [normal_address(word) for word in words if "@" in word]
		rest = " ".join(word for word in words if "@" not in word)
		name = self._name(decode_words(rest), name_limit)
		return [Address(each, name) for each in found if each]

	def _name(self, phrase: str, limit: int) -> str:
		name = clean_line(phrase) or clean_line(decode_words(" ".join(self.comments)))
		name = re.sub(r"\s+", " ", name)
		if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
			name = name[1:-1].strip()
		return name[:limit]

	def _words(self) -> list[str]:
		"""Split the pieces at spaces, but keep a quoted local part together with its domain."""
		text = ""
		for piece, quoted in self.phrase:
			text += (
				'"' + piece.replace(" ", "\x1f") + '"'
				if quoted
				else _AROUND_SIGNS.sub(r"\1", piece)
				if "@" in piece
				else piece
			)
		return [word.replace("\x1f", " ") for word in text.split(" ") if word.strip()]


def _entries(text: str) -> list[_Entry]:
	"""Split a field at its commas; semicolons separate groups and, the way Outlook writes, mailboxes."""
	entries = [_Entry()]
	tokens = _TOKEN.findall(" ".join(text.split()))
	index = 0
	quotes_end = len(tokens) - 1 - tokens[::-1].index('"') if '"' in tokens else -1
	while index < len(tokens):
		token = tokens[index]
		entry = entries[-1]
		index += 1
		if token == '"' and index <= quotes_end:
			quoted, index = _quoted(tokens, index)
			entry.phrase.append((quoted, True))
		elif token == "(":
			comment, index = _comment(tokens, index)
			entry.comments.append(comment)
		elif token == "<":
			angle, index = _angle(tokens, index)
			entry.angles.append(angle)
		elif token in ",;":
			entries.append(_Entry())
		elif token == ":" and not entry.angles and not any("@" in piece for piece, _ in entry.phrase):
			entries[-1] = _Entry()
		elif token not in '")>\\':
			entry.phrase.append((token, False))
	return _with_names_mended(entries)


def _quoted(tokens: list[str], index: int) -> tuple[str, int]:
	pieces: list[str] = []
	while index < len(tokens) and tokens[index] != '"':
		if tokens[index] == "\\" and index + 1 < len(tokens):
			index += 1
		pieces.append(tokens[index])
		index += 1
	return "".join(pieces), index + 1


def _comment(tokens: list[str], index: int) -> tuple[str, int]:
	"""Return the text of a comment, which may hold others; an unclosed one takes the rest of the field."""
	pieces: list[str] = []
	depth = 1
	while index < len(tokens):
		token = tokens[index]
		index += 1
		if token == "\\" and index < len(tokens):
			pieces.append(tokens[index])
			index += 1
			continue
		depth += (token == "(") - (token == ")")
		if depth == 0:
			break
		pieces.append(token)
	return "".join(pieces), index


def _angle(tokens: list[str], index: int) -> tuple[str, int]:
	"""Return what is in angle brackets, without comments; an unclosed bracket ends at the next comma."""
	pieces: list[str] = []
	while index < len(tokens):
		token = tokens[index]
		is_route = bool(pieces) and pieces[0].startswith("@")
		if token == ">" or (token in ",;" and not is_route):
			return "".join(pieces), index + (token == ">")
		index += 1
		if token == "(":
			_, index = _comment(tokens, index)
		elif token == '"':
			quoted, index = _quoted(tokens, index)
			pieces.append('"' + quoted.replace("\\", "\\\\").replace('"', '\\"') + '"')
		elif token != "<":
			pieces.append(token)
	return "".join(pieces), index


def _with_names_mended(entries: list[_Entry]) -> list[_Entry]:
	"""Join words without an address to the mailbox after them, as in `Doe, Jane <jane@example.com>`."""
	mended: list[_Entry] = []
	waiting: list[tuple[str, bool]] = []
	for entry in entries:
		bare = not entry.angles and not any("@" in piece for piece, _ in entry.phrase)
		if bare:
			if any(piece.strip() for piece, _ in entry.phrase):
				waiting += [*entry.phrase, (", ", False)]
			continue
		if entry.angles and waiting and len(waiting) <= 20:
			entry.phrase[:0] = waiting
		waiting = []
		mended.append(entry)
	return mended
