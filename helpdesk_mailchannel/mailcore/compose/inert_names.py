"""Gives files names under which a browser runs nothing, whatever they hold, and which lead to no other file.

Sites show private files in their own origin, and choose the type by the extension alone (Frappe,
`utils/response.py` `send_private_file`, `werkzeug.utils.send_file`). Many types may run scripts, and each
machine has its own: XHTML, SVG, every XML, MHTML, compressed pages that are unpacked on the way. So the
extensions that keep their name are listed; any other file gets one more extension, and its own name can still
be read before it.
"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.compose.files import extension, real_extension
from helpdesk_mailchannel.mailcore.outside.plain_text import plain_line

AS_TEXT = ".txt"
AS_OCTETS = ".bin"

_OPENED_INLINE = frozenset(
	"pdf png jpg jpeg jpe jfif gif bmp webp tif tiff heic heif avif ico mp3 m4a m4b wav ogg oga opus amr flac"
	" aac aif aiff mid wma mp4 m4v mov avi mkv webm mpg mpeg ogv 3gp 3g2 wmv flv".split()
)
_TEXT = frozenset("txt text csv tsv log md ini cfg conf yaml yml json diff patch sql tex srt vtt asc".split())
_DOWNLOADED = frozenset(
	"doc docx docm dot dotx dotm xls xlsx xlsm xlsb xlt xltx ppt pptx pptm pps ppsx pot potx odt ods odp odg"
	" odf ott ots rtf wpd wps pages numbers key one vsd vsdx pub mpp accdb mdb epub mobi eml msg mbox pst ics"
	" vcf p7s p7m p7c p7b sig gpg pgp pem crt cer der csr pfx p12 zip 7z rar tar tgz jar iso dmg exe msi apk"
	" deb rpm dll bin dat db sqlite bak dwg dxf dwf step stp stl igs iges 3ds obj skp psd ai eps ps indd cdr"
	" raw cr2 nef dng arw ttf otf woff woff2 parquet pcap sav sas7bdat dta evtx dmp torrent lnk".split()
)
_COMPRESSED = frozenset("gz bz2 xz zst br z lzma".split())
"""Servers unpack these on the way (`Content-Encoding`): the content decides."""
_KEPT = _OPENED_INLINE | _TEXT | _DOWNLOADED
_SPECIAL_IN_ADDRESSES = str.maketrans({"%": "％", "#": "＃", "?": "？"})
"""Frappe before 15.92 decodes `%63ontract.pdf` when it stores a file, and then means another ticket's."""
_PAGES = frozenset({"html", "svg", "xml"})
_LOOKED_AT = 4096


def inert_name(name: str, content: bytes) -> str:
	"""Return the name to store a file under.

	It has look-alikes of characters that mean something else in an address, and `.txt` or `.bin` added if a
	browser could run the file under its own name.
	"""
	name = plain_line(name).translate(_SPECIAL_IN_ADDRESSES)
	return name if _is_inert(name, content) else name + (AS_TEXT if _is_text(content) else AS_OCTETS)


def _is_inert(name: str, content: bytes) -> bool:
	declared = extension(name)
	while declared in _COMPRESSED:
		name = name.rpartition(".")[0]
		declared = extension(name)
	if declared in _OPENED_INLINE or not declared:
		return real_extension(content) not in _PAGES
	return declared in _KEPT


def _is_text(content: bytes) -> bool:
	return b"\0" not in content[:_LOOKED_AT]
