"""Names under which a browser runs nothing."""

from __future__ import annotations

import mimetypes

import pytest

from helpdesk_mailchannel.mailcore.compose.inert_names import inert_name

PAGE = b"<html><script>alert(1)</script></html>"
RUN = (
	"htm html shtml xhtml xht xhtm stm svg svgz xml xsl xslt xpdl rdf rss atom mathml mml xul xbl mht mhtml"
	" js mjs wsdl kml gpx swf hta htc vml dtd ent webarchive jnlp svg.gz html.gz html.br xhtml.bz2 html.gz.gz"
)


@pytest.mark.parametrize("extension", RUN.split())
@pytest.mark.parametrize("spelling", [str.lower, str.upper])
def test_a_page_gets_a_name_that_is_only_text(extension, spelling):
	name = inert_name(f"report.{spelling(extension)}", PAGE)
	assert name == f"report.{spelling(extension)}.txt"
	assert mimetypes.guess_type(name) == ("text/plain", None)


def test_one_that_is_no_text_is_only_octets():
	assert inert_name("film.swf", b"FWS\0\1") == "film.swf.bin"


@pytest.mark.parametrize("name", ["photo.png", "scan.pdf", "noname", "clip.mp4", "photo.png.gz"])
def test_a_page_that_calls_itself_a_picture_is_shown_as_text(name):
	assert inert_name(name, PAGE) == f"{name}.txt"


@pytest.mark.parametrize(
	"name",
	[
		"Angebot Nr. 7.pdf",
		"a.docx",
		"logs.tar.gz",
		"x.csv",
		"b.PNG",
		"mail.eml",
		"drawing.dwg",
		"README",
		"q.xlsx",
	],
)
def test_ordinary_files_keep_their_names(name):
	assert inert_name(name, b"%PDF-1.7 or whatever") == name


@pytest.mark.parametrize(
	"name, stored",
	[
		("%63ontract.pdf", "％63ontract.pdf"),
		("50% off #3.pdf", "50％ off ＃3.pdf"),
		("what?.pdf", "what？.pdf"),
		("&lt;b&gt;.pdf", "＆lt;b＆gt;.pdf"),
	],
)
def test_no_name_means_another_file(name, stored):
	assert inert_name(name, b"x") == stored
