"""Uses and spellings of folders."""

from __future__ import annotations

import pytest

from helpdesk_mailchannel.mailcore.connect.imap.folder_names import special_use, spelling, with_guessed_uses
from helpdesk_mailchannel.mailcore.model import RemoteFolder


def test_the_server_says_what_a_folder_is_for():
	assert special_use(["\\HasNoChildren", "\\sent"]) == "\\Sent"
	assert special_use(["\\HasChildren"]) == ""


def test_uses_are_guessed_only_where_the_server_is_silent():
	silent = [RemoteFolder("INBOX"), RemoteFolder("INBOX.Gesendet"), RemoteFolder("Spam.2024")]
	assert [folder.special_use for folder in with_guessed_uses(silent, ".")] == ["", "\\Sent", ""]
	telling = [RemoteFolder("Spam"), RemoteFolder("Junk", "\\Junk")]
	assert with_guessed_uses(telling, "/") == telling


@pytest.mark.parametrize(
	("name", "existing", "delimiter", "prefix", "spelled"),
	[
		("Support/Done", {"Support/Done"}, "/", "", "Support/Done"),
		("Support/Done", set(), "/", "", "Support/Done"),
		("Support/Done", {"Support.Done"}, ".", "", "Support.Done"),
		("Done", {"INBOX.Done"}, ".", "INBOX.", "INBOX.Done"),
		("Support/Done", set(), ".", "INBOX.", "INBOX.Support.Done"),
		("INBOX/Done", set(), ".", "INBOX.", "INBOX.Done"),
		("INBOX.Done", {"INBOX.Done"}, ".", "INBOX.", "INBOX.Done"),
		("a/b", {"a/b", "a.b"}, ".", "", "a/b"),
		("Done", set(), "", "", "Done"),
	],
)
def test_a_folder_is_found_under_the_servers_spelling(name, existing, delimiter, prefix, spelled):
	assert spelling(name, existing, delimiter, prefix) == spelled
