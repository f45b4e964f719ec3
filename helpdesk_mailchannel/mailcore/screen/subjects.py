"""Subjects of automatic replies in the languages of the world: the last and weakest clue.

`UNMISTAKABLE` are what mail programs write before a colon when they answer by themselves; people do not
begin a subject like that. `LIKELY` are words that people use as well, as in “Out of office: how do I set
it up?”.
"""

from __future__ import annotations

import re

from helpdesk_mailchannel.mailcore.screen.words import comparable

UNMISTAKABLE = (
	"Automatic reply",
	"Auto reply",
	"Autoreply",
	"Auto-reply",
	"Out of Office AutoReply",
	"Automatische Antwort",
	"Abwesenheitsnotiz",
	"Automatische Abwesenheitsnotiz",
	"Réponse automatique d'absence du bureau",
	"Absence du bureau - Réponse automatique",
	"Respuesta automática de Fuera de la oficina",
	"Respuesta de Fuera de la oficina",
	"Risposta automatica Fuori sede",
	"Risposta Fuori sede",
	"Resposta automática de Ausência Temporária",
	"AutoResposta de Ausência Temporária",
	"Resposta automática de Fora do escritório",
	"Afwezigheidsbericht",
	"Automatisch afwezigheidsbericht",
	"Antwoord bij afwezigheid",
	"Frånvaromeddelande",
	"Autosvar om frånvaro",
	"Autosvar ved fravær",
	"Fraværsmelding",
	"Fraværsbesked",
	"Poissaoloviesti",
	"Poissaoloilmoitus",
	"Autoodpowiedź",
	"Autoodpowiedź Poza biurem",
	"Odpověď v nepřítomnosti",
	"Automatická odpověď Mimo kancelář",
	"Odpoveď v neprítomnosti",
	"Automatikus válasz házon kívül",
	"Automatikus házon kívül válasz",
	"Απάντηση απουσίας από το γραφείο",
	"Ofis Dışında Otomatik Yanıtı",
	"Ofis dışında otomatik yanıt",
	"Отсутствует на рабочем месте - автоматический ответ",
	"מענה 'אני לא נמצא'",
	"מענה אני לא נמצא",
	"הודעת 'אני לא נמצא'",
	"מענה אוטומטי",
	"הודעה אוטומטית",
	"תגובה אוטומטית",
	"رد تلقائي خارج المكتب",
	"الرد التلقائي خارج المكتب",
	"不在办公室自动答复",
	"外出时的自动答复",
	"自動回覆不在辦公室",
	"不在辦公室自動回覆",
	"自動不在通知",
	"부재 중 자동 회신",
	"부재 중 자동 응답",
	"Sjálfvirkt svar",
	"Ateb awtomatig",
	"Erantzun automatikoa",
	"Outomatiese antwoord",
	"Përgjigje automatike",
	"Balasan automatik",
	"Автоматски одговор",
	"Аутоматски одговор",
	"Автоматты жауап",
	"Автоматычны адказ",
	"Réponse automatique",
	"Respuesta automática",
	"Risposta automatica",
	"Resposta automática",
	"Resposta automàtica",
	"Automatisch antwoord",
	"Autosvar",
	"Automatisk svar",
	"Automatiskt svar",
	"Automaattinen vastaus",
	"Odpowiedź automatyczna",
	"Automatyczna odpowiedź",
	"Automatická odpověď",
	"Automatická odpoveď",
	"Automatikus válasz",
	"Răspuns automat",
	"Samodejni odgovor",
	"Automatski odgovor",
	"Automaatvastus",
	"Automātiska atbilde",
	"Automatinis atsakymas",
	"Otomatik yanıt",
	"Αυτόματη απάντηση",
	"Автоматический ответ",
	"Автоответ",
	"Автоматична відповідь",
	"Автоматичен отговор",
	"תשובה אוטומטית",
	"رد تلقائي",
	"الرد التلقائي",
	"پاسخ خودکار",
	"स्वचालित उत्तर",
	"ตอบกลับอัตโนมัติ",
	"Trả lời tự động",
	"Balasan otomatis",
	"自动答复",
	"自动回复",
	"自動回覆",
	"自動回復",
	"自動応答",
	"自動返信",
	"자동 회신",
	"자동 응답",
)

LIKELY = (
	"Auto",
	"Auto response",
	"Automatic response",
	"Automated reply",
	"Out of office",
	"Out of the office",
	"Vacation",
	"On vacation",
	"Away from",
	"I am away",
	"Abwesend",
	"Abwesenheit",
	"Nicht im Büro",
	"Urlaub",
	"Absence",
	"Absent",
	"Absence du bureau",
	"Fuera de la oficina",
	"Fuera de oficina",
	"Ausencia",
	"Fuori sede",
	"Fuori ufficio",
	"Non al computer",
	"Risposta Non al computer",
	"Fora do escritório",
	"Ausência",
	"Afwezig",
	"Afwezigheid",
	"Niet aanwezig",
	"Frånvaro",
	"Fravær",
	"Fraværende",
	"Poissaolo",
	"Poza biurem",
	"Nieobecność",
	"Mimo kancelář",
	"Mimo kancelárie",
	"Ikke til stede",
	"Ikke på kontoret",
	"Inte på kontoret",
	"În afara biroului",
	"Absent de la birou",
	"Нет на месте",
	"Відсутність на робочому місці",
	"Отсъства от офиса",
	"Отсъствие от офиса",
	"Izvan ureda",
	"Van kancelarije",
	"Odsoten",
	"Odsotnost",
	"Kontorist väljas",
	"Ārpus biroja",
	"Ne biure",
	"Nėra biure",
	"מחוץ למשרד",
	"לא נמצא במשרד",
	"אני לא נמצא",
	"היעדרות",
	"חופשה",
	"خارج المكتب",
	"خارج از دفتر",
	"ไม่อยู่ที่สำนักงาน",
	"Vắng mặt",
	"Di luar kantor",
	"不在办公室",
	"不在辦公室",
	"외출 중",
	"Házon kívül",
	"Ofis dışında",
	"Отсутствие на рабочем месте",
	"Вне офиса",
	"Εκτός γραφείου",
	"外出中",
	"不在通知",
	"不在",
	"外出通知",
	"부재중",
)


_QUOTATION_MARKS = re.compile("[\"'`´‘’‚‛“”„‟«»‹›׳״「」\u200e\u200f\u202a-\u202e]")
_DOMINO = re.compile(
	r"(auto) ?: .*\((?:returning|rückkehr|retour|regres\w*|rientr\w*|ritorno|terug)\b", re.IGNORECASE
)
"""Domino's subject: `AUTO: Jane Doe is out of the office (returning 05/01/2026)`"""


def unmistakable(subject: str) -> str:
	"""Return the words before the colon if they are one of `UNMISTAKABLE`; empty for any other subject.

	`Re: Automatic reply: …` is a person's answer to a robot, so the words must come at the very beginning.
	"""
	if domino := _DOMINO.match(subject.strip()):
		return domino[1]
	return next((words for words in UNMISTAKABLE if _introduces(words, subject)), "")


def likely(subject: str) -> str:
	"""Return the one of `LIKELY` that the subject begins with, as whole words; empty if there is none."""
	text = _unquoted(subject)
	return next(
		(words for words in LIKELY if _begins_with(text, _unquoted(words))),
		"",
	)


def _introduces(words: str, subject: str) -> bool:
	text, prefix = _unquoted(subject), _unquoted(words)
	rest = text[len(prefix) :].lstrip()
	return text.startswith(prefix) and (not rest or rest[0] in ":：")


def _begins_with(text: str, prefix: str) -> bool:
	rest = text[len(prefix) :]
	return text.startswith(prefix) and (not rest or not rest[0].isalnum())


def _unquoted(text: str) -> str:
	"""Return the text as it is compared, without quotation marks, which programs set differently, too."""
	return comparable(_QUOTATION_MARKS.sub("", text))
