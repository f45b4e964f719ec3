"""The watch sees what it is there for: each payload, where a page prints it without treatment."""

from __future__ import annotations

import html
import json

import pytest

from tests.attack.payloads import PAYLOADS, Marker
from tests.attack.watch import Watch

AS_TEXT = """<!doctype html><p>{}</p><p title='"'></p>"""
IN_AN_ATTRIBUTE = '<!doctype html><p title="{}">x</p>'
IN_QUOTES = "<!doctype html><p title='{}'>x</p>"
IN_A_LINK = '<!doctype html><a href="{}">x</a>'
CASES = [
	*((payload, AS_TEXT) for payload in PAYLOADS[:13]),
	*((payload, AS_TEXT) for payload in PAYLOADS[14:19]),
	*((html.unescape(payload), AS_TEXT) for payload in PAYLOADS[19:20]),
	(PAYLOADS[28], IN_AN_ATTRIBUTE),
	(PAYLOADS[29], IN_QUOTES),
	("javascript:ran({n})", IN_A_LINK),
	("<b>q1337q</b>", AS_TEXT),
]


@pytest.fixture
def opened(browser, web):
	"""A watched page on the site, and its watch."""
	watching = Watch(Marker(), web.url)
	context = browser.new_context(base_url=web.url)
	watching.over(context)
	page = context.new_page()
	page.goto("/api/method/ping")
	yield page, watching
	context.close()


@pytest.mark.parametrize(("payload", "template"), CASES)
def test_what_is_printed_raw_is_seen(opened, payload, template):
	page, watching = opened
	written = json.dumps(template.format(watching.marker.at(payload)("raw")))
	page.evaluate(f"document.open(); document.write({written}); document.close()")
	watching.look(page, "a page")
	assert watching.holes


def test_what_is_shown_as_text_is_no_hole(opened):
	page, watching = opened
	texts = [html.escape(watching.marker.at(payload)("text")) for payload in PAYLOADS[:40]]
	page.evaluate("html => { document.body.innerHTML = html; }", "<br>".join(texts))
	watching.look(page, "a page")
	assert not watching.holes
	assert len(watching.seen) > 30
