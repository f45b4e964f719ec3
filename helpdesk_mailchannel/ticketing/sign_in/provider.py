"""A channel's sign-in provider, under this site's rules for reaching it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import frappe

from helpdesk_mailchannel.mailcore.connect.hosts import resolve
from helpdesk_mailchannel.mailcore.oauth.choose import provider_for
from helpdesk_mailchannel.mailcore.oauth.defaults import prefilled
from helpdesk_mailchannel.mailcore.oauth.http import HttpClient
from helpdesk_mailchannel.mailcore.oauth.provider import Provider
from helpdesk_mailchannel.mailcore.settings import HostPolicy, OAuthProvider, OAuthSettings
from helpdesk_mailchannel.ticketing.settings import connection_settings, host_policy, oauth_settings
from helpdesk_mailchannel.ticketing.times import SystemClock

HTTPS_PORTS = frozenset({443, 8443})
HOSTS_KEY = "mailchannel_sign_in_hosts"
CA_KEY = "mailchannel_sign_in_ca_file"
LONGEST_TIMEOUT = 15.0
"""Seconds for a request, of which a renewal makes two at most: others may wait for the row lock meanwhile,
and the database lets them wait for 50."""


def registered_application(doc: Any) -> OAuthSettings:
	"""Return an Email Channel's registered application, saved or not, with its provider's fixed values."""
	return prefilled(oauth_settings(doc), connection_settings(doc).protocol)


def sign_in_provider(doc: Any, secret: str) -> Provider:
	"""Return an Email Channel's provider, saved or not, for an application with this client secret."""
	connection = connection_settings(doc)
	settings = registered_application(doc)
	# The mail server's private authority may vouch for a private provider, but not for the known ones.
	own_ca = connection.ca_file if settings.provider is OAuthProvider.OTHER else ""
	http = HttpClient(
		resolve_by_site_rules,
		hosts=connection.hosts,
		timeout=min(connection.timeout, LONGEST_TIMEOUT),
		ca_file=frappe.conf.get(CA_KEY) or own_ca,
	)
	return provider_for(settings, secret, http=http, clock=SystemClock(), random_octets=secrets.token_bytes)


def resolve_by_site_rules(host: str, port: int) -> Sequence[tuple[str, int]]:
	"""Resolve a provider's host name to addresses and ports. Raises ChannelError.

	The site's config may redirect names, for example to a gateway: `"mailchannel_sign_in_hosts":
	{"login.example.com": "192.0.2.7:8443"}`. Addresses given there are not checked again.
	"""
	led = (frappe.conf.get(HOSTS_KEY) or {}).get(host)
	if led:
		address, _, own_port = led.rpartition(":")
		return [(address.strip("[]"), int(own_port))]
	policy: HostPolicy = host_policy()
	place = resolve(host, port, policy, ports=HTTPS_PORTS)
	return [(address, place.port) for address in place.addresses]
