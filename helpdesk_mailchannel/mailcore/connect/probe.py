"""Test Connection: follows a poll step by step, changes nothing, and says what it found.

It stops at the first step that fails, but looks at all folders. A person is waiting for it, so the whole
conversation has the time and the octets of `limits.Brief`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from helpdesk_mailchannel.mailcore.connect import tls
from helpdesk_mailchannel.mailcore.connect.certificate_facts import greeted
from helpdesk_mailchannel.mailcore.connect.dial import dial, find
from helpdesk_mailchannel.mailcore.connect.hosts import Place, Resolver, system_resolver
from helpdesk_mailchannel.mailcore.connect.imap import imap_session
from helpdesk_mailchannel.mailcore.connect.limits import Brief
from helpdesk_mailchannel.mailcore.connect.pop3 import pop3_session
from helpdesk_mailchannel.mailcore.connect.stream import Stream
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.model import Capabilities, RemoteFolder
from helpdesk_mailchannel.mailcore.ports import Credentials, Session
from helpdesk_mailchannel.mailcore.reasons import Trouble
from helpdesk_mailchannel.mailcore.routes import routes
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, _, in_a_row
from helpdesk_mailchannel.mailcore.settings import (
	AfterProcessing,
	ChannelSettings,
	ConnectionSettings,
	Protocol,
	ReadingSettings,
)


class ProbeResult(Enum):
	"""How a step of the test ended."""

	OK = "ok"
	FAILED = "failed"
	SKIPPED = "skipped"


@dataclass(frozen=True)
class ProbeStep:
	"""One line of the test's result: what was tried, how it ended, in words, and what to do about it."""

	title: Sentence
	result: ProbeResult
	sentence: Sentence = NOTHING
	remedy: Sentence = NOTHING


HOST, CONNECTION, ENCRYPTION, SIGN_IN = _("Host"), _("Connection"), _("Encryption"), _("Sign-in")
CAPABILITIES, FOLDERS, WAITING = _("Server features"), _("Folders"), _("Waiting messages")
_TITLES = (HOST, CONNECTION, ENCRYPTION, SIGN_IN, CAPABILITIES, FOLDERS, WAITING)


def probe(
	settings: ChannelSettings, credentials: Credentials, *, resolver: Resolver = system_resolver
) -> Iterator[ProbeStep]:
	"""Yield each step as soon as it is done; steps that were not reached come as skipped. Raises nothing."""
	done: list[str] = []
	steps = _steps(settings, credentials, resolver)
	try:
		for step in steps:
			done.append(step.title)
			yield step
	except ChannelError as error:
		failed = next(title for title in _TITLES if title not in done)
		done.append(failed)
		sentence = in_a_row(error.trouble.sentence, error.detail)
		yield ProbeStep(failed, ProbeResult.FAILED, sentence, error.remedy)
	finally:
		steps.close()
	for title in _TITLES:
		if title not in done:
			yield ProbeStep(title, ProbeResult.SKIPPED)


def _steps(
	settings: ChannelSettings, credentials: Credentials, resolver: Resolver
) -> Generator[ProbeStep, None, None]:
	connection = settings.connection
	place = find(connection, resolver=resolver)
	yield _ok(HOST, _("{0} is {1}.").format(place.name, ", ".join(place.addresses)))
	stream = dial(connection, place, brief=Brief())
	try:
		yield _ok(CONNECTION, _("Port {0} answers.").format(place.port))
		stream.finish_within(connection.timeout)
		enter = _pop3 if connection.protocol is Protocol.POP3 else _imap
		sign_in = enter(stream, place, connection)
		yield _encryption(stream)
		how, session = sign_in(credentials)
		yield _ok(SIGN_IN, _("Signed in as {0} by {1}.").format(connection.user, how))
		yield _ok(CAPABILITIES, _manner(session.capabilities))
		yield from _mailbox(session, settings.reading)
		session.close()
	finally:
		stream.close()


SignInStep = Callable[[Credentials], tuple[str, Session]]


def _imap(stream: Stream, place: Place, settings: ConnectionSettings) -> SignInStep:
	client = greeted(imap_session.greet, stream, place, settings)

	def sign_in(credentials: Credentials) -> tuple[str, Session]:
		how = imap_session.sign_in(client, settings, credentials)
		return how, imap_session.ImapSession(client, create_folders=False)

	return sign_in


def _pop3(stream: Stream, place: Place, settings: ConnectionSettings) -> SignInStep:
	wire = greeted(pop3_session.greet, stream, place, settings)

	def sign_in(credentials: Credentials) -> tuple[str, Session]:
		how = pop3_session.sign_in(wire, settings, credentials)
		return how, pop3_session.Pop3Session(wire, lambda: wire)

	return sign_in


def _encryption(stream: Stream) -> ProbeStep:
	if stream.secured is None:
		return ProbeStep(ENCRYPTION, ProbeResult.SKIPPED, _("The channel asks for none."))
	return _ok(ENCRYPTION, _("{0}.").format(tls.describe(stream.secured)))


def _manner(capabilities: Capabilities) -> Sentence:
	"""Say how messages will be moved on this server."""
	if not capabilities.folders:
		return _("POP3: messages can be deleted or left in place.")
	if capabilities.move:
		return _("Messages are moved in one step (MOVE).")
	if capabilities.uidplus:
		return _("Messages are copied and then removed one by one (UIDPLUS).")
	return _(
		"The server knows neither MOVE nor UIDPLUS: messages are copied and marked as "
		"deleted, and stay so until somebody expunges the folder."
	)


def _mailbox(session: Session, reading: ReadingSettings) -> Iterator[ProbeStep]:
	"""Check every folder the channel names, then count the messages waiting in those it reads."""
	existing = session.folders()
	missing = False
	for step in _folders(session, existing, reading):
		missing = missing or step.result is ProbeResult.FAILED
		yield step
	if not missing:
		yield _ok(WAITING, _waiting(session, existing, reading))


def _folders(
	session: Session, existing: Sequence[RemoteFolder], reading: ReadingSettings
) -> Iterator[ProbeStep]:
	"""Check the folders. `ensure_folder` only looks here: the sessions of the test create nothing."""
	for name in _read_names(existing, reading):
		if session.ensure_folder(name):
			yield _ok(FOLDERS, _("{0} is there.").format(name))
		else:
			remedy = Trouble.FOLDER_MISSING.remedy
			yield ProbeStep(FOLDERS, ProbeResult.FAILED, _("{0} does not exist.").format(name), remedy)
	if reading.after is AfterProcessing.MOVE and session.capabilities.folders:
		for name in dict.fromkeys(target for route in reading.routes for target in route.destinations):
			yield _destination(name, session.ensure_folder(name), reading.create_folders)


def _destination(name: str, there: bool, create: bool) -> ProbeStep:
	if there:
		return _ok(FOLDERS, _("{0} is there.").format(name))
	if create:
		return _ok(
			FOLDERS,
			_("{0} does not exist yet; it is created when the first message goes there.").format(name),
		)
	return ProbeStep(
		FOLDERS,
		ProbeResult.FAILED,
		_("{0} does not exist.").format(name),
		_("Create it in the mailbox, or let the channel create missing folders."),
	)


def _read_names(existing: Sequence[RemoteFolder], reading: ReadingSettings) -> Sequence[str]:
	return list(dict.fromkeys(route.read for route in routes(reading, existing)))


def _waiting(session: Session, existing: Sequence[RemoteFolder], reading: ReadingSettings) -> Sentence:
	counts = []
	for name in _read_names(existing, reading):
		state = session.open(name)
		number = len(session.list(reading.since)) if state.exists else 0
		count = _("{0} in {1} (read-only)") if state.read_only else _("{0} in {1}")
		counts.append(count.format(number, name))
	return _("{0}.").format(in_a_row(*counts, between=", "))


def _ok(title: Sentence, sentence: Sentence) -> ProbeStep:
	return ProbeStep(title, ProbeResult.OK, sentence)
