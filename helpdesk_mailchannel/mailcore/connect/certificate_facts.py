"""Describes a certificate that did not verify: for whom, by whom, until when.

A failed handshake does not reveal the certificate. So a second connection is made only to look at it. This is
the one place where nothing is verified; nothing is sent beyond the handshake and what precedes any sign-in.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Protocol, TypeVar

from asn1crypto import x509

from helpdesk_mailchannel.mailcore.connect.dial import dial
from helpdesk_mailchannel.mailcore.connect.hosts import Place
from helpdesk_mailchannel.mailcore.connect.limits import Brief
from helpdesk_mailchannel.mailcore.connect.stream import Stream
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, _, in_a_row
from helpdesk_mailchannel.mailcore.settings import ConnectionSettings

LONGEST_NAME = 80
LOOKING = 5.0
"""Seconds for the second connection: the detail in an error message is not worth more."""

Greeted = TypeVar("Greeted", covariant=True)


class Greet(Protocol[Greeted]):
	"""`imap.greet` and `pop3.greet`."""

	def __call__(
		self,
		stream: Stream,
		place: Place,
		settings: ConnectionSettings,
		context: ssl.SSLContext | None = None,
	) -> Greeted:
		"""Secure the connection, with this context if one is given, and read the greeting."""
		...


def greeted(greet: Greet[Greeted], stream: Stream, place: Place, settings: ConnectionSettings) -> Greeted:
	"""Call `greet`; if the certificate does not verify, add the certificate's facts to the error."""
	try:
		return greet(stream, place, settings)
	except ChannelError as error:
		if not isinstance(error.__cause__, ssl.SSLCertVerificationError):
			raise
		facts = _look(greet, place, settings)
		raise ChannelError(error.trouble, error.step, in_a_row(error.detail, facts)) from error.__cause__


def _look(greet: Callable[..., object], place: Place, settings: ConnectionSettings) -> Sentence:
	blind = ssl.create_default_context()
	blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
	try:
		stream = dial(settings, place, brief=Brief(LOOKING))
		try:
			greet(stream, place, settings, blind)
			octets = stream.secured.getpeercert(binary_form=True) if stream.secured else None
		finally:
			stream.close()
		return facts_of(octets) if octets else NOTHING
	except (ChannelError, ValueError, TypeError, LookupError):
		return NOTHING


def facts_of(octets: bytes) -> Sentence:
	"""Return `It is for mail.example.com, by Example CA, until 2020-01-31.` from a certificate in DER."""
	certificate = x509.Certificate.load(octets)
	names = [*certificate.valid_domains, *certificate.valid_ips] or [certificate.subject.human_friendly]
	until = certificate.not_valid_after
	shown = ", ".join(_clean(name) for name in names[:3])
	return _("It is for {0}, by {1}, until {2}.").format(
		shown, _clean(certificate.issuer.human_friendly), f"{until:%Y-%m-%d}"
	)


def _clean(name: str) -> str:
	return "".join(letter for letter in str(name) if letter.isprintable())[:LONGEST_NAME]
