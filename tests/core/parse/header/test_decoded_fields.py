"""Header fields as people and other stages see them."""

from __future__ import annotations

import pytest

from tests.core.parse.mails import mail, part, parts, read


@pytest.mark.parametrize(
	("written", "meant"),
	[
		("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
		("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
		("=?UTF-8?B?R3LDvMOfZQ?=", "Grüße"),
		("=?iso-8859-1?Q?Gr=FC=DFe?=", "Grüße"),
		("=?iso-8859-1*de?Q?Gr=FC=DFe?=", "Grüße"),
		("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
		("=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab"),
		("=?utf-8?q?a_?= b", "a  b"),
		("x =?utf-8?q?a?= y", "x a y"),
		("Re:=?utf-8?q?a?=b", "Re:ab"),
		("=?utf-8?B?R3LD?= =?utf-8?B?vMOfZQ==?=", "Grüße"),
		('"=?utf-8?q?Gr=C3=BC=C3=9Fe?="', '"Grüße"'),
		("=?utf-8?q?What??=", "What?"),
		("=?utf-8?q?Two words?=", "Two words"),
		("=?x-bogus?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
		("=?unknown-8bit?b?R3L832U=?=", "Grüße"),
		("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
		("=?utf-8?q?never ends", "=?utf-8?q?never ends"),
		("=?iso-2022-jp?B?GyRCJUYlOSVIGyhC?=", "テスト"),
		("=?gb2312?B?xOO6ww==?=", "你好"),
		("=?koi8-r?B?8NLJ18XU?=", "Привет"),
		("=?utf-8?q?a=00b?=", "ab"),
	],
)
def test_encoded_words_in_all_their_forms(written: str, meant: str) -> None:
	assert read(mail(subject=written)).subject == meant


def test_raw_octets_are_utf_8_or_what_they_look_like() -> None:
	assert read(mail(subject="Grüße".encode())).subject == "Grüße"
	assert (
		read(mail(subject="Grüße aus Köln, schöne Grüße".encode("latin-1"))).subject
		== "Grüße aus Köln, schöne Grüße"
	)


def test_escapes_are_japanese_in_a_subject_and_hide_no_address() -> None:
	message = read(
		mail(subject="こんにちは".encode("iso2022_jp"), **{"from": b"\x1b$B<a@example.com>\x1b(B"})
	)
	assert message.subject == "こんにちは"
	assert [each.address for each in message.authors] == ["a@example.com"]


def test_a_line_break_in_an_encoded_word_makes_no_new_field() -> None:
	message = read(mail(subject="=?utf-8?Q?Hi=0D=0ABcc:_eve@example.com?="))
	assert message.subject == "Hi Bcc: eve@example.com"
	assert message.bcc == ()


def test_a_lone_carriage_return_makes_no_new_field() -> None:
	message = read(mail(subject=b"Hi\rFrom: boss@example.com"))
	assert [each.address for each in message.authors] == ["jane@example.com"]


def test_characters_that_turn_or_hide_the_writing_are_removed() -> None:
	assert read(mail(subject="invoice\u202efdp.exe\u200b\u2066")).subject == "invoicefdp.exe"
	assert read(mail(subject="pay\u200dpal")).subject == "paypal"


def test_joiners_that_belong_to_the_writing_stay() -> None:
	assert read(mail(subject="👨\u200d👩\u200d👧")).subject == "👨\u200d👩\u200d👧"
	assert read(mail(subject="می\u200cخواهم")).subject == "می\u200cخواهم"


def test_fields_that_pose_as_our_own_are_left_out() -> None:
	headers = read(mail(x_mailchannel_ticket="1", x_mailchannel_loop="site")).headers
	assert "x-mailchannel-ticket" not in headers
	assert headers.get("x-mailchannel-loop") == "site"


def test_folded_fields_are_one_line() -> None:
	assert read(mail(subject="a\r\n b\r\n\tc")).subject == "a b c"


def test_a_long_subject_is_cut() -> None:
	assert len(read(mail(subject="a" * 5000)).subject) == 1000


def test_fields_stand_in_order_under_lower_case_names() -> None:
	headers = read(mail(x_one="1", x_two="2")).headers
	assert [name for name, _ in headers.fields] == ["from", "subject", "x-one", "x-two"]
	assert headers.get("X-One") == "1"


def test_a_fold_that_lost_its_white_space_is_mended_and_noted() -> None:
	message = read(b"From: a@example.com\r\nSubject: a long\r\nsubject line\r\nDate: x\r\n\r\nHello")
	assert message.subject == "a long subject line"
	assert message.text == "Hello"
	assert len(message.defects) == 1


def test_the_body_starts_where_no_field_stands_though_the_empty_line_is_missing() -> None:
	message = read(b"From: a@example.com\r\nSubject: x\r\nHello there,\r\nthe printer burns.")
	assert message.subject == "x"
	assert message.text == "Hello there,\nthe printer burns."
	assert message.defects


def test_the_first_field_may_be_indented() -> None:
	message = read(b" From: a@example.com\r\nSubject: x\r\n\r\nHello")
	assert [each.address for each in message.authors] == ["a@example.com"]
	assert not message.defects


@pytest.mark.parametrize("boundary", ["b", "0-1=:2"])
@pytest.mark.parametrize("separator", ["", " \r\n"])
def test_a_boundary_right_behind_the_header_starts_the_body(boundary: str, separator: str) -> None:
	header = f'From: a@example.com\r\nContent-Type: multipart/mixed; boundary="{boundary}"\r\n{separator}'
	parts = "--b\r\nContent-Type: text/plain\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n"
	assert read((header + parts.replace("--b", f"--{boundary}")).encode()).text == "one\n\ntwo\n"


def test_carriage_returns_alone_end_lines_too() -> None:
	message = read(b"From: a@example.com\rSubject: x\r\rHello\rthere")
	assert (message.subject, message.text) == ("x", "Hello\nthere")


def test_nul_octets_do_not_keep_a_message_from_being_read() -> None:
	message = read(b"From: a@example.com\r\nSubject: x\x00y\r\n\r\nHel\x00lo")
	assert (message.subject, message.text) == ("xy", "Hello")


@pytest.mark.parametrize(
	("name", "subject", "codec"),
	[
		("王", "4711 退貨", "big5"),
		("金", "문의", "euc-kr"),
		("田中", "故障", "shift_jis"),
		("Юля", "Чек", "koi8-r"),
		("Юля", "Чек", "windows-1251"),
		("Łoś", "Żółw", "iso-8859-2"),
		("Şule", "İade", "windows-1254"),
		("Ζωή", "Τέλος", "iso-8859-7"),
		("שרה", "עזרה", "windows-1255"),
	],
)
@pytest.mark.parametrize("place", ["body", "part", "other field"])
def test_raw_octets_are_in_the_charset_that_the_message_names_elsewhere(
	name: str, subject: str, codec: str, place: str
) -> None:
	raw = {"from": f'"{name}" <jane@example.com>'.encode(codec), "subject": subject.encode(codec)}
	text = f"text/plain; charset={codec}"
	match place:
		case "body":
			message = read(mail("Hello", content_type=text, **raw))
		case "part":
			inner = part("image/png", "x", "X-Nothing: 1")
			named = f"\r\n--b\r\nContent-Type: {text}\r\n\r\nHello\r\n--b\r\n".encode() + inner + b"\r\n--b--"
			message = read(mail(named, content_type="multipart/mixed; boundary=b", **raw))
		case _:
			message = read(mail("Hello", x_mailer=f"=?{codec}?Q?one?=", **raw))
	assert (message.authors[0].name, message.subject) == (name, subject)


def test_a_raw_file_name_is_in_the_charset_of_the_text_beside_it() -> None:
	file = b'Content-Type: application/pdf; name="' + "發票.pdf".encode("big5") + b'"\r\n\r\n%PDF'
	message = read(parts(part("text/plain; charset=big5", "您好".encode("big5")), file))
	assert [each.name for each in message.files] == ["發票.pdf"]


def test_raw_fields_that_nothing_explains_are_guessed_together() -> None:
	long = "Здравствуйте, у меня сломался принтер на втором этаже"
	raw = {"from": '"Юля" <jane@example.com>'.encode("cp1251"), "subject": long.encode("cp1251")}
	message = read(mail("Hello", **raw))
	assert (message.authors[0].name, message.subject) == ("Юля", long)


@pytest.mark.parametrize(
	"front",
	[
		b"\xef\xbb\xbf",
		b"\xef\xbb\xbf\r\n",
		b"\r\n\xef\xbb\xbf",
		b"\xef\xbb\xbf\xef\xbb\xbf",
		b"\xef\xbb\xbf ",
		b"\xef\xbb\xbfFrom jane Mon Mar  2 09:00:00 2026\r\n",
		b"From jane Mon Mar  2 09:00:00 2026\r\n\xef\xbb\xbf",
	],
)
def test_a_byte_order_mark_in_front_of_the_first_field_is_skipped(front: bytes) -> None:
	message = read(front + mail("Hello"))
	assert (message.authors[0].address, message.subject, message.text) == (
		"jane@example.com",
		"Printer",
		"Hello",
	)
	assert not message.defects


def test_a_byte_order_mark_in_front_of_a_parts_or_an_attached_messages_first_field() -> None:
	forwarded = part("message/rfc822", b"\xef\xbb\xbf" + mail("Inner", subject="Inner one"))
	message = read(parts(b"\xef\xbb\xbf" + part("text/html", "<p>Hello</p>"), forwarded))
	assert message.html == "<p>Hello</p>"
	assert [each.name for each in message.files] == ["Inner one.eml"]


def test_raw_fields_without_any_charset_are_read_as_the_body_is() -> None:
	raw = {"from": '"王" <jane@example.com>'.encode("gb18030"), "subject": "打印机".encode("gb18030")}
	message = read(mail("你好，我的打印机坏了，请帮助我".encode("gb18030"), **raw))
	assert (message.authors[0].name, message.subject) == ("王", "打印机")


def test_the_western_charset_that_every_program_names_does_not_spoil_other_scripts() -> None:
	subject = "Сломался принтер на втором этаже"
	raw = {"from": '"Юлия Иванова" <jane@example.com>'.encode("cp1251"), "subject": subject.encode("cp1251")}
	message = read(mail("Hello", content_type="text/plain; charset=iso-8859-1", **raw))
	assert (message.authors[0].name, message.subject) == ("Юлия Иванова", subject)
