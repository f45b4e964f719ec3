"""While mail is filed, nothing is connected to but the database, Redis and the mail server."""

import sys
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest

from tests.site.mails import mail
from tests.site.polling import active_channel, receive

heard: list[tuple[str, object]] = []
listening = False
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _listen(event, arguments):
	if listening and event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
		address = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments[:2]
		heard.append((event, address))
		if isinstance(address, tuple) and address[0] not in LOOPBACK:
			raise OSError("tests talk to nobody outside this machine")


sys.addaudithook(_listen)


@pytest.fixture
def listener(site):
	"""Hears every connection of this process while mail is filed as on a site that is not under test."""

	def connections(poll):
		global listening
		flags, testing = site.flags.in_test, site.in_test if hasattr(site, "in_test") else None
		site.flags.in_test = False
		if testing is not None:
			site.in_test = False
		heard.clear()
		listening = True
		try:
			poll()
		finally:
			listening = False
			site.flags.in_test = flags
			if testing is not None:
				site.in_test = testing
		return list(heard)

	return connections


def own_ports(site, mailbox):
	urls = [site.conf.get(name) or "" for name in ("redis_cache", "redis_queue", "redis_socketio")]
	redis = {urlsplit(url).port for url in urls if url}
	return {site.conf.db_port or 3306, mailbox.imaps_port, mailbox.imap_port, *redis}


def strangers(site, mailbox, connections):
	"""What was connected to or looked up that is none of our own."""
	ports = {int(port) for port in own_ports(site, mailbox)}

	def is_own(address):
		if isinstance(address, str | bytes):
			return True  # A socket in the file system.
		return address[1] is not None and int(address[1]) in ports

	return [(event, address) for event, address in connections if not is_own(address)]


def varied_mail():
	yield mail("First", "New Person <new@customer.example>", Message_ID="<1@customer.example>")
	yield mail("Re: First", "New Person <new@customer.example>", In_Reply_To="<1@customer.example>")
	with_files = EmailMessage()
	with_files["From"], with_files["To"] = "Other <other@customer.example>", "support@desk.example"
	with_files["Cc"] = "third@customer.example, Fourth <fourth@elsewhere.example>"
	with_files["Subject"], with_files["Date"] = "With files", "Fri, 27 Nov 2026 10:00:00 +0000"
	with_files.set_content("See the picture.")
	with_files.add_alternative(
		'<p>See <img src="cid:p@x"> <img src="https://elsewhere.example/p.png"></p>', subtype="html"
	)
	with_files.add_attachment(b"%PDF-1.4 nothing", maintype="application", subtype="pdf", filename="a.pdf")
	with_files.add_attachment(
		b"\x89PNG\r\n\x1a\n",
		maintype="image",
		subtype="png",
		filename="p.png",
		cid="<p@x>",
		disposition="inline",
	)
	yield with_files
	yield mail("A robot", "mailer-daemon@elsewhere.example", Auto_Submitted="auto-generated")


def test_filing_mail_connects_to_nothing_but_our_own_servers(site, mailbox, listener, outgoing):
	site.db.set_value("Email Account", outgoing.name, "create_contact", 1)
	site.db.commit()
	rows = [
		{"ticket_field": "subject", "source": "Subject"},
		{"ticket_field": "description", "source": "Body"},
		{"ticket_field": "priority", "source": "Header", "source_argument": "X-Priority"},
	]
	channel = active_channel(mailbox, field_mapping=rows, outgoing_account=outgoing.name)
	for message in varied_mail():
		mailbox.append("INBOX", message.as_bytes())
	filed = site.db.count("Communication", {"reference_doctype": "Issue"})
	connections = listener(lambda: receive(channel))
	assert any(event == "socket.connect" for event, _ in connections), "it hears the mail server at least"
	assert strangers(site, mailbox, connections) == []
	assert site.db.count("Communication", {"reference_doctype": "Issue"}) == filed + 3
	for address in ("new@customer.example", "other@customer.example"):
		assert site.db.exists("Contact", {"email_id": address})


def test_other_work_of_the_site_asks_the_picture_service_as_ever(site, listener):
	def insert():
		contact = site.new_doc("Contact")
		contact.first_name = "Somebody"
		contact.append("email_ids", {"email_id": "somebody@customer.example", "is_primary": 1})
		contact.insert()

	heard_of = listener(insert)
	assert any("gravatar" in str(address) for _, address in heard_of), "so the listener would have heard it"
