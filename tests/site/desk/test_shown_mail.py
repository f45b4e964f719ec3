"""What people see: every message of our corpus, through a real mailbox, on a real site.

One poll files the whole corpus by a channel that turns away as little as a channel can; then each message is
looked at by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from devkit.inside import tidy
from helpdesk_mailchannel.mailcore.compose.draft import compose
from helpdesk_mailchannel.mailcore.model import (
	Accept,
	Disposition,
	MailDraft,
	NewTicket,
	RawMessage,
	RemoteRef,
)
from helpdesk_mailchannel.mailcore.outside.plain_text import plain_text
from helpdesk_mailchannel.mailcore.parse.message import parse
from helpdesk_mailchannel.mailcore.settings import ChannelSettings
from helpdesk_mailchannel.ticketing.settings import channel_settings
from tests.site.polling import active_channel, receive

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
NAMES = sorted(path.stem for path in CORPUS.glob("*.eml"))
OPEN_TO_ALL = {
	"exclude_automatic_mail": 0,
	"mailing_lists": "File as Ticket",
	"list_unsubscribe": "Never Bulk By Itself",
	"per_sender_hourly_limit": 0,
}
NOT_FILED = {
	"024-newsletter-with-list-id": "duplicate",
	"025-newsletter-with-precedence-only": "duplicate",
	"048-bounce-without-sender": "no_sender",
	"068-two-from-headers": "ambiguous_sender",
	"069-two-authors-in-one-from": "ambiguous_sender",
	"070-no-from": "no_sender",
	"071-from-without-an-address": "no_sender",
}
"""Who wrote these is unknown, or they differ from another message in nothing but header fields."""
FILED = [name for name in NAMES if name not in NOT_FILED]
NOW = datetime(2026, 3, 2, 10, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Shown:
	"""A message of the corpus on the site: its receipt, its Communication, and what compose made of it."""

	receipt: Any
	communication: Any
	draft: MailDraft | None
	files: list[Any]
	urls: frozenset[str] = frozenset()
	"""Addresses of the ticket's own records of the files: those an agent may open."""


@pytest.fixture(scope="module")
def corpus(connected_site, dovecot):
	"""The whole corpus, filed, by name."""
	frappe = connected_site
	frappe.set_user("Administrator")
	start = tidy.mark()
	mailbox = dovecot.new_mailbox()
	channel = active_channel(mailbox, **OPEN_TO_ALL)
	uids = {mailbox.append("INBOX", (CORPUS / f"{name}.eml").read_bytes()): name for name in NAMES}
	# As the server gives them: it may keep odd octets in a way of its own.
	octets = {uids[message.uid]: message.octets for message in mailbox.messages("INBOX")}
	receive(channel)
	receipts = frappe.get_all("Email Channel Message", {"channel": channel.name}, ["*"])
	settings = channel_settings(channel)
	yield {
		uids[int(receipt.uid)]: _shown(frappe, receipt, octets[uids[int(receipt.uid)]], settings)
		for receipt in receipts
	}
	frappe.db.rollback()
	frappe.set_user("Administrator")
	tidy.back_to(start)
	dovecot.remove_mailbox(mailbox)


def _shown(frappe: Any, receipt: Any, octets: bytes, settings: ChannelSettings) -> Shown:
	raw = RawMessage(RemoteRef("INBOX", 1, "1", 0), octets)
	message = parse(raw, settings.limits, now=NOW, time_zone=settings.time_zone)
	if not receipt.communication:
		return Shown(receipt, None, None, [])
	on_ticket = {"attached_to_doctype": receipt.ticket_doctype, "attached_to_name": receipt.ticket}
	records = frappe.get_all("File", on_ticket, ["file_url", "name"])
	attached = {"attached_to_doctype": "Communication", "attached_to_name": receipt.communication}
	return Shown(
		receipt,
		frappe.get_doc("Communication", receipt.communication),
		compose(message, Accept(), NewTicket(), settings, now=NOW).mail,
		[frappe.get_doc("File", name) for name in frappe.get_all("File", attached, pluck="name")],
		frozenset(f"{record.file_url}?fid={record.name}" for record in records),
	)


def test_every_message_has_one_fate(corpus):
	assert sorted(corpus) == NAMES
	assert {each.receipt.state for each in corpus.values()} == {"Settled"}
	fates = {name: each.receipt.reason_code for name, each in corpus.items() if not each.communication}
	assert fates == NOT_FILED


def test_every_filed_message_has_one_communication(corpus):
	filed = [corpus[name].communication for name in FILED]
	assert len({each.name for each in filed}) == len(FILED)
	for name in FILED:
		each = corpus[name]
		assert (each.communication.reference_doctype, each.communication.reference_name) == (
			each.receipt.ticket_doctype,
			each.receipt.ticket,
		)


@pytest.mark.parametrize("name", FILED)
def test_nothing_of_it_is_lost_on_the_way_to_the_screen(corpus, name):
	shown = corpus[name]
	content = shown.communication.content
	assert _seen(content) == _seen(shown.draft.html)
	for mark in (
		"<details",
		"<blockquote",
		"<table",
		"<a ",
		"mail-remote-image",
		"mail-missing-image",
		"<img",
	):
		assert content.count(mark) == shown.draft.html.count(mark), mark
	assert not re.search(r"<[^>]*cid:", content)


@pytest.mark.parametrize("name", FILED)
def test_its_text_is_kept_for_search_and_notifications(corpus, name):
	shown = corpus[name]
	assert shown.communication.text_content == plain_text(shown.draft.text)
	assert shown.communication.text_content.strip()


@pytest.mark.parametrize("name", FILED)
def test_its_files_are_private_and_whole(corpus, name):
	shown = corpus[name]
	assert len(shown.files) == len(shown.draft.files)
	assert all(file.is_private for file in shown.files)
	assert sorted(_octets(file) for file in shown.files) == sorted(file.content for file in shown.draft.files)


@pytest.mark.parametrize("name", FILED)
def test_its_inline_images_are_its_own_files(corpus, name):
	shown = corpus[name]
	inline = [file for file in shown.draft.files if file.disposition is Disposition.INLINE]
	sources = set(re.findall(r'\ssrc="([^"]*)"', shown.communication.content))
	assert sources <= shown.urls
	assert len(sources) >= len(inline)


def test_an_address_in_angle_brackets_is_on_the_screen(corpus):
	content = corpus["104-angle-brackets-in-plain-text"].communication.content
	assert "&lt;user@example.com&gt;" in content


def test_the_issues_description_shows_the_inline_images_too(corpus, connected_site):
	shown = corpus["003-apple-mail-inline-pictures"]
	description = connected_site.db.get_value("Issue", shown.receipt.ticket, "description")
	assert "cid:" not in description
	assert [url for url in shown.urls if url in description]


def _seen(html: str) -> list[str]:
	return unescape(re.sub(r"<[^>]*>", " ", html)).split()


def _octets(file: Any) -> bytes:
	return Path(file.get_full_path()).read_bytes()
