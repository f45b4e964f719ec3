"""Domains are compared as A-labels, made one way by whoever makes them."""

from __future__ import annotations

import pytest

from helpdesk_mailchannel.mailcore.outside.domains import a_labels


@pytest.mark.parametrize(
	("written", "a_label"),
	[
		("Example.COM", "example.com"),
		(" bücher.example ", "xn--bcher-kva.example"),
		("straße.example", "xn--strae-oqa.example"),
		("例え.example", "xn--r8jz45g.example"),
		("bücher。example", "xn--bcher-kva.example"),
		("xn--bcher-kva.example", "xn--bcher-kva.example"),
		("a\u2028b.example", ""),
		("ü" * 70 + ".example", ""),
		("", ""),
	],
)
def test_a_domain_has_one_form(written: str, a_label: str) -> None:
	assert a_labels(written) == a_label
