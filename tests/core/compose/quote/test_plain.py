"""Folding history and signatures in plain text, for mail programs and languages of all kinds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_mailchannel.mailcore.compose.quote.phrases import REPLY_MARKER
from helpdesk_mailchannel.mailcore.compose.quote.plain import is_forward, split
from tests.core.corpora import corpus, needs

NEW = "Dear team,\n\nplease see: my point.\n\nRegards\nJohn"
OLD = "Old words here.\nMore of them."
QUOTED = "\n".join(f"> {line}" for line in OLD.split("\n"))

INTRODUCTIONS = """
On Mon, 3 Mar 2025 at 10:15, Jane Doe <jane@x.example> wrote:
On 3/4/25 10:15, Jane Doe wrote:
On 03.03.25 10:15, Jane Doe via Support wrote:
On Mar 3, 2025, at 10:15 AM, Jane Doe <jane@x.example> wrote:
On Mon 3. Mar 2025 at 10:15 Jane Doe <jane@x.example> wrote:
At 3/3/2025 10:15 AM, you wrote:
Am 03.03.25 um 10:15 schrieb Jane Doe:
Am Mo., 3. März 2025 um 10:15 Uhr schrieb Jane Doe <jane@x.example>:
Jane Doe <jane@x.example> schrieb am Mo. 3. März 2025 um 10:15:
Le lun. 3 mars 2025 à 10:15, Jane Doe <jane@x.example> a écrit :
Le 03/03/2025 à 10:15, Jane Doe a écrit :
El lun, 3 mar 2025 a las 10:15, Jane Doe (<jane@x.example>) escribió:
El 3/3/25 a las 10:15, Jane Doe escribió:
Em seg., 3 de mar. de 2025 às 10:15, Jane Doe <jane@x.example> escreveu:
Il giorno lun 3 mar 2025 alle ore 10:15 Jane Doe <jane@x.example> ha scritto:
Op ma 3 mrt 2025 om 10:15 schreef Jane Doe <jane@x.example>:
Op 3-3-2025 om 10:15 schreef Jane Doe:
Den mån 3 mars 2025 kl 10:15 skrev Jane Doe <jane@x.example>:
man. 3. mar. 2025 kl. 10:15 skrev Jane Doe <jane@x.example>:
ma 3. maalisk. 2025 klo 10.15 Jane Doe (jane@x.example) kirjoitti:
Jane Doe <jane@x.example> kirjoitti 3.3.2025 kello 10.15:
pon., 3 mar 2025 o 10:15 Jane Doe <jane@x.example> napisał(a):
W dniu 3.03.2025 o 10:15, Jane Doe pisze:
po 3. 3. 2025 v 10:15 odesílatel Jane Doe <jane@x.example> napsal:
po 3. 3. 2025 o 10:15 Jane Doe <jane@x.example> napísal(a):
Jane Doe <jane@x.example> ezt írta (időpont: 2025. márc. 3., H, 10:15):
2025. 03. 03. 10:15 keltezéssel, Jane Doe írta:
În lun., 3 mar. 2025 la 10:15, Jane Doe <jane@x.example> a scris:
пн, 3 мар. 2025 г. в 10:15, Jane Doe <jane@x.example>:
03.03.2025 10:15, Jane Doe пишет:
Понедельник, 3 марта 2025, 10:15 +03:00 от Jane Doe <jane@x.example>:
пн, 3 бер. 2025 р. о 10:15 Jane Doe <jane@x.example> пише:
На пн, 3.03.2025 г. в 10:15 Jane Doe <jane@x.example> написа:
pon, 3. ožu 2025. u 10:15 Jane Doe <jane@x.example> napisao je:
V V pon., 3. mar. 2025 ob 10:15 je oseba Jane Doe <jane@x.example> napisala:
Jane Doe <jane@x.example>, 3 Mar 2025 Pzt, 10:15 tarihinde şunu yazdı:
Στις Δευ 3 Μαρ 2025 στις 10:15 π.μ., ο/η Jane Doe <jane@x.example> έγραψε:
ב-3 במרץ 2025, בשעה 10:15, Jane Doe <jane@x.example> כתב/ה:
في الاثنين، 3 مارس 2025 في 10:15 ص تمت كتابة ما يلي بواسطة Jane Doe <jane@x.example>:
Jane Doe <jane@x.example> 于2025年3月3日周一 10:15写道：
在 2025年3月3日，10:15，Jane Doe <jane@x.example> 写道：
Jane Doe <jane@x.example> 於 2025年3月3日 週一 上午10:15寫道：
2025年3月3日(月) 10:15 Jane Doe <jane@x.example>:
2025/03/03 10:15、Jane Doe <jane@x.example>のメール:
2025년 3월 3일 (월) 오전 10:15, Jane Doe <jane@x.example>님이 작성:
เมื่อ จ. 3 มี.ค. 2025 เวลา 10:15 Jane Doe <jane@x.example> เขียนว่า:
Vào Th 2, 3 thg 3, 2025 vào lúc 10:15 Jane Doe <jane@x.example> đã viết:
Pada Sen, 3 Mar 2025 pukul 10.15 Jane Doe <jane@x.example> menulis:
2025-03-03 10:15 GMT+01:00 Jane Doe <jane@x.example>:
2025-03-03, pr, 10:15 Jane Doe <jane@x.example> rašė:
Kontakt Jane Doe (<jane@x.example>) kirjutas kuupäeval E, 3. märts 2025 kell 10:15:
El dl., 3 de març 2025 a les 10:15, Jane Doe (<jane@x.example>) va escriure:
सोम, 3 मार्च 2025 को 10:15 am बजे को Jane Doe <jane@x.example> ने लिखा:
Wiadomość napisana przez Jane Doe <jane@x.example> w dniu 3 mar 2025, o godz. 10:15:
Wiadomość napisana przez Jane Doe jane@x.example w dniu 3.03.2025, o godz. 10:15:
Здравствуйте, Jane. Вы писали 3 марта 2025 г., 10:15:00:
Montag, 3. März 2025, 10:15:00, schrieben Sie:
3 Mar 2025, 10:15 by jane@x.example:
"Jane Doe" ---03.03.2025 10:15:22---Hello, the printer
""".strip().split("\n")

SEPARATORS = """
-----Original Message-----
-------- Original Message --------
-------- Ursprüngliche Nachricht --------
-----Message d'origine-----
-----Mensaje original-----
-------- Messaggio originale --------
-----Oorspronkelijk bericht-----
------------------ 原始邮件 ------------------
---- On Mon, 03 Mar 2025 10:15:00 +0100 Jane Doe <jane@x.example> wrote ----
*-------- Original Message --------*
------------------ Original ------------------
-------- Original message --------From: Jane Doe <jane@x.example> Date: 03/03/2025 10:15 (GMT+01:00)
-------- Oprindelig besked --------
------ Ursprungligt brev ------
-----Ursprüngliche Mitteilung-----
-------- Antwort Nachricht --------
---- 回复的原邮件 ----
---- Jane Doe wrote ----
-----Jane Doe/ACME a écrit : -----
## please write above this line ##
""".strip().split("\n")

HEADERS = [
	block.strip()
	for block in """
From: Jane Doe <jane@x.example>
Sent: Monday, March 3, 2025 10:15 AM
To: Help <help@y.example>; Another Person <another.person@y.example>;
Third <third@y.example>
Subject: Re: Printer
==
*From:* Jane Doe <jane@x.example>
*Sent:* Monday, March 3, 2025 10:15 AM
*To:* Help <help@y.example>
*Subject:* Re: Printer
==
Von: Jane Doe <jane@x.example>
Gesendet: Montag, 3. März 2025 10:15
An: Help <help@y.example>
Betreff: AW: Drucker
==
De : Jane Doe <jane@x.example>
Envoyé : lundi 3 mars 2025 10:15
À : Help <help@y.example>
Objet : Imprimante
==
De: Jane Doe <jane@x.example>
Enviado el: lunes, 3 de marzo de 2025 10:15
Para: Help <help@y.example>
Asunto: Impresora
==
Da: Jane Doe <jane@x.example>
Inviato: lunedì 3 marzo 2025 10:15
A: Help
Oggetto: R: Stampante
==
Van: Jane Doe <jane@x.example>
Verzonden: maandag 3 maart 2025 10:15
Aan: Help
Onderwerp: RE: Printer
==
Od: Jane Doe <jane@x.example>
Wysłano: poniedziałek, 3 marca 2025 10:15
Do: Help
Temat: RE: Drukarka
==
От: Jane Doe
Отправлено: 3 марта 2025 г. 10:15
Кому: Help
Тема: RE: Принтер
==
Kimden: Jane Doe
Gönderildi: 3 Mart 2025 10:15
Kime: Help
Konu: RE
==
发件人: Jane Doe
发送时间: 2025年3月3日 10:15
收件人: Help
主题: 回复
==
差出人: Jane Doe
送信日時: 2025年3月3日
宛先: Help
件名: RE
==
보낸 사람: Jane Doe
보낸 날짜: 2025년 3월 3일
받는 사람: Help
제목: RE
==
מאת: Jane Doe
נשלח: יום שני 03 מרץ 2025
אל: Help
נושא: RE
==
От: Jane Doe
Отправлено: 3 марта 2025 г. 10:15
Кому: Help
==
Šalje: Jane Doe
Poslano: 3. ožujka 2025. 10:15
Prima: Help
Predmet: RE
==
From: Jane Doe <jane@x.example> Sent: Monday, March 3, 2025 10:15 AM To: Help Subject: Re: Printer
==
________________________________
Oddi wrth: Jane <jane@x.example>
Dyddiad: 3/3/2025 10:15
Gwrthrych: Argraffydd
""".split("==")
]

DEVICES = """
Sent from my iPhone
Sent from Yahoo Mail on Android
Sent from Mail for Windows 10
Sent from Mailbox
Sent with Proton Mail secure email.
Get Outlook for iOS<https://aka.ms/o0ukef>
Von meinem iPhone gesendet
Outlook für Android<https://aka.ms/AAb9ysg> beziehen
Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.
Envoyé de mon iPhone
Télécharger Outlook pour Android <https://aka.ms/x>
Enviado desde mi iPhone
Enviado do meu iPhone
Inviato da iPhone
Verstuurd vanaf mijn iPhone
Skickat från min iPhone
Sendt fra min iPhone
Lähetetty iPhonesta
Wysłane z iPhone’a
Odesláno z iPhonu
Отправлено с iPhone
Надіслано з iPhone
iPhone'umdan gönderildi
发自我的iPhone
從我的 iPhone 傳送
iPhoneから送信
나의 iPhone에서 보냄
נשלח מה-iPhone שלי
أرسلت من الـ iPhone
Được gửi từ iPhone của tôi
ส่งจาก iPhone ของฉัน
Sent via Superhuman
Sent from my Galaxy
Get BlueMail for Android
Outlook für iOS beziehen <https://aka.ms/o0ukef>
Holen Sie sich Outlook für iOS
Obtenir Outlook pour iOS
iOS için Outlook'u edinin
iOS 版 Outlook を入手
iOS용 Outlook 다운로드
Az iPhone-omról küldve
Saadetud minu iPhone'ist
""".strip().split("\n")


def kept(text: str) -> str:
	return "".join(piece.text for piece in split(text) if not piece.folded).strip()


def folded(text: str) -> str:
	return "".join(piece.text for piece in split(text) if piece.folded).strip()


def wrapped(line: str) -> list[str]:
	"""The line as mail programs break it: at a space, inside the address, in front of its `>`."""
	ways = [line]
	if len(line) > 50 and "<" in line:
		space = line.rindex(" ", 0, 60)
		ways += [f"{line[:space]}\n{line[space + 1 :]}", line.replace("<", "<\n", 1)]
		if not line.startswith("-"):
			ways.append(line.replace(">", "\n>", 1))
	return ways


@pytest.mark.parametrize("intro", INTRODUCTIONS)
@pytest.mark.parametrize("old", [QUOTED, OLD], ids=["quoted", "unquoted"])
def test_history_is_folded_from_its_introduction_on(intro, old):
	for way in wrapped(intro):
		assert kept(f"{NEW}\n\n{way}\n\n{old}\n") == NEW
		assert kept(f"{NEW}\n{way}\n{old}\n") == NEW


@pytest.mark.parametrize(
	"torn",
	[
		"On Nov 21, 2024,\nat 10:18,\nJane Doe <jane@x.example> wrote:",
		"On Nov 21, 2024, at 10:18, Jane Doe <\nticket+0123456789abcdef@x.example>\nwrote:",
	],
)
def test_an_introduction_on_three_lines_is_folded(torn):
	assert kept(f"{NEW}\n\n{torn}\n\n{QUOTED}\n") == NEW
	assert kept(f"{NEW}\n\n{torn}\n\n{OLD}\n") == NEW


@pytest.mark.parametrize("separator", SEPARATORS)
def test_history_is_folded_from_its_separator_on(separator):
	for way in wrapped(separator):
		assert kept(f"{NEW}\n\n{way}\n\n{OLD}\n") == NEW


@pytest.mark.parametrize("block", HEADERS)
def test_history_is_folded_from_its_header_block_on(block):
	for way in (block, block.replace("\n", "\n\n"), f"-----Original Message-----\n{block}"):
		assert kept(f"{NEW}\n\n{way}\n\n{OLD}\n") == NEW


@pytest.mark.parametrize("line", DEVICES)
def test_the_line_a_device_adds_is_folded(line):
	assert kept(f"My words.\n\n{line}\n") == "My words."
	assert kept(f"My words.\n\n{line}\n\n{INTRODUCTIONS[0]}\n{QUOTED}\n") == "My words."


@pytest.mark.parametrize("rule", ["-- ", "--", "—", "_____________"])
def test_a_signature_is_folded(rule):
	assert kept(f"My words.\n\n{rule}\nJohn Doe\nACME\n") == "My words."


def test_a_signature_under_the_history_is_folded_with_it():
	assert kept(f"Top.\n\n{INTRODUCTIONS[0]}\n{QUOTED}\n\n-- \nJohn\n") == "Top."


def test_words_that_share_a_line_with_the_introduction_are_kept():
	text = f"Hi Jane,\n\nPlease send it. {INTRODUCTIONS[0]}\n{QUOTED}\n"
	assert kept(text) == f"Hi Jane,\n\nPlease send it. {INTRODUCTIONS[0]}"


def test_an_answer_under_the_quote_is_kept_and_the_quote_folded():
	text = f"{INTRODUCTIONS[0]}\n{QUOTED}\n\nMy answer.\n"
	assert kept(text) == "My answer."
	assert "Old words here." in folded(text)


def test_answers_between_quotes_stay_with_their_questions():
	text = f"Hi Jane,\n\n{INTRODUCTIONS[0]}\n> Question one\n\nAnswer one.\n\n> Question two\n\nAnswer two.\n"
	assert kept(text).endswith("> Question one\n\nAnswer one.\n\n> Question two\n\nAnswer two.")


@pytest.mark.parametrize(
	"above, question",
	[("Hi Jane,", "It broke."), ("See my answer below.", "It broke."), ("A long sentence first.", "Why?")],
)
def test_an_answer_under_the_only_quote_is_kept(above, question):
	text = f"{above}\n\n{INTRODUCTIONS[0]}\n> {question}\n\nBecause of the fuse.\n"
	assert kept(text).endswith("Because of the fuse.")


@pytest.mark.parametrize(
	"below",
	[
		"PS: call me before noon.",
		"Is the part under warranty?",
		"The first is done.\n\nThe second will take until Friday, since a part is missing.",
		"The first is done, and the second will take until Friday, since a part is missing that we can only"
		" get from the maker, who is closed for the holidays until then, as you know.",
	],
)
def test_what_reads_like_an_answer_under_the_only_quote_is_kept(below):
	text = f"My words above it.\n\n{INTRODUCTIONS[0]}\n{QUOTED}\n\n{below}\n"
	assert kept(text).endswith(below)


def test_a_long_quote_between_new_words_is_folded_alone():
	quote = "> old words\n" * 30
	text = f"My words above it.\n\n{INTRODUCTIONS[0]}\n{quote}\nOne.\n\nTwo and three are done as well.\n"
	assert kept(text).startswith("My words above it.")
	assert kept(text).endswith("Two and three are done as well.")
	assert "old words" not in kept(text)


@pytest.mark.parametrize(
	"footer",
	[
		"This message is confidential and meant for its addressee alone.\n" * 8,
		"-- \n" + "\n\n".join(f"Line {number} of a long signature" for number in range(40)),
		"Virus-free. www.example.com",
	],
)
def test_what_companies_put_under_every_mail_is_folded_with_the_history(footer):
	assert kept(f"My words.\n\n{INTRODUCTIONS[0]}\n{QUOTED}\n\n{footer}\n") == "My words."


@pytest.mark.parametrize(
	"announced",
	["Please see my answers in red.", "See below.", "Meine Antworten in rot.", "Vedi sotto, grazie."],
)
def test_history_in_which_answers_are_announced_is_kept(announced):
	"""Outlook does not mark what is answered, so nobody can tell the answers in it."""
	text = f"{announced}\n\n{HEADERS[0]}\n\nIs it on?\nYes, it is.\n"
	assert folded(text) == ""


def test_a_mailing_lists_footer_under_the_quote_is_folded():
	text = f"My words.\n\n{INTRODUCTIONS[0]}\n{QUOTED}\n\n_______\nlist mailing list\nlist@x.example\n"
	assert kept(text) == "My words."


@pytest.mark.parametrize(
	"text",
	[
		"Hello,\nthe error was:\n> foo\nwhat now?\n",
		"On Monday John wrote: please send it.\nHere it is: see above.\n",
		"On Friday 3/3/2025 your colleague wrote:\nWe will refund you.\nNothing came. Please help.\n",
		"Order 5\nTotal: 10\nTo: me\n",
		"> question one?\nanswer one\n> question two?\nanswer two\n",
		"> Email with only a quote.\n",
		f"{INTRODUCTIONS[0]}\n{QUOTED}\n",
		"Steps:\n---\n1. open\n---\n2. close\n",
		"Von meinem Handy geht keine Mail mehr raus\n",
		"I sent from my iPhone several photos and none of them arrived, which I find very odd indeed.\n",
		"Meeting on 2025-03-03 at 10:15:\nplease come\n",
		"Form:\nName: Jane\nEmail: jane@x.example\nDate: 3/3/2025\nMessage: help\n",
		"Log:\n2025-03-03 10:15:00 UTC error foo\n2025-03-03 10:15:01 UTC bar\nplease help\n",
		"Output:\n\nmysql> select 1;\nmysql> quit\n\nthanks\n",
		"👍\n",
		"Hello,\n\nI sent the Samsung back yesterday.\n",
		"Hello,\n\nwe use Outlook for iOS\n",
		"Hallo,\n\nIch möchte Outlook für Android herunterladen.\n",
		"Hallo,\n\nIch habe das iPhone gesendet.\n",
		"Hello,\n\nSent with DHL today\n",
		"Hello,\n\nSent from Berlin.\n",
		"Please book:\n\nFrom: Berlin\nTo: Munich\nDate: 3.3.2025\n\nTwo adults\n",
		"New enquiry\n\nFrom: Jane\nEmail: j@x.example\nDate: 3/3/2025\nSubject: Printer\n\nMessage: help\n",
		"The mail says:\nFrom: a@x.example\nTo: b@y.example\nSubject: x\nDate: 3 Mar 2025\n\nWhy so?\n",
		'Hi,\n\nOn 3 March 2025 at 10:15 your agent wrote:\n"We will refund you."\n\nNothing came.\n',
		"Hallo,\n\nAm 3.3.2025 um 10:15 schrieb mir Ihr Kollege:\nWir erstatten.\nEs kam nichts.\n",
		"Hi,\n\nJane wrote at 10:15:\nthe box is here.\nBut it is not.\n",
		"It came back:\n\nThe mail system\n\n<a@x.example>: host mx.x.example[192.0.2.15] said:\n 550 No\n",
		"It came back.\n\n<a@x.example>:\n192.0.2.153 does not like recipient.\n\n<b@x.example>:\nNo.\n",
		"Report:\n\nCannot be delivered:\n\n<a@x.example>:\n    mx.x.example [192.0.2.45]:\n",
		"Both:\n\n--- Original ---\nfoo\n--- New ---\nbar\n\nWhich one?\n",
	],
)
def test_what_only_looks_like_history_is_kept(text):
	assert kept(text) == text.strip()


@pytest.mark.parametrize("subject", ["Fwd: Hello", "FW: Hello", "WG: Hallo", "TR: Bonjour", "转发：你好"])
def test_a_forwarded_message_is_content(subject):
	text = f"FYI\n\n{HEADERS[0]}\n\n{OLD}\n"
	assert is_forward(subject)
	assert [piece.folded for piece in split(text, forwarded=is_forward(subject))] == [False]


@pytest.mark.parametrize(
	"line",
	[
		"---------- Forwarded message ---------",
		"Begin forwarded message:",
		"-------- Weitergeleitete Nachricht --------",
		"---------- Wiadomość przesłana dalej ---------",
		"-------- Перенаправленное сообщение --------",
		"---------- メッセージを転送 ---------",
	],
)
def test_a_message_marked_as_forwarded_is_content_whatever_the_subject(line):
	assert folded(f"FYI\n\n{line}\n{HEADERS[0]}\n\n{OLD}\n") == ""


def test_a_message_forwarded_as_a_quote_is_content():
	quoted = "\n".join(
		f"> {line}" for line in f"Begin forwarded message:\n\n{HEADERS[0]}\n\n{OLD}".split("\n")
	)
	assert folded(f"Please look.\n\n{quoted}\n") == ""


def test_an_answer_to_a_forwarded_message_is_an_answer():
	assert not is_forward("Re: Fwd: Hello")
	text = f"New.\n\n{INTRODUCTIONS[0]}\n> ---------- Forwarded message ----------\n{QUOTED}\n"
	assert kept(text) == "New."


def test_our_own_marker_begins_the_history():
	assert kept(f"New.\n\n{REPLY_MARKER}\n\nHello Ann, we have …\n") == "New."
	assert kept(f"New.\n\n> {REPLY_MARKER.upper()}\n> Hello\n") == "New."


def test_a_mail_with_windows_line_ends_is_folded_the_same():
	assert kept(f"{NEW}\n\n{INTRODUCTIONS[0]}\n{QUOTED}\n".replace("\n", "\r\n")) == NEW.replace("\n", "\r\n")


def test_a_very_long_text_without_history_is_kept():
	text = "words\n\n" * 12_000
	assert kept(text) == text.strip()


def test_a_very_long_history_is_folded_to_its_end():
	assert kept(f"{NEW}\n\n{HEADERS[0]}\n\n" + "old words\n" * 30_000) == NEW
	assert kept(f"{NEW}\n\n{INTRODUCTIONS[0]}\n" + "> old words\n" * 30_000) == NEW


def test_an_answer_under_a_very_long_quote_is_kept():
	text = f"{NEW}\n\n{INTRODUCTIONS[0]}\n" + "> old words\n" * 30_000 + "The answer.\n"
	assert kept(text).endswith("The answer.")


PIECES = st.sampled_from(
	[
		*INTRODUCTIONS[:12],
		*SEPARATORS,
		*HEADERS[:4],
		*DEVICES[:6],
		QUOTED,
		OLD,
		NEW,
		"-- ",
		"> ",
		">> x",
		"",
		"\r",
		"__",
	]
)


@given(st.lists(PIECES, max_size=25).map("\n".join) | st.text(max_size=400))
def test_no_character_is_ever_lost(text):
	assert "".join(piece.text for piece in split(text)) == text


@given(st.lists(PIECES, max_size=25).map("\n".join))
def test_something_is_always_left_to_read(text):
	pieces = split(text)
	assert any(not piece.folded for piece in pieces) or not pieces


# ── The corpus ───────────────────────────────────────────────────────────────────────────────────────

NAMES = sorted(path.name for path in (corpus("quotes") / "emails").glob("*.txt"))


def comparable(text: str) -> str:
	"""Without differences in white space and in marks of quotes: the corpus turns `C>` and `|` into `>`."""
	return " ".join(re.sub(r"(?m)^(\w+>|\|)(?=\s|$)", ">", text).split())


def in_corpus(folder: str, name: str) -> str:
	with open(corpus("quotes") / folder / name, encoding="utf-8", newline="") as file:
		return file.read()


OWN_WORDS = {
	"a list of one's own": "Hello,\n\nFrom: Berlin\nTo: Paris\nSubject: train ticket\n\nplease book.\nJane",
	"a list with a word for a time": "Hello,\n\nTo: Paris\nSent: soon\nFrom: Berlin\n\nplease book.\nJane",
	"a rule under the greeting": "Hello,\n________\nThe printer is broken, please help.",
	"a delimiter under the greeting": "Dear support team,\n\n-- \nThe printer is broken.\n\nPlease help.",
}


@pytest.mark.parametrize("text", OWN_WORDS.values(), ids=OWN_WORDS)
def test_ones_own_words_that_are_laid_out_like_a_header_or_a_signature_are_kept(text):
	assert folded(text) == ""


@needs("quotes")
@pytest.mark.parametrize("name", NAMES or ["none"])
def test_the_corpus_is_folded_as_expected_and_whole(name):
	text = in_corpus("emails", name)
	assert "".join(piece.text for piece in split(text)) == text
	assert comparable(kept(text)) == comparable(in_corpus("trimmed", name))
	assert comparable(folded(text)) == comparable(in_corpus("elided", name))


FINNISH = (
	"Toimii nyt.\n\nLähettäjä: Help\nLähetetty: 3. maaliskuuta 2025 10:15\n"
	"Vastaanottaja: Jane\nAihe: Tulostin\n\nVanha."
)
NORWEGIAN = "Se her.\n\nFra: Help\nSendt: 3. mars 2025 10:15\nTil: Jane\nEmne: Skriver\n\nGammel."


def test_a_prefix_that_two_languages_use_in_opposite_ways():
	assert not is_forward("VS: Tulostin", FINNISH)
	assert is_forward("VS: Skriver", NORWEGIAN)


@pytest.mark.parametrize(
	"prefix", "Fwd: WG: TR: RV: I: ENC: PD: VB: VL: İLT: ΠΡΘ: 转发： 転送: 전달: הועבר:".split()
)
def test_a_subject_says_that_a_message_is_passed_on_behind_a_tickets_tag_too(prefix):
	assert is_forward(f"{prefix} Printer")
	assert is_forward(f"[Ticket 7] {prefix} Printer")
	assert not is_forward(f"Re: {prefix} Printer")


RELAYED = """Dank u, dat werkt.

Op ma 3 mrt 2025 om 10:15 schreef Help <
help@y.example>:

> Beste Jane, het nieuwe wachtwoord staat nu klaar in uw account en is twee
> weken geldig. Wijzig het na de eerste keer aanmelden, en bewaar het daarna
goed.
"""


def test_words_that_a_relay_tore_from_a_quoted_line_are_quoted():
	assert kept(RELAYED) == "Dank u, dat werkt."
	assert kept(RELAYED + "\n> Groet\n") == "Dank u, dat werkt."


@pytest.mark.parametrize(
	"answer",
	[
		RELAYED.replace("Help <\n", "Help <"),
		RELAYED.replace("goed.", "Goed."),
		RELAYED.replace("daarna\n", "daarna.\n"),
		RELAYED.replace("goed.", "goed, maar hoe moet ik het dan wijzigen als het niet meer werkt?"),
		RELAYED.replace(", en bewaar het daarna", ""),
	],
)
def test_an_answer_under_a_quote_stays_though_it_begins_in_lower_case(answer):
	assert answer.strip().rsplit("\n", 1)[1] in kept(answer)
