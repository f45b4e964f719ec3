"""The way to a mailbox: find the host, connect, secure, sign in, and hand over a `ports.Session`.

Everything that can go wrong on this way leaves as a ChannelError with its step and its trouble.
"""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.connect import hosts, tls
from helpdesk_mailchannel.mailcore.connect.hosts import Place, Resolver, system_resolver
from helpdesk_mailchannel.mailcore.connect.imap import ImapSession
from helpdesk_mailchannel.mailcore.connect.imap import greet as greet_imap
from helpdesk_mailchannel.mailcore.connect.imap import sign_in as sign_in_imap
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
	place = find(settings, resolver=resolver)
	stream = connect(settings, place)
	try:
		if settings.protocol is Protocol.POP3:
			raise NotImplementedError
		client = greet_imap(stream, place, settings)
		sign_in_imap(client, settings, credentials)
		return ImapSession(client, create_folders=create_folders)
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
