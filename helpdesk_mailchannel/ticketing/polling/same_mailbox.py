"""Detects two channels that read the same mailbox, under whatever names: two readers file its email twice.

Before a channel is activated, its server and user are compared with the others'; while it runs, what it reads
is compared with what others have read, because names alone do not prove it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import frappe

from helpdesk_mailchannel.mailcore.connect.hosts import system_resolver
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.model import Message
from helpdesk_mailchannel.mailcore.outside.domains import a_labels
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import _
from helpdesk_mailchannel.ticketing.settings import connection_settings

_SERVICES = frozenset({"imap", "imaps", "imap4", "pop", "pop3", "pops", "mail", "mx"})
"""First labels under which one provider's server is known for different protocols."""
_LOOK_UP_SECONDS = 5
_COPIES = 3
"""How many messages of one folder, UIDVALIDITY, UID, size, arrival and content two mailboxes do not share."""

Addresses = Callable[[str], frozenset[str]]


@dataclass(frozen=True)
class Mailbox:
	"""A mailbox, as identified by the details used to sign in."""

	host: str
	user: str
	address: str
	"""Its email address: what a user name without domain is completed by."""

	@property
	def users(self) -> frozenset[str]:
		"""The user, and the user with its domain: `support` is `support@example.com` on most servers."""
		user = self.user.strip().lower()
		domain = self.address.rpartition("@")[2].lower()
		return frozenset({user} if "@" in user or not domain else {user, f"{user}@{domain}"})

	@property
	def server(self) -> str:
		"""The host name in normalized form."""
		host = self.host.strip().lower().rstrip(".")
		return a_labels(host) or host


def mailbox_of(channel: Any) -> Mailbox:
	"""Return the mailbox that an Email Channel reads."""
	connection = connection_settings(channel)
	return Mailbox(connection.host, connection.user, channel.email_address or "")


def is_same(one: Mailbox, other: Mailbox, addresses: Addresses = lambda host: frozenset()) -> bool:
	"""Return whether both are one mailbox, over IMAP or POP3, judging by names and `addresses` of servers."""
	if not one.users & other.users:
		return False
	if one.server == other.server or _provider(one.server) == _provider(other.server):
		return True
	return bool(addresses(one.server) & addresses(other.server))


def other_reader(channel: Any) -> str | None:
	"""Find the active channel that reads the same mailbox under another name of its server, or None.

	Queries the name service for at most five seconds; what it has not answered by then counts as unknown.
	"""
	mailbox = mailbox_of(channel)
	filters = {"status": "Active", "name": ["!=", channel.name or ""]}
	others = {
		name: mailbox_of(frappe.get_cached_doc("Email Channel", name))
		for name in frappe.get_all("Email Channel", filters, pluck="name", order_by="name")
	}
	candidates = {name: other for name, other in others.items() if mailbox.users & other.users}
	if not candidates:
		return None
	known = _looked_up({mailbox.server, *(other.server for other in candidates.values())})
	same = (name for name, other in candidates.items() if is_same(mailbox, other, lambda host: known[host]))
	return next(same, None)


def must_not_be_read_by_another(channel: str, messages: Sequence[Message]) -> None:
	"""Raise ChannelError if another channel has read the very same copies.

	A copy is identified by everything the server says about it, and by its content. One is enough if both
	channels sign in as the same user.
	"""
	copies = {each.identity: each.ref for each in messages if each.ref.uidvalidity and each.ref.received_at}
	if not copies:
		return
	identity, receipt = (
		frappe.qb.DocType("Email Channel Identity"),
		frappe.qb.DocType("Email Channel Message"),
	)
	rows = (
		frappe.qb.from_(identity)
		.inner_join(receipt)
		.on(receipt.name == identity.receipt)
		.select(identity.identity, receipt.name, receipt.channel)
		.where(identity.identity.isin(list(copies)) & (identity.channel != channel))
	).run(as_dict=True)
	read: dict[str, int] = {}
	for row in rows:
		# The receipt's name is derived from everything the server says about the copy.
		if row.name == copies[row.identity].key(row.channel):
			read[row.channel] = read.get(row.channel, 0) + 1
	for other, count in read.items():
		if count >= _COPIES or _sign_in_alike(channel, other):
			raise ChannelError(
				Trouble.MAILBOX_SHARED,
				Step.LIST,
				_("The channel {0} has read {1} of these messages.").format(other, count),
			)


def _sign_in_alike(channel: str, other: str) -> bool:
	one, another = (mailbox_of(frappe.get_cached_doc("Email Channel", name)) for name in (channel, other))
	return bool(one.users & another.users)


def _provider(server: str) -> tuple[str, str]:
	"""Return the host name without a first label that only names the service."""
	label, _, domain = server.partition(".")
	return ("", domain) if label in _SERVICES and "." in domain else (label, domain)


def _looked_up(hosts: set[str]) -> Mapping[str, frozenset[str]]:
	pool = ThreadPoolExecutor(max_workers=len(hosts))
	asked = {pool.submit(_addresses, host): host for host in hosts}
	# Do not wait for the threads: a name service may take minutes.
	pool.shutdown(wait=False)
	answered, _ = wait(asked, timeout=_LOOK_UP_SECONDS)
	found: dict[str, frozenset[str]] = dict.fromkeys(hosts, frozenset())
	return found | {asked[each]: each.result() for each in answered}


def _addresses(host: str) -> frozenset[str]:
	try:
		return frozenset(system_resolver(host, 0))
	except (OSError, UnicodeError):
		return frozenset()
