"""The first half of the way to a mailbox: find the host, connect to it."""

from __future__ import annotations

import time

from helpdesk_mailchannel.mailcore.connect import hosts
from helpdesk_mailchannel.mailcore.connect.hosts import Place, Resolver, system_resolver
from helpdesk_mailchannel.mailcore.connect.limits import MOMENT, Brief, Patience
from helpdesk_mailchannel.mailcore.connect.stream import Stream
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.settings import ConnectionSettings, Security


def find(settings: ConnectionSettings, *, resolver: Resolver = system_resolver) -> Place:
	"""Look the channel's host up and check that it is allowed.

	Raises ChannelError: PORT_FORBIDDEN, HOST_UNKNOWN, HOST_FORBIDDEN, PLAIN_FORBIDDEN.
	"""
	place = hosts.resolve(settings.host, settings.port, settings.hosts, resolver=resolver)
	if settings.security is Security.NONE and not (place.loopback or settings.hosts.allow_plain):
		raise ChannelError(Trouble.PLAIN_FORBIDDEN, Step.RESOLVE)
	return place


def dial(
	settings: ConnectionSettings, place: Place, patience: Patience | None = None, brief: Brief | None = None
) -> Stream:
	"""Connect to the place, without securing it yet, within the remaining patience and brief time.

	Raises ChannelError.
	"""
	patience = patience or Patience()
	wait = min(settings.timeout, MOMENT + patience.left)
	if brief is not None:
		wait = min(wait, max(0.0, brief.end - time.monotonic()))
	with patience.waiting():
		stream = Stream(hosts.connect(place, wait), settings.timeout, patience)
	if brief is not None:
		stream.be_brief(brief)
	return stream
