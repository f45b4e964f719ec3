"""Folding never hides what somebody wrote above a header block or an introduction, in any language."""

from __future__ import annotations

from html import escape

import pytest

from helpdesk_mailchannel.mailcore.compose.quote.phrases import FORWARDED
from helpdesk_mailchannel.mailcore.compose.quote.plain import split
from tests.core.compose.build import folded_text, kept_text, shown
from tests.core.compose.quote.test_plain import INTRODUCTIONS

OLD = "Dear Jane, these words are old."

LABELS = {
	"en": ("From", "Sent", "To", "Subject", "Monday, March 2, 2026 8:15 AM"),
	"de": ("Von", "Gesendet", "An", "Betreff", "Montag, 2. März 2026 08:15"),
	"fr": ("De", "Envoyé", "À", "Objet", "lundi 2 mars 2026 08:15"),
	"es": ("De", "Enviado el", "Para", "Asunto", "lunes, 2 de marzo de 2026 8:15"),
	"it": ("Da", "Inviato", "A", "Oggetto", "lunedì 2 marzo 2026 08:15"),
	"pt": ("De", "Enviada em", "Para", "Assunto", "segunda-feira, 2 de março de 2026 08:15"),
	"nl": ("Van", "Verzonden", "Aan", "Onderwerp", "maandag 2 maart 2026 08:15"),
	"sv": ("Från", "Skickat", "Till", "Ämne", "den 2 mars 2026 08:15"),
	"da": ("Fra", "Sendt", "Til", "Emne", "2. marts 2026 08:15"),
	"fi": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe", "maanantai 2. maaliskuuta 2026 8.15"),
	"pl": ("Od", "Wysłano", "Do", "Temat", "poniedziałek, 2 marca 2026 08:15"),
	"cs": ("Od", "Odesláno", "Komu", "Předmět", "pondělí 2. března 2026 8:15"),
	"sk": ("Od", "Odoslané", "Komu", "Predmet", "pondelok 2. marca 2026 8:15"),
	"hu": ("Feladó", "Elküldve", "Címzett", "Tárgy", "2026. március 2., hétfő 8:15"),
	"ro": ("De la", "Trimis", "Către", "Subiect", "luni, 2 martie 2026 08:15"),
	"ru": ("От", "Отправлено", "Кому", "Тема", "2 марта 2026 г. 8:15"),
	"uk": ("Від", "Надіслано", "Кому", "Тема", "2 березня 2026 р. 8:15"),
	"bg": ("От", "Изпратено", "До", "Относно", "2 март 2026 г. 8:15"),
	"el": ("Από", "Στάλθηκε", "Προς", "Θέμα", "Δευτέρα, 2 Μαρτίου 2026 8:15"),
	"tr": ("Kimden", "Gönderildi", "Kime", "Konu", "2 Mart 2026 Pazartesi 08:15"),
	"he": ("מאת", "נשלח", "אל", "נושא", "יום שני 02 מרץ 2026 08:15"),
	"ar": ("من", "تم الإرسال", "إلى", "الموضوع", "02/مارس/2026 08:15"),
	"ja": ("差出人", "送信日時", "宛先", "件名", "2026年3月2日 8:15"),
	"zh-hans": ("发件人", "发送时间", "收件人", "主题", "2026年3月2日 8:15"),
	"zh-hant": ("寄件者", "寄件日期", "收件者", "主旨", "2026年3月2日 上午 08:15"),
	"ko": ("보낸 사람", "보낸 날짜", "받는 사람", "제목", "2026년 3월 2일 월요일 오전 8:15"),
	"th": ("จาก", "ส่ง", "ถึง", "เรื่อง", "2 มีนาคม 2026 8:15"),
	"vi": ("Từ", "Đã gửi", "Tới", "Chủ đề", "02 Tháng Ba 2026 8:15"),
	"id": ("Dari", "Dikirim", "Kepada", "Perihal", "02 Maret 2026 8:15"),
	"hr": ("Šalje", "Poslano", "Prima", "Predmet", "2. ožujka 2026. 8:15"),
	"sl": ("Od", "Poslano", "Za", "Zadeva", "2. marec 2026 8:15"),
	"et": ("Saatja", "Saadetud", "Saaja", "Teema", "2. märts 2026 8:15"),
	"lv": ("No", "Nosūtīts", "Kam", "Tēma", "2026. gada 2. marts 8:15"),
	"lt": ("Nuo", "Išsiųsta", "Kam", "Tema", "2026 m. kovo 2 d. 8:15"),
}

ABOVE = {
	"plain": "Works now, thanks.",
	"a subject line first": "Hello,\n\n{subject}: 4711\n\nplease send it again.\n\nKind regards\nJane",
	"a subject line close by": "Hello,\n{subject}: 4711\nplease send it again.\nJane",
	"a subject line last": "I write.\n\n{subject}: 4711",
	"a subject line right above": "I write.\n{subject}: 4711",
	"a sender": "{from_}: my desk\n\nI write again.",
	"a recipient": "{to}: Bob and Ann\n\nplease read.",
	"a date": "{sent}: 3.3.2026 10:00\n\nthat is when I come.",
	"a date last": "I come.\n\n{sent}: 3.3.2026 10:00",
	"a journey": "{from_}: Berlin\n{to}: Munich\n{sent}: 3.3.2026\n\nplease book that.",
	"data under hyphens": "Hello\n-------------\nOrder: 7\nWhen: 3.3.2026 10:00\nMail: me@x.example\n\nBye.",
	"data under stars": "Hello\n**********\nOrder: 7\nWhen: 3.3.2026 10:00\nMail: me@x.example\n\nBye.",
	"a list": "I need:\n1: one\n2: two\n3: three@x.example 10:00",
}


def words_above(kind: str, language: str) -> str:
	from_, sent, to, subject, _ = LABELS[language]
	return ABOVE[kind].format(from_=from_, sent=sent, to=to, subject=subject)


def header_block(language: str) -> str:
	from_, sent, to, subject, date = LABELS[language]
	return (
		f"{from_}: Support <support@example.net>\n{sent}: {date}\n"
		f"{to}: Jane Doe <jane@example.com>\n{subject}: Your order"
	)


def divided(text: str) -> tuple[str, str]:
	"""What is kept and what is folded of a plain text; together they are the text."""
	pieces = split(text)
	assert "".join(piece.text for piece in pieces) == text
	kept = "".join(piece.text for piece in pieces if not piece.folded)
	return flat(kept), flat("".join(piece.text for piece in pieces if piece.folded))


def flat(text: str) -> str:
	return " ".join(text.split())


def in_lines(text: str) -> str:
	return "<div>" + "<br>".join(map(escape, text.split("\n"))) + "</div>"


def in_paragraphs(text: str) -> str:
	return "".join(f"<p>{escape(line) or '&nbsp;'}</p>" for line in text.split("\n"))


@pytest.mark.parametrize("language", LABELS)
@pytest.mark.parametrize("between", ["\n", "\n\n", "\n\n________________________________\n"])
def test_all_words_above_a_header_block_are_kept_and_all_below_are_folded(language, between):
	for kind in ABOVE:
		above = words_above(kind, language)
		text = f"{above}{between}{header_block(language)}\n\n{OLD}"
		kept, folded = divided(text)
		assert (kept, folded[-len(OLD) :]) == (flat(above), OLD), kind
		for markup in (in_lines(text), in_paragraphs(text)):
			html = shown(markup).html
			assert kept_text(html) == flat(above), kind
			assert folded_text(html).endswith(OLD), kind


SAID = [
	"Works now.",
	"We meet on 3.3.2026",
	"I come on 3.3.2026 at 10:15",
	"On 3.3.2026 I come",
	"At 10:15 it broke",
	"Le 3.3.2026 bob@x.example",
	"Bob wrote: it is broken",
	"My mail is a@x.example",
	"Tel: 0123 10:15",
	"Call me\nJane Doe",
	"Jane <jane@me.example>",
	"Regards\nJane Doe, 2.3.2026",
]


@pytest.mark.parametrize("intro", INTRODUCTIONS)
def test_all_words_above_an_introduction_are_kept(intro):
	for said in SAID:
		for between in ("\n", "\n\n"):
			for old in ("Old words.", "> Old words."):
				text = f"{said}{between}{intro}\n{old}"
				assert divided(text)[0] == flat(said)
				assert kept_text(shown(in_lines(text)).html).startswith(flat(said))


FORWARD_LINES = [
	"---------- {} ----------",
	"------ {}",
	"-------- {} --------",
	"{}:",
	"----- {}:",
	"> {}:",
	"_____ {} _____",
]


@pytest.mark.parametrize("line", FORWARD_LINES)
@pytest.mark.parametrize("language", ["en", "de", "pl", "ru", "ja", "he"])
def test_a_message_passed_on_is_shown_whole(line, language):
	for phrase in FORWARDED:
		passed_on = (
			f"{line.format(phrase.capitalize())}\n{header_block(language)}\n\nIt smokes.\n\nRegards\nBob"
		)
		for above in ("", "Can you look at this?\n\n", "> And this?\nYes.\n\n"):
			text = f"{above}{passed_on}\n\nThank you"
			assert divided(text) == (flat(text), "")
		assert folded_text(shown(in_lines(passed_on)).html) == ""


@pytest.mark.parametrize("language", LABELS)
@pytest.mark.parametrize("order", ["0123", "3120", "1023", "0312"])
def test_a_header_block_on_one_line_begins_the_history_whatever_it_names_first(language, order):
	fields = header_block(language).split("\n")
	text = f"Works now.\n\n{' '.join(fields[int(index)] for index in order)}\n\n{OLD}"
	assert divided(text)[0] == "Works now."


def test_words_between_quoted_lines_are_kept_whatever_they_look_like():
	for language in LABELS:
		for kind in ABOVE:
			answer = words_above(kind, language)
			text = f"On 3/4/25 10:15, Jane Doe wrote:\n> one?\n\n{answer}\n\n> two?\n\nNo.\n"
			assert flat(answer) in divided(text)[0]


@pytest.mark.parametrize("rule", ["-" * 20, "-" * 32, "=" * 32, "*" * 40])
def test_a_customers_data_under_a_rule_stays(rule):
	text = f"Hello\n{rule}\nOrder: 7\nWhen: 3.3.2026 10:00\nMail: me@x.example\n\nPlease help."
	assert divided(text) == (flat(text), "")


@pytest.mark.parametrize("postscript", ["PS: call me", "P.S. the invoice too", "ps call me", "NB: on Monday"])
def test_a_postscript_under_the_history_stays(postscript):
	text = f"Thank you.\n\n{INTRODUCTIONS[0]}\n> old\n\n{postscript}\n"
	assert postscript in divided(text)[0]
