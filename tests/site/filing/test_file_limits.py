"""Files of a mail on the site: the form's limits, the site's own, and what the site cannot take."""

from __future__ import annotations

import pytest

from tests.site.mails import mail
from tests.site.polling import active_channel, receive

MEGABYTE = 1024 * 1024
LARGE = b"x" * (MEGABYTE + 1)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 60


@pytest.fixture
def filed(site, mailbox):
	"""Files a message with these attachments; returns its Communication and what is attached to it."""

	def deliver(files, **form):
		message = mail("The printer burns")
		for name, content in files.items():
			message.add_attachment(content, "application", "octet-stream", filename=name)
		mailbox.append("INBOX", message.as_bytes())
		channel = active_channel(mailbox, **form)
		receive(channel)
		name = site.db.get_value("Email Channel Message", {"channel": channel.name}, "communication")
		assert name
		attached = {"attached_to_doctype": "Communication", "attached_to_name": name}
		kept = site.get_all(
			"File", attached, ["file_name", "file_size", "is_private"], order_by="creation, idx"
		)
		return site.get_doc("Communication", name), kept

	return deliver


def test_a_file_over_the_forms_limit_is_named_and_the_rest_kept(filed):
	communication, kept = filed({"large.bin": LARGE, "small.bin": b"x"}, max_attachment_size=1)
	assert [(file.file_name, file.is_private) for file in kept] == [("small.bin", 1)]
	assert "Not kept: large.bin (1.0 MB): it is larger than 1.0 MB." in communication.content


def test_a_file_over_the_sites_own_limit_is_named_too(site, filed, monkeypatch):
	site.db.set_single_value("System Settings", "max_file_size", 0)
	monkeypatch.setitem(site.local.conf, "max_file_size", MEGABYTE)
	communication, kept = filed({"large.bin": LARGE}, max_attachment_size=25)
	assert kept == []
	assert "Not kept: large.bin" in communication.content


def test_more_files_than_the_form_allows_are_named(filed):
	communication, kept = filed({f"{number}.txt": b"x%d" % number for number in range(3)}, max_attachments=2)
	assert sorted(file.file_name for file in kept) == ["0.txt", "1.txt"]
	assert "Not kept: 2.txt (2 bytes): only 2 files are kept from one message." in communication.content


def test_refused_types_are_named(filed):
	files = {"setup.exe": b"MZ\x90\x00", "hidden.pdf": b"MZ\x90\x00" + b"\0" * 99, "shot.png": PNG}
	communication, kept = filed(files, refused_extensions="exe, bat")
	assert [file.file_name for file in kept] == ["shot.png"]
	assert "Not kept: setup.exe" in communication.content
	assert "Not kept: hidden.pdf" in communication.content


def test_where_types_are_listed_only_those_are_kept(filed):
	communication, kept = filed({"shot.png": PNG, "note.txt": b"x"}, allowed_extensions="png")
	assert [file.file_name for file in kept] == ["shot.png"]
	assert "Not kept: note.txt" in communication.content


def test_an_empty_file_is_named_and_the_message_filed(filed):
	communication, kept = filed({"empty.csv": b""})
	assert kept == []
	assert "Not kept: empty.csv (0 bytes): it is empty." in communication.content


def test_a_broken_picture_stops_nobody_where_the_site_strips_pictures(site, filed):
	site.db.set_single_value("System Settings", "strip_exif_metadata_from_uploaded_images", 1)
	site.local.system_settings = None
	site.clear_cache()
	_, kept = filed({"photo.jpg": b"\xff\xd8\xff\xe0 this is no picture"})
	assert [file.file_name for file in kept] == ["photo.jpg.bin"]
