"""The way to a mailbox: find the host, connect, secure, sign in, and hand over a `ports.Session`.

Everything that can go wrong on this way leaves as a ChannelError with its step and its trouble.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from helpdesk_mailchannel.mailcore.connect import hosts, imap, pop3, tls
from helpdesk_mailchannel.mailcore.connect.hosts import Place, Resolver, system_resolver
from helpdesk_mailchannel.mailcore.connect.pop3 import Pop3Session
from helpdesk_mailchannel.mailcore.connect.pop3_wire import Wire
from helpdesk_mailchannel.mailcore.connect.stream import Stream
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.ports import Credentials, Session
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.settings import ConnectionSettings, Protocol, Security


def open(
	settings: ConnectionSettings,
	credentials: Credentials,
	*,
	resolver: Resolver = system_resolver,
	create_folders: bool = True,
) -> Session:
	"""A signed-in session with the channel's mailbox.

	`create_folders` says whether a missing destination folder may be created. Raises ChannelError.
	"""
	if settings.protocol is Protocol.POP3:
		return Pop3Session(
			_open_pop3(settings, credentials, resolver), partial(_open_pop3, settings, credentials, resolver)
		)
	place = find(settings, resolver=resolver)
	stream = connect(settings, place)
	with _closed_on_failure(stream):
		client = imap.greet(stream, place, settings)
		imap.sign_in(client, settings, credentials)
		return imap.ImapSession(client, create_folders=create_folders)


def _open_pop3(settings: ConnectionSettings, credentials: Credentials, resolver: Resolver) -> Wire:
	place = find(settings, resolver=resolver)
	stream = connect(settings, place)
	with _closed_on_failure(stream):
		wire = pop3.greet(stream, place, settings)
		pop3.sign_in(wire, settings, credentials)
		return wire


@contextmanager
def _closed_on_failure(stream: Stream) -> Iterator[None]:
	try:
		yield
	except BaseException:
		stream.close()
		raise


def find(settings: ConnectionSettings, *, resolver: Resolver = system_resolver) -> Place:
	"""The channel's host, looked up and allowed.

	Raises ChannelError: PORT_FORBIDDEN, HOST_UNKNOWN, HOST_FORBIDDEN, PLAIN_FORBIDDEN.
	"""
	place = hosts.resolve(settings.host, settings.port, settings.hosts, resolver=resolver)
	if settings.security is Security.NONE and not (place.loopback or settings.hosts.allow_plain):
		raise ChannelError(Trouble.PLAIN_FORBIDDEN, Step.RESOLVE)
	return place


def connect(settings: ConnectionSettings, place: Place) -> Stream:
	"""A connection to the place, secured already where the channel says TLS. Raises ChannelError."""
	context = tls.context(settings.ca_file) if settings.security is Security.TLS else None
	stream = Stream(hosts.connect(place, settings.timeout), settings.timeout)
	if context is None:
		return stream
	try:
		stream.start_tls(context, place.name)
	except ChannelError:
		stream.close()
		raise
	return stream
