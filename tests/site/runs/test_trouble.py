"""A channel in trouble says what is wrong and what to do, holds nobody up, hammers nobody, and recovers."""

from datetime import datetime, timedelta, timezone

import pytest

from devkit import ports
from devkit.services import certificates
from helpdesk_mailchannel.mailcore.connect.imap.imap_session import ImapSession
from helpdesk_mailchannel.mailcore.reasons import Trouble
from helpdesk_mailchannel.ticketing.desk import api
from helpdesk_mailchannel.ticketing.polling import schedule
from helpdesk_mailchannel.ticketing.polling.job import poll
from helpdesk_mailchannel.ticketing.sign_in.stored_secrets import bind
from helpdesk_mailchannel.ticketing.times import from_site
from tests.core.connect.imap_scripts import greeting
from tests.core.connect.scripted_server import ScriptedServer
from tests.crash.wire import Lines, Wire
from tests.site import explained
from tests.site.mails import mail
from tests.site.polling import FOLDERS, active_channel, new_channel, receive


class MovableClock:
	"""The machine's clock, moved on."""

	def __init__(self):
		self.ahead = timedelta()

	def now(self):
		return datetime.now(timezone.utc) + self.ahead


def let_pass(channel, minutes, clock):
	"""Poll the channel whenever the scheduler would, for so many minutes; how often that was."""
	polls = 0
	for _ in range(minutes):
		if channel.name in schedule.due_channels(clock.now()):
			poll(channel.name, clock)
			polls += 1
		clock.ahead += timedelta(minutes=1)
	return polls


def state(site, channel):
	return explained.channel(channel.name, ["failures", "alerted", "next_poll_at"])


def alerts(site, channel):
	"""What each administrator was told about the channel."""
	rows = site.get_all(
		"Notification Log",
		{"document_name": channel.name},
		["for_user", "subject", "email_content"],
		order_by="creation",
	)
	return [row for row in rows if row.for_user == rows[0].for_user]


def over_a_wire(site, port):
	"""A watched wire to a mail server, and what a channel needs to use it."""
	wire = Wire(port, Lines)
	site.conf.mailchannel_extra_ports = [*site.conf.mailchannel_extra_ports, wire.port]
	return wire, {"security": "None", "port": wire.port}


def lead_to(site, channel, port):
	"""Let a channel find its server again, as if its password had been entered for it."""
	site.db.set_value("Email Channel", channel.name, "port", port)
	bind(site.get_doc("Email Channel", channel.name), "password")


def sign_ins(wire):
	return sum(" LOGIN " in command for command in wire.commands)


def test_a_wrong_password_is_tried_once_and_once_more_and_then_not_again(site, mailbox):
	wire, values = over_a_wire(site, mailbox.imap_port)
	channel = active_channel(mailbox, password="wrong", **values)
	assert let_pass(channel, 24 * 60, MovableClock()) == 2
	assert sign_ins(wire) == 2
	told = state(site, channel)
	assert (told.health, told.trouble_code, told.failed_step) == (
		"Needs Authorization",
		"sign_in_refused",
		"signing in",
	)
	assert "Enter the password again" in told.health_reason
	assert told.next_poll_at is None
	[alert] = alerts(site, channel)
	assert "does not receive mail" in alert.subject
	assert "Enter the password again" in alert.email_content
	wire.close()


def test_the_right_password_is_tried_at_once_and_tells_that_mail_comes_again(site, mailbox):
	clock = MovableClock()
	channel = active_channel(mailbox, password="wrong")
	let_pass(channel, 60, clock)
	channel.reload()
	channel.password = mailbox.password
	channel.save()
	site.db.commit()
	clock.ahead = timedelta()
	assert let_pass(channel, 30, clock) > 0
	assert state(site, channel).health == "Connected"
	first, second = (alert.subject for alert in alerts(site, channel))
	assert first.endswith("does not receive mail")
	assert second.endswith("receives mail again")


def test_fetch_now_gives_a_stopped_channel_another_try(site, mailbox):
	clock = MovableClock()
	channel = active_channel(mailbox, password="wrong")
	let_pass(channel, 60, clock)
	assert channel.name not in schedule.due_channels(clock.now())
	assert "being read" in api.fetch_now(channel.name)
	assert channel.name in schedule.due_channels(clock.now())


def test_fetch_now_is_refused_where_the_channel_is_not_active(site, mailbox):
	with pytest.raises(site.ValidationError, match="activate"):
		api.fetch_now(new_channel(mailbox).name)


MISTAKES = {
	Trouble.HOST_UNKNOWN: {"host": "no-such-host.invalid"},
	Trouble.CONNECTION_REFUSED: {"port": "closed"},
	Trouble.CERTIFICATE: {"ca_file": "other-ca.pem"},
	Trouble.TLS: {"port": "plain"},
	Trouble.FOLDER_MISSING: {"folder_mapping": [{**FOLDERS, "read_folder": "Nowhere"}]},
	Trouble.PORT_FORBIDDEN: {"port": 25},
	Trouble.HOST_FORBIDDEN: {"host": "169.254.169.254"},
}


@pytest.mark.parametrize("trouble", MISTAKES, ids=lambda trouble: trouble.code)
def test_each_trouble_names_its_step_and_its_remedy(site, mailbox, trouble):
	values = dict(MISTAKES[trouble])
	if values.get("port") == "closed":
		values["port"] = ports.choose(set())
		site.conf.mailchannel_extra_ports = [*site.conf.mailchannel_extra_ports, values["port"]]
	elif values.get("port") == "plain":
		values["port"] = mailbox.imap_port
	if "ca_file" in values:
		values["ca_file"] = str(certificates.folder() / values["ca_file"])
	channel = active_channel(mailbox)
	spoil(site, channel, values)
	poll(channel.name)
	told = state(site, channel)
	assert told.trouble_code == trouble.code
	assert told.health_reason.startswith(f"While {told.failed_step}: {trouble.sentence}")
	assert told.health_reason.rstrip().endswith(".")
	assert len(told.health_reason) > len(trouble.sentence) + 40, "a remedy follows"
	[row] = site.get_all("Email Channel Run", {"channel": channel.name}, pluck="name", order_by="creation")
	line = site.get_doc("Email Channel Run", row).error
	assert trouble.sentence in line


def spoil(site, channel, values):
	"""Change an active channel past the form's own checks, as time does: servers and folders go away."""
	mapping = values.pop("folder_mapping", None)
	if mapping:
		row = site.get_doc("Email Channel", channel.name).folder_mapping[0]
		site.db.set_value("Folder Mapping", row.name, mapping[0])
	if values:
		site.db.set_value("Email Channel", channel.name, values)
	site.db.commit()
	site.clear_document_cache("Email Channel", channel.name)


def test_a_server_that_is_away_is_told_about_once_and_its_return_once(site, dovecot, mailbox):
	wire, values = over_a_wire(site, mailbox.imap_port)
	channel = active_channel(mailbox, max_tries=3, cool_off=5, **values)
	wire.close()
	clock = MovableClock()
	polls = let_pass(channel, 120, clock)
	told = state(site, channel)
	assert (told.health, told.failures) == ("Cooling Off", polls)
	assert 5 <= polls <= 8, "each minute at first, then ever more rarely"
	assert len(alerts(site, channel)) == 1
	lead_to(site, channel, mailbox.imap_port)
	site.db.commit()
	mailbox.append("INBOX", mail("It waited").as_bytes())
	let_pass(channel, 90, clock)
	assert state(site, channel).health == "Connected"
	assert len(alerts(site, channel)) == 2
	assert "receives mail again" in alerts(site, channel)[1].subject
	assert mailbox.subjects("Done") == ["It waited"]


def test_a_short_trouble_is_nobodys_business(site, mailbox):
	wire, values = over_a_wire(site, mailbox.imap_port)
	channel = active_channel(mailbox, max_tries=3, **values)
	wire.close()
	clock = MovableClock()
	let_pass(channel, 2, clock)
	lead_to(site, channel, mailbox.imap_port)
	site.db.commit()
	let_pass(channel, 10, clock)
	assert state(site, channel).health == "Connected"
	assert site.db.count("Notification Log", {"document_name": channel.name}) == 0


def test_the_servers_own_back_off_time_is_obeyed(site, mailbox):
	def throttled(talk):
		greeting(talk)
		words = b"NO Request is throttled. Suggested Backoff Time: 299961 milliseconds"
		talk.command(b"LOGIN", answer=words)

	with ScriptedServer(throttled) as server:
		site.conf.mailchannel_extra_ports = [*site.conf.mailchannel_extra_ports, server.port]
		channel = active_channel(mailbox, security="None", port=server.port)
		before = datetime.now(timezone.utc)
		poll(channel.name)
	told = state(site, channel)
	assert told.trouble_code == "throttled"
	assert from_site(told.next_poll_at) - before >= timedelta(seconds=299)


def test_a_channel_rests_at_its_skip_times(site, mailbox):
	channel = active_channel(mailbox, skip_times=[{"from_time": "23:00:00", "to_time": "01:00:00"}])
	site.db.set_value("Email Channel", channel.name, "next_poll_at", "2026-01-01 00:00:00")
	midnight = from_site("2026-02-02 00:00:00")
	due = {
		hour: channel.name in schedule.due_channels(midnight + timedelta(hours=hour))
		for hour in (-2, -1, 0, 1)
	}
	assert due == {-2: True, -1: False, 0: False, 1: True}


def test_a_channel_in_trouble_does_not_hold_up_the_next(site, mailbox, scheduler):
	channel = active_channel(mailbox)
	broken = new_channel(
		mailbox, channel_name="Broken", email_address="broken@desk.example", host="no-such-host.invalid"
	)
	site.db.set_value("Email Channel", broken.name, {"status": "Active", "next_poll_at": "2020-01-01"})
	site.db.commit()
	mailbox.append("INBOX", mail("The printer burns").as_bytes())
	scheduler.make_due("helpdesk_mailchannel.ticketing.polling.schedule.enqueue_due_channels")
	scheduler.tick_and_work()
	site.db.rollback()
	assert state(site, broken).trouble_code == "host_unknown"
	assert state(site, channel).health == "Connected"
	assert mailbox.subjects("Done") == ["The printer burns"]


class Meddler(MovableClock):
	"""A clock that lets somebody change the channel as soon as the first message is filed."""

	def __init__(self, site, channel, values):
		super().__init__()
		self.site, self.channel, self.values = site, channel.name, values

	def now(self):
		filed = {"channel": self.channel, "state": "Done"}
		if self.values and self.site.db.exists("Email Channel Message", filed):
			values, self.values = self.values, None
			self.site.db.set_value("Email Channel", self.channel, values)
			self.site.db.commit()
		return super().now()


@pytest.mark.parametrize("values", [{"status": "Paused"}, {"poll_interval": 7}], ids=["paused", "edited"])
def test_a_channel_changed_during_a_run_stops_after_the_message_in_hand(site, mailbox, values):
	channel = active_channel(mailbox)
	mailbox.append_many("INBOX", [mail(f"Number {number}").as_bytes() for number in range(10)])
	poll(channel.name, Meddler(site, channel, values))
	assert site.db.count("Issue", {"email_channel": channel.name}) == 1
	told = state(site, channel)
	assert (told.trouble_code or "", told.alerted) == ("", 0)
	assert "settings changed" in told.health_reason
	site.db.set_value("Email Channel", channel.name, "status", "Active")
	site.db.commit()
	receive(channel)
	assert site.db.count("Issue", {"email_channel": channel.name}) == 10
	attempts = site.get_all(
		"Email Channel Message", {"channel": channel.name}, pluck="attempts", order_by="name"
	)
	assert set(attempts) == {1}, "what was given back was no attempt"


def test_a_ticket_doctype_that_is_gone_is_said(site, mailbox):
	channel = active_channel(mailbox)
	spoil(site, channel, {"target_doctype": "Vanished"})
	poll(channel.name)
	told = state(site, channel)
	assert told.trouble_code == "settings_incomplete"
	assert "Vanished" in told.health_reason


def test_a_message_that_was_called_gone_and_lies_in_the_folder_after_all_becomes_a_ticket(
	site, mailbox, monkeypatch
):
	channel = active_channel(mailbox)
	mailbox.append("INBOX", mail("The printer burns").as_bytes())
	with monkeypatch.context() as wrong:
		wrong.setattr(ImapSession, "fetch", lambda session, refs: iter(()))
		receive(channel)
	fields = ["fate", "state", "ticket"]
	[gone] = site.get_all("Email Channel Message", {"channel": channel.name}, fields)
	assert (gone.fate, gone.state) == ("Gone", "Settled")
	receive(channel)
	[read] = site.get_all("Email Channel Message", {"channel": channel.name}, fields)
	assert read.fate == "Ticket"
	issues = site.get_all("Issue", {"email_channel": channel.name}, pluck="name", order_by="name")
	assert issues == [read.ticket]
	assert mailbox.subjects("INBOX") == []
