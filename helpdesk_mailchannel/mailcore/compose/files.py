"""Decides which of a message's files are kept, and says in words why the others are not.

Nothing is opened or unpacked: name, size and the first bytes decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import filetype

from helpdesk_mailchannel.mailcore.model import Disposition, File, LeftOut
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, _
from helpdesk_mailchannel.mailcore.settings import MIB, Limits

DOWNLOAD_ONLY = "application/octet-stream"
_SHOWN_IMAGES = frozenset({"png", "jpg", "gif", "webp", "bmp", "tif", "heic", "avif", "ico"})
_CONTAINERS = frozenset({"zip", "doc", "xls", "ppt", "xml"})
"""What newer document types look like at first sight: a .docx is a zip, an .msg looks like a .doc."""
_ACTIVE_MARKS = (b"<svg", b"<html", b"<!doctype", b"<script", b"<?xml", b"<body", b"<iframe")


@dataclass(frozen=True)
class Kept:
	"""The files that go onto the ticket, and those that do not."""

	files: tuple[File, ...]
	left_out: tuple[LeftOut, ...]


def keep(files: Sequence[File], limits: Limits) -> Kept:
	"""Sort a message's files by the channel's limits, keeping their order."""
	kept: list[File] = []
	left_out: list[LeftOut] = []
	total = 0
	for file in files:
		why = _objection(file, limits)
		if not why and len(kept) >= limits.attachments:
			why = _("only {0} files are kept from one message").format(limits.attachments)
		if not why and total + len(file.content) > limits.attachments_total:
			why = _("the files together are larger than {0}").format(readable_size(limits.attachments_total))
		if why:
			left_out.append(LeftOut(file.name, len(file.content), why))
		else:
			kept.append(_harmless(file))
			total += len(file.content)
	return Kept(tuple(kept), tuple(left_out))


def is_image(file: File) -> bool:
	"""Tell whether a file really is a picture that a browser can show without running anything."""
	return real_extension(file.content) in _SHOWN_IMAGES


def extension(name: str) -> str:
	"""Return the declared extension: lower-case, without dot; empty if the name has none."""
	return name.rpartition(".")[2].strip().lower() if "." in name else ""


def real_extension(content: bytes) -> str:
	"""Return the extension that belongs to the first bytes; empty if they do not tell."""
	head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
	if head.startswith(_ACTIVE_MARKS):
		return "svg" if b"<svg" in head else "html" if b"<?xml" not in head or b"<html" in head else "xml"
	kind = filetype.guess(content[:8192])
	return str(kind.extension) if kind else ""


def readable_size(octets: int) -> Sentence:
	"""Write a size for people: 312 bytes, 48 KB, 2.1 MB."""
	if octets < 1024:
		return _("{0} bytes").format(octets)
	if octets < MIB:
		return _("{0} KB").format(f"{octets / 1024:.0f}")
	return _("{0} MB").format(f"{octets / MIB:.1f}")


def _objection(file: File, limits: Limits) -> Sentence:
	if not file.content:
		return _("it is empty")
	if len(file.content) > limits.attachment:
		return _("it is larger than {0}").format(readable_size(limits.attachment))
	declared, real = extension(file.name), real_extension(file.content)
	if real in _CONTAINERS:
		real = declared
	found = {declared, real} - {""}
	if found & limits.refused_extensions:
		return _("this type is not accepted")
	if limits.allowed_extensions and not (found and found <= limits.allowed_extensions):
		return _("this type is not accepted")
	return NOTHING


def _harmless(file: File) -> File:
	"""Return the file; as a mere download if it calls itself a picture but is a page or a drawing."""
	if file.content_type.startswith("image/") and real_extension(file.content) in ("svg", "html", "xml"):
		return replace(file, content_type=DOWNLOAD_ONLY, disposition=Disposition.ATTACHMENT)
	return file
