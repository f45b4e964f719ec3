"""Reactions, in the forms in which mail programs send them."""

from __future__ import annotations

import pytest

from tests.core.parse.mails import mail, part, parts, read

GMAIL = "text/vnd.google.email-reaction+json; charset=utf-8"
SAYS_SO = part("text/plain; charset=utf-8", "👍\r\n\r\nAnn reacted via Gmail")
SAYS_SO_IN_HTML = part("text/html; charset=utf-8", "<p>👍</p><p>Ann reacted via Gmail</p>")


@pytest.mark.parametrize("emoji", ["👍", "❤️", "👨‍👩‍👧‍👦", "🇩🇪", "1️⃣", "+", ":-)", "🎉🎉"])
def test_the_emoji_is_all_that_a_reaction_says(emoji: str) -> None:
	marked = part("text/plain; charset=utf-8", f"{emoji}\r\n", "Content-Disposition: reaction")
	gmail = part(GMAIL, f'{{"emoji": "{emoji}", "version": 1}}')
	for octets in (
		mail(f"{emoji}\r\n", content_type="text/plain; charset=utf-8", content_disposition="reaction"),
		mail(f'{{"emoji": "{emoji}"}}', content_type=GMAIL),
		parts(marked),
		parts(marked, part("text/plain", " \r\n")),
		parts(SAYS_SO, gmail, SAYS_SO_IN_HTML, kind="alternative"),
		parts(SAYS_SO, marked, kind="alternative"),
	):
		message = read(octets)
		assert (message.reaction, message.files) == (emoji, ())


def test_a_reaction_beside_words_is_a_part_of_what_is_said() -> None:
	marked = part("text/plain; charset=utf-8", "👍", "Content-Disposition: reaction")
	message = read(parts(marked, part("text/plain", "But please call me.")))
	assert message.reaction == ""
	assert (message.text or "").split() == ["👍", "But", "please", "call", "me."]
	assert not message.files


@pytest.mark.parametrize("words", ["Please call me back", "It is on fire! " * 200, "yes"])
def test_words_that_call_themselves_a_reaction_are_words(words: str) -> None:
	message = read(mail(words, content_disposition="reaction"))
	assert message.reaction == ""
	assert (message.text or "").strip() == words.strip()


@pytest.mark.parametrize("broken", ["", "{", "[1]", "{}", '{"emoji": 7}', '{"emoji": "call me"}', "[" * 900])
def test_a_broken_reaction_hides_nothing(broken: str) -> None:
	message = read(parts(SAYS_SO, part(GMAIL, broken), SAYS_SO_IN_HTML, kind="alternative"))
	assert message.reaction == ""
	assert "Ann reacted via Gmail" in (message.text or "")


@pytest.mark.parametrize(
	("text", "reaction"),
	[
		("Liked “See you at nine”", "Liked"),
		('Loved "See you"\r\n', "Loved"),
		("Laughed at an image", "Laughed at"),
		("Reacted 🎉 to “It works”", "Reacted 🎉 to"),
		(
			"👍 Jane Doe reacted to your message:\r\n\r\n____________________\r\nFrom: Support\r\n",
			"👍",
		),
		("Jane Doe reacted to your message:\r\n", "reacted"),
		("Liked “See you at nine” but I cannot come.", ""),
		("I liked your answer", ""),
		("Loved it!", ""),
		("Jane reacted to your message: she wants her money back.\r\n", ""),
		("Jane reacted to your message:\r\n\r\nShe wants her money back.\r\n", ""),
	],
)
def test_reactions_in_the_words_of_outlook_and_phones(text: str, reaction: str) -> None:
	assert read(mail(text, content_type="text/plain; charset=utf-8")).reaction == reaction


def test_words_beside_gmails_alternatives_are_words() -> None:
	gmail = part(GMAIL, '{"emoji": "👍", "version": 1}')
	alternatives = parts(SAYS_SO, gmail, SAYS_SO_IN_HTML, kind="alternative", boundary="b2").partition(
		b"\r\n\r\n"
	)[2]
	inner = b'Content-Type: multipart/alternative; boundary="b2"\r\n\r\n' + alternatives
	message = read(parts(inner, part("text/plain", "But please call me.")))
	assert message.reaction == ""
	assert "But please call me." in (message.html or "")
	assert not message.files
