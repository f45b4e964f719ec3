"""Pictures written into the HTML itself."""

from base64 import b64encode

from helpdesk_mailchannel.mailcore.compose.images import pulled_out
from helpdesk_mailchannel.mailcore.model import Disposition
from tests.core.compose.build import PNG, shown


def test_a_pasted_screenshot_becomes_an_inline_file():
	data = b64encode(PNG).decode()
	made = shown(f'<p>See <img alt="s" src="data:image/png;base64,{data}"></p>')
	assert '<img src="cid:data-1" alt="s">' in made.html
	(file,) = made.files
	assert (file.name, file.content, file.disposition) == ("picture-1.png", PNG, Disposition.INLINE)


def test_a_large_screenshot_does_not_make_the_html_too_heavy():
	data = b64encode(PNG + b"\0" * 3_000_000).decode()
	made = shown(f'<p>See <img src="data:image/png;base64,{data}"></p>')
	assert "too heavy" not in made.html
	assert len(made.files) == 1


def test_nothing_but_a_real_picture_is_pulled_out():
	page = b64encode(b"<html><script>alert(1)</script>").decode()
	html, files = pulled_out(f'<img src="data:image/png;base64,{page}">')
	assert files == ()
	assert "data:" not in html


def test_broken_data_is_dropped():
	assert pulled_out('<img src="data:image/png;base64,A===A">')[1] == ()
