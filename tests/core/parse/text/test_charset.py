"""Octets into text, whatever they are said to be."""

from __future__ import annotations

import encodings
import encodings.aliases
import pkgutil
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk_mailchannel.mailcore.parse.text import charset
from helpdesk_mailchannel.mailcore.parse.text.charset import codec_of, decode, decode_header
from tests.core.parse.mails import mail, read

RUSSIAN = "Привет, у нас сломался принтер, помогите пожалуйста"
THAI = "สวัสดีครับ"


@pytest.mark.parametrize(
	("text", "codec", "declared"),
	[
		("„Grüße“ – 5 €", "cp1252", "iso-8859-1"),
		("„Grüße“ – 5 €", "cp1252", "us-ascii"),
		("„Grüße“ – 5 €", "utf-8", "us-ascii"),
		("„Grüße“ – 5 €", "utf-8", "iso-8859-1"),
		("İstanbul şehir", "cp1254", "iso-8859-9"),
		("朱镕基", "gb18030", "gb2312"),
		("안녕하세요 똠방각하", "cp949", "ks_c_5601-1987"),
		("①㈱髙", "cp932", "shift_jis"),
		("繁體中文", "cp950", "big5"),
		(THAI, "cp874", "windows-874"),
		(THAI, "cp874", "tis-620"),
		(RUSSIAN, "koi8_r", "KOI8-R"),
		("Їжак", "koi8_u", "koi8-u"),
		(RUSSIAN, "cp1251", "x-cp1251"),
		("日本語テスト", "iso2022_jp", "ISO-2022-JP"),
		("日本語テスト", "euc_jp", "euc-jp"),
		("Grüße", "utf-7", "utf-7"),
		("Grüße", "utf-8-sig", "utf-8"),
		("Grüße", "utf-16", "utf-16"),
		("Grüße", "utf-16-le", "utf-16le"),
		(RUSSIAN, "utf-8", "x-unknown"),
		(RUSSIAN, "utf-8", ""),
		(RUSSIAN, "cp1251", ""),
		(RUSSIAN, "koi8_r", "no-such-charset"),
	],
)
def test_text_is_read(text: str, codec: str, declared: str) -> None:
	assert decode(text.encode(codec), declared) == text


@pytest.mark.parametrize("declared", ["iso-2022-jp", "iso-2022-jp-ms", "cp50221", "iso-2022-jp-ext"])
def test_the_vendors_characters_of_japanese_mail(declared: str) -> None:
	octets = b"\x1b$B-!\x1b(B and \x1b$B-j\x1b(B \x1b(I1\x1b(B"
	assert decode(octets, declared) == "① and ㈱ ｱ"


@pytest.mark.parametrize("declared", ["", "us-ascii", "utf-8"])
def test_japanese_mail_that_does_not_say_so(declared: str) -> None:
	assert decode("こんにちは".encode("iso2022_jp"), declared) == "こんにちは"


@pytest.mark.parametrize("declared", ["cp-1251", "win1251", "1251", "x-cp1251", "Windows_1251"])
def test_a_code_page_by_its_number(declared: str) -> None:
	assert decode("Цена".encode("cp1251"), declared) == "Цена"


def test_seven_bits_are_utf_7_only_where_declared() -> None:
	assert decode(b"+AOQ-", "") == "+AOQ-"
	assert decode(b"+AOQ-", "utf-7") == "ä"


def test_one_broken_character_does_not_discredit_a_charset() -> None:
	assert decode(RUSSIAN.encode() + b"\xff", "utf-8") == RUSSIAN + "\ufffd"


@pytest.mark.parametrize("declared", ["", "utf-8", "iso-8859-1"])
def test_utf_8_that_was_cut_in_a_character_is_still_utf_8(declared: str) -> None:
	assert decode("Прайс".encode()[:-1], declared) == "Прай\ufffd"


@pytest.mark.parametrize("declared", ["iso-8859-2", "windows-1251", "iso-8859-15", "koi8-r"])
def test_utf_8_under_the_name_of_a_code_page(declared: str) -> None:
	assert decode("zażółć gęślą jaźń".encode(), declared) == "zażółć gęślą jaźń"


def test_two_letters_of_a_code_page_may_look_like_utf_8() -> None:
	assert decode("KÓŁKO".encode("iso-8859-2"), "iso-8859-2") == "KÓŁKO"


def test_another_script_is_not_ascii_whatever_is_said() -> None:
	words = "你好，我的印表機壞了，請幫忙"
	assert decode(words.encode("big5"), "us-ascii") == words


@pytest.mark.parametrize("words", ["Très déçu", "Voilà", "Prix: 12 €"])
def test_a_few_accents_are_not_taken_for_a_rare_charset(words: str) -> None:
	assert decode(words.encode("cp1252")) == words


def test_a_wrong_charset_gives_way_to_what_the_octets_are() -> None:
	assert decode(RUSSIAN.encode("cp1251"), "utf-8") == RUSSIAN


@pytest.mark.parametrize(
	"declared", ["base64", "zlib", "rot13", "hex", "idna", "\x00", "é", "a" * 1000, "unicode_escape\x00"]
)
def test_what_is_no_charset_is_not_used(declared: str) -> None:
	assert decode("Grüße".encode(), declared) == "Grüße"


def test_lone_surrogates_never_come_out() -> None:
	decode(b"+2D0-", "utf-7").encode("utf-8")
	decode(b"\x3d\xd8", "utf-16-le").encode("utf-8")


def test_names_are_read_as_browsers_read_them() -> None:
	assert codec_of('"Latin-1"') == "cp1252"
	assert codec_of("x-sjis") == "cp932"
	assert codec_of("nonsense") == ""


def test_html_that_names_its_charset_itself() -> None:
	body = b'<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">' + RUSSIAN.encode("koi8_r")
	assert RUSSIAN in (read(mail(body, content_type="text/html")).html or "")
	assert RUSSIAN in (read(mail(body, content_type="text/html; charset=koi8-r")).html or "")


EVERY_NAME = sorted(
	{*encodings.aliases.aliases, *encodings.aliases.aliases.values()}
	| {module.name for module in pkgutil.iter_modules(encodings.__path__)}
	| {"oem", "locale", "unicode_internal", "utf-8-sig", "UTF_16", "punycode", "idna", "undefined", "rot-13"}
)
OCTETS = [
	b"",
	b"Hello",
	b"\xfc",
	b"J\xfcrgen",
	b"-\x80-\xff",
	b"+AGE-\xff+2D/",
	b"\\ud800\\x00\\N{DIGIT ONE}\\",
	b"xn--\xfc.example",
	b"\x1b$B\x1b(J\x0e\xff\x0f\x1b$)C",
	b"~{\xff~}~",
	b"\xff\xfe\x00\xd8",
	b"\x00\x11\x00\x00" * 3,
	bytes(range(256)),
]


@pytest.mark.parametrize("declared", EVERY_NAME)
def test_no_name_that_python_knows_makes_anything_raise(declared: str) -> None:
	for octets in OCTETS:
		decode(octets, declared).encode("utf-8")
	message = read(
		b"From: =?%b?Q?J=FCrgen?= <j@example.com>\r\nReturn-Path: =?%b?Q?=FC?= <j@example.com>\r\n"
		b"Subject: =?%b?Q?Gr=FC=DFe?=\r\nContent-Type: text/plain; charset=%b; name*=%b''%%FC.txt\r\n\r\n\xfc"
		% ((declared.encode(),) * 5)
	)
	assert message.authors[0].address == "j@example.com"
	assert (message.subject or message.files or message.text) is not None


@given(octets=st.binary(max_size=60), declared=st.sampled_from(EVERY_NAME))
@settings(max_examples=300, deadline=None)
def test_no_octets_under_any_name_make_anything_raise(octets: bytes, declared: str) -> None:
	decode(octets, declared).encode("utf-8")
	decode_header(octets, (declared,)).encode("utf-8")


@pytest.mark.parametrize("declared", ["punycode", "unicode_escape", "idna", "undefined", "rot13", "mbcs"])
def test_what_is_no_charset_is_guessed(declared: str) -> None:
	assert codec_of(declared) == ""
	assert decode("Grüße".encode(), declared) == "Grüße"
	assert decode(b"J\\u00fcrgen", declared) == "J\\u00fcrgen"


@pytest.mark.parametrize(
	("text", "codec", "declared"),
	[
		("ツールの質問", "cp932", "iso-2022-jp"),
		("お問い合わせ①", "cp932", "ISO-2022-JP-MS"),
		("ﾃｽﾄ日本語です", "cp932", "iso-2022-jp"),
		("日本語の質問", "euc_jp", "iso-2022-jp"),
		("日本語の質問", "utf-8", "iso-2022-jp"),
		("안녕하세요", "cp949", "iso-2022-kr"),
		("您好，請問", "gb18030", "hz-gb-2312"),
		("Grüße", "utf-8", "utf-7"),
	],
)
def test_eight_bit_octets_under_the_name_of_a_seven_bit_charset(text: str, codec: str, declared: str) -> None:
	assert decode(text.encode(codec), declared) == text


@pytest.mark.parametrize("declared", ["utf-16", "ucs-2", "utf-16le", "utf-16be", "unicode"])
@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "ascii"])
def test_utf_16_in_either_order_or_none_at_all(declared: str, codec: str) -> None:
	text = "Hello Julia, it is broken" if codec == "ascii" else "Hello Юлия, it is broken"
	assert decode(text.encode(codec), declared) == text


JAPANESE = [
	"お世話になっております",
	"プリンタが動きません。助けてください。",
	"はい",
	"ご注文 No. 12345 を発送しました。",
]


@pytest.mark.parametrize("codec", ["cp932", "euc_jp"])
@pytest.mark.parametrize("text", [*JAPANESE, "Order 1:\n" * 3_000 + JAPANESE[0] * 100])
def test_japanese_that_declares_nothing_is_known_by_its_syllables(codec: str, text: str) -> None:
	assert decode(text.encode(codec)) == text


@pytest.mark.parametrize(
	("codec", "text"),
	[
		("cp1252", "Grüße aus München, Größe, naïve, ƒ‚ƒ"),
		("cp1251", "Принтер не работает, помогите пожалуйста"),
		("koi8_r", "Принтер не работает, помогите пожалуйста"),
		("cp1253", "Ο εκτυπωτής δεν λειτουργεί, παρακαλώ βοηθήστε"),
		("cp1255", "המדפסת לא עובדת, אנא עזרו לי"),
		("cp874", "เครื่องพิมพ์ไม่ทำงาน กรุณาช่วยด้วย"),
		("gb18030", "您好,请问订单什么时候发货?谢谢您的帮助"),
		("cp950", "印表機壞了,請幫忙看看"),
		("cp949", "프린터가 작동하지 않습니다. 도와주세요."),
	],
)
def test_other_scripts_are_not_taken_for_japanese(codec: str, text: str) -> None:
	assert not re.search("[\u3041-\u30fa]", decode(text.encode(codec)))


def test_a_charset_is_guessed_though_much_ascii_comes_first() -> None:
	text = "Order 1:\n" * 30_000 + "Принтер не работает, помогите пожалуйста"
	assert decode(text.encode("koi8_r")) == text


@pytest.mark.parametrize("end", [b"", b"\xfc", b"\x81"])
def test_the_detector_is_given_a_sample_and_no_more(end: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
	given: list[int] = []
	monkeypatch.setattr(charset, "_detect", lambda sample: given.append(len(sample)) or {})
	decode("Grüße ".encode("cp1252") * 400_000 + end)
	assert given == [charset._SAMPLE]
