"""Finds among the parts of a message what it says and what it brings: text, HTML, files.

A part with a file name, or marked as an attachment, is a file and never the message. Of alternatives the
richest of each kind counts; of parts in a row, all do, in their order. Messages within the message stay whole
as .eml files. Nothing is dropped because it has no name or an odd type.
"""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from helpdesk_mailchannel.mailcore.model import Disposition, File
from helpdesk_mailchannel.mailcore.parse.calendar import read_calendar
from helpdesk_mailchannel.mailcore.parse.charset import decode, decode_header, html_charset
from helpdesk_mailchannel.mailcore.parse.clean import clean_line, clean_text
from helpdesk_mailchannel.mailcore.parse.fields import split_header
from helpdesk_mailchannel.mailcore.parse.filenames import distinct_names, generated_name, safe_name
from helpdesk_mailchannel.mailcore.parse.flowed import unflow
from helpdesk_mailchannel.mailcore.parse.pgp import read_signed, split_encrypted
from helpdesk_mailchannel.mailcore.parse.rich_text import decompress
from helpdesk_mailchannel.mailcore.parse.smime import signed_content
from helpdesk_mailchannel.mailcore.parse.tnef import Packed, read_tnef
from helpdesk_mailchannel.mailcore.parse.tree import Part, divide
from helpdesk_mailchannel.mailcore.parse.uuencode import split_uuencoded
from helpdesk_mailchannel.mailcore.parse.words import decode_words
from helpdesk_mailchannel.mailcore.settings import Limits

ENCRYPTED = "(This message is encrypted. It is attached as it came; only its recipient's key opens it.)"
_TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}
_NOTHING = Packed(None, None, ())
_OPENED = 3
"""Wrapped messages of one message that are opened."""
_INVITATION = "text/calendar"
_CMS = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_MESSAGES = {"message/rfc822", "message/global", "message/news"}
_SHUT = {"application/octet-stream": "encrypted.asc"}
"""What an encrypted message is called where its sender gave it no name (RFC 3156 4)."""
_MAIL_FILES = (".eml", ".msg", ".mht", ".mhtml")
_MARKED_UP = {"text/enriched", "text/richtext"}
_SPARE = {"text/markdown", *_MARKED_UP}
"""Kinds of text that say no more than the plain text or the HTML beside them."""
_TEXTS = {"text/plain", "text/html", *_SPARE}
_READ_TWICE = {"text/x-amp-html", "text/watch-html"}
"""Further forms of a text whose usual form stands beside them."""


@dataclass(frozen=True)
class Content:
	"""What a message says and brings; `defects` say what was odd, in words."""

	text: str | None = None
	html: str | None = None
	files: tuple[File, ...] = ()
	defects: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Piece:
	"""One stretch of the message, in plain text, in HTML, or in both."""

	text: str | None = None
	html: str | None = None

	@property
	def blank(self) -> bool:
		return not (self.text or "").strip() and not (self.html or "").strip()


def read_content(root: Part, limits: Limits) -> Content:
	"""Read the tree of parts of a message."""
	reader = _Reader(limits)
	pieces = reader.read(root, root=True)
	whole = _in_a_row(pieces)
	if whole.blank:
		reader.keep_rich_text()
	html, files = _with_inline_images(whole.html, reader.files, reader.locations)
	names = distinct_names(each.name for each in files)
	files = [replace(each, name=name) for each, name in zip(files, names, strict=True)]
	return Content(whole.text, html, tuple(files), tuple(dict.fromkeys(reader.defects)))


@dataclass
class _Reader:
	"""Collects files and defects on its way through the tree."""

	limits: Limits
	files: list[File] = field(default_factory=list)
	locations: dict[str, int] = field(default_factory=dict)
	"""Content-Location → position in `files`."""
	defects: list[str] = field(default_factory=list)
	leaves: int = 0
	opened: int = 0
	"""Wrapped messages that were opened: signed ones may hold signed ones."""
	rich_text: bytes = b""
	"""What Outlook says beside the text of the message, if there is any."""

	def read(self, part: Part, *, root: bool = False) -> list[_Piece]:
		"""What a part says; the files it brings are collected."""
		match part.content_type:
			case "multipart/alternative":
				return self.read_alternatives(_readable(part.children))
			case "multipart/encrypted":
				for child in part.children:
					self.keep(child, otherwise=_SHUT.get(child.content_type, ""))
				return [_Piece(text=ENCRYPTED)]
			case "multipart/related":
				return self.read_all(_root_first(part))
		if part.is_multipart:
			return self.read_all(part.children)
		self.leaves += 1
		try:
			return self.read_leaf(part, root)
		except (ValueError, LookupError, TypeError, ArithmeticError, RecursionError):
			# Nothing is known to get here. If something does, one part is less readable, not the message.
			self.defects.append(
				f"Part {self.leaves} ({part.content_type}) could not be read: it is attached."
			)
			self.keep(part)
			return []

	def read_all(self, parts: Iterable[Part]) -> list[_Piece]:
		return [piece for part in parts for piece in self.read(part)]

	def read_alternatives(self, parts: Iterable[Part]) -> list[_Piece]:
		"""The best of them. An invitation is none: Exchange does not say in the HTML when and where it is."""
		read = [(part.content_type == _INVITATION, self.read(part)) for part in parts]
		invitations = [piece for is_invitation, pieces in read if is_invitation for piece in pieces]
		return [_best_of([pieces for is_invitation, pieces in read if not is_invitation]), *invitations]

	def read_leaf(self, part: Part, root: bool) -> list[_Piece]:
		kind = part.content_type
		if kind in _TNEF or (part.filename.lower() == "winmail.dat"):
			return self.unpack_tnef(part)
		if kind in _CMS or part.filename.lower() in ("smime.p7m", "smime.p7z"):
			return self.open_signed(part)
		if kind == _INVITATION:
			return self.invite(part)
		if kind in _READ_TWICE:
			return []
		attached = part.disposition.value == "attachment" or (bool(part.filename) and not root)
		# A kind of text that nobody knows is read as plain text (RFC 2046 4.1.4), if there is nothing else.
		if attached or not (kind in _TEXTS or (root and kind.startswith("text/"))):
			self.keep(part)
			return []
		return self.body(part)

	def body(self, part: Part) -> list[_Piece]:
		octets = part.content
		if part.content_type == "text/html":
			declared = part.parameters.get("charset") or html_charset(octets)
			return [_Piece(html=self.cut(part, octets, declared, self.limits.html))]
		text = self.cut(part, octets, part.parameters.get("charset", ""), self.limits.text)
		if part.content_type in _MARKED_UP:
			text = _without_marks(text)
		if part.parameters.get("format", "").lower() == "flowed":
			text = unflow(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
		text, found = split_uuencoded(text)
		for name, content in found:
			self.add(File(self.name(name, "application/octet-stream"), "application/octet-stream", content))
		text, blocks = split_encrypted(text, ENCRYPTED)
		for block in blocks:
			self.add(File("encrypted.asc", "application/octet-stream", block.encode()))
		text, signed = read_signed(text)
		if signed:
			# Whoever wants to verify the signature needs the octets as they came.
			self.add(File("signed.asc", "application/octet-stream", octets))
		return [_Piece(text=text)]

	def cut(self, part: Part, octets: bytes, charset: str, limit: int) -> str:
		"""The text of a body; of one that is too long, its start, and the whole as a file."""
		if len(octets) <= limit:
			return clean_text(decode(octets, charset))
		self.defects.append(f"A text of {len(octets):,} octets was cut to {limit:,}; the whole is attached.")
		self.keep(part)
		text = clean_text(decode(octets[:limit], charset))
		return text.rstrip("\ufffd")

	def keep(self, part: Part, *, otherwise: str = "") -> None:
		"""Collect a part as a file; `otherwise` is its name where it has none."""
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
		"""A safe name; without a usable one, a generated one."""
		return safe_name(raw, self.limits.name) or generated_name(content_type, max(self.leaves, 1))

	def invite(self, part: Part) -> list[_Piece]:
		"""An invitation is read out and kept: people read it, their calendars take the file."""
		self.keep(part)
		text = read_calendar(
			clean_text(decode(part.content[: self.limits.text], part.parameters.get("charset", "utf-8")))
		)
		return [_Piece(text=text)] if text else []

	def unpack_tnef(self, part: Part) -> list[_Piece]:
		"""Outlook's winmail.dat: its files in its place, or the thing itself where it cannot be read."""
		packed = read_tnef(part.content, self.limits)
		if packed is None:
			self.defects.append("winmail.dat could not be unpacked: it is attached as it came.")
			self.keep(part)
			return []
		if packed == _NOTHING:
			self.keep(part)
		self.add_packed(packed)
		self.rich_text = self.rich_text or packed.rich_text
		return [_Piece(text=packed.text, html=packed.html)] if packed.text or packed.html else []

	def add_packed(self, packed: Packed) -> None:
		"""The files of a winmail.dat, and what the messages attached to it say and bring, as files."""
		for each in packed.files:
			self.add(replace(each, name=self.name(each.name, each.content_type)))
		for title, octets in packed.messages:
			self.open_packed(title or "message", octets)

	def open_packed(self, title: str, octets: bytes) -> None:
		"""A message that is attached within a winmail.dat; as it came where that is all that can be done."""
		self.opened += 1
		packed = read_tnef(octets, self.limits) if self.opened <= _OPENED else None
		said = _said(packed) if packed else None
		if said is None and (packed is None or packed.rich_text or not (packed.files or packed.messages)):
			said = (".dat", "application/ms-tnef", octets)
		if said:
			extension, content_type, content = said
			self.add(File(self.name(title + extension, content_type), content_type, content))
		if packed:
			self.add_packed(packed)

	def keep_rich_text(self) -> None:
		"""Rich text is a file for a word processor, where it is all that was said."""
		content = decompress(self.rich_text)
		if content:
			self.add(File("message.rtf", "application/rtf", content))

	def open_signed(self, part: Part) -> list[_Piece]:
		"""S/MIME: the inner message of a signed one; an encrypted one stays shut, and says so."""
		self.keep(part)
		self.opened += 1
		inner = signed_content(part.content) if self.opened <= _OPENED else None
		if inner is None:
			return [_Piece(text=ENCRYPTED)] if self.opened <= _OPENED else []
		header = split_header(inner, self.limits.header_block)
		return self.read(divide(inner, header, self.limits))


def _said(packed: Packed) -> tuple[str, str, bytes] | None:
	"""The words of an attached Outlook message as a file: extension, type, content; None without any."""
	if packed.text:
		return ".txt", "text/plain", packed.text.encode()
	if packed.html:
		# The mark says UTF-8 to a browser, whatever the text says of itself.
		return ".html", "text/html", packed.html.encode("utf-8-sig")
	content = decompress(packed.rich_text)
	return (".rtf", "application/rtf", content) if content else None


def _root_first(part: Part) -> list[Part]:
	"""The parts of a multipart/related, beginning with the one that shows the others (RFC 2387 3.2)."""
	start = part.parameters.get("start", "").strip("<> ")
	if not start:
		return list(part.children)
	return sorted(part.children, key=lambda child: child.text_header("content-id").strip("<> ") != start)


def _readable(alternatives: tuple[Part, ...]) -> tuple[Part, ...]:
	"""The alternatives without spare ones, where there are others."""
	return tuple(each for each in alternatives if each.content_type not in _SPARE) or alternatives


def _best_of(alternatives: list[list[_Piece]]) -> _Piece:
	"""The richest of each kind; different plain texts are all kept: their sender meant them in a row."""
	wholes = [_in_a_row(pieces) for pieces in alternatives if pieces]
	texts = [each.text for each in wholes if (each.text or "").strip()]
	distinct = list({" ".join((text or "").split()): text for text in texts}.values())
	htmls = [each.html for each in wholes if (each.html or "").strip()]
	return _Piece(
		text="\n\n".join(text for text in distinct if text) if distinct else None,
		html=htmls[-1] if htmls else None,
	)


def _in_a_row(pieces: list[_Piece]) -> _Piece:
	"""Pieces that follow each other, as one. Where one has HTML only, there is no whole text."""
	filled = [each for each in pieces if not each.blank]
	if not filled:
		texts = [each.text for each in pieces if each.text is not None]
		return _Piece(text=texts[0] if texts else None)
	if len(filled) == 1:
		return filled[0]
	text = None
	if all(each.text is not None for each in filled):
		text = "\n".join((each.text or "").strip("\n") + "\n" for each in filled)
	html = None
	if any(each.html is not None for each in filled):
		html = "\n<br>\n".join(
			each.html if each.html is not None else _as_html(each.text or "") for each in filled
		)
	return _Piece(text, html)


def _without_marks(text: str) -> str:
	"""The words of enriched text (RFC 1896)."""
	return re.sub(r"<[^<>]{0,200}>", "", re.sub(r"<param>[^<]*</param>", "", text, flags=re.IGNORECASE))


def _as_html(text: str) -> str:
	return f"<pre>{html_module.escape(text)}</pre>"


def _with_inline_images(
	html: str | None, files: list[File], locations: dict[str, int]
) -> tuple[str | None, list[File]]:
	"""Mark the files the HTML shows; those it names by Content-Location get a `cid:` link (RFC 2557)."""
	if not html:
		return html, files
	marked = list(files)
	for location, position in locations.items():
		for quote in "\"'":
			if f"={quote}{location}{quote}" in html:
				content_id = marked[position].content_id or f"location-{position}"
				marked[position] = replace(marked[position], content_id=content_id)
				html = html.replace(f"={quote}{location}{quote}", f"={quote}cid:{content_id}{quote}")
	shown = {
		html_module.unescape(found).lower()
		for found in re.findall(r"cid:([^\"'\s>)]{1,998})", html, re.IGNORECASE)
	}
	return html, [
		replace(each, disposition=Disposition.INLINE)
		if each.content_id and _shows(shown, each.content_id)
		else each
		for each in marked
	]


def _shows(shown: set[str], content_id: str) -> bool:
	# A cid: link is a URL, so its percent signs count (RFC 2392).
	lowered = content_id.lower()
	return lowered in shown or lowered.replace("%", "%25").replace(" ", "%20") in shown


def _message_name(content: bytes) -> str:
	header = split_header(content[:65536].lstrip(b"\r\n"), 65536)
	subject = clean_line(decode_words(decode_header(header.get("subject")[:4000])))
	return f"{subject.replace('/', '_').replace(chr(92), '_')[:150]}.eml" if subject else "message.eml"
