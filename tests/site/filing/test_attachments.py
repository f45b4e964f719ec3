"""A message's files on the site: none of them keeps its message from becoming a ticket."""

import io

import pytest
from pypdf import PdfWriter

from helpdesk_mailchannel.mailcore.model import File
from helpdesk_mailchannel.ticketing.filing.attachments import attach, store
from tests.site import explained
from tests.site.mails import mail
from tests.site.polling import active_channel, receive


def pdf() -> bytes:
	writer, octets = PdfWriter(), io.BytesIO()
	writer.add_blank_page(100, 100)
	writer.write(octets)
	return octets.getvalue()


DAMAGED = {
	"cut.pdf": pdf()[:100],
	"nothing.pdf": b"%PDF-1.4 ...",
	"cut.jpg": b"\xff\xd8\xff\xe0 no picture",
}


@pytest.fixture
def issue(site):
	return site.get_doc({"doctype": "Issue", "subject": "Printer", "raised_by": "a@b.example"}).insert()


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_kept_with_its_octets(site, issue, name):
	stored = store([File(name, "application/octet-stream", DAMAGED[name])], issue)
	[file] = stored.files
	with open(file.get_full_path(), "rb") as kept:
		assert kept.read() == DAMAGED[name]
	assert file.is_private
	if file.file_name != name:
		assert stored.notes == (f"{name}: It seems to be damaged, so it is kept as {file.file_name}.",)


def test_an_empty_file_is_named_on_the_ticket(issue):
	stored = store([File("data.csv", "text/csv", b"")], issue)
	assert (stored.files, stored.notes) == ((), ("data.csv: It is empty.",))


def test_a_name_that_is_too_long_for_the_site_is_cut_before_its_extension(site, issue):
	[file] = store([File("n" * 220 + ".txt", "text/plain", b"x")], issue).files
	kept = site.db.get_value("File", file.name, "file_name")
	assert kept.endswith("n.txt")
	assert len(kept) <= 140


def test_a_file_larger_than_the_site_takes_is_named_with_the_sites_own_words(site, issue):
	site.conf["max_file_size"] = 10
	try:
		stored = store(
			[File("big.txt", "text/plain", b"x" * 20), File("small.txt", "text/plain", b"y")], issue
		)
	finally:
		del site.conf["max_file_size"]
	assert len(stored.files) == 1
	assert stored.notes[0].startswith("big.txt: File size exceeded")


def test_a_file_that_comes_twice_is_on_the_ticket_once(site, issue):
	logo = File("logo.txt", "text/plain", b"Customer Ltd")
	for _ in range(2):
		communication = site.get_doc(
			{
				"doctype": "Communication",
				"subject": "Hello",
				"reference_doctype": "Issue",
				"reference_name": issue.name,
			}
		).insert()
		attach(store([logo, logo], issue), communication)
	on_ticket = {"attached_to_doctype": "Issue", "attached_to_name": issue.name}
	assert site.get_all("File", on_ticket, pluck="file_name") == ["logo.txt"]
	assert site.db.count("Comment", {"reference_name": issue.name}) == 0


def test_a_message_with_such_files_becomes_a_ticket(site, mailbox):
	channel = active_channel(mailbox)
	message = mail("See attached")
	for name, content in {**DAMAGED, "bill.pdf": pdf(), "empty.txt": b""}.items():
		message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
	mailbox.append("INBOX", message.as_bytes())
	receive(channel)
	fields = ["fate", "ticket", "communication"]
	[receipt] = explained.messages({"channel": channel.name}, fields)
	assert receipt.fate == "Ticket", receipt.reason
	files = site.get_all("File", {"attached_to_name": receipt.communication}, pluck="file_name")
	assert len(files) == 4
	assert "empty.txt" in site.db.get_value("Communication", receipt.communication, "content")
