"""Secure connections: always verified, TLS 1.2 or later, and failures explained in words.

The standard library's IMAP and POP3 classes verify nothing if they make their own context (Python issue
91826), so a context always comes from here. There is no way to accept an invalid certificate; a private
certificate authority is configured by its file.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from datetime import datetime, timezone

from helpdesk_mailchannel.mailcore.connect.server_errors import said
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import Sentence, _, verbatim

_VERIFY_CODES: Mapping[int, Sentence] = {
	9: _("It is not valid yet: check its start date, and this server's clock."),
	10: _("It has expired."),
	18: _("It is self-signed."),
	19: _("It is signed by an authority of its own that this server does not know."),
	20: _("Its issuer is unknown to this server, or the server does not send its intermediate certificate."),
	21: _("Its issuer is unknown to this server, or the server does not send its intermediate certificate."),
	23: _("It was revoked."),
	62: _("It was issued for another name than {0}."),
	64: _("It was not issued for the address {0}."),
}
"""OpenSSL's X509_V_ERR codes, from openssl/x509_vfy.h."""


def context(ca_file: str = "") -> ssl.SSLContext:
	"""Return a context that verifies name and chain, by the system's authorities or only `ca_file`'s (PEM).

	Raises ChannelError(CERTIFICATE) if the file cannot be read.
	"""
	try:
		made = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=ca_file or None)
	except (OSError, ValueError) as error:
		raise ChannelError(
			Trouble.CERTIFICATE,
			Step.TLS,
			_("The authority's file {0} cannot be read as PEM certificates.").format(ca_file),
		) from error
	made.minimum_version = max(made.minimum_version, ssl.TLSVersion.TLSv1_2)
	return made


def handshake(plain: socket.socket, made: ssl.SSLContext, name: str) -> ssl.SSLSocket:
	"""Secure a connection and verify that it leads to `name`.

	Raises ChannelError: CERTIFICATE, TLS, CONNECTION_TIMEOUT, CONNECTION_LOST.
	"""
	try:
		return made.wrap_socket(plain, server_hostname=name)
	except ssl.SSLCertVerificationError as error:
		raise ChannelError(Trouble.CERTIFICATE, Step.TLS, _why_unverified(error, name)) from error
	except TimeoutError as error:
		raise ChannelError(Trouble.CONNECTION_TIMEOUT, Step.TLS) from error
	except ssl.SSLError as error:
		raise ChannelError(Trouble.TLS, Step.TLS, _why_not_secure(error)) from error
	except (OSError, ValueError) as error:
		raise ChannelError(Trouble.CONNECTION_LOST, Step.TLS) from error


def describe(secured: ssl.SSLSocket) -> Sentence:
	"""Describe TLS version, whose certificate it is, and until when, in words for people."""
	certificate = secured.getpeercert() or {}
	names = [str(entry[1]) for entry in certificate.get("subjectAltName", ())]
	until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), timezone.utc)
	return _("{0}; the certificate of {1} is valid until {2}").format(
		secured.version(), ", ".join(names[:3]), f"{until:%Y-%m-%d}"
	)


def _why_unverified(error: ssl.SSLCertVerificationError, name: str) -> Sentence:
	known = _VERIFY_CODES.get(error.verify_code)
	return known.format(name) if known else said(error.verify_message)


def _why_not_secure(error: ssl.SSLError) -> Sentence:
	match error.reason:
		case "WRONG_VERSION_NUMBER" | "HTTP_REQUEST" | "RECORD_LAYER_FAILURE":
			return _("The server does not speak TLS on this port.")
		case "UNSUPPORTED_PROTOCOL" | "TLSV1_ALERT_PROTOCOL_VERSION" | "NO_PROTOCOLS_AVAILABLE":
			return _("The server offers only versions older than TLS 1.2.")
		case reason:
			return verbatim(f"({reason})") if reason else _("The server ended the handshake.")
