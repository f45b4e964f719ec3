"""Bodies that are cheap to send and dear to read: soft breaks, invitations, odd charsets, TNEF, CMS."""

from __future__ import annotations

import struct
from base64 import encodebytes

import pytest

from tests.hostile.mail import HEAD, outcome
from tests.hostile.measure import measure


def body(content_type: bytes, content: bytes) -> bytes:
	return HEAD + b"Content-Type: " + content_type + b"\r\n\r\n" + content


def packed(content_type: bytes, content: bytes) -> bytes:
	head = HEAD + b"Content-Type: " + content_type + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	return head + encodebytes(content)


def soft_breaks() -> bytes:
	return body(b"text/plain; format=flowed", b"a \r\n" * 500_000)


def quoted_soft_breaks() -> bytes:
	return body(b"text/plain; format=flowed", b">" * 900 + b" \r\n" + (b">" * 900 + b" a \r\n") * 2_000)


def uuencoded_starts() -> bytes:
	return body(b"text/plain", b"begin 644 a\r\n" * 140_000 + b"end\r\n")


def invitation() -> bytes:
	event = b"BEGIN:VEVENT\r\n" + b"ATTENDEE;CN=a:mailto:a@example.com\r\n" * 50 + b"END:VEVENT\r\n"
	return body(b"text/calendar", b"BEGIN:VCALENDAR\r\n" + event * 800 + b"END:VCALENDAR")


def folded_invitation() -> bytes:
	return body(b"text/calendar", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:a" + b"\r\n b" * 500_000)


def open_invitation() -> bytes:
	return body(b"text/calendar", b"X;" + b'A="' * 600_000 + b"\r\n")


def nested_invitation() -> bytes:
	return body(b"text/calendar", b"BEGIN:VEVENT\r\n" * 70_000 + b"END:VEVENT\r\n" * 70_000)


def invitation_of_many_lines() -> bytes:
	return body(b"text/calendar", b"BEGIN:VEVENT\r\nSUMMARY:a\r\n" + b"ATTENDEE;CN=a:mailto:a\r\n" * 900_000)


def invitation_that_leaves_out_many_dates() -> bytes:
	dates = b"EXDATE;TZID=Europe/Berlin:" + b"20250106T100000," * 1_200 + b"\r\n"
	return body(b"text/calendar", b"BEGIN:VEVENT\r\nDTSTART:20250106T100000Z\r\n" + dates * 100)


def invitation_that_repeats_at_many_moments() -> bytes:
	rule = b"RRULE:FREQ=SECONDLY;BYSECOND=" + b"1," * 9_000 + b"1;COUNT=2000000000\r\n"
	return body(b"text/calendar", (b"BEGIN:VEVENT\r\nDTSTART:20250106T100000Z\r\n" + rule) * 100)


def invitation_in_many_zones() -> bytes:
	change = (
		b"BEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=%b\r\nEND:STANDARD\r\n"
	)
	changes = change % b"SECONDLY" + change % b"YEARLY;BYMONTH=2;BYDAY=5MO" * 200
	zones = b"".join(
		b"BEGIN:VTIMEZONE\r\nTZID:z%d\r\n%bEND:VTIMEZONE\r\n" % (each, changes) for each in range(4)
	)
	event = (
		b"BEGIN:VEVENT\r\nDTSTART;TZID=z1:20250106T100000\r\nDTEND;TZID=z2:20250106T110000\r\nEND:VEVENT\r\n"
	)
	return body(b"text/calendar", b"BEGIN:VCALENDAR\r\n" + zones + event * 200)


def two_megabytes_of_japanese() -> bytes:
	return body(b"text/plain; charset=iso-2022-jp", b"\x1b$B%F\x1b(B" * 250_000)


def utf_7() -> bytes:
	return body(b"text/plain; charset=utf-7", b"+2D0-" * 400_000)


def undeclared_octets() -> bytes:
	return body(b"text/plain", bytes(range(128, 256)) * 16_000)


def undeclared_octets_in_every_field() -> bytes:
	return b"".join(b"X%d: \xe9\xb1 a\r\n" % each for each in range(9_000)) + HEAD + b"\r\n\r\na"


def undeclared_octets_in_every_part() -> bytes:
	part = b"--b\r\nContent-Type: text/plain\r\n\r\n" + b"a \xe9\xb1" * 16_000 + b"\r\n"
	return body(b"multipart/mixed; boundary=b", part * 200 + b"--b--\r\n")


def meta_elements() -> bytes:
	return body(b"text/html", b"<meta" * 400_000)


def cid_links() -> bytes:
	return body(b"text/html", b"cid:" * 500_000)


def enriched() -> bytes:
	return body(b"text/enriched", b"<param>" * 280_000)


def tnef_of_empty_attributes() -> bytes:
	attribute = struct.pack("<BHHI", 1, 0x8004, 1, 0) + b"\0\0"
	return packed(b"application/ms-tnef", struct.pack("<IH", 0x223E9F78, 1) + attribute * 1_000_000)


def tnef_that_counts_high() -> bytes:
	properties = struct.pack("<IHHI", 0xFFFFFFFF, 0x101E, 0x3001, 0xFFFFFFFF) + b"\0" * 1_000_000
	attribute = struct.pack("<BHHI", 1, 0x9003, 6, len(properties)) + properties + b"\0\0"
	return packed(b"application/ms-tnef", struct.pack("<IH", 0x223E9F78, 1) + attribute)


def tnef_with_many_properties() -> bytes:
	properties = struct.pack("<I", 100_000) + struct.pack("<HHI", 3, 0x1000, 1) * 100_000
	attribute = struct.pack("<BHHI", 1, 0x9003, 6, len(properties)) + properties + b"\0\0"
	return packed(b"application/ms-tnef", struct.pack("<IH", 0x223E9F78, 1) + attribute * 10)


def nested_asn1() -> bytes:
	return packed(b"application/pkcs7-mime; name=smime.p7m", b"\x30\x80" * 2_000_000)


def nested_octet_strings() -> bytes:
	head = bytes.fromhex("308006092a864886f70d010702a080308002010131003080 06092a864886f70d010701a080")
	return packed(b"application/pkcs7-mime; name=smime.p7m", head + b"\x24\x80" * 1_000_000)


def large_attachment() -> bytes:
	return packed(b"application/pdf; name=a.pdf", b"x" * 25_000_000)


@pytest.mark.parametrize(
	"build",
	[
		soft_breaks,
		quoted_soft_breaks,
		uuencoded_starts,
		invitation,
		folded_invitation,
		open_invitation,
		nested_invitation,
		invitation_of_many_lines,
		invitation_that_leaves_out_many_dates,
		invitation_that_repeats_at_many_moments,
		invitation_in_many_zones,
		two_megabytes_of_japanese,
		utf_7,
		undeclared_octets,
		undeclared_octets_in_every_field,
		undeclared_octets_in_every_part,
		meta_elements,
		cid_links,
		enriched,
		tnef_of_empty_attributes,
		tnef_that_counts_high,
		tnef_with_many_properties,
		nested_asn1,
		nested_octet_strings,
		large_attachment,
	],
)
def test_it_is_read_within_bounds(build) -> None:
	measured = measure(outcome, build)
	measured.assert_harmless()
	assert measured.result == "read"
