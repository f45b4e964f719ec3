"""A private MariaDB for the throw-away site: fast rather than safe against a power cut."""

import os

from devkit import paths
from devkit.ports import LOOPBACK
from devkit.services.service import Service
from devkit.steps import run
from devkit.system_packages import required

ROOT_PASSWORD = "throw-away"

INIT = f"""
DROP USER IF EXISTS ''@'localhost';
CREATE USER IF NOT EXISTS 'root'@'{LOOPBACK}';
ALTER USER 'root'@'{LOOPBACK}' IDENTIFIED BY '{ROOT_PASSWORD}';
GRANT ALL PRIVILEGES ON *.* TO 'root'@'{LOOPBACK}' WITH GRANT OPTION;
"""


class MariaDB(Service):
	"""See the module."""

	name = "mariadb"
	port_names = ("sql",)

	def prepare(self) -> None:
		"""Make the data folder, once."""
		runtime = paths.runtime()
		runtime.mkdir(mode=0o755, exist_ok=True)
		if (self.home / "data" / "mysql").is_dir():
			return
		self.home.mkdir(parents=True, exist_ok=True)
		(self.home / "init.sql").write_text(INIT)
		run(
			[
				required("mariadb-install-db"),
				"--no-defaults",
				f"--datadir={self.home / 'data'}",
				"--auth-root-authentication-method=normal",
				"--skip-test-db",
				*self._user(),
			],
			"mariadb-install",
		)

	def command(self) -> list[str]:
		"""See `Service`."""
		return [
			required("mariadbd"),
			"--no-defaults",
			f"--datadir={self.home / 'data'}",
			f"--socket={paths.runtime() / 'mariadb.sock'}",
			f"--pid-file={self.home / 'mariadb.pid'}",
			f"--init-file={self.home / 'init.sql'}",
			f"--bind-address={LOOPBACK}",
			f"--port={self.port('sql')}",
			"--skip-name-resolve",
			"--skip-log-bin",
			"--character-set-server=utf8mb4",
			"--collation-server=utf8mb4_unicode_ci",
			"--innodb-buffer-pool-size=256M",
			"--innodb-flush-log-at-trx-commit=0",
			"--innodb-doublewrite=0",
			"--innodb-flush-method=nosync",
			"--max-allowed-packet=256M",
			"--performance-schema=OFF",
			*self._user(),
		]

	def _user(self) -> list[str]:
		return ["--user=root"] if os.geteuid() == 0 else []
