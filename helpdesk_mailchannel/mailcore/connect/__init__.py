"""The way to a mailbox: find the host, connect, secure, sign in, and hand over a `ports.Session`.

Everything that can go wrong on this way leaves as a ChannelError with its step and its trouble.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from helpdesk_mailchannel.mailcore.connect.certificate_facts import greeted
from helpdesk_mailchannel.mailcore.connect.dial import dial, find
from helpdesk_mailchannel.mailcore.connect.hosts import Resolver, system_resolver
from helpdesk_mailchannel.mailcore.connect.imap import imap_session
from helpdesk_mailchannel.mailcore.connect.imap.imap_wire import Client
from helpdesk_mailchannel.mailcore.connect.limits import Brief, Patience
from helpdesk_mailchannel.mailcore.connect.pop3 import pop3_session
from helpdesk_mailchannel.mailcore.connect.pop3.pop3_wire import Pop3Wire
from helpdesk_mailchannel.mailcore.connect.stream import Stream
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
	"""A signed-in session with the channel's mailbox.

	`create_folders` says whether a missing destination folder may be created; `brief`, when the whole
	conversation must be over because a person waits for it. Raises ChannelError.
	"""
	patience = Patience()
	if settings.protocol is Protocol.POP3:
		enter_pop3 = partial(_open_pop3, settings, credentials, resolver, patience, brief)
		return pop3_session.Pop3Session(enter_pop3(), enter_pop3, patience)
	enter_imap = partial(_open_imap, settings, credentials, resolver, patience, brief)
	return imap_session.ImapSession(enter_imap(), enter_imap, patience, create_folders=create_folders)


def _open_imap(
	settings: ConnectionSettings,
	credentials: Credentials,
	resolver: Resolver,
	patience: Patience,
	brief: Brief | None,
) -> Client:
	place = find(settings, resolver=resolver)
	stream = dial(settings, place, patience, brief)
	with _closed_on_failure(stream):
		client = greeted(imap_session.greet, stream, place, settings)
		imap_session.sign_in(client, settings, credentials)
		return client


def _open_pop3(
	settings: ConnectionSettings,
	credentials: Credentials,
	resolver: Resolver,
	patience: Patience,
	brief: Brief | None,
) -> Pop3Wire:
	place = find(settings, resolver=resolver)
	stream = dial(settings, place, patience, brief)
	with _closed_on_failure(stream):
		wire = greeted(pop3_session.greet, stream, place, settings)
		pop3_session.sign_in(wire, settings, credentials)
		return wire


@contextmanager
def _closed_on_failure(stream: Stream) -> Iterator[None]:
	try:
		yield
	except BaseException:
		stream.close()
		raise
