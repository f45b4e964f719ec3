"""What arrives as a file never runs in the site's origin, and never leads to another ticket's file."""

from __future__ import annotations

import gzip
import itertools
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error

from tests.attack.letters import attached, message, octets, word
from tests.attack.watch import FIGURES
from tests.site.polling import active_channel

PAGE = "<html><body><script>ran({n})</script><img src=x onerror=ran({n})></body></html>"
XML = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>ran({n})</script></html>'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="ran({n})"><script>ran({n})</script></svg>'
STYLED = (
	'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#s"?><x:stylesheet id="s" version="1.0" '
	'xmlns:x="http://www.w3.org/1999/XSL/Transform"><x:template match="/"><script xmlns='
	'"http://www.w3.org/1999/xhtml">ran({n})</script></x:template></x:stylesheet>'
)
MHTML = (
	"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
	"Content-Type: text/html\r\n\r\n<script>ran({n})</script>\r\n--b--\r\n"
)
LATE = " " * 5000 + PAGE
"""A page that begins after what is looked at to find out what a file is."""

CONTENTS = {
	"html htm shtml shtm phtml php hta htc stm htx asp jsp jhtml dhtml HTML HtM": PAGE,
	"xhtml xht xhtm xml xsl xslt xpdl rdf rss atom kml gpx mml wsdl xul dtd ent opf XHTML XmL": XML,
	"svg svgz SVG SVGZ sVg": SVG,
	"xml xsl xslt": STYLED,
	"mht mhtml MHT eml": MHTML,
	"js mjs cjs json webmanifest manifest appcache": "ran({n})",
	"swf pdf png jpg gif ico bmp webp mp4 webm txt csv log md doc zip vcf ics dat bin jpe odt ttf wasm": PAGE,
	"png pdf gif txt csv json webp": XML,
	"jpg webp md yaml avif": SVG,
	"html xhtml png unknownextension": LATE,
}
COMPRESSED = (
	"svg.gz",
	"html.gz",
	"xhtml.gz",
	"svgz",
	"SVG.GZ",
	"html.br",
	"xml.bz2",
	"html.xz",
	"html.Z",
	"png.gz",
)
NAMES = (
	"page",
	"page.",
	"page.html.",
	"page.html...",
	"page.html ",
	"page.html .",
	"page.html\u00a0",
	"page.html\u200b",
	"page.html;.png",
	"page.html\x00.png",
	"page.png.html",
	"page.html.png",
	"page.html.unknown",
	"page.xhtml.x-y",
	"page.h\u200dtml",
	"page.\u202elmth",
	"page.html?x=.png",
	"page.html#.png",
	"page.html%00.png",
	"page.html%2e",
	"page.htm\u013a",
	"page.ｈｔｍｌ",
	".html",
	".svg",
	"con.html",
	"page.html::$DATA",
	"page.html/",
	"a/page.html",
	"..\\page.svg",
	"page.html\r\nContent-Type: text/html",
	"x" * 200 + ".html",
	"x" * 130 + ".html.png",
)
OTHERS = (
	"%63ontract.pdf",
	"c%6fntract.pdf",
	"%2563ontract.pdf",
	"contract%2epdf",
	"contract.pdf%20",
	"contract.pdf#x.pdf",
	"contract.pdf?x.pdf",
	"contract.pdf;x.pdf",
	"..%2f..%2fcontract.pdf",
	"..%2fprivate%2ffiles%2fcontract.pdf",
	"%2e%2e%2fcontract.pdf",
	"..%5ccontract.pdf",
	"../contract.pdf",
	"/private/files/contract.pdf",
	"contract.pdf",
	"CONTRACT.PDF",
	"contract.pdf.",
	"contract&#46;pdf",
	"con\u00adtract.pdf",
	"ｃontract.pdf",
)
"""Names that might mean `contract.pdf`, which is on somebody else's ticket."""
SECRET = b"%PDF-1.4 only for the other customer"


def made() -> list[tuple[str, bytes]]:
	"""Every file, its content numbered."""
	numbers = itertools.count()
	files = [
		(f"page.{extension}", content.format(n=next(numbers)).encode())
		for extensions, content in CONTENTS.items()
		for extension in extensions.split()
	]
	files += [(f"packed.{each}", gzip.compress(SVG.format(n=next(numbers)).encode())) for each in COMPRESSED]
	files += [(name, PAGE.format(n=next(numbers)).encode()) for name in NAMES]
	return files


@pytest.fixture(scope="module")
def filed(connected_site, dovecot):
	"""The files on tickets, 25 a mail, and among them those whose names might mean another ticket's."""
	from devkit.inside import tidy
	from helpdesk_mailchannel.ticketing.polling.job import poll

	frappe = connected_site
	start = tidy.mark()
	frappe.set_user("Administrator")
	mailbox = dovecot.new_mailbox()
	try:
		other = frappe.get_doc(
			{"doctype": "Issue", "subject": "Other", "raised_by": "o@other.example"}
		).insert()
		values = {"attached_to_doctype": "Issue", "attached_to_name": other.name, "is_private": 1}
		frappe.get_doc({"doctype": "File", "file_name": "contract.pdf", "content": SECRET, **values}).insert()
		channel = active_channel(mailbox, channel_name="Files")
		files = [*made(), *((name, f"%PDF-1.4 mine {name}".encode()) for name in OTHERS)]
		mailbox.append_many(
			"INBOX", [letter(number, *batch) for number, batch in enumerate(batches(files, 25))]
		)
		while mailbox.folders()["INBOX"]:
			poll(channel.name)
			frappe.db.rollback()
		yield frappe.get_all("Issue", {"email_channel": "Files"}, pluck="name", order_by="creation")
	finally:
		frappe.db.rollback()
		frappe.set_user("Administrator")
		tidy.back_to(start)
		dovecot.remove_mailbox(mailbox)


def batches(files, size):
	return [files[start : start + size] for start in range(0, len(files), size)]


def letter(number, *files):
	"""A mail with these files; every second one is called what it pretends to be, others plain octets."""
	headers = [
		f"From: Jane <jane-{number}@customer.example>",
		"To: support@desk.example",
		f"Subject: Files {number}",
		f"Message-ID: <files-{number}@customer.example>",
	]
	kinds = itertools.cycle(("text/html", "application/octet-stream", "image/svg+xml", "image/png"))
	parts = [attached(f'filename="{word(name)}"', content, next(kinds)) for name, content in files]
	return message(headers, attached("", octets("See the files."), "text/plain"), *parts)


class Opened:
	"""A browser on the site, in which every file is opened."""

	def __init__(self, context, home):
		self.home, self.ran, self.count = urlsplit(home).netloc, [], 0
		self.context = context
		context.expose_binding("ran", self._ran)
		context.on("dialog", lambda dialog: dialog.accept())

	def _ran(self, source, number=None):
		self.ran.append((source["frame"].url, number))


@pytest.fixture
def opened(browser, web, filed):
	context = browser.new_context(base_url=web.url, accept_downloads=True)
	answer = context.request.post(
		"/api/method/login", form={"usr": "Administrator", "pwd": web.platform.admin_password}
	)
	assert answer.ok
	yield Opened(context, web.url)
	context.close()


def urls_of(site, issues):
	rows = site.get_all(
		"File", {"attached_to_name": ["in", issues]}, ["name", "file_url"], order_by="creation"
	)
	assert len(rows) > 100
	return rows


def test_no_file_runs_when_its_address_is_opened(connected_site, filed, opened):
	page = opened.context.new_page()
	rows = urls_of(connected_site, filed)
	for row in rows:
		for address in (row.file_url, f"{row.file_url}?fid={row.name}"):
			try:
				page.goto(address, wait_until="load")
			except Error as error:
				assert "Download is starting" in str(error) or "ERR_ABORTED" in str(error), error
			opened.count += 1
	page.wait_for_timeout(300)
	FIGURES.append(
		f"Files: {len(rows)} stored, {opened.count} times opened by address; {len(opened.ran)} holes."
	)
	assert opened.ran == []


def test_no_file_runs_when_it_is_clicked(connected_site, filed, opened):
	page = opened.context.new_page()
	clicked = 0
	for name in filed:
		page.goto(f"/app/issue/{name}")
		page.locator(".new-timeline:visible .timeline-message-box a[target=_blank]").first.wait_for()
		links = page.locator(
			".form-attachments a.attachment-file-label, .timeline-message-box a[target=_blank]"
		)
		clicked += links.count()
		links.evaluate_all("all => all.forEach((each) => each.click())")
		page.wait_for_timeout(500)
		for popup in opened.context.pages:
			if popup is not page:
				popup.close()
	FIGURES.append(f"Files: {clicked} times opened by click; {len(opened.ran)} holes.")
	assert clicked > 100
	assert opened.ran == []


def test_no_name_leads_to_another_tickets_file(connected_site, filed, opened):
	rows = urls_of(connected_site, filed)
	for row in rows:
		assert opened.context.request.get(row.file_url).body() != SECRET, row
	page = opened.context.new_page()
	page.goto(f"/app/issue/{filed[-1]}")
	links = page.locator(".timeline-message-box a[target=_blank]")
	links.first.wait_for()
	for address in links.evaluate_all("all => all.map((each) => each.href)"):
		assert opened.context.request.get(address).body() != SECRET, address
