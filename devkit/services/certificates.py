"""A private certificate authority, and a server certificate for loopback signed by it."""

from pathlib import Path

import trustme

from devkit import paths

HOST = "localhost"


def folder() -> Path:
	"""Return where the certificates are."""
	return paths.STATE / "certificates"


def ca_file() -> Path:
	"""Return the authority's certificate: what a client has to trust."""
	return folder() / "ca.pem"


def server_file() -> Path:
	"""Return the server's key and certificate chain in one file."""
	return folder() / "server.pem"


def ensure() -> None:
	"""Make the certificates, once."""
	if server_file().exists():
		return
	folder().mkdir(parents=True, exist_ok=True)
	authority = trustme.CA(organization_name="Throw-away help desk")
	certificate = authority.issue_cert(HOST, "127.0.0.1", "::1")
	authority.cert_pem.write_to_path(str(ca_file()))
	certificate.private_key_and_cert_chain_pem.write_to_path(str(server_file()))
	wrong = trustme.CA(organization_name="Somebody else")
	wrong.cert_pem.write_to_path(str(folder() / "other-ca.pem"))
