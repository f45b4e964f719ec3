"""Encrypted blocks in the text itself."""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.parse.parts import ENCRYPTED
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
