"""Secure connections: always verified, TLS 1.2 or later, and failures said in words.

The standard library's IMAP and POP3 classes verify nothing when they make their own context (Python issue
91826), so a context always comes from here. There is no way to accept an invalid certificate; a private
certificate authority is named by its file.
"""

from __future__ import annotations

import socket
import ssl
from datetime import datetime, timezone

from helpdesk_mailchannel.mailcore.connect.server_errors import said
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble

_VERIFY_CODES = {
	9: "It is not valid yet: check its start date, and this server's clock.",
	10: "It has expired.",
	18: "It is self-signed.",
	19: "It is signed by an authority of its own that this server does not know.",
	20: "Its issuer is unknown to this server, or the server does not send its intermediate certificate.",
	21: "Its issuer is unknown to this server, or the server does not send its intermediate certificate.",
	23: "It was revoked.",
	62: "It was issued for another name than {name}.",
	64: "It was not issued for the address {name}.",
}
"""OpenSSL's X509_V_ERR codes, from openssl/x509_vfy.h."""


def context(ca_file: str = "") -> ssl.SSLContext:
	"""A context that verifies name and chain, by the system's authorities or those of `ca_file` (PEM) alone.

	Raises ChannelError(CERTIFICATE) where the file cannot be read.
	"""
	try:
		made = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=ca_file or None)
	except (OSError, ValueError) as error:
		raise ChannelError(
			Trouble.CERTIFICATE,
			Step.TLS,
			f"The authority's file {ca_file} cannot be read as PEM certificates.",
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


def describe(secured: ssl.SSLSocket) -> str:
	"""TLS version, whose certificate, until when, in words for people."""
	certificate = secured.getpeercert() or {}
	names = [str(entry[1]) for entry in certificate.get("subjectAltName", ())]
	until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), timezone.utc)
	return f"{secured.version()}; the certificate of {', '.join(names[:3])} is valid until {until:%Y-%m-%d}"


def _why_unverified(error: ssl.SSLCertVerificationError, name: str) -> str:
	known = _VERIFY_CODES.get(error.verify_code)
	return known.format(name=name) if known else said(error.verify_message)


def _why_not_secure(error: ssl.SSLError) -> str:
	match error.reason:
		case "WRONG_VERSION_NUMBER" | "HTTP_REQUEST" | "RECORD_LAYER_FAILURE":
			return "The server does not speak TLS on this port."
		case "UNSUPPORTED_PROTOCOL" | "TLSV1_ALERT_PROTOCOL_VERSION" | "NO_PROTOCOLS_AVAILABLE":
			return "The server offers only versions older than TLS 1.2."
		case reason:
			return f"({reason})" if reason else "The server ended the handshake."
