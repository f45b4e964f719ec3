"""What a message says and what it brings."""

from __future__ import annotations

from base64 import b64encode

import pytest

from helpdesk_mailchannel.mailcore.errors import MessageError
from helpdesk_mailchannel.mailcore.model import Disposition, Message
from helpdesk_mailchannel.mailcore.parse.mime.parts import ENCRYPTED
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.settings import Limits
from tests.core.parse.mails import mail, part, parts, read

PLAIN = part("text/plain; charset=utf-8", "The printer burns.")
HTML = part("text/html; charset=utf-8", "<p>The printer burns.</p>")


def names(message: Message) -> list[str]:
	return [each.name for each in message.files]


def nested(kind: str, *bodies: bytes, boundary: str) -> bytes:
	joined = b"".join(b"--" + boundary.encode() + b"\r\n" + each + b"\r\n" for each in bodies)
	return part(f'multipart/{kind}; boundary="{boundary}"', joined + b"--" + boundary.encode() + b"--")


# ── Text ─────────────────────────────────────────────────────────────────────────────────────────────


def test_of_alternatives_both_kinds_are_kept() -> None:
	message = read(parts(PLAIN, HTML, kind="alternative"))
	assert (message.text, message.html) == ("The printer burns.", "<p>The printer burns.</p>")


def test_texts_in_a_row_are_joined_in_their_order_also_behind_an_attachment() -> None:
	pdf = part("application/pdf; name=a.pdf", "x")
	message = read(parts(part("text/plain", "one"), pdf, part("text/plain", "two")))
	assert message.text == "one\n\ntwo\n"
	assert names(message) == ["a.pdf"]


def test_a_footer_in_plain_text_joins_the_html_as_well() -> None:
	message = read(
		parts(nested("alternative", PLAIN, HTML, boundary="b2"), part("text/plain", "-- <footer>"))
	)
	assert message.html == "<p>The printer burns.</p>\n<br>\n<pre>-- &lt;footer&gt;</pre>"
	assert message.text == "The printer burns.\n\n-- <footer>\n"


def test_html_behind_an_attachment_is_joined() -> None:
	message = read(parts(HTML, part("application/pdf; name=a.pdf", "x"), part("text/html", "<p>two</p>")))
	assert message.html == "<p>The printer burns.</p>\n<br>\n<p>two</p>"
	assert message.text is None


def test_neither_text_nor_html() -> None:
	message = read(parts(part("application/pdf; name=a.pdf", "x")))
	assert (message.text, message.html) == (None, None)


def test_different_plain_alternatives_are_all_kept() -> None:
	message = read(parts(part("text/plain", "one"), part("text/plain", "two"), kind="alternative"))
	assert message.text == "one\n\ntwo"


@pytest.mark.parametrize("kind", ["text/enriched", "text/richtext", "text/markdown"])
def test_other_forms_of_a_text_stand_in_for_a_missing_plain_one_only(kind: str) -> None:
	other = part(kind, "The printer is on fire.")
	assert read(parts(PLAIN, other, kind="alternative")).text == "The printer burns."
	assert read(parts(other, kind="alternative")).text == "The printer is on fire."


def test_the_marks_of_enriched_text_are_left_out() -> None:
	enriched = part("text/enriched", "<bold>The <color><param>red</param>printer</color></bold> burns.")
	assert read(parts(enriched)).text == "The printer burns."


def test_markdown_and_unknown_kinds_of_text_are_read() -> None:
	assert read(mail("*Hello*", content_type="text/markdown")).text == "*Hello*"
	assert read(mail("Hello", content_type="text/x-log; charset=utf-8")).text == "Hello"


def test_a_part_of_an_unknown_kind_of_text_is_a_file() -> None:
	message = read(parts(PLAIN, part("text/x-log", "12:00 on fire")))
	assert message.text == "The printer burns."
	assert names(message) == ["part-2.txt"]


def test_flowed_text_is_joined() -> None:
	octets = mail(
		"The printer \r\nburns.\r\n> quoted \r\n> words\r\n-- \r\nJane",
		content_type="text/plain; format=flowed",
	)
	assert read(octets).text == "The printer burns.\n> quoted words\n-- \nJane"


def test_flowed_text_may_delete_its_spaces() -> None:
	octets = mail("日本 \r\n語", content_type="text/plain; charset=utf-8; format=flowed; delsp=yes")
	assert read(octets).text == "日本語"


@pytest.mark.parametrize("encoding", ["7bit;", "", "text/html", "8bit", "binary", '"7bit"'])
def test_an_odd_transfer_encoding_is_none(encoding: str) -> None:
	assert read(mail("Hello", content_transfer_encoding=encoding)).text == "Hello"


def test_quoted_printable_and_base64() -> None:
	assert read(mail("Gr=FC=DFe", content_transfer_encoding="Quoted-Printable")).text == "Grüße"
	assert read(mail(b64encode("Grüße".encode()), content_transfer_encoding="BASE64;")).text == "Grüße"
	assert read(mail("SGVsbG8=\r\nV29ybGQ", content_transfer_encoding="base64")).text == "HelloWorld"


def test_words_below_a_base64_body_do_not_spoil_it() -> None:
	body = (
		b64encode("Der Drucker brennt. Grüße".encode())
		+ b"\r\n\r\n_____________\r\nTo leave this list, write.\r\n"
	)
	message = read(mail(body, content_type="text/plain; charset=utf-8", content_transfer_encoding="base64"))
	assert message.text == "Der Drucker brennt. Grüße"


def test_words_that_call_themselves_base64_are_words() -> None:
	message = read(mail("The printer\r\nis on fire", content_transfer_encoding="base64"))
	assert message.text == "The printer\nis on fire"


def test_a_stray_character_does_not_end_base64() -> None:
	octets = bytes(range(256)) * 4
	lines = b64encode(octets)
	damaged = lines[:100] + b"*!*" + lines[100:]
	file = part("application/pdf; name=a.pdf", damaged, "Content-Transfer-Encoding: base64")
	assert read(parts(PLAIN, file)).files[0].content == octets


def test_a_text_over_the_limit_is_cut_and_attached_whole() -> None:
	message = read(mail("a" * 3000), Limits(text=1000))
	assert message.text == "a" * 1000
	assert len(message.files[0].content) == 3000
	assert len(message.defects) == 1


def test_uuencoded_files_in_a_text_become_files() -> None:
	message = read(mail("See below.\r\nbegin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\nBye."))
	assert message.text == "See below.\nBye."
	assert [(each.name, each.content) for each in message.files] == [("a.txt", b"Cat")]


def test_words_that_only_look_like_uuencoding_stay() -> None:
	assert (
		read(mail("begin 644 reading here\r\nlower case is none\r\nend")).text
		== "begin 644 reading here\nlower case is none\nend"
	)


# ── Boundaries ───────────────────────────────────────────────────────────────────────────────────────


def test_a_wrong_boundary_is_guessed() -> None:
	octets = mail(b"--real\r\n" + PLAIN + b"\r\n--real--", content_type="multipart/mixed; boundary=wrong")
	assert read(octets).text == "The printer burns."


def test_a_missing_end_loses_nothing() -> None:
	octets = mail(b"--b1\r\n" + PLAIN + b"\r\n--b1\r\n" + HTML, content_type="multipart/mixed; boundary=b1")
	assert read(octets).html is not None


def test_an_inner_part_without_end_does_not_swallow_what_follows() -> None:
	inner = part("multipart/alternative; boundary=b2", b"--b2\r\n" + PLAIN)
	assert names(read(parts(inner, part("application/pdf; name=a.pdf", "x")))) == ["a.pdf"]


def test_parts_behind_a_closing_line_are_read() -> None:
	inner = nested("alternative", PLAIN, boundary="b1")
	message = read(parts(inner, part("application/pdf; name=a.pdf", "x")))
	assert message.text == "The printer burns."
	assert names(message) == ["a.pdf"]


@pytest.mark.parametrize("kind", ["multipart/*", "multipart", "multipart/"])
def test_an_unknown_kind_of_multipart_is_read_as_mixed(kind: str) -> None:
	octets = parts(PLAIN, part("application/pdf; name=a.pdf", "x")).replace(b"multipart/mixed", kind.encode())
	assert read(octets).text == "The printer burns."
	assert names(read(octets)) == ["a.pdf"]


def test_a_multipart_without_parts_is_text() -> None:
	assert read(mail("Hello", content_type="multipart/mixed; boundary=b1")).text == "Hello"


@pytest.mark.parametrize(
	("limits", "words"),
	[
		(Limits(boundaries=3), "boundary lines"),
		(Limits(multiparts=1), "multiparts"),
		(Limits(nesting=1), "levels"),
	],
)
def test_each_limit_of_structure_names_itself(limits: Limits, words: str) -> None:
	octets = parts(nested("alternative", PLAIN, HTML, boundary="b2"), PLAIN)
	with pytest.raises(MessageError, match=words) as refusal:
		read(octets, limits)
	assert refusal.value.reason is Reason.TOO_COMPLEX


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────


def test_an_html_attachment_never_replaces_the_message() -> None:
	report = part("text/html", "<h1>Report</h1>", "Content-Disposition: attachment; filename=report.html")
	message = read(parts(PLAIN, report))
	assert (message.text, message.html) == ("The printer burns.", None)
	assert [(each.name, each.content) for each in message.files] == [("report.html", b"<h1>Report</h1>")]


def test_a_text_file_is_a_file_and_not_part_of_the_message() -> None:
	message = read(parts(PLAIN, part("text/plain; name=log.txt", "boom")))
	assert (message.text, names(message)) == ("The printer burns.", ["log.txt"])


def test_a_message_within_the_message_is_a_file_named_by_its_subject() -> None:
	inner = b"From: b@example.com\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nInner words"
	message = read(parts(PLAIN, part("message/rfc822", inner)))
	assert message.text == "The printer burns."
	assert [(each.name, each.content_type, each.content) for each in message.files] == [
		("Grüße.eml", "message/rfc822", inner)
	]


@pytest.mark.parametrize("given", ["Re: the printer", "Re: the printer.eml"])
def test_a_message_within_the_message_always_has_an_extension(given: str) -> None:
	wrapped = part(f'message/rfc822; name="{given}"', "Subject: x\r\n\r\nHello")
	assert names(read(parts(PLAIN, wrapped))) == ["Re_ the printer.eml"]


def test_parts_without_a_name_are_kept_under_a_generated_one() -> None:
	message = read(
		parts(PLAIN, part("application/pdf", "x"), part("application/x-odd", "y"), part("image/png", "z"))
	)
	assert names(message) == ["part-2.pdf", "part-3.bin", "part-4.png"]


def test_inline_images_are_those_the_html_shows() -> None:
	html = part("text/html", '<img src="cid:logo@x"><img src="CID:two%40x">')
	shown = part("image/png; name=logo.png", "x", "Content-ID: <logo@x>")
	beside = part("image/png; name=photo.png", "y", "Content-ID: <photo@x>")
	message = read(parts(html, shown, beside, kind="related"))
	assert [(each.content_id, each.disposition) for each in message.files] == [
		("logo@x", Disposition.INLINE),
		("photo@x", Disposition.ATTACHMENT),
	]


def test_an_image_named_by_its_location_gets_a_cid_link() -> None:
	html = part("text/html", '<img src="http://x/logo.png">')
	image = part("image/png", "x", "Content-Location: http://x/logo.png")
	message = read(parts(html, image, kind="related"))
	assert message.html == f'<img src="cid:{message.files[0].content_id}">'
	assert message.files[0].disposition is Disposition.INLINE


def test_of_related_parts_the_start_comes_first() -> None:
	octets = mail(
		b"--b1\r\n"
		+ part("text/plain", "second", "Content-ID: <two>")
		+ b"\r\n--b1\r\n"
		+ part("text/plain", "first", "Content-ID: <one>")
		+ b"\r\n--b1--",
		content_type='multipart/related; boundary=b1; start="<one>"',
	)
	assert read(octets).text == "first\n\nsecond\n"


@pytest.mark.parametrize(
	("header", "name"),
	[
		('filename="a.pdf"', "a.pdf"),
		("filename=a b.pdf", "a b.pdf"),
		('filename="../../etc/passwd\x00.pdf"', "passwd.pdf"),
		('filename="C:\\temp\\a.pdf"', "a.pdf"),
		("filename*=utf-8''Gr%C3%BC%C3%9Fe.pdf", "Grüße.pdf"),
		("filename*=iso-8859-1'de'Gr%FC%DFe.pdf", "Grüße.pdf"),
		("filename*0*=utf-8''Gr%C3%BC; filename*1*=%C3%9Fe; filename*2=.pdf", "Grüße.pdf"),
		('filename*0="Gr"; filename*1="uss.pdf"', "Gruss.pdf"),
		("filename*1=b.pdf; filename*0=a", "ab.pdf"),
		('filename="=?utf-8?q?Gr=C3=BC=C3=9Fe?=.pdf"', "Grüße.pdf"),
		("filename==?utf-8?B?R3LDvMOfZS5wZGY=?=", "Grüße.pdf"),
		('filename="Grüße.pdf"', "Grüße.pdf"),
		('filename="invoice\u202efdp.exe"', "invoicefdp.exe"),
		('filename="con.txt"', "_con.txt"),
		('filename="..."', "part-2.bin"),
		('filename="a:b?.pdf"', "a_b_.pdf"),
		('filename="a\r\n b.pdf"', "a b.pdf"),
		(f'filename="{"x" * 300}.pdf"', "x" * 196 + ".pdf"),
	],
)
def test_names_are_read_and_made_safe(header: str, name: str) -> None:
	octets = parts(PLAIN, part("application/x-odd", "x", f"Content-Disposition: attachment; {header}"))
	assert names(read(octets)) == [name]


@pytest.mark.parametrize(
	("disposition", "name"),
	[
		('attachment filename="a b.pdf"', "a b.pdf"),
		("filename=a.pdf", "a.pdf"),
		('attachment; size=5\r\n filename="a.pdf"', "a.pdf"),
		("attachment; name=a.pdf", "a.pdf"),
		('attachment; filename=""; name=a.pdf', "a.pdf"),
		('attachment; filename="Gr%C3%BC%C3%9Fe.pdf"', "Grüße.pdf"),
		('attachment; filename="100%25.pdf"', "100%25.pdf"),
		('attachment; filename="100%FF.pdf"', "100%FF.pdf"),
		("attachment; filename=the name of it.pdf", "the name of it.pdf"),
	],
)
def test_names_are_found_where_programs_put_them(disposition: str, name: str) -> None:
	file = part("application/pdf", "x", f"Content-Disposition: {disposition}")
	assert names(read(parts(PLAIN, file))) == [name]


def test_a_charset_behind_a_missing_semicolon_counts() -> None:
	octets = mail("Цена".encode("koi8-r"), content_type="text/plain charset=koi8-r")
	assert read(octets).text == "Цена"


@pytest.mark.parametrize("kind", ["plain/text", "text/htm", "html"])
def test_misspelt_kinds_of_text_are_read(kind: str) -> None:
	message = read(mail("Hello", content_type=kind))
	assert (message.text or message.html, message.files) == ("Hello", ())


@pytest.mark.parametrize(
	("kind", "name"),
	[
		("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "part-2.docx"),
		("application/vnd.ms-outlook", "part-2.msg"),
		("image/pjpeg", "part-2.jpg"),
	],
)
def test_a_generated_name_opens_in_the_right_program(kind: str, name: str) -> None:
	assert names(read(parts(PLAIN, part(kind, "x")))) == [name]


def test_a_name_in_an_unknown_charset_keeps_its_extension() -> None:
	octets = parts(
		PLAIN,
		part("application/x-odd", "x", "Content-Disposition: attachment; filename*=x-odd''Gr%FC%DFe.pdf"),
	)
	assert names(read(octets))[0].endswith(".pdf")


def test_a_long_name_fits_file_systems_in_any_script() -> None:
	octets = parts(
		PLAIN, part("application/x-odd", "x", f'Content-Disposition: attachment; filename="{"語" * 190}.pdf"')
	)
	name = names(read(octets))[0]
	assert name.endswith(".pdf")
	assert len(name.encode()) <= 255


def test_namesakes_are_told_apart() -> None:
	message = read(
		parts(
			part("image/png; name=a.png", "x"),
			part("image/png; name=A.png", "y"),
			part("image/png; name=a.png", "z"),
		)
	)
	assert names(message) == ["a.png", "A (2).png", "a (3).png"]


def test_an_empty_file_is_kept() -> None:
	assert read(parts(PLAIN, part("text/plain; name=empty.txt", ""))).files[0].content == b""


# ── Signed and encrypted ─────────────────────────────────────────────────────────────────────────────


def test_a_pgp_signed_message_is_readable_and_keeps_its_signature() -> None:
	message = read(
		parts(PLAIN, part("application/pgp-signature", "-----BEGIN PGP SIGNATURE-----"), kind="signed")
	)
	assert (message.text, names(message)) == ("The printer burns.", ["signature.asc"])


@pytest.mark.parametrize(
	("given", "name"), [("; name=secret.asc", "secret.asc"), ("", "encrypted.asc")], ids=["named", "nameless"]
)
def test_a_pgp_encrypted_message_says_so_and_is_kept(given: str, name: str) -> None:
	octets = parts(
		part("application/pgp-encrypted", "Version: 1"),
		part(f"application/octet-stream{given}", "-----BEGIN PGP MESSAGE-----"),
		kind="encrypted",
	)
	message = read(octets)
	assert message.text == ENCRYPTED
	assert names(message) == ["pgp-version.txt", name]


def test_an_smime_encrypted_message_says_so_and_is_kept() -> None:
	octets = mail(
		"AAAA",
		content_type="application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
		content_transfer_encoding="base64",
	)
	message = read(octets)
	assert (message.text, names(message)) == (ENCRYPTED, ["smime.p7m"])


# ── The body, whatever its name ──────────────────────────────────────────────────────────────────────

NAMED = part(
	"text/plain; name=body.txt", "The press stopped.", "Content-Disposition: inline; filename=body.txt"
)
NAMED_HTML = part("text/html; name=body.html", "<p>The press stopped.</p>")
ATTACHED = part("text/plain; name=body.txt", "The press stopped.", "Content-Disposition: attachment")
PDF = part("application/pdf; name=log.pdf", "%PDF", "Content-Disposition: attachment; filename=log.pdf")


def test_named_alternatives_are_the_message() -> None:
	message = read(parts(NAMED, NAMED_HTML, kind="alternative"))
	assert (message.text, message.html) == ("The press stopped.", "<p>The press stopped.</p>")
	assert not message.files


@pytest.mark.parametrize("named", [NAMED, part("text/plain; name=body.txt", "The press stopped.")])
@pytest.mark.parametrize("order", [1, -1])
def test_a_named_text_is_the_message_where_there_is_no_other(named: bytes, order: int) -> None:
	message = read(parts(*[named, PDF][::order]))
	assert (message.text, names(message)) == ("The press stopped.", ["log.pdf"])


def test_a_named_html_is_the_message_where_there_is_no_other() -> None:
	message = read(parts(NAMED_HTML, PDF))
	assert (message.html, names(message)) == ("<p>The press stopped.</p>", ["log.pdf"])


@pytest.mark.parametrize("blank", [b"", part("text/plain", " \r\n")])
def test_an_attached_text_that_is_all_that_is_said_is_shown_and_kept(blank: bytes) -> None:
	message = read(parts(*filter(None, [blank, ATTACHED, PDF])))
	assert (message.text, names(message)) == ("The press stopped.", ["body.txt", "log.pdf"])


def test_a_whole_message_that_calls_itself_an_attachment_is_shown_and_kept() -> None:
	octets = mail("The press stopped.", content_disposition="attachment; filename=body.txt")
	message = read(octets)
	assert (message.text, names(message)) == ("The press stopped.", ["body.txt"])


def test_the_first_of_several_named_texts_is_the_message_and_the_others_are_files() -> None:
	message = read(parts(ATTACHED, NAMED, part("text/plain; name=more.txt", "Two")))
	assert (message.text, names(message)) == ("The press stopped.", ["body.txt", "more.txt"])


def test_a_named_text_beside_a_message_stays_a_file_wherever_it_stands() -> None:
	for order in (1, -1):
		message = read(parts(*[PLAIN, NAMED][::order]))
		assert (message.text, names(message)) == ("The printer burns.", ["body.txt"])


# ── Outside the boundaries ───────────────────────────────────────────────────────────────────────────

EMPTY = "--b\r\nContent-Type: text/plain\r\n\r\n\r\n--b--\r\n"


def outside(before: str, after: str, within: str = EMPTY) -> Message:
	return read(mail(before + within + after, content_type="multipart/mixed; boundary=b"))


def test_words_behind_or_before_the_boundaries_are_the_message_where_nothing_else_is_said() -> None:
	assert outside("", "\r\nPlease call me back.\r\n").text == "Please call me back."
	assert outside("Please call me back.\r\n", "").text == "Please call me back."
	assert outside("This is a multi-part message in MIME format.\r\n", "Call me.").text == "Call me."


def test_words_outside_the_boundaries_are_ignored_where_something_is_said_within() -> None:
	within = EMPTY.replace("\r\n\r\n\r\n", "\r\n\r\nInside.\r\n")
	assert (outside("Before\r\n", "After", within).text or "").strip() == "Inside."


def test_a_message_that_says_nothing_anywhere_stays_blank() -> None:
	assert not (outside("This is a multi-part message in MIME format.\r\n", "\r\n").text or "").strip()


# ── The same words twice ─────────────────────────────────────────────────────────────────────────────


def test_a_text_and_the_same_words_in_html_in_a_row_are_shown_once() -> None:
	plain = part("text/plain", "Dear team,\r\n\r\n* see <https://x.example/a>\r\n* call")
	marked_up = part(
		"text/html",
		"<style>p {color: red}</style><p>Dear team,</p><ul><li><a href='https://x.example/a'>see</a><li>call</ul>",
	)
	message = read(parts(plain, marked_up))
	assert (message.text or "").startswith("Dear team,")
	assert (message.html or "").count("Dear team") == 1


def test_a_text_and_other_words_in_html_are_both_shown() -> None:
	message = read(parts(part("text/plain", "It is broken."), part("text/html", "<p>It is not broken.</p>")))
	assert "It is broken." in (message.html or "") and "It is not broken." in (message.html or "")


def test_an_empty_html_beside_a_named_text_says_nothing_either() -> None:
	message = read(parts(part("text/html", "<div><br>&nbsp;</div>"), NAMED))
	assert "The press stopped." in (message.html or "")
	assert not message.files


def test_a_picture_is_something_to_show() -> None:
	message = read(parts(part("text/html", "<img src='cid:x'>"), NAMED))
	assert names(message) == ["body.txt"]
