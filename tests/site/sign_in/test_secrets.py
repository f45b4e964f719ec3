"""A password is nowhere but in its own field, whatever goes wrong."""

from base64 import b64encode
from contextlib import contextmanager

import pytest

from helpdesk_mailchannel.ticketing.polling.job import poll
from tests.core.connect.imap_scripts import greeting
from tests.core.connect.scripted_server import ScriptedServer
from tests.site.mails import mail
from tests.site.polling import active_channel, new_channel

SECRET = "Tr0ub4dor&3-correct-horse"


def forms(user):
	"""How the secret may appear: as it is, and as the protocols carry it."""
	return [
		SECRET,
		b64encode(SECRET.encode()).decode(),
		b64encode(f"\0{user}\0{SECRET}".encode()).decode(),
	]


def everything_written(site, channel, logs):
	"""All that a person could read afterwards."""
	site.db.rollback()
	texts = [path.read_text(errors="replace") for path in logs]
	for doctype in ("Error Log", "Notification Log", "Email Channel Message", "Email Channel Run", "Comment"):
		texts.append(str(site.db.get_all(doctype, fields=["*"], order_by="name")))
	texts.append(str(site.get_doc("Email Channel", channel.name).as_dict()))
	texts.append(str(site.get_all("Version", {"docname": channel.name}, ["data"], order_by="name")))
	return "\n".join(texts)


@pytest.fixture
def logs(site):
	from pathlib import Path

	folders = [Path(site.get_site_path("logs")), Path(site.utils.get_bench_path()) / "logs"]
	return [file for folder in folders if folder.exists() for file in folder.glob("*.log*")]


def parrot(talk):
	"""A server that repeats what it was told."""
	greeting(talk)
	line = talk.expect(rb"(\S+) (LOGIN .*)")
	talk.send(line[1] + b" NO I do not know " + line[2] + b"\r\n")


def breaking(talk):
	greeting(talk)
	talk.expect(rb"(\S+) LOGIN")
	talk.send(b"* BAD )(\r\n{999999999999}\r\n")


@pytest.mark.parametrize(
	"script", [parrot, breaking], ids=["repeated-by-the-server", "answered-with-garbage"]
)
def test_a_refused_password_is_written_nowhere(site, mailbox, logs, script):
	with ScriptedServer(script) as server:
		site.conf.mailchannel_extra_ports = [*site.conf.mailchannel_extra_ports, server.port]
		channel = active_channel(mailbox, security="None", port=server.port, password=SECRET)
		poll(channel.name)
	assert SECRET.encode() in server.received, "it was really sent"
	written = everything_written(site, channel, logs)
	assert channel.name in written
	assert not [form for form in forms(mailbox.user) if form in written]


@contextmanager
def hooked(site, doctype, event, method):
	"""As if another app had this hook. Server Scripts, which could fail as well, are off on most benches."""
	hooks = site.get_doc_hooks().setdefault(doctype, {})
	before = hooks.get(event, [])
	hooks[event] = [*before, method]
	try:
		yield
	finally:
		hooks[event] = before


def test_an_unexpected_error_logs_no_password(site, dovecot, logs):
	box = dovecot.new_mailbox(password=SECRET)
	box.append("INBOX", mail("The printer burns").as_bytes())
	channel = active_channel(box)
	site.db.set_value("Email Channel", channel.name, "sync_start", "0001-01-01 00:00:00")
	site.db.commit()
	with hooked(site, "Issue", "before_insert", "helpdesk_mailchannel.no_such_module.at_all"):
		poll(channel.name)
	dovecot.remove_mailbox(box)
	assert site.db.count("Error Log") > 0
	written = everything_written(site, channel, logs)
	assert not [form for form in forms(box.user) if form in written]


def test_a_draft_shows_stars(site, mailbox):
	channel = new_channel(mailbox, password=SECRET)
	channel.reload()
	assert set(channel.password) == {"*"}
