"""Turns octets into text: the declared charset, then UTF-8, then a detector, then windows-1252; never fails.

Names are read as browsers read them (WHATWG Encoding Standard), because mail programs mean what browsers do:
`iso-8859-1` is windows-1252, `gb2312` is gb18030, `ks_c_5601-1987` is cp949, `shift_jis` is cp932.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence

from helpdesk_mailchannel.mailcore.parse.text.iso_2022_jp import decode_iso_2022_jp

try:
	from cchardet import detect as _detect
except ImportError:
	# The detector is compiled; if it cannot be installed, guessing ends one step earlier.
	_detect = None  # type: ignore[assignment]

_FALLBACK = "cp1252"
_SEARCHED = 64 * 1024
"""Octets of a message that are searched for the names of charsets."""
_SAMPLE = 4 * 1024
"""Octets that the detector sees: more tell it nothing new, and take time."""
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_KANA = re.compile("[\u3041-\u3094\u30a1-\u30fa]")
_KANA_SHARE = 0.25
"""Share of kana among non-ASCII characters from which text is Japanese: no other text reads as so many."""
_FEW = 0.02
"""Share of broken characters up to which a declared charset is still believed."""

_ALIASES = {
	"cp1252": "latin1 latin-1 l1 iso8859-1 iso-8859-1 iso_8859-1 iso88591 cp819 ibm819 windows-1252 x-cp1252 "
	"windows1252 cp-1252 8859-1 iso-8859-1-windows-3.1-latin-1 x-ansi ansi ansi-x3-4-1968 ansi_x3.4-1968 "
	"us-ascii usascii ascii us ansi_x3.4-1986 iso646-us iso-646.irv:1991",
	"cp1254": "iso-8859-9 iso8859-9 iso_8859-9 latin5 l5 windows-1254 x-cp1254",
	"cp874": "windows-874 dos-874 tis-620 tis620 iso-8859-11 iso8859-11 x-windows-874",
	"cp1250": "windows-1250 x-cp1250 windows1250",
	"cp1251": "windows-1251 x-cp1251 windows1251 cp-1251 win-1251",
	"cp1253": "windows-1253 x-cp1253",
	"cp1255": "windows-1255 x-cp1255 iso-8859-8-i-windows",
	"cp1256": "windows-1256 x-cp1256",
	"cp1257": "windows-1257 x-cp1257",
	"cp1258": "windows-1258 x-cp1258",
	"iso8859-8": "iso-8859-8-i iso-8859-8-e iso8859-8 iso-8859-8 hebrew logical visual",
	"iso8859-6": "iso-8859-6-i iso-8859-6-e iso-8859-6 arabic",
	"gb18030": "gb2312 gb_2312-80 gb_2312 gb-2312 gbk x-gbk cp936 ms936 windows-936 gb18030 gb18030-2000 "
	"chinese csgb2312 iso-ir-58 euc-cn x-euc-cn",
	"cp949": "ks_c_5601-1987 ks_c_5601 ks_c_5601-1989 ksc5601 ksc_5601 korean euc-kr euckr x-euc-kr cseuckr "
	"windows-949 x-windows-949 ms949 iso-ir-149 ks_c-5601-1987",
	"cp932": "shift_jis shift-jis sjis x-sjis ms_kanji ms932 windows-31j cswindows31j csshiftjis cp-932 "
	"x-ms-cp932 windows-932",
	"cp950": "big5 big-5 cn-big5 csbig5 x-x-big5 windows-950 x-big5",
	"big5hkscs": "big5-hkscs hkscs",
	"euc_jp": "euc-jp x-euc-jp eucjp x-euc cseucpkdfmtjapanese euc-jp-ms eucjp-ms eucjpms cp51932",
	"koi8_r": "koi8-r koi8r koi8 koi cskoi8r x-koi8-r",
	"koi8_u": "koi8-u koi8-ru koi8u",
	"mac_roman": "macintosh x-mac-roman mac csmacintosh x-macroman",
	"mac_latin2": "x-mac-ce x-mac-centraleurroman",
	"iso8859-15": "latin-9",
	"utf-16-be": "unicodefffe",
	"mac_cyrillic": "x-mac-cyrillic x-mac-ukrainian",
	"utf-8": "utf8 utf-8 unicode-1-1-utf-8 x-unicode20utf8 unicode11utf8 x-utf-8 utf_8 "
	"utf-8-sig utf8mb3 utf8mb4 unicode-utf-8 cp65001",
	"utf-16": "utf-16 utf16 unicode ucs-2 iso-10646-ucs-2 csunicode",
	"utf-7": "utf-7 utf7 unicode-1-1-utf-7 csunicode11utf7 x-unicode-2-0-utf-7",
	"iso-2022-jp": "iso-2022-jp iso2022jp csiso2022jp iso-2022-jp-ms iso-2022-jp-ext iso-2022-jp-1 "
	"iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-2004 x-iso-2022-jp cp50220 cp50221 cp50222 "
	"windows-50221 x-windows-iso2022jp jis",
	"iso2022_kr": "iso-2022-kr csiso2022kr",
	"hz": "hz-gb-2312 hz hzgb2312",
}
_NUMBERED = re.compile(r"^(?:x-)?(?:cp|win|windows|ibm)?[-_ ]?(\d{3,5})$")
"""A code page by its number, whatever vendor it is named after."""
_CODECS = {alias: codec for codec, aliases in _ALIASES.items() for alias in aliases.split()}
_ASCII_LIKE = {"cp1252", "utf-8"}
"""Codecs whose text is UTF-8 if it reads as UTF-8: the other reading makes no words."""
_CHARSETS = frozenset(
	"ascii big5 big5hkscs cp037 cp273 cp424 cp437 cp500 cp720 cp737 cp775 cp850 cp852 cp855 cp856 "
	"cp857 cp858 cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp869 cp874 cp875 cp932 cp949 cp950 cp1006 "
	"cp1026 cp1125 cp1140 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 euc_jis_2004 "
	"euc_jisx0213 euc_jp euc_kr gb18030 gb2312 gbk hp_roman8 hz iso2022_jp iso2022_jp_1 iso2022_jp_2 "
	"iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext iso2022_kr iso8859_1 iso8859_2 iso8859_3 iso8859_4 "
	"iso8859_5 iso8859_6 iso8859_7 iso8859_8 iso8859_9 iso8859_10 iso8859_11 iso8859_13 iso8859_14 "
	"iso8859_15 iso8859_16 johab koi8_r koi8_t koi8_u kz1048 mac_arabic mac_croatian mac_cyrillic "
	"mac_farsi mac_greek mac_iceland mac_latin2 mac_roman mac_romanian mac_turkish palmos ptcp154 "
	"shift_jis shift_jis_2004 shift_jisx0213 tis_620 utf_7 utf_8 utf_8_sig utf_16 utf_16_be utf_16_le "
	"utf_32 utf_32_be utf_32_le".split()
)
"""Python's codecs that are charsets. It has others under names that mail may carry as well (`punycode`,
`idna`, `unicode_escape`, `undefined`), which are not, and raise anything."""
_EIGHT_BITS = {
	"iso-2022-jp": ("utf-8", "euc_jp", "cp932"),
	"iso2022_kr": ("utf-8", "cp949"),
	"hz": ("utf-8", "gb18030"),
	"utf-7": ("utf-8",),
}
"""Seven-bit charsets, and what octets above 127 are under their names if there are no escapes."""
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")
_NEVER_GUESSED = re.compile(
	r"^(?:iso-?2022|hz|utf-?(?:7|16|32)|ucs|cp[4-8][0-6]\d|mac|iso8859-(?:3|4|6|1[0346]))", re.IGNORECASE
)
"""Charsets with escapes, and those that no mail is written in but a detector sees in a few accents."""
_CODE_PAGE = re.compile(r"^(?:iso8859|cp12|cp874|koi8|mac)")
"""Codecs of one octet per character."""
_SEVERAL = 3
"""Two-octet characters that are no coincidence: fewer may be letters of a code page."""
_ASCII_NAMES = re.compile(r"\s*[\"']?(?:us-?ascii|ascii|us|ansi_x3\.4-1968)\b", re.IGNORECASE)
_ASCII = bytes(range(128))
_SAYS_NOTHING = {"ascii", "utf-8", "utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "hz", "iso2022_kr"}
"""What octets above 127 in a header cannot be, or what was tried before."""
_NAMED = re.compile(
	rb"charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_.:-]{2,40})|=\?([A-Za-z0-9_.:-]{2,40})(?:\*[a-z-]{1,20})?\?[bq]\?",
	re.IGNORECASE,
)
_MOST_NAMED = 8
_META = re.compile(
	rb"<meta[^>]{1,300}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE
)


def decode(octets: bytes, declared: str = "") -> str:
	"""Return the text of `octets`, by the declared charset if that reads them, else by the best guess.

	Never raise. Line ends, control characters and a byte order mark are the caller's business, except for
	a mark at the very start, which is removed.
	"""
	if octets.isascii() and not _is_stateful(declared):
		# Nothing else has these escapes: it is Japanese mail that names no charset, or another one.
		is_japanese = b"\x1b$B" in octets or b"\x1b$@" in octets
		return decode_iso_2022_jp(octets) if is_japanese else octets.decode("ascii")
	codec = codec_of(declared)
	if codec.startswith("utf-16") or (not codec and octets.startswith((b"\xff\xfe", b"\xfe\xff"))):
		return _utf16(octets, codec or "utf-16")
	if codec in _EIGHT_BITS and _beyond_ascii(octets) > 1 and b"\x1b$" not in octets:
		for reading in _eight_bit_readings(octets, codec):
			return reading.removeprefix("\ufeff")
	if codec == "cp1252" and _ASCII_NAMES.match(declared) and _is_another_script(octets):
		return _guess(octets)
	text = _utf8_in_disguise(octets, codec)
	if text is not None:
		return text.removeprefix("\ufeff")
	for candidate in _candidates(codec):
		text = _strictly(octets, candidate)
		if text is not None:
			return text.removeprefix("\ufeff")
	if codec:
		text = _leniently(octets, codec)
		if text.count("\ufffd") <= max(1, len(text) * _FEW):
			return text.removeprefix("\ufeff")
	return _guess(octets)


def decode_header(octets: bytes, charsets: Sequence[str] = ()) -> str:
	"""Return the text of a raw header value: ASCII, UTF-8 (RFC 6532), or what 8-bit octets most likely are.

	`charsets` are those that the message names elsewhere: a name of three octets is read in the first of
	them in which it is valid, before anything is guessed from so little.
	"""
	if octets.isascii():
		return octets.decode("ascii")
	text = _strictly(octets, "utf-8")
	if text is not None:
		return text
	for codec in dict.fromkeys(map(codec_of, charsets)):
		text = None if not codec or codec in _SAYS_NOTHING else _strictly(octets, codec)
		if text is not None and not (_CODE_PAGE.match(codec) and _is_control(text)):
			return text
	return decode(octets)


def named_charsets(octets: bytes) -> tuple[str, ...]:
	"""Return the charsets that a message names, first to last.

	They may be in its header, its parts' headers and its encoded words; only its beginning is searched.
	"""
	names = (found[1] or found[2] for found in _NAMED.finditer(octets, 0, _SEARCHED))
	return tuple(dict.fromkeys(name.decode("ascii").lower() for name in names))[:_MOST_NAMED]


def header_charsets(raw: Sequence[bytes], octets: bytes) -> tuple[str, ...]:
	"""Return the charsets that raw values of a header may be in.

	They are those that the message, `octets`, names, then what it looks like as a whole, then what the values
	look like together.
	"""
	words = b" ".join(word for value in raw for word in value.split() if not word.isascii())
	named = named_charsets(octets)
	if _beyond_ascii(words) > max(_SEVERAL * 2, len(words) * 0.6):
		# Every program names the Western charset by default; words of nothing but accents are not Western.
		named = tuple(name for name in named if codec_of(name) != _FALLBACK)
	return (*named, _likely(octets), _likely(b"\n".join(raw)))


def _likely(octets: bytes) -> str:
	"""Guess the charset of octets by a sample of them; empty if there is no guess."""
	sample = _sample(octets)
	found = _japanese(sample) or codec_of(_detected(sample))
	return "" if _NEVER_GUESSED.match(found) else found


def _japanese(sample: bytes) -> str:
	"""Return the charset in which kana show that it is Japanese; the detector often reads DOS letters."""
	for codec in ("cp932", "euc_jp"):
		text = sample.decode(codec, "replace")
		beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
		# The sample may end in the middle of a character.
		if text.count("\ufffd") <= 1 and len(_KANA.findall(text)) > beyond_ascii * _KANA_SHARE:
			return codec
	return ""


def codec_of(declared: str) -> str:
	"""Return Python's name for a charset as mail names it; empty for an unknown one."""
	name = declared.strip(" \t\r\n\"'").lower()
	if name in _CODECS:
		return _CODECS[name]
	if not name.isascii() or not 2 <= len(name) <= 40:
		return ""
	for spelling in (name, name.removeprefix("x-"), name.replace(" ", "-"), _NUMBERED.sub(r"cp\1", name)):
		if spelling in _CODECS:
			return _CODECS[spelling]
		try:
			found = codecs.lookup(spelling).name
		except (LookupError, ValueError):
			continue
		return _CODECS.get(found, found) if found.replace("-", "_") in _CHARSETS else ""
	return ""


def html_charset(octets: bytes) -> str:
	"""Return the charset that HTML names in its `meta` element: a hint if the MIME header names none."""
	match = _META.search(octets, 0, 4096)
	found = match[1].decode("ascii") if match else ""
	# A document that says this in single octets cannot be in UTF-16.
	return "" if codec_of(found).startswith("utf-16") else found


def _candidates(codec: str) -> tuple[str, ...]:
	return (codec,) if codec not in ("", "utf-8") else ()


def _utf8_in_disguise(octets: bytes, codec: str) -> str | None:
	"""Return the text if it is UTF-8 under no name or that of a code page, even with a few octets missing."""
	if codec in _ASCII_LIKE or not codec:
		return _mostly_utf8(octets)
	if not _CODE_PAGE.match(codec):
		return None
	text = _strictly(octets, "utf-8")
	return text if text is not None and len(octets) - len(text) >= _SEVERAL else None


def _mostly_utf8(octets: bytes) -> str | None:
	"""Return the text of UTF-8 that was cut in the middle of a character; None if it is something else."""
	text = _strictly(octets, "utf-8")
	if text is not None:
		return text
	text = octets.decode("utf-8", "replace")
	return text if text.count("\ufffd") * 5 <= _beyond_ascii(octets) else None


def _is_another_script(octets: bytes) -> bool:
	"""Tell whether so much is non-ASCII that it cannot be a text in Latin letters."""
	return _beyond_ascii(octets) > len(octets) * 0.4 and len(octets) > 20


def _beyond_ascii(octets: bytes) -> int:
	return len(octets.translate(None, _ASCII))


def _is_stateful(declared: str) -> bool:
	"""Tell whether seven-bit octets can mean more than ASCII in this charset."""
	codec = codec_of(declared)
	return codec.startswith(("iso-2022", "iso2022", "hz", "utf-7", "utf-16", "utf-32", "utf_16", "utf_32"))


def _utf16(octets: bytes, codec: str) -> str:
	"""Return the text of what calls itself UTF-16.

	Many programs mean "Unicode" by that and write UTF-8. Without a byte order mark, the zeros of Latin
	letters and spaces tell which octet comes first (RFC 2781 4.3).
	"""
	if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
		codec = "utf-16"
	elif b"\0" not in octets and (text := _strictly(octets, "utf-8")) is not None:
		return text.removeprefix("\ufeff")
	elif octets[0::2].count(0) != octets[1::2].count(0):
		codec = "utf-16-be" if octets[0::2].count(0) > octets[1::2].count(0) else "utf-16-le"
	return _leniently(octets, codec).removeprefix("\ufeff")


def _eight_bit_readings(octets: bytes, codec: str) -> Iterator[str]:
	"""Return readings of eight-bit octets under the name of a seven-bit charset, the likeliest first.

	Words are hardly ever written in half-width katakana, which is what Shift_JIS sees in other charsets.
	"""
	texts = [text for each in _EIGHT_BITS[codec] if (text := _strictly(octets, each)) is not None]
	yield from sorted(texts, key=lambda text: len(_HALF_WIDTH.findall(text)) * 2 > len(text))


def _is_control(text: str) -> bool:
	"""Tell whether it holds characters that nobody writes, so that the reading is wrong."""
	return any("\x80" <= character < "\xa0" for character in text)


def _leniently(octets: bytes, codec: str) -> str:
	text = decode_iso_2022_jp(octets) if codec == "iso-2022-jp" else octets.decode(codec, "replace")
	return _without_surrogates(text)


def _strictly(octets: bytes, codec: str) -> str | None:
	try:
		text = decode_iso_2022_jp(octets) if codec == "iso-2022-jp" else octets.decode(codec)
	except (ValueError, LookupError):
		return None
	# An escape-coded text that is 8-bit after all, or halves of surrogate pairs, mean a failed reading.
	return None if codec == "iso-2022-jp" and "\ufffd" in text else _without_surrogates(text)


def _guess(octets: bytes) -> str:
	text = _mostly_utf8(octets)
	if text is not None:
		return text
	found = _likely(octets)
	text = _strictly(octets, found) if found else None
	return text if text is not None else octets.decode(_FALLBACK, "replace")


def _sample(octets: bytes) -> bytes:
	"""Return what guesses are made from: the octets from the first non-ASCII one on."""
	first = _BEYOND_ASCII.search(octets)
	start = first.start() if first else 0
	return octets[start : start + _SAMPLE]


def _detected(sample: bytes) -> str:
	if _detect is None:
		return ""
	return _detect(sample).get("encoding") or ""


def _without_surrogates(text: str) -> str:
	"""Replace lone halves of surrogate pairs, which cannot be stored, with replacement characters."""
	try:
		text.encode("utf-8")
	except UnicodeEncodeError:
		return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
	return text
