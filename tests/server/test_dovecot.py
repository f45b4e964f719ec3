"""The private mail servers keep what the other tests rely on."""

import contextlib
import imaplib
import poplib
import smtplib
import ssl
from datetime import datetime, timezone

import pytest

MESSAGE = b"From: jane@customer.example\r\nTo: support@desk.example\r\nSubject: Printer\r\n\r\nIt smokes.\r\n"
PROFILES = ("move", "uidplus", "neither")


def plain_imap(box):
	return imaplib.IMAP4(box.host, box.imap_port)


def starttls_imap(box):
	connection = imaplib.IMAP4(box.host, box.imap_port)
	connection.starttls(box.tls_context())
	return connection


def implicit_imap(box):
	return imaplib.IMAP4_SSL(box.host, box.imaps_port, ssl_context=box.tls_context())


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("connect", [plain_imap, starttls_imap, implicit_imap])
def test_imap_signs_in_and_reads(mailbox, profile, connect):
	mailbox.append("INBOX", MESSAGE)
	with connect(mailbox.as_profile(profile)) as connection:
		connection.login(mailbox.user, mailbox.password)
		assert connection.select("INBOX") == ("OK", [b"1"])
		_, answer = connection.uid("FETCH", "1", "(BODY.PEEK[])")
		assert answer[0][1] == MESSAGE


@pytest.mark.parametrize(
	"connect",
	[
		lambda box: poplib.POP3(box.host, box.pop3_port),
		lambda box: poplib.POP3_SSL(box.host, box.pop3s_port, context=box.tls_context()),
	],
	ids=["pop3", "pop3s"],
)
def test_pop3_signs_in_and_reads(mailbox, connect):
	mailbox.append("INBOX", MESSAGE)
	connection = connect(mailbox)
	connection.user(mailbox.user)
	connection.pass_(mailbox.password)
	assert connection.stat()[0] == 1
	assert b"Subject: Printer" in connection.retr(1)[1]
	connection.quit()


def test_pop3_upgrades_to_tls(mailbox):
	connection = poplib.POP3(mailbox.host, mailbox.pop3_port)
	connection.stls(mailbox.tls_context())
	connection.user(mailbox.user)
	assert connection.pass_(mailbox.password).startswith(b"+OK")
	connection.quit()


@pytest.mark.parametrize(
	("profile", "has_move", "has_uidplus"),
	[("move", True, True), ("uidplus", False, True), ("neither", False, False)],
)
@pytest.mark.parametrize("connect", [plain_imap, starttls_imap, implicit_imap])
def test_profile_offers_what_it_promises_and_refuses_the_rest(
	mailbox, connect, profile, has_move, has_uidplus
):
	mailbox.append("INBOX", MESSAGE)
	mailbox.create_folder("Done")
	with connect(mailbox.as_profile(profile)) as connection:
		connection.login(mailbox.user, mailbox.password)
		offered = connection.capability()[1][0].split()
		assert (b"MOVE" in offered, b"UIDPLUS" in offered) == (has_move, has_uidplus)
		connection.select("INBOX")

		connection.untagged_responses.clear()
		status, _ = connection.uid("COPY", "1", "Done")
		assert status == "OK"
		assert bool(connection.response("COPYUID")[1][0]) == has_uidplus

		connection.uid("STORE", "1", "+FLAGS", "(\\Deleted)")
		for has_it, attempt in (
			(has_uidplus, lambda: connection.uid("EXPUNGE", "1")),
			(has_move, lambda: connection.uid("MOVE", "1", "Done")),
		):
			with contextlib.nullcontext() if has_it else pytest.raises(imaplib.IMAP4.error, match="BAD"):
				attempt()
	assert mailbox.folders() == {"INBOX": 0 if has_uidplus else 1, "Done": 1}


def test_large_literals_pass_a_profile_untouched(mailbox):
	"""A message that itself looks like a server's answers is not edited on its way."""
	body = b"* CAPABILITY MOVE UIDPLUS\r\nx OK [COPYUID 1 1 1] done\r\na UID MOVE 1 Done\r\n" * 20_000
	with plain_imap(mailbox.as_profile("neither")) as connection:
		connection.login(mailbox.user, mailbox.password)
		assert connection.append("INBOX", None, None, MESSAGE + body)[0] == "OK"
		connection.select("INBOX")
		_, answer = connection.uid("FETCH", "1", "(BODY.PEEK[])")
	assert answer[0][1] == MESSAGE + body


def test_a_wrong_password_is_refused_at_once(mailbox):
	connection = plain_imap(mailbox)
	started = datetime.now(timezone.utc)
	with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
		connection.login(mailbox.user, "wrong")
	assert (datetime.now(timezone.utc) - started).total_seconds() < 1
	connection.shutdown()


def test_a_client_that_does_not_know_the_authority_is_warned(mailbox):
	with pytest.raises(ssl.SSLCertVerificationError):
		imaplib.IMAP4_SSL(mailbox.host, mailbox.imaps_port, ssl_context=ssl.create_default_context())


def test_what_is_put_into_a_mailbox_is_there_as_it_was_put(mailbox):
	moment = datetime(2024, 2, 29, 12, 30, tzinfo=timezone.utc)
	uid = mailbox.append("Entwürfe & Co", MESSAGE, date=moment, flags=["\\Seen"])
	[stored] = mailbox.messages("Entwürfe & Co")
	assert (stored.uid, stored.flags, stored.received_at) == (uid, {"\\Seen"}, moment)
	assert stored.octets == MESSAGE
	assert mailbox.folders() == {"INBOX": 0, "Entwürfe & Co": 1}


def test_a_folder_made_again_has_another_uidvalidity(mailbox):
	mailbox.create_folder("Done")
	before = mailbox.uidvalidity("Done")
	mailbox.delete_folder("Done")
	mailbox.create_folder("Done")
	assert mailbox.uidvalidity("Done") != before


def test_many_clients_of_one_user_are_served(mailbox):
	with contextlib.ExitStack() as stack:
		for _ in range(40):
			stack.enter_context(plain_imap(mailbox)).login(mailbox.user, mailbox.password)


def test_sent_mail_is_kept_and_delivered(smtp_sink, mailbox):
	with smtplib.SMTP("127.0.0.1", smtp_sink.port("smtp")) as client:
		client.sendmail("agent@desk.example", [mailbox.user, "elsewhere@other.example"], MESSAGE)
		with pytest.raises(smtplib.SMTPRecipientsRefused):
			client.sendmail("agent@desk.example", ["bounce@customer.example"], MESSAGE)
		smtp_sink.refuse()
		with pytest.raises(smtplib.SMTPDataError):
			client.sendmail("agent@desk.example", [mailbox.user], MESSAGE)
	[sent] = smtp_sink.messages()
	assert sent.recipients == (mailbox.user, "elsewhere@other.example")
	assert mailbox.subjects() == ["Printer"]
