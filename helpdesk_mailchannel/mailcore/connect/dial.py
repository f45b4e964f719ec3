"""The first half of the way to a mailbox: find the host, connect to it."""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.connect import hosts
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
