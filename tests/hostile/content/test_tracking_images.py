"""Images that tell their sender who reads and when: none is loaded by itself."""

from __future__ import annotations

import pytest

from tests.hostile.measure import measure
from tests.hostile.whole import HTML_HEAD, shown

BEACON = "https://track.example/open/"


@pytest.mark.parametrize(
	"image",
	[
		f"<img src='{BEACON}1' width=1 height=1>",
		f"<img src='{BEACON}1' width='1px' height='0'>",
		f"<img src='{BEACON}1' style='display:none'>",
		f"<div style='background-image:url({BEACON}1)'>x</div>",
		f"<table background='{BEACON}1'><tr><td>x</td></tr></table>",
		f"<body background='{BEACON}1'>x</body>",
		f"<input type=image src='{BEACON}1'>",
		f"<video poster='{BEACON}1'></video>",
		f"<link rel=prefetch href='{BEACON}1'>",
		f"<bgsound src='{BEACON}1'>",
	],
)
def test_what_is_not_seen_is_not_kept(image: str) -> None:
	assert "track.example" not in shown(HTML_HEAD + f"<p>Hello</p>{image}".encode()).html


@pytest.mark.parametrize(
	"image",
	[
		f"<img src='{BEACON}1'>",
		f"<img srcset='{BEACON}2 2x' src='{BEACON}1' loading=eager>",
		f"<picture><source srcset='{BEACON}2'><img src='{BEACON}1'></picture>",
	],
)
def test_what_is_seen_waits_to_be_asked_for(image: str) -> None:
	html = shown(HTML_HEAD + f"<p>Hello</p>{image}".encode()).html
	assert "<img" not in html
	assert f'data-src="{BEACON}1"' in html


def twelve_thousand() -> bytes:
	return HTML_HEAD + b"".join(b"<img src='https://track.example/%d'>" % number for number in range(12_000))


def images_loaded(octets: bytes) -> int:
	return shown(octets).html.count("<img")


def test_very_many_are_held_back_in_time() -> None:
	measured = measure(images_loaded, twelve_thousand)
	measured.assert_harmless()
	assert measured.result == 0
