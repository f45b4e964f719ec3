"""Makes the name of a file safe to store and to show, and gives a name to a file without one.

Only the last part of a path, no control or direction characters, no names that Windows reserves, no longer
than file systems accept, the extension kept; two files of one message never share a name.
"""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote

from helpdesk_mailchannel.mailcore.parse.text.clean import clean_line

_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)
_OCTETS = 230
"""File systems accept names of 255 octets; the site adds a few of its own before the extension."""
_EXTENSION = 20
_TYPES = mimetypes.MimeTypes()
_WELL_KNOWN = {
	"application/pgp-signature": "signature.asc",
	"application/pgp-encrypted": "pgp-version.txt",
	"application/pkcs7-signature": "smime.p7s",
	"application/x-pkcs7-signature": "smime.p7s",
	"application/pkcs7-mime": "smime.p7m",
	"application/x-pkcs7-mime": "smime.p7m",
	"application/ms-tnef": "winmail.dat",
	"message/delivery-status": "delivery-status.txt",
	"message/disposition-notification": "disposition-notification.txt",
	"message/feedback-report": "feedback-report.txt",
	"message/rfc822-headers": "headers.txt",
	"text/rfc822-headers": "headers.txt",
	"text/calendar": "invite.ics",
}
_EXTENSIONS = {
	"text/plain": ".txt",
	"text/html": ".html",
	"image/jpeg": ".jpg",
	"image/jpg": ".jpg",
	"image/pjpeg": ".jpg",
	"image/x-png": ".png",
	"image/png": ".png",
	"image/gif": ".gif",
	"image/tiff": ".tiff",
	"image/webp": ".webp",
	"image/heic": ".heic",
	"audio/mpeg": ".mp3",
	"audio/x-wav": ".wav",
	"audio/wav": ".wav",
	"audio/amr": ".amr",
	"audio/ogg": ".ogg",
	"application/xml": ".xml",
	"text/xml": ".xml",
	"text/vcard": ".vcf",
	"text/x-vcard": ".vcf",
	"text/rtf": ".rtf",
	"application/rtf": ".rtf",
	"application/x-pdf": ".pdf",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
	"application/vnd.oasis.opendocument.text": ".odt",
	"application/vnd.oasis.opendocument.spreadsheet": ".ods",
	"application/vnd.oasis.opendocument.presentation": ".odp",
	"application/vnd.ms-outlook": ".msg",
	"application/gzip": ".gz",
	"application/x-zip": ".zip",
	"application/x-zip-compressed": ".zip",
	"application/ics": ".ics",
	"message/rfc822": ".eml",
	"message/global": ".eml",
	"application/octet-stream": ".bin",
}


def safe_name(raw: str, limit: int) -> str:
	"""Return the name to store a file under, at most `limit` characters; empty if nothing is left."""
	base = re.split(r"[/\\]", clean_line(unicodedata.normalize("NFC", raw)))[-1]
	name = _FORBIDDEN.sub("_", base).strip(" .'")
	if _RESERVED.match(name):
		name = f"_{name}"
	return _shortened(name, limit)


def without_percent_signs(name: str) -> str:
	"""Decode `Gr%C3%BC%C3%9Fe.pdf`; keep a name whose percent signs do not encode non-ASCII letters."""
	if "%" not in name or not name.isascii():
		return name
	try:
		meant = unquote(name, errors="strict")
	except ValueError:
		return name
	return name if meant.isascii() else meant


def generated_name(content_type: str, number: int) -> str:
	"""Name a part without a name: what such a part is always called, or its number: `part-3.pdf`."""
	if content_type in _WELL_KNOWN:
		return _WELL_KNOWN[content_type]
	extension = _EXTENSIONS.get(content_type) or _TYPES.guess_extension(content_type)
	extension = extension or (".txt" if content_type.startswith("text/") else ".bin")
	return f"part-{number}{extension}"


def distinct_names(names: Iterable[str]) -> list[str]:
	"""Number later namesakes: `a.txt`, `a (2).txt`. Names that differ only in case are namesakes."""
	taken: set[str] = set()
	result: list[str] = []
	for name in names:
		stem, extension = _split(name)
		candidate, count = name, 1
		while candidate.lower() in taken:
			count += 1
			candidate = f"{stem} ({count}){extension}"
		taken.add(candidate.lower())
		result.append(candidate)
	return result


def _split(name: str) -> tuple[str, str]:
	stem, dot, extension = name.rpartition(".")
	return (stem, dot + extension) if stem and len(extension) <= _EXTENSION else (name, "")


def _shortened(name: str, limit: int) -> str:
	if len(name) <= limit and len(name.encode()) <= _OCTETS:
		return name
	stem, extension = _split(name)
	stem = stem[: max(1, limit - len(extension))]
	while len((stem + extension).encode()) > _OCTETS and len(stem) > 1:
		stem = stem[:-1]
	return stem.rstrip(" .") + extension
