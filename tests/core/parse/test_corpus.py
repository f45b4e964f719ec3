"""Forty-nine messages of another parser's tests, against that parser's reading."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest

from helpdesk_mailchannel.mailcore.model import Address, Message
from tests.core.corpora import corpus, needs
from tests.core.parse.mails import read

CHARSET_NAME = "That parser rewrites the charset named in the HTML's own meta element; ours is what was sent."
ONE_AUTHOR = "Addresses are kept in lower case, so that one person is one person."
NO_DATE = "The Date field is missing or nonsense. Theirs stands for it with the year 1900, ours with None."
REPORT_PARTS = "A report's own parts are kept as files: people may want to read them."
ORIGINAL_OCTETS = "A message within the message is kept octet by octet; theirs is written anew."

REASONS: dict[str, dict[str, str]] = {
	"attachment_emails__attachment_message_rfc822.eml": {
		"text": "The forwarded message's words are its own: they stay in the .eml, not in the covering note.",
		"files": f"{ORIGINAL_OCTETS} What is attached to it stays in it.",
	},
	"attachment_inline1.eml": {"date": NO_DATE},
	"attachment_inline2.eml": {"html": CHARSET_NAME},
	"base.eml": {"date": NO_DATE, "html": CHARSET_NAME},
	"error_emails__bad_date_header.eml": {"date": NO_DATE},
	"error_emails__bad_date_header2.eml": {"authors": ONE_AUTHOR, "date": NO_DATE},
	"error_emails__content_transfer_encoding_empty.eml": {
		"date": NO_DATE,
		"html": "The text is not in its declared charset; theirs drops broken characters, ours marks them.",
	},
	"error_emails__content_transfer_encoding_with_semi_colon.eml": {"html": CHARSET_NAME},
	"error_emails__content_transfer_encoding_x_uuencode.eml": {"authors": ONE_AUTHOR},
	"error_emails__multiple_references_with_one_invalid.eml": {"date": NO_DATE},
	"mime_emails__raw_email11.eml": {
		"to": 'To: "xxxxx@xxxxx" <matmail> names no address: what is shown is a name.',
	},
	"mime_emails__raw_email_with_illegal_boundary.eml": {"html": CHARSET_NAME},
	"multipart_report_emails__multi_address_bounce1.eml": {
		"authors": ONE_AUTHOR,
		"text": "The delivery status and the returned message are no part of the notice's words.",
		"files": f"{REPORT_PARTS} {ORIGINAL_OCTETS}",
	},
	"multipart_report_emails__multi_address_bounce2.eml": {
		"authors": ONE_AUTHOR,
		"text": "The delivery status and the returned message are no part of the notice's words.",
		"files": f"{REPORT_PARTS} {ORIGINAL_OCTETS}",
	},
	"multipart_report_emails__report_422.eml": {"authors": ONE_AUTHOR, "files": REPORT_PARTS},
	"multi_charset__japanese_attachment_long_name.eml": {
		"text": "An attached text is all that it says, so it is shown, and kept as a file as well."
	},
	"plain_emails__mix_caps_content_type.eml": {
		"authors": "`Big Bug bb@bug.com` is a name and an address without its brackets.",
	},
	"plain_emails__raw_email_with_partially_quoted_content_id.eml": {"date": NO_DATE},
	"rfc2822__example14.eml": {
		"subject": "White space goes between two encoded words, not before the first (RFC 2047 6.2)."
	},
}


def expected() -> dict[str, dict[str, object]]:
	path = corpus("parse") / "expected.json"
	return json.loads(path.read_text("utf-8")) if path.is_file() else {}


@needs("parse")
@pytest.mark.parametrize("name", sorted(expected()))
def test_it_is_read_as_another_parser_reads_it_or_better(name: str) -> None:
	message = read((corpus("parse") / name).read_bytes())
	differing = {key for key, (theirs, ours) in readings(expected()[name], message).items() if theirs != ours}
	assert differing == set(REASONS.get(name, {}))


def readings(theirs: dict[str, Any], ours: Message) -> dict[str, tuple[object, object]]:
	"""Each thing both parsers say, in one form."""
	author = theirs["from_"] or {"email": "", "name": ""}
	return {
		"subject": (str(theirs["subject"]).strip(), ours.subject),
		"authors": ([(author["email"], author["name"])] if author["email"] else [], mailboxes(ours.authors)),
		"to": ([(each["email"].lower(), each["name"]) for each in theirs["to"]], mailboxes(ours.to)),
		"cc": ([(each["email"].lower(), each["name"]) for each in theirs["cc"]], mailboxes(ours.cc)),
		"date": (moment(theirs["date"]), ours.date and ours.date.timestamp()),
		"text": (words(theirs["text"]), words(ours.text)),
		"html": (words(theirs["html"]), words(ours.html)),
		"files": (
			[(each["filename"], each["content_type"], each["sha256"]) for each in theirs["attachments"]],
			[(each.name, each.content_type, sha256(each.content).hexdigest()) for each in ours.files],
		),
	}


def mailboxes(found: Iterable[Address]) -> list[tuple[str, str]]:
	return [(each.address, each.name) for each in found]


def moment(text: object) -> float | None:
	read_as = datetime.fromisoformat(str(text))
	return (read_as if read_as.tzinfo else datetime.fromisoformat(f"{text}+00:00")).timestamp()


def words(text: object) -> str:
	"""Line ends and empty lines apart, which every program writes its own way."""
	return "\n".join(line.rstrip() for line in str(text or "").splitlines() if line.strip())
