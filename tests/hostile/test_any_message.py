"""Mixtures of what mail is made of, all the way from octets to what is filed."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk_mailchannel.mailcore.decide import ToFile
from helpdesk_mailchannel.mailcore.model import MailDraft
from tests.core.parse.test_any_octets import MESSAGES
from tests.hostile.whole import HTML_HEAD, SETTINGS, go, shown

USUAL = settings(max_examples=300, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
TAGS = """
<p> </p> <div> </div> <br> <b> <i></b> <table> <tr> <td> </table> <ul> <li> </ul> <ol start=3> <blockquote>
</blockquote> <pre> </pre> <a> </a> <span> <hr> <h1> </h1> <font> <center> <style> </style> <script> </script>
<svg> <math> <form> <iframe> <base> <meta <!-- --> <![CDATA[ ]]> <? <a< <p/ << >> < > & &amp; &lt; &#0; &#x80;
&nbsp; " ' = / href=x src=x style='display:none' class=gmail_quote dir=rtl onerror=x
"""
HTML_PIECES = st.sampled_from(
	[
		*TAGS.split(),
		"<a href='https://x.example/?a=1&b=2'>",
		"<a href='mailto:a@b.example'>",
		"<img src='https://x.example/a.png' alt='x'>",
		"<img src='cid:a'>",
		"<img src='data:image/png;base64,iVBORw0KGgo='>",
		"<div class=gmail_quote>",
		"<blockquote type=cite>",
		"<div id=appendonsend>",
		"<p style='border:none;border-top:solid #E1E1E1 1.0pt'>",
		"On Mon, 6 Jan 2025 at 10:00, Jane <jane@x.example> wrote:",
		"From: Jane",
		"Sent: Monday",
		"-- ",
		"\n",
		" ",
		"words",
		"شكرا",
		"語",
		"\u202e",
		"\U0001f600",
	]
)
ACTIVE = re.compile(
	r"<(?:script|style|svg|math|form|iframe|object|base|meta|input)\b|<[^>]*\son\w+=", re.IGNORECASE
)


def assert_fit_to_be_seen(mail: MailDraft) -> None:
	"""Storable, harmless, and not empty."""
	for text in (mail.subject, mail.html, mail.text, mail.sender.name, *(file.name for file in mail.files)):
		text.encode("utf-8")
		assert "\x00" not in text
	assert mail.text.strip()
	assert not ACTIVE.search(mail.html), mail.html
	assert not re.search(r"<img[^>]*\ssrc=\"(?!cid:)", mail.html), mail.html
	assert len(mail.files) <= SETTINGS.limits.attachments + 1


@USUAL
@given(MESSAGES)
def test_any_octets_have_one_outcome(octets: bytes) -> None:
	outcome = go(octets)
	if isinstance(outcome, ToFile):
		assert_fit_to_be_seen(outcome.draft.mail)


@USUAL
@given(MESSAGES)
def test_anything_below_a_good_header_is_filed_or_has_its_reason(octets: bytes) -> None:
	outcome = go(HTML_HEAD.replace(b"text/html", b"multipart/mixed; boundary=b") + octets[:5000])
	if isinstance(outcome, ToFile):
		assert_fit_to_be_seen(outcome.draft.mail)
	else:
		assert outcome.reason.sentence


@USUAL
@given(st.lists(HTML_PIECES | st.text(max_size=5), max_size=80).map("".join))
def test_any_html_is_shown_and_harmless(html: str) -> None:
	assert_fit_to_be_seen(shown(HTML_HEAD + html.encode("utf-8", "replace")))


@USUAL
@given(st.lists(HTML_PIECES.filter(lambda piece: not piece.startswith("<")), max_size=80).map("\n".join))
def test_no_word_of_a_text_is_lost(text: str) -> None:
	mail = shown(HTML_HEAD.replace(b"text/html", b"text/plain") + text.encode())
	assert "".join(mail.text.split()) == "".join(text.split()) or mail.text == "(no text)"
