"""Certificates, and settings for servers on loopback."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest
import trustme

from helpdesk_mailchannel.mailcore.settings import (
	ConnectionSettings,
	HostPolicy,
	Protocol,
	Security,
	SignIn,
)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
	return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
	path: Path = tmp_path_factory.mktemp("ca") / "ca.pem"
	authority.cert_pem.write_to_path(str(path))
	return str(path)


def server_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
	context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
	certificate.configure_cert(context)
	return context


@pytest.fixture(scope="session")
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
	return server_context(authority.issue_cert("localhost", "127.0.0.1"))


@pytest.fixture(scope="session")
def expired_tls(authority: trustme.CA) -> ssl.SSLContext:
	return server_context(
		authority.issue_cert("localhost", not_after=datetime(2020, 1, 31, tzinfo=timezone.utc))
	)


@pytest.fixture
def settings(ca_file: str) -> Callable[..., ConnectionSettings]:
	"""Makes settings for a port on loopback, without encryption unless said otherwise."""

	def make(port: int, **changes: object) -> ConnectionSettings:
		values = {
			"host": "localhost",
			"user": "support@desk.example",
			"protocol": Protocol.IMAP,
			"security": Security.NONE,
			"port": port,
			"sign_in": SignIn.PASSWORD,
			"timeout": 3.0,
			"ca_file": ca_file,
			"hosts": HostPolicy(allow_loopback=True, extra_ports=frozenset({port})),
		}
		return ConnectionSettings(**{**values, **changes})  # type: ignore[arg-type]

	return make
