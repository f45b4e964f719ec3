"""Where a channel may connect to: names are resolved once, judged, and connected to by address.

A name controlled by an outsider could point into this server's own network (SSRF), or change between the
check and the use (DNS rebinding). So every address of the name is judged, a single forbidden address forbids
the name, and the connection goes to the addresses that were judged. The name is kept for TLS to verify.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import idna

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, _, in_a_row
from helpdesk_mailchannel.mailcore.settings import DEFAULT_PORTS, HostPolicy

MAIL_PORTS = frozenset(DEFAULT_PORTS.values())

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
"""Name and port → addresses, in the order to try them. Raises OSError if the name is unknown."""

METADATA = frozenset(
	ipaddress.ip_address(address)
	for address in (
		"169.254.169.254",  # AWS, Azure, Google Cloud, OpenStack and others
		"169.254.170.2",  # AWS container credentials
		"fd00:ec2::254",  # AWS over IPv6
		"fd00:ec2::23",  # AWS EKS pod identity
		"fd20:ce::254",  # Google Cloud over IPv6
		"100.100.100.200",  # Alibaba Cloud
		"192.0.0.192",  # Oracle Cloud
		"168.63.129.16",  # Azure's wire server
	)
)
"""Addresses at which cloud machines hand out their own credentials."""

_NAME = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+(%\w+)?")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_IPV4_COMPATIBLE = ipaddress.ip_network("::/96")
_THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")


@dataclass(frozen=True)
class Place:
	"""A host that was judged and allowed: the name to verify, its addresses, the port."""

	name: str
	port: int
	addresses: tuple[str, ...]

	@property
	def loopback(self) -> bool:
		"""True if every address is this machine."""
		return all(_inner(ipaddress.ip_address(address)).is_loopback for address in self.addresses)


LONGEST_LOOKUP = 10.0
"""Seconds. A name server that does not answer would block the caller for half a minute or more."""


def system_resolver(name: str, port: int) -> Sequence[str]:
	"""Return the addresses the operating system knows for a name, the preferred one first.

	Nothing can cancel the system's own look-up, so it is abandoned if it takes too long.
	"""
	found: list[str] = []
	failed: list[OSError | UnicodeError] = []

	def look_up() -> None:
		try:
			answer = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
			found.extend(dict.fromkeys(str(address[0]) for *_, address in answer))
		except (OSError, UnicodeError) as error:
			failed.append(error)

	asking = threading.Thread(target=look_up, name="look up a mail server", daemon=True)
	asking.start()
	asking.join(LONGEST_LOOKUP)
	if failed:
		raise failed[0]
	if asking.is_alive():
		raise TimeoutError(f"the name servers did not answer within {LONGEST_LOOKUP:.0f} seconds")
	return found


def resolve(
	host: str,
	port: int,
	policy: HostPolicy,
	*,
	ports: frozenset[int] = MAIL_PORTS,
	resolver: Resolver = system_resolver,
) -> Place:
	"""Look the host up once and judge it; also works for a token endpoint, with its own `ports`.

	Raises ChannelError: PORT_FORBIDDEN, HOST_UNKNOWN, HOST_FORBIDDEN.
	"""
	if port not in ports | policy.extra_ports:
		raise ChannelError(Trouble.PORT_FORBIDDEN, Step.RESOLVE, _("(Port {0}.)").format(port))
	name = _ascii_name(host)
	try:
		addresses = tuple(resolver(name, port))
	except (OSError, UnicodeError) as error:
		raise ChannelError(Trouble.HOST_UNKNOWN, Step.RESOLVE, _("(Host {0}.)").format(name)) from error
	if not addresses:
		raise ChannelError(Trouble.HOST_UNKNOWN, Step.RESOLVE, _("(Host {0}.)").format(name))
	for address in addresses:
		if why := forbidden(address, policy):
			raise ChannelError(
				Trouble.HOST_FORBIDDEN,
				Step.RESOLVE,
				_("{0} leads to {1}, which is {2}.").format(name, address, why),
			)
	return Place(name, port, addresses)


def forbidden(address: str, policy: HostPolicy) -> Sentence:
	"""Say why this site does not connect to the address, as a noun phrase; empty if it does."""
	outer = ipaddress.ip_address(address)
	ip = _inner(outer)
	if ip in METADATA or outer in METADATA:
		return _("a cloud machine's metadata service")
	if ip.is_unspecified or (isinstance(ip, ipaddress.IPv4Address) and ip in _THIS_NETWORK):
		return _("no address of a host")
	if ip.is_link_local:
		return _("a link-local address")
	if ip.is_multicast:
		return _("a multicast address")
	if ip.is_loopback:
		return NOTHING if policy.allow_loopback else _("this server itself")
	if ip.is_reserved:
		return _("a reserved address")
	private = not ip.is_global or (isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local)
	if private and not policy.allow_private:
		return _("a private address")
	return NOTHING


def connect(place: Place, timeout: float) -> socket.socket:
	"""Open a TCP connection to the first of the place's addresses that answers, all within `timeout` seconds.

	Raises ChannelError: CONNECTION_REFUSED, CONNECTION_TIMEOUT, CONNECTION_LOST.
	"""
	end = time.monotonic() + timeout
	last: OSError = TimeoutError()
	for remaining, address in zip(range(len(place.addresses), 0, -1), place.addresses, strict=True):
		share = (end - time.monotonic()) / remaining
		if share <= 0:
			break
		try:
			return socket.create_connection((address, place.port), share)
		except OSError as error:
			last = error
	raise _unreachable(place, last) from last


def _unreachable(place: Place, error: OSError) -> ChannelError:
	where = _("(Tried port {0} of {1}.)").format(place.port, ", ".join(place.addresses[:4]))
	match error:
		case ConnectionRefusedError():
			return ChannelError(Trouble.CONNECTION_REFUSED, Step.CONNECT, where)
		case TimeoutError():
			return ChannelError(Trouble.CONNECTION_TIMEOUT, Step.CONNECT, where)
		case _:
			return ChannelError(
				Trouble.CONNECTION_LOST,
				Step.CONNECT,
				in_a_row(_("{0}.").format(error.strerror or error), where),
			)


def _ascii_name(host: str) -> str:
	"""Return the host as DNS and certificates spell it: A-labels, no brackets, no final dot."""
	bare = host.strip().removeprefix("[").removesuffix("]").rstrip(".")
	try:
		name = bare if bare.isascii() else idna.encode(bare, uts46=True).decode("ascii")
	except UnicodeError as error:
		raise ChannelError(Trouble.HOST_UNKNOWN, Step.RESOLVE, _("It is not a host name.")) from error
	labels = name.split(".")
	if not all(0 < len(label) < 64 for label in labels) or not _NAME.fullmatch(name):
		raise ChannelError(Trouble.HOST_UNKNOWN, Step.RESOLVE, _("It is not a host name."))
	return name


def _inner(ip: IPAddress) -> IPAddress:
	"""Return the IPv4 address that an IPv6 address embeds (mapped, compatible, NAT64, 6to4), or itself."""
	if isinstance(ip, ipaddress.IPv4Address):
		return ip
	if ip.ipv4_mapped or ip.sixtofour:
		return ip.ipv4_mapped or ip.sixtofour or ip
	if ip in _NAT64 or (ip in _IPV4_COMPATIBLE and int(ip) > 1):
		return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
	return ip
