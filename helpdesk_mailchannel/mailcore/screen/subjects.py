"""Subjects of automatic replies in the languages of the world: the last and weakest clue.

`UNMISTAKABLE` are what mail programs write before a colon when they answer by themselves; people do not
begin a subject so. `LIKELY` are words that people use as well, as in “Out of office: how do I set it up?”.
"""

from __future__ import annotations

import re
from unicodedata import normalize

UNMISTAKABLE = (
	"Automatic reply",
	"Auto reply",
	"Autoreply",
	"Auto-reply",
	"Out of Office AutoReply",
	"Automatische Antwort",
	"Abwesenheitsnotiz",
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


_DOMINO = re.compile(
	r"(auto) ?: .*\((?:returning|rückkehr|retour|regres\w*|rientr\w*|ritorno|terug)\b", re.IGNORECASE
)
"""What Domino writes: `AUTO: Jane Doe is out of the office (returning 05/01/2026)`"""


def unmistakable(subject: str) -> str:
	"""The words before the colon, where they are one of `UNMISTAKABLE`; empty for any other subject.

	`Re: Automatic reply: …` is a person's answer to a robot, so the words must stand at the very beginning.
	"""
	if domino := _DOMINO.match(subject.strip()):
		return domino[1]
	return next((words for words in UNMISTAKABLE if _introduces(words, subject)), "")


def likely(subject: str) -> str:
	"""The one of `LIKELY` that the subject begins with, as whole words; empty where there is none."""
	text = _comparable(subject)
	return next(
		(words for words in LIKELY if _begins_with(text, _comparable(words))),
		"",
	)


def _introduces(words: str, subject: str) -> bool:
	text, prefix = _comparable(subject), _comparable(words)
	rest = text[len(prefix) :].lstrip()
	return text.startswith(prefix) and (not rest or rest[0] in ":：")


def _begins_with(text: str, prefix: str) -> bool:
	rest = text[len(prefix) :]
	return text.startswith(prefix) and (not rest or not rest[0].isalnum())


def _comparable(text: str) -> str:
	return " ".join(normalize("NFKC", text).casefold().split())
