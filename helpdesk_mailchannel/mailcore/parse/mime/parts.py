"""Finds the text, the HTML and the files among the parts of a message.

A part with a file name, or marked as an attachment, is a file and not the message, unless it is an
alternative or nothing else says anything. Of alternatives the richest of each kind counts; of parts in a row,
all do, in their order. Messages within the message stay whole as .eml files. Nothing is dropped because it
has no name or an odd type, nor because it is outside the boundaries while nothing is said within.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from helpdesk_mailchannel.mailcore.model import File
from helpdesk_mailchannel.mailcore.parse.calendar.read_calendar import read_calendar
from helpdesk_mailchannel.mailcore.parse.header.encoded_words import decode_words
from helpdesk_mailchannel.mailcore.parse.header.fields import split_header
from helpdesk_mailchannel.mailcore.parse.mime.emoji_reaction import read_reaction
from helpdesk_mailchannel.mailcore.parse.mime.filenames import distinct_names, generated_name, safe_name
from helpdesk_mailchannel.mailcore.parse.mime.flowed import unflow
from helpdesk_mailchannel.mailcore.parse.mime.inline_images import with_inline_images
from helpdesk_mailchannel.mailcore.parse.mime.pgp import read_signed, split_encrypted
from helpdesk_mailchannel.mailcore.parse.mime.pieces import Piece, best_of, in_a_row
from helpdesk_mailchannel.mailcore.parse.mime.smime import signed_content
from helpdesk_mailchannel.mailcore.parse.mime.tree import Part, divide, outside
from helpdesk_mailchannel.mailcore.parse.mime.uuencode import split_uuencoded
from helpdesk_mailchannel.mailcore.parse.outlook.rich_text import decompress
from helpdesk_mailchannel.mailcore.parse.outlook.winmail import open_winmail
from helpdesk_mailchannel.mailcore.parse.text.charset import decode, decode_header, html_charset
from helpdesk_mailchannel.mailcore.parse.text.clean import clean_line, clean_text
from helpdesk_mailchannel.mailcore.sentences import Sentence, Translate, _
from helpdesk_mailchannel.mailcore.settings import Limits

ENCRYPTED = _("(This message is encrypted. It is attached as it came; only its recipient's key opens it.)")
_TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}
_OPENED = 3
"""Wrapped messages within one message that are opened."""
_INVITATION = "text/calendar"
_CMS = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_MESSAGES = {"message/rfc822", "message/global", "message/news"}
_SHUT = {"application/octet-stream": "encrypted.asc"}
"""What an encrypted message is called if its sender gave it no name (RFC 3156 4)."""
_MAIL_FILES = (".eml", ".msg", ".mht", ".mhtml")
_MARKED_UP = {"text/enriched", "text/richtext"}
_SPARE = {"text/markdown", *_MARKED_UP}
"""Kinds of text that say no more than the plain text or the HTML beside them."""
_TEXTS = {"text/plain", "text/html", *_SPARE}
_READ_TWICE = {"text/x-amp-html", "text/watch-html"}
"""Further forms of a text whose usual form is beside them."""


@dataclass(frozen=True)
class Content:
	"""What a message says and brings; `defects` say what was odd, in words."""

	text: str | None = None
	html: str | None = None
	files: tuple[File, ...] = ()
	reaction: str = ""
	"""The emoji with which it reacts to another message, if it says nothing else."""
	defects: tuple[Sentence, ...] = ()


def read_content(root: Part, limits: Limits, time_zone: str, translate: Translate) -> Content:
	"""Read the tree of parts of a message; show times of invitations in `time_zone`."""
	reader = _Reader(limits, time_zone, translate)
	pieces = reader.read(root, root=True)
	if body := _named_body(reader.named, in_a_row(pieces)):
		reader = _Reader(limits, time_zone, translate, body=body)
		pieces = reader.read(root, root=True)
	whole = in_a_row(pieces)
	if whole.shows_nothing and not reader.files and (words := reader.stray(root)):
		whole = Piece(text=words)
	said = sum(not each.blank for each in pieces)
	reaction = reader.reaction if said <= reader.reacts_instead else ""
	if reader.reaction and not reaction and not reader.reacts_instead:
		whole = in_a_row([Piece(text=reader.reaction), *pieces])
	rich_text = decompress(reader.rich_text) if whole.blank else b""
	if rich_text:
		# A file for a word processor, if it is all that was said.
		reader.add(File("message.rtf", "application/rtf", rich_text))
	html, files = with_inline_images(whole.html, reader.files, reader.locations)
	names = distinct_names(each.name for each in files)
	files = [replace(each, name=name) for each, name in zip(files, names, strict=True)]
	return Content(whole.text, html, tuple(files), reaction, tuple(dict.fromkeys(reader.defects)))


@dataclass
class _Reader:
	"""Collects files and defects on its way through the tree."""

	limits: Limits
	time_zone: str
	translate: Translate
	body: Part | None = None
	"""The named text that is the message, because nothing else says anything."""
	named: list[Part] = field(default_factory=list)
	"""Texts that count as files because they have names, or are marked as attachments."""
	reaction: str = ""
	reacts_instead: bool = False
	"""The reaction is an alternative to all that the message says in words."""
	files: list[File] = field(default_factory=list)
	locations: dict[str, int] = field(default_factory=dict)
	"""Content-Location → position in `files`."""
	defects: list[Sentence] = field(default_factory=list)
	leaves: int = 0
	opened: int = 0
	"""Wrapped messages that were opened: signed ones may hold signed ones."""
	rich_text: bytes = b""
	"""What Outlook's rich text says beside the text of the message."""
	decoded: int = 0
	"""Octets of all texts so far: each takes several times as much memory once decoded."""

	@property
	def left(self) -> int:
		"""Octets of text that may still be decoded."""
		return max(self.limits.texts - self.decoded, 0)

	def read(self, part: Part, *, root: bool = False, alternative: bool = False) -> list[Piece]:
		"""Return what a part says, and collect the files it brings."""
		match part.content_type:
			case "multipart/alternative":
				return self.read_alternatives(_readable(part.children))
			case "multipart/encrypted":
				for child in part.children:
					self.keep(child, otherwise=_SHUT.get(child.content_type, ""))
				return [Piece(text=self.translate(ENCRYPTED))]
			case "multipart/related":
				return self.read_all(_root_first(part))
		if part.is_multipart:
			return self.read_all(part.children)
		self.leaves += 1
		try:
			return self.read_leaf(part, root=root, alternative=alternative)
		except (ValueError, LookupError, TypeError, ArithmeticError, RecursionError):
			# Nothing is known to get here. If something does, one part is less readable, not the message.
			self.defects.append(
				_("Part {0} ({1}) could not be read: it is attached.").format(self.leaves, part.content_type)
			)
			self.keep(part)
			return []

	def read_all(self, parts: Iterable[Part]) -> list[Piece]:
		return [piece for part in parts for piece in self.read(part)]

	def read_alternatives(self, parts: Iterable[Part]) -> list[Piece]:
		"""Return the best of them, but keep invitations: Exchange's HTML does not say when and where."""
		before = self.reaction
		read = [(part.content_type == _INVITATION, self.read(part, alternative=True)) for part in parts]
		self.reacts_instead |= self.reaction != before
		invitations = [piece for is_invitation, pieces in read if is_invitation for piece in pieces]
		return [best_of([pieces for is_invitation, pieces in read if not is_invitation]), *invitations]

	def read_leaf(self, part: Part, *, root: bool, alternative: bool) -> list[Piece]:
		kind = part.content_type
		if reaction := read_reaction(part):
			self.reaction = self.reaction or reaction
			return []
		if kind in _TNEF or (part.filename.lower() == "winmail.dat"):
			return self.unpack_winmail(part)
		if kind in _CMS or part.filename.lower() in ("smime.p7m", "smime.p7z"):
			return self.open_signed(part)
		if kind == _INVITATION:
			return self.invite(part)
		if kind in _READ_TWICE:
			if not alternative:
				self.keep(part)
			return []
		attached = _is_attached(part) or (bool(part.filename) and not root and not alternative)
		if part is self.body:
			if _is_attached(part):
				self.keep(part)
			return self.body_of(part)
		# An unknown kind of text is read as plain text (RFC 2046 4.1.4), if there is nothing else.
		if attached or not (kind in _TEXTS or (root and kind.startswith("text/"))):
			self.keep(part)
			if kind in _TEXTS:
				self.named.append(part)
			return []
		return self.body_of(part)

	def body_of(self, part: Part) -> list[Piece]:
		octets = part.content
		if part.content_type == "text/html":
			declared = part.parameters.get("charset") or html_charset(octets)
			return [Piece(html=self.cut(part, octets, declared, self.limits.html))]
		text = self.cut(part, octets, part.parameters.get("charset", ""), self.limits.text)
		if part.content_type in _MARKED_UP:
			text = _without_marks(text)
		if part.parameters.get("format", "").lower() == "flowed":
			text = unflow(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
		text, found = split_uuencoded(text)
		for name, content in found:
			self.add(File(self.name(name, "application/octet-stream"), "application/octet-stream", content))
		text, blocks = split_encrypted(text, self.translate(ENCRYPTED))
		for block in blocks:
			self.add(File("encrypted.asc", "application/octet-stream", block.encode()))
		text, signed = read_signed(text)
		if signed:
			# Anybody who wants to verify the signature needs the octets as they came.
			self.add(File("signed.asc", "application/octet-stream", octets))
		return [Piece(text=text)]

	def cut(self, part: Part, octets: bytes, charset: str, limit: int) -> str:
		"""Return the text of a body.

		If it is too long, by itself or with those before it, return its start and collect the whole as a
		file.
		"""
		limit = min(limit, self.left)
		self.decoded += min(len(octets), limit)
		if len(octets) <= limit:
			return clean_text(decode(octets, charset))
		self.note_cut(octets, limit)
		self.keep(part)
		text = clean_text(decode(octets[:limit], charset))
		return text.rstrip("\ufffd")

	def stray(self, root: Part) -> str:
		"""Return what is outside all boundaries; if it is too long, its start, and the whole as a file."""
		octets = outside(root)
		limit = self.limits.text
		if len(octets) > limit:
			self.note_cut(octets, limit)
			self.add(File(self.name("", "text/plain"), "text/plain", octets))
		return clean_text(decode_header(octets[:limit], root.header.charsets)).rstrip("\ufffd")

	def note_cut(self, octets: bytes, limit: int) -> None:
		self.defects.append(
			_("A text of {0} octets was cut to {1}; the whole is attached.").format(
				f"{len(octets):,}", f"{limit:,}"
			)
		)

	def keep(self, part: Part, *, otherwise: str = "") -> None:
		"""Collect a part as a file; `otherwise` is its name if it has none."""
		content_type = part.content_type
		if not part.header.get("content-type") and part.filename:
			content_type = "application/octet-stream"
		name = part.filename or otherwise
		content = part.content
		if content_type in _MESSAGES and not name.lower().endswith(_MAIL_FILES):
			name = f"{name}.eml" if name else _message_name(content)
		location = " ".join(decode_header(part.header.get("content-location")).split())
		if location:
			self.locations[location] = len(self.files)
		self.add(
			File(
				name=self.name(name, content_type),
				content_type=content_type,
				content=content,
				content_id=clean_line(decode_words(part.text_header("content-id"))).strip("<> ")[:998],
			)
		)

	def add(self, file: File) -> None:
		self.files.append(file)

	def name(self, raw: str, content_type: str) -> str:
		"""Return a safe name; generate one if there is no usable one."""
		return safe_name(raw, self.limits.name) or generated_name(content_type, max(self.leaves, 1))

	def invite(self, part: Part) -> list[Piece]:
		"""Read an invitation out and keep it: people read it, their calendars take the file."""
		self.keep(part)
		octets = part.content[: min(self.limits.text, self.left)]
		self.decoded += len(octets)
		text = read_calendar(
			clean_text(decode(octets, part.parameters.get("charset", "utf-8"))),
			self.time_zone,
			self.translate,
		)
		return [Piece(text=text)] if text else []

	def unpack_winmail(self, part: Part) -> list[Piece]:
		"""Unpack Outlook's winmail.dat: what it says and brings, or the file itself if it cannot be read."""
		winmail = open_winmail(part.content, self.limits, _OPENED - self.opened)
		if winmail is None:
			self.defects.append(_("winmail.dat could not be unpacked: it is attached as it came."))
			self.keep(part)
			return []
		self.opened += winmail.opened
		if not (winmail.text or winmail.html or winmail.rich_text or winmail.files):
			self.keep(part)
		for each in winmail.files:
			self.add(replace(each, name=self.name(each.name, each.content_type)))
		self.rich_text = self.rich_text or winmail.rich_text
		said = len(winmail.text or "") + len(winmail.html or "")
		if said > self.left:
			self.defects.append(
				_("The texts of the message are too long to show that of winmail.dat: it is attached.")
			)
			self.keep(part)
			return []
		self.decoded += said
		return [Piece(text=winmail.text, html=winmail.html)] if winmail.text or winmail.html else []

	def open_signed(self, part: Part) -> list[Piece]:
		"""Open S/MIME: the inner message of a signed one; an encrypted one stays closed, and says so."""
		self.keep(part)
		self.opened += 1
		inner = signed_content(part.content) if self.opened <= _OPENED else None
		if inner is None:
			return [Piece(text=self.translate(ENCRYPTED))] if self.opened <= _OPENED else []
		header = split_header(inner, self.limits.header_block)
		return self.read(divide(inner, header, self.limits))


def _named_body(named: Sequence[Part], otherwise: Piece) -> Part | None:
	"""Return the named text that is the message, if nothing else is.

	One marked as an attachment counts only if there is no other, and no HTML either, even an empty one.
	"""
	if not otherwise.shows_nothing:
		return None
	inline = [each for each in named if not _is_attached(each)]
	return next(iter(inline or (named if otherwise.blank else ())), None)


def _is_attached(part: Part) -> bool:
	return part.disposition.value == "attachment"


def _root_first(part: Part) -> list[Part]:
	"""Return the parts of a multipart/related, the one that shows the others first (RFC 2387 3.2)."""
	start = part.parameters.get("start", "").strip("<> ")
	if not start:
		return list(part.children)
	return sorted(part.children, key=lambda child: child.text_header("content-id").strip("<> ") != start)


def _readable(alternatives: tuple[Part, ...]) -> tuple[Part, ...]:
	"""Return the alternatives without spare ones, if there are others."""
	return tuple(each for each in alternatives if each.content_type not in _SPARE) or alternatives


def _without_marks(text: str) -> str:
	"""Return the words of enriched text (RFC 1896)."""
	return re.sub(r"<[^<>]{0,200}>", "", re.sub(r"<param>[^<]*</param>", "", text, flags=re.IGNORECASE))


def _message_name(content: bytes) -> str:
	header = split_header(content[:65536].lstrip(b"\r\n"), 65536)
	subject = clean_line(decode_words(decode_header(header.get("subject")[:4000])))
	return f"{subject.replace('/', '_').replace(chr(92), '_')[:150]}.eml" if subject else "message.eml"
