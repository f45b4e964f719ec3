"""Mail that holds a payload in every header and every part, as no mail program would write it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from urllib.parse import quote

Fill = Callable[[str], str]
"""Gives the payload for a place; each has a number of its own."""

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
PATTERN = "ref: (.+)"
"""What the channels look for in subject and body."""
HEADER = "X-Machine"
BOUNDARY = "=_attack"


def everywhere(fill: Fill, number: int) -> bytes:
	"""A message with a payload at each place that does not decide what becomes of it."""
	headers = [
		f"From: {word(fill('From: name'))} <jane-{number}@customer.example>",
		f"To: {word(fill('To: name'))} <support@desk.example>, {raw(fill('To: raw'))}",
		f"Cc: {word(fill('Cc: name'))} <colleague-{number}@customer.example>",
		f"Reply-To: {word(fill('Reply-To: name'))} <jane-{number}@customer.example>",
		f"Subject: {word(fill('Subject'))}",
		f"Message-ID: <{raw(fill('Message-ID'))}-{number}@customer.example>",
		f"In-Reply-To: <{raw(fill('In-Reply-To'))}>",
		f"References: <{raw(fill('References'))}> {raw(fill('References: bare'))}",
		f"Date: {raw(fill('Date'))}",
		f"{HEADER}: {word(fill('Header'))}",
		f"Organization: {word(fill('Organization'))}",
		f"X-Mailer: {raw(fill('X-Mailer'))}",
		f"Thread-Topic: {word(fill('Thread-Topic'))}",
		f"Sender: {word(fill('Sender: name'))} <jane-{number}@customer.example>",
		f"Return-Path: <{raw(fill('Return-Path'))}>",
		f"Importance: {raw(fill('Importance'))}",
		f"Received: from {raw(fill('Received'))} by mx.customer.example; Mon, 2 Mar 2026 09:30:00 +0000",
	]
	text = f"{fill('Text body')}\r\nref: {fill('Text body: pattern')}\r\n"
	html = f"<div><p>{fill('HTML body')}</p><p title='{fill('HTML body: attribute')}'>ref: x</p></div>"
	return message(
		headers,
		alternative(part("text/plain", text.encode("utf-8", "replace")), html_part(html)),
		attached(f'filename="{raw(fill("File name: plain"))}.txt"'),
		attached(f'filename="{word(fill("File name: RFC 2047"))}.txt"'),
		attached(f"filename*=UTF-8''{quote(octets(fill('File name: RFC 2231')))}.txt"),
		part(f'text/plain; name="{raw(fill("Content-Type: name"))}.txt"', b"x"),
		part(f'text/plain; charset="{raw(fill("Content-Type: charset"))}"', b"x"),
		part(f"{raw(fill('Content-Type: type'))}/{raw(fill('Content-Type: subtype'))}", b"x"),
		part(
			'image/gif; name="pixel.gif"',
			PIXEL,
			f"Content-ID: <{raw(fill('Content-ID'))}>",
			f"Content-Description: {word(fill('Content-Description'))}",
			f"Content-Location: {raw(fill('Content-Location'))}",
		),
		calendar(fill),
		nested(fill),
	)


def words_only(fill: Fill, number: int) -> bytes:
	"""A plain-text message: its text is all there is of the body."""
	headers = [
		f"From: {word(fill('From: name'))} <john-{number}@customer.example>",
		"To: support@desk.example",
		f"Subject: {raw(fill('Subject: raw'))}",
		f"Message-ID: <words-{number}@customer.example>",
		f"{HEADER}: {raw(fill('Header: raw'))}",
		"Content-Type: text/plain; charset=utf-8",
		"Content-Transfer-Encoding: 8bit",
	]
	return octets("\r\n".join([*headers, "", fill("Only a text body"), ""]))


def conversation(fill: Fill, number: int) -> bytes:
	"""A plain-text message that quotes another and is signed."""
	headers = [
		f"From: Joan <joan-{number}@customer.example>",
		f"To: {raw(fill('To: raw, with an address'))} <support@desk.example>",
		f"Subject: Conversation {number}",
		f"Message-ID: <conversation-{number}@customer.example>",
		"Content-Type: text/plain; charset=utf-8",
		"Content-Transfer-Encoding: 8bit",
		"",
		f"Thanks. {fill('Text')}",
		"",
		f"On Monday, {fill('Quoted name')} <jane@customer.example> wrote:",
		f"> {fill('Quoted text')}",
		"",
		"-- ",
		fill("Signature"),
		"",
	]
	return octets("\r\n".join(headers))


def from_address(fill: Fill, number: int) -> bytes:
	"""A message whose addresses are payloads."""
	headers = [
		f"From: {raw(fill('From: address'))}",
		f"To: {raw(fill('To: address'))}, support@desk.example",
		f"Cc: Jane {raw(fill('Cc: address'))}",
		f"Reply-To: {raw(fill('Reply-To: address'))}",
		f"Subject: Address {number}",
		f"Message-ID: <address-{number}@customer.example>",
	]
	return "\r\n".join(headers).encode() + b"\r\n\r\nIt smokes.\r\n"


def recipient_address(fill: Fill, number: int) -> bytes:
	"""A message that is filed, whose recipients are payloads."""
	headers = [
		f"From: Jim <jim-{number}@customer.example>",
		f"To: {raw(fill('To: address'))}, support@desk.example",
		f"Cc: {word(fill('Cc: name before an address'))} <{raw(fill('Cc: address'))}>",
		f"Subject: Recipients {number}",
		f"Message-ID: <recipient-{number}@customer.example>",
	]
	return "\r\n".join(headers).encode() + b"\r\n\r\nIt smokes.\r\n"


def delivery_report(fill: Fill, number: int, answered: str) -> bytes:
	"""A report (RFC 3464) that says that the message `answered` was not delivered."""
	status = [
		f"Reporting-MTA: dns; {raw(fill('Reporting-MTA'))}",
		"",
		f"Final-Recipient: rfc822; {raw(fill('Final-Recipient'))}",
		f"Original-Recipient: rfc822; {raw(fill('Original-Recipient'))}",
		"Action: failed",
		"Status: 5.1.1",
		f"Remote-MTA: dns; {raw(fill('Remote-MTA'))}",
		f"Diagnostic-Code: smtp; 550 {raw(fill('Diagnostic-Code'))}",
	]
	original = f"Message-ID: {answered}\r\nSubject: {raw(fill('Returned subject'))}\r\n\r\nx\r\n"
	headers = [
		"From: Mail Delivery System <mailer-daemon@customer.example>",
		"To: support@desk.example",
		"Return-Path: <>",
		f"Subject: Undelivered {number}",
		f"Message-ID: <report-{number}@customer.example>",
		"Auto-Submitted: auto-replied",
	]
	return message(
		headers,
		part("text/plain", octets(fill("Report's text"))),
		part("message/delivery-status", "\r\n".join(status).encode()),
		part("text/rfc822-headers", original.encode()),
		kind="report; report-type=delivery-status",
	)


def calendar(fill: Fill) -> bytes:
	"""An invitation (RFC 5546)."""
	lines = [
		"BEGIN:VCALENDAR",
		"METHOD:REQUEST",
		"VERSION:2.0",
		"BEGIN:VEVENT",
		"UID:1@customer.example",
		"DTSTART:20260302T093000Z",
		"DTEND:20260302T103000Z",
		f"SUMMARY:{fill('Calendar: SUMMARY')}",
		f"LOCATION:{fill('Calendar: LOCATION')}",
		f'ORGANIZER;CN="{fill("Calendar: ORGANIZER")}":mailto:jane@customer.example',
		f"DESCRIPTION:{fill('Calendar: DESCRIPTION')}",
		f'ATTENDEE;CN="{fill("Calendar: ATTENDEE")}":mailto:{fill("Calendar: address")}',
		"END:VEVENT",
		"END:VCALENDAR",
	]
	return part("text/calendar; method=REQUEST; charset=utf-8", octets("\r\n".join(lines)))


def nested(fill: Fill) -> bytes:
	"""A message within."""
	inner = [
		f"From: {word(fill('Nested: From'))} <inner@customer.example>",
		f"To: {word(fill('Nested: To'))} <inner@customer.example>",
		f"Subject: {word(fill('Nested: Subject'))}",
		f"Date: {raw(fill('Nested: Date'))}",
		"",
		fill("Nested: text"),
	]
	return part("message/rfc822", octets("\r\n".join(inner)), encoding="8bit")


# ── Octets ───────────────────────────────────────────────────────────────────────────────────────────


def octets(text: str) -> bytes:
	"""The text in UTF-8, whatever it holds."""
	return text.encode("utf-8", "replace")


def word(text: str) -> str:
	"""An encoded word (RFC 2047): all of the text arrives."""
	return f"=?utf-8?B?{base64.b64encode(octets(text)).decode()}?="


def raw(text: str) -> str:
	"""The text as it is, but on one line."""
	return octets(text).decode().replace("\r", "").replace("\n", "")


def part(kind: str, content: bytes, *headers: str, encoding: str = "base64") -> bytes:
	"""One part of a multipart message."""
	body = base64.encodebytes(content) if encoding == "base64" else content
	lines = [f"Content-Type: {kind}", f"Content-Transfer-Encoding: {encoding}", *headers, "", ""]
	return octets("\r\n".join(lines)) + body


def html_part(html: str) -> bytes:
	"""A body in HTML."""
	return part("text/html; charset=utf-8", octets(html))


def attached(disposition: str, content: bytes = b"It smokes.", kind: str = "text/plain") -> bytes:
	"""An attachment."""
	return part(kind, content, f"Content-Disposition: attachment; {disposition}")


def alternative(*parts: bytes) -> bytes:
	"""The same in several forms."""
	return f"Content-Type: multipart/alternative; boundary={BOUNDARY}a\r\n\r\n".encode() + joined(
		f"{BOUNDARY}a", *parts
	)


def message(headers: list[str], *parts: bytes, kind: str = "mixed") -> bytes:
	"""A multipart message."""
	head = [*headers, "MIME-Version: 1.0", f"Content-Type: multipart/{kind}; boundary={BOUNDARY}", "", ""]
	return octets("\r\n".join(head)) + joined(BOUNDARY, *parts)


def joined(boundary: str, *parts: bytes) -> bytes:
	"""The parts, between their boundary."""
	pieces = [f"--{boundary}\r\n".encode() + each + b"\r\n" for each in parts]
	return b"".join(pieces) + f"--{boundary}--\r\n".encode()
