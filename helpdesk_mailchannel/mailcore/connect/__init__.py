"""The way to a mailbox: find the host, connect, secure, sign in, and hand over a `ports.Session`.

Everything that can go wrong on the way is raised as a ChannelError with its step and its trouble.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from helpdesk_mailchannel.mailcore.connect.certificate_facts import Greet, Greeted, greeted
from helpdesk_mailchannel.mailcore.connect.dial import dial, find
from helpdesk_mailchannel.mailcore.connect.hosts import Place, Resolver, system_resolver
from helpdesk_mailchannel.mailcore.connect.imap import imap_session
from helpdesk_mailchannel.mailcore.connect.limits import Brief, Patience
from helpdesk_mailchannel.mailcore.connect.pop3 import pop3_session
from helpdesk_mailchannel.mailcore.connect.stream import Stream
from helpdesk_mailchannel.mailcore.connect.timed_credentials import TimedCredentials
from helpdesk_mailchannel.mailcore.ports import Credentials, Session
from helpdesk_mailchannel.mailcore.settings import ConnectionSettings, Protocol


def open(
	settings: ConnectionSettings,
	credentials: Credentials,
	*,
	resolver: Resolver = system_resolver,
	create_folders: bool = True,
	brief: Brief | None = None,
) -> Session:
	"""Return a signed-in session with the channel's mailbox. The host is looked up only once.

	`create_folders` says whether a missing destination folder may be created; `brief` is when the whole
	conversation must be over because a person is waiting for it. Raises ChannelError.
	"""
	patience = Patience()
	with patience.waiting():
		place = find(settings, resolver=resolver)
	way = (settings, place, TimedCredentials(credentials, patience), patience, brief)
	if settings.protocol is Protocol.POP3:
		enter_pop3 = partial(_enter, pop3_session.greet, pop3_session.sign_in, *way)
		return pop3_session.Pop3Session(enter_pop3(), enter_pop3, patience)
	enter_imap = partial(_enter, imap_session.greet, imap_session.sign_in, *way)
	return imap_session.ImapSession(enter_imap(), enter_imap, patience, create_folders=create_folders)


def _enter(
	greet: Greet[Greeted],
	sign_in: Callable[[Greeted, ConnectionSettings, Credentials], str],
	settings: ConnectionSettings,
	place: Place,
	credentials: Credentials,
	patience: Patience,
	brief: Brief | None,
) -> Greeted:
	"""Connect, secure and sign in; close the stream if that fails."""
	stream = dial(settings, place, patience, brief)
	with _closed_on_failure(stream):
		connection = greeted(greet, stream, place, settings)
		sign_in(connection, settings, credentials)
		return connection


@contextmanager
def _closed_on_failure(stream: Stream) -> Iterator[None]:
	try:
		yield
	except BaseException:
		stream.close()
		raise
