"""What the engine's values say of themselves."""

from __future__ import annotations

from email.utils import getaddresses

import pytest

from helpdesk_mailchannel.mailcore.model import Address


@pytest.mark.parametrize(
	("name", "readable"),
	[
		("", "a@x.example"),
		("Händler", "Händler <a@x.example>"),
		("Юлия", "Юлия <a@x.example>"),
		("Doe, Jane", '"Doe, Jane" <a@x.example>'),
		("Müller, Jürgen", '"Müller, Jürgen" <a@x.example>'),
		('Jane "J" Doe', '"Jane \\"J\\" Doe" <a@x.example>'),
		("Jane\\", '"Jane\\\\" <a@x.example>'),
		("Jane (Support)", '"Jane (Support)" <a@x.example>'),
		("b@y.example", '"b@y.example" <a@x.example>'),
		("Jane; Bob", '"Jane; Bob" <a@x.example>'),
		("Dr. No", '"Dr. No" <a@x.example>'),
		("O'Neill", "O'Neill <a@x.example>"),
	],
)
def test_an_address_is_readable_and_can_be_read_again(name: str, readable: str) -> None:
	address = Address("a@x.example", name)
	assert address.readable == readable
	assert getaddresses([f"{readable}, c@z.example"]) == [(name, "a@x.example"), ("", "c@z.example")]
