"""A second private Dovecot, which lets in whoever shows an access token that a sign-in provider confirms.

It asks the provider about every token (RFC 7662) and takes the mailbox's name from the answer, so a token
that was revoked, has ended or belongs to another mailbox opens nothing. Passwords are for the tests' helpers.
"""

from pathlib import Path

from devkit import paths, ports
from devkit.ports import LOOPBACK
from devkit.services.dovecot import Dovecot

INTROSPECTION_PORT = "sign-in-provider.introspection"

OAUTH2 = """
introspection_mode = post
introspection_url = http://{host}:{port}/introspect
force_introspection = yes
username_attribute = username
active_attribute = active
active_value = true
timeout_msecs = 5000
"""


class OAuthDovecot(Dovecot):
	"""See the module."""

	name = "dovecot-oauth"

	@property
	def home(self) -> Path:
		"""See `Dovecot`."""
		return paths.runtime() / "dovecot-oauth"

	def auth_settings(self) -> str:
		"""See `Dovecot`."""
		return "auth_mechanisms = plain login xoauth2 oauthbearer"

	def passdb(self) -> str:
		"""See `Dovecot`."""
		settings = self.home / "dovecot-oauth2.conf.ext"
		settings.write_text(OAUTH2.format(host=LOOPBACK, port=ports.get(INTROSPECTION_PORT)))
		return f"passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {settings}\n}}"
