"""Reads what Outlook's `winmail.dat` says and brings, including the messages attached within it."""

from __future__ import annotations

from dataclasses import dataclass, field

from helpdesk_mailchannel.mailcore.model import File
from helpdesk_mailchannel.mailcore.parse.outlook.rich_text import decompress
from helpdesk_mailchannel.mailcore.parse.outlook.tnef import Packed, read_tnef
from helpdesk_mailchannel.mailcore.settings import Limits


@dataclass(frozen=True)
class Winmail:
	"""One that was unpacked. The files' names are as they came."""

	text: str | None
	html: str | None
	rich_text: bytes
	"""Compressed; if there is neither text nor HTML."""
	files: tuple[File, ...]
	opened: int
	"""How many attached messages were opened."""


def open_winmail(octets: bytes, limits: Limits, most: int) -> Winmail | None:
	"""Unpack it, and at most `most` messages within it; None if it cannot be unpacked. Never raise."""
	packed = read_tnef(octets, limits)
	if packed is None:
		return None
	opening = _Opening(limits, most)
	opening.add(packed)
	return Winmail(packed.text, packed.html, packed.rich_text, tuple(opening.files), opening.opened)


@dataclass
class _Opening:
	"""Collects the files on the way through messages within messages."""

	limits: Limits
	most: int
	opened: int = 0
	files: list[File] = field(default_factory=list)

	def add(self, packed: Packed) -> None:
		"""Return its files, and what the messages attached to it say and bring, as files."""
		self.files += packed.files
		for title, octets in packed.messages:
			self.open(title or "message", octets)

	def open(self, title: str, octets: bytes) -> None:
		"""Return an attached message; as it came if that is all that can be done."""
		self.opened += 1
		packed = read_tnef(octets, self.limits) if self.opened <= self.most else None
		said = _said(packed) if packed else None
		if said is None and (packed is None or packed.rich_text or not (packed.files or packed.messages)):
			said = (".dat", "application/ms-tnef", octets)
		if said:
			extension, content_type, content = said
			self.files.append(File(title + extension, content_type, content))
		if packed:
			self.add(packed)


def _said(packed: Packed) -> tuple[str, str, bytes] | None:
	"""Return the words of an attached Outlook message as a file: extension, type, content; or None."""
	if packed.text:
		return ".txt", "text/plain", packed.text.encode()
	if packed.html:
		# The mark tells a browser that it is UTF-8, whatever the text itself says.
		return ".html", "text/html", packed.html.encode("utf-8-sig")
	content = decompress(packed.rich_text)
	return (".rtf", "application/rtf", content) if content else None
