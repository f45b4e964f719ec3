"""Administrators' regular expressions."""

import pytest

from helpdesk_mailchannel.mailcore.compose.pattern import check_pattern, search


@pytest.mark.parametrize(
	"pattern, found",
	[
		(r"Order (?P<value>\d+)", "4711"),
		(r"(Order) (?P<value>\d+)", "4711"),
		(r"Order (\d+)", "4711"),
		(r"Order \d+", "Order 4711"),
		(r"^Name: (\w+)", "Müller"),
		(r"(?i)name: ([\w-]+)", "Müller-Lüdenscheidt"),
		(r"Missing (\d+)", ""),
	],
)
def test_the_value_is_the_named_group_else_the_first_else_the_whole(pattern, found):
	assert search(pattern, "Hello\nName: Müller-Lüdenscheidt\nOrder 4711") == found


@pytest.mark.parametrize(
	"pattern, words",
	[
		("", "Enter"),
		("(a", "missing )"),
		("(?=a)b", "look-around"),
		(r"(a)\1", "back-references"),
		("(?:(?:a{500}){500}){500}", "repetition"),
		("a" * 2000, "longer"),
	],
)
def test_what_is_wrong_with_a_pattern_is_said(pattern, words):
	assert words in (check_pattern(pattern) or "")
	assert search(pattern, "aaaa") == ""


def test_a_sound_pattern_has_nothing_wrong():
	assert check_pattern(r"(?P<value>[A-Z]{2}-\d+)") is None
