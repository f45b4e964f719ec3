"""The first half of the way to a mailbox: find the host, connect to it, secure the connection."""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.connect import hosts, tls
from helpdesk_mailchannel.mailcore.connect.hosts import Place, Resolver, system_resolver
from helpdesk_mailchannel.mailcore.connect.stream import Stream
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.settings import ConnectionSettings, Security


def find(settings: ConnectionSettings, *, resolver: Resolver = system_resolver) -> Place:
	"""The channel's host, looked up and allowed.

	Raises ChannelError: PORT_FORBIDDEN, HOST_UNKNOWN, HOST_FORBIDDEN, PLAIN_FORBIDDEN.
	"""
	place = hosts.resolve(settings.host, settings.port, settings.hosts, resolver=resolver)
	if settings.security is Security.NONE and not (place.loopback or settings.hosts.allow_plain):
		raise ChannelError(Trouble.PLAIN_FORBIDDEN, Step.RESOLVE)
	return place


def dial(settings: ConnectionSettings, place: Place) -> Stream:
	"""A connection to the place, not yet secured. Raises ChannelError."""
	return Stream(hosts.connect(place, settings.timeout), settings.timeout)


def secure(stream: Stream, settings: ConnectionSettings, place: Place) -> None:
	"""TLS with the name verified. Raises ChannelError: CERTIFICATE, TLS and those of a lost connection."""
	stream.start_tls(tls.context(settings.ca_file), place.name)
