"""Encrypted and signed blocks in the text itself."""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.parse.mime.parts import ENCRYPTED
from tests.core.parse.mails import mail, read

BLOCK = "-----BEGIN PGP MESSAGE-----\n\nhQEMA0\n=aBcD\n-----END PGP MESSAGE-----"


def test_an_encrypted_block_is_a_file_and_a_sentence_says_so() -> None:
	message = read(mail(f"Hello,\n{BLOCK}\nJane"))
	assert message.text == f"Hello,\n{ENCRYPTED}\nJane"
	[file] = message.files
	assert (file.name, file.content) == ("encrypted.asc", f"{BLOCK}\n".encode())


def test_two_blocks_are_two_files() -> None:
	message = read(mail(f"{BLOCK}\n{BLOCK}"))
	assert [file.name for file in message.files] == ["encrypted.asc", "encrypted (2).asc"]


def test_a_quoted_or_unfinished_block_stays_in_the_text() -> None:
	quoted = "\n".join(f"> {line}" for line in BLOCK.splitlines())
	unfinished = BLOCK[:50]
	message = read(mail(f"{quoted}\n\n{unfinished}"))
	assert message.text == f"{quoted}\n\n{unfinished}"
	assert message.files == ()


SIGNED = (
	"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello,\n- -- \nJane\n"
	"-----BEGIN PGP SIGNATURE-----\n\niQEzBA\n=aBcD\n-----END PGP SIGNATURE-----"
)


def test_a_signed_text_is_shown_as_it_was_written_and_kept_as_it_came() -> None:
	octets = f"Before\n{SIGNED}\nAfter Grüße".encode("latin-1")
	message = read(mail(octets, content_type="text/plain; charset=iso-8859-1"))
	assert message.text == "Before\nHello,\n-- \nJane\nAfter Grüße"
	[file] = message.files
	assert (file.name, file.content) == ("signed.asc", octets)


def test_a_quoted_or_unfinished_signature_stays_in_the_text() -> None:
	quoted = "\n".join(f"> {line}" for line in SIGNED.splitlines())
	unfinished = SIGNED[:90]
	message = read(mail(f"{quoted}\n\n{unfinished}"))
	assert message.text == f"{quoted}\n\n{unfinished}"
	assert message.files == ()


def test_a_thousand_openings_without_an_end_are_read_at_once() -> None:
	opening = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\n"
	assert read(mail(opening * 1000)).files == ()
