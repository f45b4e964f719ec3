"""S/MIME messages whose signature wraps the words."""

from __future__ import annotations

from base64 import encodebytes

from asn1crypto import cms, core

from helpdesk_mailchannel.mailcore.parse.mime.smime import signed_content
from tests.core.parse.mails import mail, read

INNER = b"Content-Type: text/plain\r\n\r\nThe printer burns."


def signed(content: bytes) -> bytes:
	data = cms.SignedData(
		{
			"version": "v1",
			"digest_algorithms": [],
			"encap_content_info": {"content_type": "data", "content": core.OctetString(content)},
			"signer_infos": [],
		}
	)
	return bytes(cms.ContentInfo({"content_type": "signed_data", "content": data}).dump())


def wrapped(content: bytes) -> bytes:
	return mail(
		encodebytes(signed(content)),
		content_type="application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
		content_transfer_encoding="base64",
	)


def test_the_words_within_are_read_and_the_signed_file_is_kept() -> None:
	message = read(wrapped(INNER))
	assert message.text == "The printer burns."
	assert [each.name for each in message.files] == ["smime.p7m"]


def test_signed_within_signed_is_opened_but_not_for_ever() -> None:
	content = INNER
	for _ in range(8):
		content = (
			b"Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n"
			+ encodebytes(signed(content))
		)
	assert len(read(wrapped(content)).files) == 4


def test_indefinite_lengths_as_openssl_writes_them() -> None:
	octets = (
		bytes.fromhex("308006092a864886f70d010702a080308002010131003080 06092a864886f70d010701a08024800403")
		+ b"abc"
		+ b"\x04\x02de"
		+ bytes.fromhex("0000000000003100000000000000")
	)
	assert signed_content(octets) == b"abcde"


def test_what_is_no_signed_message_is_none() -> None:
	assert signed_content(b"") is None
	assert signed_content(b"\x30\x80") is None
	assert signed_content(b"no cms at all") is None
