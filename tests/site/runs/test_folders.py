"""Which folders are read, where their messages go, and what stays as it is."""

import os
from dataclasses import replace

import pytest

from helpdesk_mailchannel.mailcore.connect.pop3 import pop3_session
from helpdesk_mailchannel.mailcore.settings import Budget
from helpdesk_mailchannel.ticketing.polling import job
from helpdesk_mailchannel.ticketing.polling.job import poll
from tests.crash.harness import story
from tests.crash.wire import Lines, Wire
from tests.site import explained
from tests.site.mails import mail
from tests.site.polling import FOLDERS, active_channel, receive


def put(mailbox, folder, *subjects):
	"""Messages, each with a sender and a Message-ID of its own."""
	for subject in subjects:
		sender = f"{subject.lower().replace(' ', '-')}@customer.example"
		mailbox.append(folder, mail(subject, sender, Message_ID=f"<{sender}>").as_bytes())


def issues(site, channel):
	return sorted(
		site.get_all("Issue", {"email_channel": channel.name}, pluck="subject", order_by="creation")
	)


def route(read, success, failure="", exclusion=""):
	return {
		"read_folder": read,
		"success_folder": success,
		"failure_folder": failure,
		"exclusion_folder": exclusion,
	}


def test_each_read_folder_has_its_own_outcome_folders(site, mailbox):
	put(mailbox, "INBOX", "One")
	put(mailbox, "Sales", "Two")
	mailbox.append("Sales", mail("Away", Auto_Submitted="auto-replied").as_bytes())
	mapping = [FOLDERS, route("Sales", "Sold", "Unsold", "Robots")]
	channel = active_channel(mailbox, folder_mapping=mapping)
	receive(channel)
	assert issues(site, channel) == ["One", "Two"]
	assert (mailbox.subjects("Done"), mailbox.subjects("Sold")) == (["One"], ["Two"])
	assert mailbox.subjects("Robots") == ["Away"]
	assert mailbox.subjects("INBOX") == mailbox.subjects("Sales") == []


def test_all_folders_are_read_but_those_that_are_not_for_reading(site, mailbox):
	put(mailbox, "INBOX", "One")
	put(mailbox, "Customers/North", "Two")
	put(mailbox, "Private", "Not for you")
	channel = active_channel(mailbox, all_folders=1, skipped_folders="Private")
	receive(channel)
	assert issues(site, channel) == ["One", "Two"]
	assert sorted(mailbox.subjects("Done")) == ["One", "Two"]
	assert mailbox.subjects("Private") == ["Not for you"]
	receive(channel)
	assert issues(site, channel) == ["One", "Two"], "what was moved is not read again"


@pytest.mark.parametrize(
	("read", "success"),
	[
		("Anfragen/Süd & Ost", "Erledigt/März"),
		("受信", "完了"),
		('With "quotes" and spaces', "Back\\slash"),
		("Deep/er/and/deeper", "Deep/er/and/done"),
	],
)
def test_folders_have_names_of_all_kinds(site, mailbox, read, success):
	put(mailbox, read, "One")
	channel = active_channel(mailbox, folder_mapping=[route(read, success)])
	receive(channel)
	assert issues(site, channel) == ["One"]
	assert mailbox.subjects(success) == ["One"]


def test_a_renamed_read_folder_is_said_and_the_others_are_read(site, mailbox):
	put(mailbox, "Sales", "Before")
	mapping = [route("Sales", "Sold"), FOLDERS]
	channel = active_channel(mailbox, folder_mapping=mapping)
	receive(channel)
	put(mailbox, "Sales", "Left behind")
	put(mailbox, "INBOX", "After")
	with mailbox.connected() as connection:
		connection.rename("Sales", "Verkauf")
	poll(channel.name)
	reason = explained.channel(channel.name).health_reason
	assert "Sales" in reason and "server's list" in reason
	assert issues(site, channel) == ["After", "Before"], story(channel.name)
	with mailbox.connected() as connection:
		connection.rename("Verkauf", "Sales")
	receive(channel)
	assert issues(site, channel) == ["After", "Before", "Left behind"]


def test_an_outcome_folder_that_was_removed_is_made_again(site, mailbox):
	channel = active_channel(mailbox)
	put(mailbox, "INBOX", "One")
	receive(channel)
	mailbox.delete_folder("Done")
	put(mailbox, "INBOX", "Two")
	receive(channel)
	assert mailbox.subjects("Done") == ["Two"]


def test_a_folder_of_the_same_name_made_anew_is_read_like_any_other(site, mailbox):
	channel = active_channel(mailbox, folder_mapping=[route("Sales", "Sold")], after_processing="Move")
	put(mailbox, "Sales", "One")
	receive(channel)
	mailbox.delete_folder("Sales")
	put(mailbox, "Sales", "Two")
	receive(channel)
	assert issues(site, channel) == ["One", "Two"]


@pytest.fixture
def read_only(dovecot, mailbox):
	"""Takes from the mail server the right to write into a folder."""
	closed = []

	def close(name):
		folder = dovecot.home / "mail" / mailbox.user / f".{name}"
		for path in (folder, folder / "cur", folder / "new"):
			os.chmod(path, 0o555)
			closed.append(path)

	yield close
	for path in closed:
		os.chmod(path, 0o755)


def test_a_read_only_folder_is_read_once_and_the_channel_says_why_it_stays(site, mailbox, read_only):
	put(mailbox, "Archive", "One")
	channel = active_channel(mailbox, folder_mapping=[route("Archive", "Done")])
	read_only("Archive")
	receive(channel)
	receive(channel)
	assert issues(site, channel) == ["One"]
	assert mailbox.subjects("Archive") == ["One"]
	reason = explained.channel(channel.name).health_reason
	assert reason == "The folder Archive is read-only: its messages stay there."


def test_what_could_not_be_moved_is_closed_when_its_folder_is_read_no_longer(site, mailbox, read_only):
	put(mailbox, "Archive", "One")
	put(mailbox, "Full", "Older")
	channel = active_channel(mailbox, folder_mapping=[route("Archive", "Full")])
	read_only("Full")
	receive(channel)
	[state] = site.get_all("Email Channel Message", {"channel": channel.name}, pluck="state", order_by="name")
	assert state == "Done"

	channel.reload()
	channel.set("folder_mapping", [FOLDERS])
	channel.save()
	site.db.commit()
	put(mailbox, "INBOX", "Two")
	receive(channel)
	receipts = site.get_all(
		"Email Channel Message",
		{"channel": channel.name},
		["subject", "state", "folder", "dest_folder", "left_mailbox"],
		order_by="creation",
	)
	assert [(each.subject, each.state, each.dest_folder) for each in receipts] == [
		("One", "Settled", "Archive"),
		("Two", "Settled", "Done"),
	]
	assert mailbox.subjects("Archive") == ["One"]


def test_a_message_above_the_limit_is_never_downloaded(site, mailbox):
	heavy = mail("Too heavy", body="x" * 2_000_000).as_bytes()
	mailbox.append("INBOX", heavy)
	put(mailbox, "INBOX", "Light")
	wire = Wire(mailbox.imap_port, Lines)
	site.conf.mailchannel_extra_ports = [*site.conf.mailchannel_extra_ports, wire.port]
	channel = active_channel(mailbox, security="None", port=wire.port, max_message_size=1)
	receive(channel)
	wire.close()
	assert wire.answered < 20_000, "octets over the wire"
	assert issues(site, channel) == ["Light"]
	assert mailbox.subjects("Failed") == ["Too heavy"]
	[receipt] = explained.messages({"channel": channel.name, "fate": "Failed"}, ["subject"])
	assert (receipt.reason_code, receipt.subject) == ("too_large", "Too heavy")
	assert "1.0 MB" in receipt.reason


@pytest.mark.parametrize(
	("choice", "seen", "stays"),
	[("Mark as Read", True, True), ("Leave in Place", False, True), ("Delete", False, False)],
)
def test_what_happens_to_filed_mail_is_the_administrators_choice(site, mailbox, choice, seen, stays):
	put(mailbox, "INBOX", "One")
	channel = active_channel(mailbox, after_processing=choice)
	receive(channel)
	receive(channel)
	assert issues(site, channel) == ["One"]
	left = mailbox.messages("INBOX")
	assert [message.subject for message in left] == (["One"] if stays else [])
	assert all(("\\Seen" in message.flags) is seen for message in left)
	[receipt] = site.get_all(
		"Email Channel Message", {"channel": channel.name}, ["state", "left_mailbox"], order_by="name"
	)
	assert (receipt.state, bool(receipt.left_mailbox)) == ("Settled", not stays)


def test_reading_marks_nothing_as_read(site, mailbox):
	put(mailbox, "INBOX", "One")
	receive(active_channel(mailbox))
	[moved] = mailbox.messages("Done")
	assert "\\Seen" not in moved.flags


def test_a_folder_with_more_mail_than_a_run_takes_leaves_the_next_one_its_turn(site, mailbox, monkeypatch):
	settings = job._settings
	monkeypatch.setattr(job, "_settings", lambda doc: replace(settings(doc), budget=Budget(messages=2)))
	put(mailbox, "INBOX", "One", "Two", "Three", "Four")
	put(mailbox, "Sales", "Last")
	mapping = [FOLDERS, route("Sales", "Sold")]
	channel = active_channel(mailbox, folder_mapping=mapping)
	for _ in range(2):
		poll(channel.name)
	assert "Last" in issues(site, channel), story(channel.name)


def test_a_server_that_gives_all_messages_other_names_again_and_again_is_told_of(site, mailbox):
	channel = active_channel(mailbox, after_processing="Leave in Place")
	for _ in range(7):
		put(mailbox, "INBOX", "One", "Two")
		poll(channel.name)
		with mailbox.connected() as connection:
			connection.select("INBOX")
			connection.store("1:*", "+FLAGS", "\\Deleted")
			connection.expunge()
	assert explained.channel(channel.name).trouble_code == ""
	poll(channel.name)
	assert explained.channel(channel.name).trouble_code == "uidvalidity_unstable"
	assert issues(site, channel) == ["One", "Two"]


def flag_all(mailbox, change):
	"""What another mail program does to all messages of the INBOX."""
	with mailbox.connected() as connection:
		connection.select("INBOX")
		connection.store("1:*", change, "\\Deleted")


@pytest.mark.parametrize("after", ["Leave in Place", "Mark as Read"])
def test_a_message_that_was_hidden_for_a_poll_is_known_to_be_in_the_mailbox(site, mailbox, after):
	channel = active_channel(mailbox, after_processing=after)
	put(mailbox, "INBOX", "One")
	for change in ("+FLAGS", "-FLAGS"):
		poll(channel.name)
		flag_all(mailbox, change)
	poll(channel.name)
	receipts = site.get_all(
		"Email Channel Message", {"channel": channel.name}, ["fate", "state", "left_mailbox"]
	)
	assert receipts == [{"fate": "Ticket", "state": "Settled", "left_mailbox": 0}]
	assert issues(site, channel) == ["One"]


def test_a_pop3_server_that_names_by_number_gets_each_message_read(site, mailbox, monkeypatch):
	named = pop3_session._named
	monkeypatch.setattr(
		pop3_session, "_named", lambda *args: [(number, f"n{number}") for number, _ in named(*args)]
	)
	pop3 = {"protocol": "POP3", "security": "None", "port": mailbox.pop3_port, "after_processing": "Delete"}
	monkeypatch.setitem(
		site.conf, "mailchannel_extra_ports", [*site.conf.mailchannel_extra_ports, mailbox.pop3_port]
	)
	channel = active_channel(mailbox, **pop3)
	for subject in ("aaaa", "bbbb", "cccc"):
		put(mailbox, "INBOX", subject)
		poll(channel.name)
	assert issues(site, channel) == ["aaaa", "bbbb", "cccc"], story(channel.name)
	assert mailbox.subjects("INBOX") == []
	(receipt,) = site.get_all("Email Channel Message", {"channel": channel.name}, ["subject", "ticket"])
	assert receipt.subject == site.db.get_value("Issue", receipt.ticket, "subject") == "cccc"
