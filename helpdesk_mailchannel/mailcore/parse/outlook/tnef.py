"""Unpacks TNEF, the `winmail.dat` that Outlook sends (MS-OXTNEF), within bounds.

Every length is checked against what is there, every count against a cap; nothing is decompressed, so the
result is never larger than the input. Files, attached messages, plain text and HTML are taken out,
and if there is neither text nor HTML, rich text as it came.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from helpdesk_mailchannel.mailcore.model import File
from helpdesk_mailchannel.mailcore.parse.text.charset import codec_of, decode, html_charset
from helpdesk_mailchannel.mailcore.parse.text.clean import clean_text
from helpdesk_mailchannel.mailcore.settings import Limits

_SIGNATURE = 0x223E9F78
_BODY, _CODEPAGE, _MAPI = 0x800C, 0x9007, 0x9003
_TITLE, _DATA, _START, _ATTACHMENT = 0x8010, 0x800F, 0x9002, 0x9005
_TEXT, _HTML, _RICH_TEXT = 0x1000, 0x1013, 0x1009
_INTERNET_CODEPAGE = 0x3FDE
"""The charset of the body (MS-OXCMAIL 2.1.3.3.1); the envelope's is that of its short strings."""
_SHORT_NAME, _LONG_NAME, _DISPLAY_NAME = 0x3704, 0x3707, 0x3001
_MIME_TAG, _CONTENT_ID, _CONTENT = 0x370E, 0x3712, 0x3701
_STRING, _UNICODE = 0x1E, 0x1F
_OBJECT = 0x0D
_SIZED = {_STRING, _UNICODE, _OBJECT, 0x102}
_INTERFACE = 16
"""Octets before an object's content that name its kind (MS-OXTNEF 2.1.3.3.15)."""
_IS_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")
_WIDTHS = {0x02: 4, 0x03: 4, 0x04: 4, 0x0A: 4, 0x0B: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8, 0x48: 16}
_CODE_PAGES = {
	708: "iso-8859-6",
	932: "shift_jis",
	936: "gb18030",
	949: "euc-kr",
	950: "big5",
	1200: "utf-16-le",
	1201: "utf-16-be",
	10000: "macintosh",
	20127: "us-ascii",
	20866: "koi8-r",
	20932: "euc-jp",
	20936: "gb18030",
	21866: "koi8-u",
	38598: "iso-8859-8-i",
	50220: "iso-2022-jp",
	50221: "iso-2022-jp",
	50222: "iso-2022-jp",
	50225: "iso-2022-kr",
	51932: "euc-jp",
	51936: "gb18030",
	51949: "euc-kr",
	52936: "hz-gb-2312",
	54936: "gb18030",
	65000: "utf-7",
	65001: "utf-8",
	**{28590 + part: f"iso-8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 15)},
}
"""Windows' numbers of charsets that are not named by that number."""
_ATTRIBUTES, _PROPERTIES = 5_000, 2_000
"""How many of each are read; Outlook writes a few dozen."""


@dataclass(frozen=True)
class Packed:
	"""What a winmail.dat holds. Names are as they came."""

	text: str | None
	html: str | None
	files: tuple[File, ...]
	rich_text: bytes = b""
	"""Compressed; if there is neither text nor HTML."""
	messages: tuple[tuple[str, bytes], ...] = ()
	"""Attached messages: their titles, and each as TNEF of its own."""


@dataclass
class _Attachment:
	title: str = ""
	name: str = ""
	content_type: str = ""
	content_id: str = ""
	content: bytes = b""
	message: bytes = b""


def read_tnef(octets: bytes, limits: Limits) -> Packed | None:
	"""Read what is in it; None if it is no TNEF or breaks off in a way that leaves doubt."""
	try:
		return _read(octets, limits)
	except (struct.error, ValueError, IndexError, OverflowError):
		return None


def _read(octets: bytes, limits: Limits) -> Packed | None:
	if len(octets) < 6 or struct.unpack_from("<I", octets)[0] != _SIGNATURE:
		return None
	codepage = body_codepage = ""
	text: str | None = None
	html: tuple[bytes, int] = (b"", 0)
	rich_text = b""
	attachments: list[_Attachment] = []
	for level, name, data in _attributes(octets):
		if name == _CODEPAGE and len(data) >= 4:
			codepage = _codepage(data)
		elif name == _START:
			attachments.append(_Attachment())
		elif level == 2 and attachments:
			_add(attachments[-1], name, data, codepage)
		elif name == _BODY:
			text = _text(data[: limits.text], codepage)
		elif name == _MAPI:
			for tag, kind, value in _properties(data):
				if tag == _TEXT:
					text = _string(value[: limits.text], kind, codepage)
				elif tag == _HTML:
					html = value[: limits.html], kind
				elif tag == _INTERNET_CODEPAGE and len(value) >= 4:
					body_codepage = _codepage(value)
				elif tag == _RICH_TEXT:
					rich_text = value
	kept = attachments[: limits.attachments]
	return Packed(
		text or None,
		_html(*html, body_codepage or codepage) or None,
		tuple(_file(each) for each in kept if not each.message and (each.content or each.title)),
		b"" if text or html[0] else rich_text,
		tuple((each.name or each.title, each.message) for each in kept if each.message),
	)


def _attributes(octets: bytes) -> Iterator[tuple[int, int, bytes]]:
	"""Yield level, name and data of each attribute; raise ValueError if the last one breaks off."""
	offset = 6
	for _ in range(_ATTRIBUTES):
		if offset + 9 > len(octets):
			return
		level, name, _type, length = struct.unpack_from("<BHHI", octets, offset)
		end = offset + 9 + length
		if level not in (1, 2) or end > len(octets):
			raise ValueError("An attribute is longer than the file.")
		yield level, name, octets[offset + 9 : end]
		offset = end + 2


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
	"""Yield tag, type and value of each MAPI property; stop at the first that cannot be read."""
	count = min(struct.unpack_from("<I", data)[0], _PROPERTIES)
	offset = 4
	for _ in range(count):
		if offset + 4 > len(data):
			return
		kind, tag = struct.unpack_from("<HH", data, offset)
		offset += 4
		if tag >= 0x8000:
			offset = _behind_name(data, offset)
		several, kind = kind & 0x1000, kind & ~0x1000
		values = 1
		if several or kind in _SIZED:
			values = struct.unpack_from("<I", data, offset)[0]
			offset += 4
		for index in range(min(values, _PROPERTIES)):
			value, offset = _value(data, offset, kind)
			if index == 0:
				yield tag, kind, value


def _behind_name(data: bytes, offset: int) -> int:
	"""Skip the GUID and the number or name that a named property carries."""
	kind, length = struct.unpack_from("<II", data, offset + 16)
	return offset + 24 + (_padded(length) if kind else 0)


def _value(data: bytes, offset: int, kind: int) -> tuple[bytes, int]:
	if kind in _SIZED:
		length = struct.unpack_from("<I", data, offset)[0]
		start, end = offset + 4, offset + 4 + _padded(length)
		value = data[start : start + length]
	elif kind in _WIDTHS:
		end = offset + _WIDTHS[kind]
		value = data[offset:end]
	else:
		raise ValueError("A property of unknown type.")
	if end > len(data) + 3:
		raise ValueError("A property is longer than its attribute.")
	return value, end


def _padded(length: int) -> int:
	return length + -length % 4


def _add(attachment: _Attachment, name: int, data: bytes, codepage: str) -> None:
	if name == _TITLE:
		attachment.title = _text(data, codepage)
	elif name == _DATA:
		attachment.content = data
	elif name == _ATTACHMENT:
		for tag, kind, value in _properties(data):
			if tag == _LONG_NAME or (tag in (_SHORT_NAME, _DISPLAY_NAME) and not attachment.name):
				attachment.name = _string(value, kind, codepage)
			elif tag == _MIME_TAG:
				attachment.content_type = _string(value, kind, codepage).lower()
			elif tag == _CONTENT_ID:
				attachment.content_id = _string(value, kind, codepage).strip("<> ")
			elif tag == _CONTENT and kind == _OBJECT and value.startswith(_IS_MESSAGE):
				attachment.message = value[_INTERFACE:]
			elif tag == _CONTENT and not attachment.content:
				attachment.content = value[_INTERFACE:] if kind == _OBJECT else value


def _file(attachment: _Attachment) -> File:
	return File(
		name=attachment.name or attachment.title,
		content_type=attachment.content_type or "application/octet-stream",
		content=attachment.content,
		content_id=attachment.content_id[:998],
	)


def _string(value: bytes, kind: int, codepage: str) -> str:
	if kind == _UNICODE:
		return clean_text(value.decode("utf-16-le", "replace")).rstrip("\0")
	return _text(value, codepage)


def _html(value: bytes, kind: int, codepage: str) -> str:
	"""Let HTML itself say in which charset it is, whatever the code pages are."""
	return _string(value, kind, html_charset(value) or codepage)


def _codepage(value: bytes) -> str:
	"""Return the charset of a Windows code page by its number."""
	number = int(struct.unpack_from("<I", value)[0])
	return _CODE_PAGES.get(number, f"cp{number}")


def _text(value: bytes, codepage: str) -> str:
	return clean_text(decode(value.rstrip(b"\0"), codepage if codec_of(codepage) else ""))
