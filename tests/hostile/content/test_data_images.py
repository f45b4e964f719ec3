"""Pictures written into the HTML itself: real ones become files, anything else is gone."""

from __future__ import annotations

from base64 import b64encode

import pytest

from tests.hostile.measure import measure
from tests.hostile.whole import HTML_HEAD, shown

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 60
PAGE = b"<html><script>alert(1)</script></html>"


def image(content: bytes, kind: str = "png") -> bytes:
	return f"<img src='data:image/{kind};base64,".encode() + b64encode(content) + b"'>"


@pytest.mark.parametrize("kind", ["png", "svg+xml", "x-icon"])
def test_a_page_that_calls_itself_a_picture_is_gone(kind: str) -> None:
	mail = shown(HTML_HEAD + b"<p>Hello</p>" + image(PAGE, kind))
	assert "<img" not in mail.html
	assert "data:" not in mail.html
	assert [file.name for file in mail.files] == ["message.eml"]


def many_small_ones() -> bytes:
	return HTML_HEAD + image(PNG) * 10_000


def one_large_one() -> bytes:
	return HTML_HEAD + image(PNG + b"\0" * 1_400_000)


def broken_ones() -> bytes:
	return HTML_HEAD + b"<img src='data:image/png;base64,A'>" * 20_000


def shown_images(octets: bytes) -> list[int]:
	mail = shown(octets)
	return [mail.html.count("<img"), len(mail.files)]


@pytest.mark.parametrize("build", [many_small_ones, one_large_one, broken_ones])
def test_they_are_kept_within_bounds(build) -> None:
	measured = measure(shown_images, build)
	measured.assert_harmless()
	shown, kept = measured.result
	assert shown <= kept <= 51
