"""The channel's own exclusion words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk_mailchannel.mailcore.model import Accept
from helpdesk_mailchannel.mailcore.reasons import Reason
from helpdesk_mailchannel.mailcore.screen.chain import screen


@pytest.mark.parametrize(
	("keyword", "subject"),
	[
		("webinar", "Our WEBINAR on Friday"),
		("special offer", "A special  offer for you"),
		("[spam]", "[SPAM] Buy now"),
		("Straße", "Neue STRASSE gesperrt"),
		("重要", "【重要】お知らせ"),
		("ด่วน", "เรื่องด่วนมาก"),
		("ＳＡＬＥ", "Great sale!"),
		("50%", "Save 50% today"),
	],
)
def test_keyword_in_the_subject(keyword, subject, person, facts, policy):
	screening = screen(person(subject=subject), facts, replace(policy, keywords=(keyword,)))
	assert screening.reason is Reason.KEYWORD
	assert keyword in screening.detail


@pytest.mark.parametrize(
	("keyword", "subject"),
	[("sale", "Wholesale prices"), ("art", "Artikel fehlt"), ("", "Anything"), ("  ", "Any thing")],
)
def test_keyword_inside_another_word_or_empty_is_none(keyword, subject, person, facts, policy):
	screening = screen(person(subject=subject), facts, replace(policy, keywords=(keyword,)))
	assert isinstance(screening, Accept)


def test_keyword_in_the_text(person, facts, policy):
	message = person(text="This is an automated\nmessage. Do not reply.")
	screening = screen(message, facts, replace(policy, keywords=("automated message",)))
	assert screening.detail == "Its text contains “automated message”."


def test_keyword_in_quoted_lines_does_not_count(person, facts, policy):
	message = person(text="Please send me the price.\n\n> Our webinar on Friday\n> costs nothing")
	assert isinstance(screen(message, facts, replace(policy, keywords=("webinar",))), Accept)


def test_keyword_in_html_is_what_people_see(person, facts, policy):
	html = "<style>.webinar{color:red}</style><p title='webinar'>Join&nbsp;our <b>meet</b>ing</p>"
	message = person(text=None, html=html)
	assert isinstance(screen(message, facts, replace(policy, keywords=("webinar",))), Accept)
	assert screen(message, facts, replace(policy, keywords=("join our",))).reason is Reason.KEYWORD


def test_keyword_search_takes_heavy_html_in_one_pass(person, facts, policy):
	message = person(text=None, html="<" * 1_000_000 + "<style>" * 50_000)
	assert isinstance(screen(message, facts, replace(policy, keywords=("webinar",))), Accept)
