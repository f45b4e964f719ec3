"""A private Dovecot (IMAP, IMAPS, STARTTLS, POP3, POP3S) with Maildirs, and mailboxes to order.

It runs rootless: as whoever runs `./dev`, or as `nobody` where that is root, for Dovecot serves no mail as
root. The settings are made for tests: no delay after a wrong password, no limits on connections, no syncing
to disk.
"""

import base64
import os
import pwd
import shutil
import uuid
from pathlib import Path

from devkit import paths
from devkit.ports import LOOPBACK
from devkit.services import certificates
from devkit.services.mailbox import Mailbox
from devkit.services.service import Service
from devkit.system_packages import required

UNPRIVILEGED = "nobody"

SETTINGS = """
protocols = imap pop3
listen = {host}
base_dir = {home}/run
state_dir = {home}/run
instance_name = {instance}
log_path = /dev/stderr
auth_failure_delay = 0
auth_cache_size = 0
auth_mechanisms = plain login
{auth_settings}
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_process_limit = 500
default_client_limit = 2000
mail_max_userip_connections = 500
mail_location = maildir:{home}/mail/%u
mail_fsync = never
maildir_copy_with_hardlinks = yes
first_valid_uid = 1
ssl = yes
ssl_cert = <{home}/server.pem
ssl_key = <{home}/server.pem
ssl_min_protocol = TLSv1.2
ssl_dh =

namespace inbox {{
  inbox = yes
  separator = /
}}

passdb {{
  driver = passwd-file
  args = scheme=PLAIN {home}/users/%u
}}
{passdb}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}

service anvil {{
  chroot =
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  client_limit = 2000
}}
service imap-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener imap {{
    address = {host}
    port = {imap}
  }}
  inet_listener imaps {{
    address = {host}
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener pop3 {{
    address = {host}
    port = {pop3}
  }}
  inet_listener pop3s {{
    address = {host}
    port = {pop3s}
    ssl = yes
  }}
}}
service imap {{
  service_count = 100
  process_min_avail = 1
}}
service stats {{
  chroot =
}}
"""


class Dovecot(Service):
	"""See the module."""

	name = "dovecot"
	port_names = ("imap", "imaps", "pop3", "pop3s")

	@property
	def home(self) -> Path:
		"""A short path, open to the user the servers run as."""
		return paths.runtime() / "dovecot"

	@property
	def users(self) -> Path:
		"""The passwords, one file a user: Dovecot would see a change of a common file a second late."""
		return self.home / "users"

	def prepare(self) -> None:
		"""Lay out the folders, the certificate and the settings."""
		paths.runtime().mkdir(mode=0o755, exist_ok=True)
		for folder in (self.home, self.home / "run", self.home / "mail", self.users):
			folder.mkdir(mode=0o755, exist_ok=True)
		certificates.ensure()
		shutil.copy(certificates.server_file(), self.home / "server.pem")
		uid, gid = _identity()
		if os.geteuid() == 0:
			for name in ("", "run", "mail", "users", "server.pem"):
				os.chown(self.home / name, uid, gid)
		(self.home / "dovecot.conf").write_text(
			SETTINGS.format(
				host=LOOPBACK,
				home=self.home,
				instance=paths.runtime().name,
				user=pwd.getpwuid(uid).pw_name,
				group=_group_name(gid),
				uid=uid,
				gid=gid,
				auth_settings=self.auth_settings(),
				passdb=self.passdb(),
				**{name: self.port(name) for name in self.port_names},
			)
		)

	def auth_settings(self) -> str:
		"""Return additional settings for signing in (an instance with OAuth would say so here)."""
		return ""

	def passdb(self) -> str:
		"""Return additional `passdb` blocks."""
		return ""

	def command(self) -> list[str]:
		"""See `Service`."""
		command = [required("dovecot"), "-F", "-c", str(self.home / "dovecot.conf")]
		if os.geteuid() == 0:
			uid, gid = _identity()
			command = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", *command]
		return command

	def new_mailbox(self, user: str | None = None, password: str = "secret") -> Mailbox:
		"""Make a user with an empty mailbox and return the way to it; a name is made up if none is given."""
		user = user or f"support-{uuid.uuid4().hex[:10]}@desk.example"
		encoded = base64.b64encode(password.encode()).decode()
		(self.users / user).write_text(f"{user}:{{PLAIN.b64}}{encoded}\n")
		return self.mailbox(user, password)

	def mailbox(self, user: str, password: str = "secret") -> Mailbox:
		"""Return the way to a mailbox that is there."""
		return Mailbox(
			user=user,
			password=password,
			host=certificates.HOST,
			imap_port=self.port("imap"),
			imaps_port=self.port("imaps"),
			pop3_port=self.port("pop3"),
			pop3s_port=self.port("pop3s"),
			ca_file=str(certificates.ca_file()),
			server=self.name,
		)

	def password_of(self, user: str) -> str | None:
		"""Return a user's password, or None where there is no such user."""
		file = self.users / user
		if not file.exists():
			return None
		return base64.b64decode(file.read_text().strip().rpartition("}")[2]).decode()

	def remove_mailbox(self, mailbox: Mailbox) -> None:
		"""Take the user and the mail away."""
		(self.users / mailbox.user).unlink(missing_ok=True)
		shutil.rmtree(self.home / "mail" / mailbox.user, ignore_errors=True)


def _identity() -> tuple[int, int]:
	"""Return the user and group that serve the mail."""
	entry = pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
	return entry.pw_uid, entry.pw_gid


def _group_name(gid: int) -> str:
	import grp

	return grp.getgrgid(gid).gr_name
