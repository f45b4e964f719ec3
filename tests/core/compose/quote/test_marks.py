"""Folding history in the HTML of the mail programs people use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.compose.build import folded_text, kept_text, shown

GMAIL = """<div dir="ltr"><div>New words.</div><div><br clear="all"></div><div>--<br>
<div dir="ltr" class="gmail_signature">Jane<br>ACME</div></div></div><br>
<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Mon, 3 Mar 2025
at 10:15, Help
&lt;<a href="mailto:help@y.example">help@y.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote"
style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204)"><div>Old
words.</div></blockquote></div>"""

OUTLOOK = """<html><body><div class=WordSection1><p class=MsoNormal><span style='color:#1F497D'>New words.
<o:p></o:p></span></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div
style='border:none;border-top:solid #E1E1E1
1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>From:</b> Help &lt;help@y.example&gt;
<br><b>Sent:</b> Monday,
March 3, 2025 10:15 AM<br><b>To:</b> Jane Doe &lt;jane@x.example&gt;<br><b>Subject:</b> RE:
Printer</p></div></div>
<p class=MsoNormal>Old words.</p></div></body></html>"""

OUTLOOK_WEB = """<div class="elementToProof">New words.</div><div id="Signature"><p>Jane, ACME</p></div>
<div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr">
<b>Von:</b> Help &lt;help@y.example&gt;<br><b>Gesendet:</b> Montag, 3. M&auml;rz 2025
10:15<br><b>An:</b> Jane<br>
<b>Betreff:</b> RE: Printer</div><div>Old words.</div>"""

APPLE = """<html><body>New words.<div><br></div><div>Sent from my iPhone</div><div><br><blockquote
type="cite">
On 3. Mar 2025, at 10:15, Help &lt;help@y.example&gt; wrote:<br><br></blockquote></div><blockquote
type="cite">
<div>Old words.</div></blockquote></body></html>"""

THUNDERBIRD = """<p>New words.</p><pre class="moz-signature" cols="72">--
Jane</pre><div class="moz-cite-prefix">Am 03.03.25 um 10:15 schrieb Help:<br></div>
<blockquote type="cite" cite="mid:abc@x"><p>Old words.</p></blockquote>"""

YAHOO = """<div class="ydp1yahoo-style-wrap"><div>New words.</div></div><div id="ydp2yahoo_quoted_1"
class="ydp2yahoo_quoted"><div><div>On Monday, 3 March 2025 at 10:15:00 CET, Help
&lt;help@y.example&gt; wrote:</div>
<div>Old words.</div></div></div>"""

PROTON = """<div>New words.</div><div class="protonmail_signature_block"><div>Sent with
<a href="https://proton.me/">Proton Mail</a> secure email.</div></div><div
class="protonmail_quote">On Monday, March
3rd, 2025 at 10:15, Help &lt;help@y.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">
<div>Old words.</div></blockquote></div>"""

NOTES = """<font size=2>New words.</font><br><br><font size=1 color=#5f5f5f>Von: &nbsp;</font><font size=1>
Help &lt;help@y.example&gt;</font><br><font size=1>An: &nbsp; Jane</font><br><font size=1>Datum:
03.03.2025 10:15</font><br>
<font size=1>Betreff: AW: x</font><br><hr noshade><br>Old words."""

UNMARKED = """<p>New words.</p><p>Il 03/03/2025 10:15, Jane Doe ha scritto:</p><p>&gt; Old words.</p>"""

ROUNDCUBE = """<p>New words.</p><p id="reply-intro">Am 2025-03-03 10:15, schrieb
Help:</p><blockquote type="cite"
style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0"><div>Old words.</div></blockquote>"""

ZOHO = """<div>New words.</div><br><div class="zmail_extra"><div id="Zm-_Id_-Sgn1">---- On Mon, 03 Mar 2025
10:15:00 +0530 <b>Help</b> wrote ----</div><br><blockquote style="margin:0px"><div>Old
words.</div></blockquote></div>"""

YANDEX = """<div>New words.</div><div>03.03.2025, 10:15, "Help" &lt;help@y.example&gt;:</div><blockquote>
<div>Old words.</div></blockquote>"""

QQ = """<div>New words.</div><div>------------------&nbsp;原始邮件&nbsp;------------------</div><div>
<b>发件人:</b> Help &lt;help@y.example&gt;</div><div><b>发送时间:</b> 2025年3月3日 10:15</div>
<div><b>主题:</b> Re: x</div><div>Old words.</div>"""

NETEASE = """<div>New words.</div><br>At 2025-03-03 10:15:00, "Help" &lt;help@y.example&gt; wrote:<br>
<blockquote id="isReplyContent" style="PADDING-LEFT:1ex;BORDER-LEFT:#ccc 1px solid">Old words.</blockquote>"""

GMX = """<div>New words.</div><div name="quote" style="border-left:2px solid #C3D9E5"><div><b>Gesendet:</b>
Montag, 3. März 2025 um 10:15 Uhr<br><b>Von:</b> "Help" &lt;help@y.example&gt;<br><b>An:</b>
jane@x.example<br><b>Betreff:</b> AW: x</div><div name="quoted-content">Old words.</div></div>"""

SAMSUNG = """<div>New words.</div><div><br></div><div>Von meinem Galaxy gesendet</div><div><br></div>
<div>-------- Ursprüngliche Nachricht --------</div><div>Von: Help &lt;help@y.example&gt; </div><div>Datum:
03.03.25 10:15 (GMT+01:00) </div><div>An: jane@x.example </div><div>Betreff: AW: x </div>
<div>Old words.</div>"""

SPARK = """<div name="messageBodySection"><div>New words.</div></div><div
name="messageSignatureSection"><div>Jane Doe<br>ACME</div></div><div name="messageReplySection">On 3 Mar 2025,
10:15 +0100, Help &lt;help@y.example&gt;, wrote:<br><blockquote type="cite"
style="border-left-color: grey; border-left-style: solid"><div>Old words.</div></blockquote></div>"""

TUTA = """<div>New words.</div><br><div>3 Mar 2025, 10:15 by help@y.example:<br></div><blockquote
class="tutanota_quote" style="border-left: 1px solid #93A3B8"><div>Old words.</div></blockquote>"""

FRONT = """<div>New words.</div><div class="front-signature">Jane</div><div>On March 3, 2025 at 10:15 AM GMT+1
help@y.example wrote:<br></div><blockquote class="front-blockquote"><div>Old words.</div></blockquote>"""

OPEN_XCHANGE = """<div>New words.</div><div class="io-ox-signature"><p>Jane Doe</p></div><blockquote
type="cite"><div>Help &lt;help@y.example&gt; hat am 03.03.2025 10:15 CET geschrieben:</div><div>Old
words.</div></blockquote>"""

ZIMBRA = """<div>New words.</div><hr id="zwchr" data-marker="__DIVIDER__"><div><b>De:
</b>"Help" &lt;help@y.example&gt;<br><b>Envoy&eacute;: </b>Lundi 3 Mars 2025 10:15:00<br><b>Objet: </b>x</div>
<div>Old words.</div>"""

HOTMAIL = """<div>New words.<br><br><hr id="stopSpelling">Gwrthrych: x<br>Oddi wrth: help@y.example<br><br>Old
words.</div>"""

OUTLOOK_IN_WELSH = OUTLOOK.replace("From", "Oddi wrth").replace("Sent", "Anfonwyd").replace("Subject", "Pwnc")

WITH_LOGO = """<div>New words.</div><blockquote type="cite"><p>Hello.</p><img alt="Logo"
src="https://x.example/logo.png"><p>Hello.</p><img src="cid:a" alt="shot"><p>Old words.</p></blockquote>"""

PROGRAMS = {
	"Gmail": GMAIL,
	"Outlook": OUTLOOK,
	"Outlook on the web": OUTLOOK_WEB,
	"Apple Mail": APPLE,
	"Thunderbird": THUNDERBIRD,
	"Yahoo": YAHOO,
	"Proton": PROTON,
	"Notes": NOTES,
	"Roundcube": ROUNDCUBE,
	"Zoho": ZOHO,
	"Yandex": YANDEX,
	"QQ": QQ,
	"NetEase": NETEASE,
	"GMX": GMX,
	"Samsung": SAMSUNG,
	"Spark": SPARK,
	"Tuta": TUTA,
	"Front": FRONT,
	"Open-Xchange": OPEN_XCHANGE,
	"Zimbra": ZIMBRA,
	"old Hotmail": HOTMAIL,
	"Outlook in a language we do not know": OUTLOOK_IN_WELSH,
	"a program that quotes pictures": WITH_LOGO,
	"a program that marks nothing": UNMARKED,
}


@pytest.mark.parametrize("html", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_the_history_of_every_program_is_folded(html):
	made = shown(html).html
	assert kept_text(made) == "New words."
	assert folded_text(made).endswith("Old words.")


def test_answers_between_the_quotes_stay_seen():
	made = shown("""<div>Hi,<br><div class="gmail_quote"><div class="gmail_attr">On Mon, 3 Mar 2025
	at 10:15, Help
	&lt;help@y.example&gt; wrote:<br></div><blockquote class="gmail_quote" style="border-left:1px
	solid">Question one
	</blockquote><div>Answer one</div><blockquote class="gmail_quote" style="border-left:1px
	solid">Question two
	</blockquote><div>Answer two</div></div></div>""").html
	assert kept_text(made) == "Hi, Question one Answer one Question two Answer two"


def test_an_answer_under_the_quote_stays_seen():
	made = shown("""<div class="moz-cite-prefix">Am 03.03.25 um 10:15 schrieb Help:<br></div>
	<blockquote type="cite"><p>Old words.</p></blockquote><p>The answer.</p>""").html
	assert kept_text(made) == "The answer."


def test_what_is_typed_behind_the_signature_under_a_quote_stays_seen():
	made = shown(
		GMAIL.replace(
			"</blockquote></div>",
			"</blockquote></div>--<br><div class=gmail_signature>Jane"
			"</div><div>We also need two more of them by Friday.</div>",
		)
	).html
	assert "We also need two more of them by Friday." in kept_text(made)


def test_answers_that_are_announced_in_outlooks_history_stay_seen():
	made = shown(OUTLOOK.replace("New words.", "See my answers in red.")).html
	assert folded_text(made) == ""


def test_a_forwarded_message_is_content():
	made = shown("""<div>FYI<br><br><div class="gmail_quote"><div class="gmail_attr">----------
	Forwarded message
	---------<br>From: <strong>Bob</strong> &lt;bob@z.example&gt;<br>Date: Mon, 3 Mar
	2025<br>Subject: Hello<br>To:
	&lt;jane@x.example&gt;<br></div><br><div>The content.</div></div></div>""").html
	assert folded_text(made) == ""


def test_a_mail_whose_subject_says_forwarded_is_content():
	assert folded_text(shown(OUTLOOK, subject="WG: Drucker").html) == ""


def test_an_indented_paragraph_is_no_quote():
	made = shown("""<div>Please see:</div><blockquote style="margin:0 0 0 40px;border:none;padding:0px">
	<div>1. open</div><div>2. close</div></blockquote>""").html
	assert folded_text(made) == ""


def test_a_mail_that_is_all_quote_stays_seen():
	assert kept_text(shown('<blockquote type="cite">All there is</blockquote>').html) == "All there is"


def test_a_picture_among_the_new_words_is_not_folded_away():
	made = shown("New.<div><img src='https://x.example/shot.png' alt='shot'></div>" + THUNDERBIRD).html
	assert "[Image: shot]" in kept_text(made)


def test_history_is_folded_for_a_viewer_that_folds_and_for_one_that_does_not():
	from helpdesk_mailchannel.mailcore.compose.body import body
	from helpdesk_mailchannel.mailcore.settings import Limits
	from tests.core.compose.build import message

	for_desk = body(message(html=GMAIL), Limits()).html
	for_helpdesk = body(message(html=GMAIL), Limits(), viewer_folds=True).html
	assert '<details class="mail-history"><div class="gmail_quote">' in for_desk
	assert "<details" not in for_helpdesk
	assert for_helpdesk.count('<div class="gmail_quote">') == 1


PARTS = st.sampled_from(
	[
		*PROGRAMS.values(),
		"<p>words</p>",
		"<div>",
		"</div>",
		"<blockquote type=cite>",
		"</blockquote>",
		"<table><tr><td>cell",
		"</td></tr></table>",
		"<b><i>loud",
		"</b>",
		"<br>",
		"<div class=gmail_quote>",
		"<pre>a\n  b\n</pre>",
		"&lt;x&gt; &amp; \u00a0",
	]
)


@given(st.lists(PARTS, max_size=8).map("".join))
def test_no_word_is_lost_or_moved_by_folding(html):
	"""The same body with folding switched off, by its subject, has the same words in the same order."""
	assert words(shown(html).html) == words(shown(html, subject="Fwd: x").html)


def words(html: str) -> str:
	return f"{kept_text(html.replace('<details', '<p').replace('</details>', ''))}"
