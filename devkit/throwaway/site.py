"""A throw-away site from registries only: `criscostack` 1.0.0 is Frappe's source under another name."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from devkit import paths, ports, python_env
from devkit.platform import Platform, state_of_app
from devkit.steps import step
from devkit.throwaway import desk
from devkit.throwaway.environment import ENVIRONMENT, HERE
from devkit.throwaway.mariadb import ROOT_PASSWORD, MariaDB
from devkit.throwaway.redis import Redis

# purpose -> site, folder of its bench, and the first of its databases in Redis
SITES = {"tests": ("helpdesk.localhost", "bench", 0), "demo": ("demo.localhost", "bench-demo", 3)}
APPS = ("standin_desk", "helpdesk_mailchannel")
ADMIN_PASSWORD = "admin"
STANDIN = HERE / "standin"


class ThrowawaySite(Platform):
	"""See the module."""

	kind = "throwaway"
	builds_desk = True
	system_packages = ("site",)
	admin_password = ADMIN_PASSWORD

	def __init__(self, purpose: str = "tests") -> None:
		self.site, folder, self.first_database = SITES[purpose]
		self.python = ENVIRONMENT.python
		self.bench = paths.STATE / folder
		self.mariadb = MariaDB()
		self.redis = Redis()

	def describe(self) -> str:
		"""See `Platform`."""
		return (
			"a throw-away site from package registries: criscostack 1.0.0, which is Frappe's source "
			"of 5 August 2023 (15.0.0-dev), and a stand-in for the ERP app"
		)

	def prepare(self) -> None:
		"""Make the environment, the services and the site, each only when it is not there yet."""
		python_env.ensure(ENVIRONMENT)
		self.mariadb.start()
		self.redis.start()
		self._lay_out()
		if not self._installed():
			self._make_site()
		elif self._stamp.read_text() != state_of_app(STANDIN):
			with step("bring the site up to date (migrate)"):
				self.run("devkit.inside.migrate", log="site")
			self._stamp.write_text(state_of_app(STANDIN))

	def prepare_desk(self) -> None:
		"""See `Platform`."""
		folders = {"standin_desk": STANDIN / "standin_desk"}
		folders["helpdesk_mailchannel"] = paths.ROOT / "helpdesk_mailchannel"
		if desk.ensure(self.sites / "assets", ENVIRONMENT.packages / "criscostack", folders):
			self.run("devkit.throwaway.clear_cache")

	def _installed(self) -> bool:
		"""Say whether the site was finished, with the packages and the database that are there now."""
		made_with = self.bench / "made-with"
		return self._stamp.exists() and made_with.exists() and made_with.read_text() == self._basis()

	def _make_site(self) -> None:
		shutil.rmtree(self.sites / self.site, ignore_errors=True)
		with step("new site, with the stand-in ERP app and this app"):
			self.run("devkit.throwaway.new_site", ROOT_PASSWORD, ADMIN_PASSWORD, *APPS, log="site")
		(self.bench / "made-with").write_text(self._basis())
		self._stamp.write_text(state_of_app(STANDIN))

	@property
	def _stamp(self) -> Path:
		return self.bench / "apps-as-installed"

	def _basis(self) -> str:
		database = (self.mariadb.home / "data" / "mysql").stat().st_ctime
		return f"{paths.fingerprint(ENVIRONMENT.lock)} {database}"

	def _lay_out(self) -> None:
		"""Write the folders and settings of a bench; again each time, for ports may have changed."""
		for folder in ("sites/assets", "logs", "config", "apps"):
			(self.bench / folder).mkdir(parents=True, exist_ok=True)
		(self.sites / "apps.txt").write_text("\n".join(("criscostack", *APPS)) + "\n")
		settings = {
			"db_host": ports.LOOPBACK,
			"db_port": self.mariadb.port("sql"),
			"redis_cache": self.redis.url("cache", self.first_database),
			"redis_queue": self.redis.url("queue", self.first_database),
			"redis_socketio": self.redis.url("socketio", self.first_database),
			"socketio_port": ports.get("socketio"),
			"webserver_port": ports.get("web"),
			"host_name": f"http://{ports.LOOPBACK}:{ports.get('web')}",
			"default_site": self.site,
			"serve_default_site": True,
			"developer_mode": 0,
			"allow_tests": True,
			"server_script_enabled": 1,
			"bench_id": f"{paths.runtime().name}-{self.site}",
		}
		_write(self.sites / "common_site_config.json", settings)
		# The port stands in the site's own settings too, once it was made.
		own = self.sites / self.site / "site_config.json"
		if own.exists():
			content = json.loads(own.read_text())
			content.pop("db_port", None)
			content.pop("db_host", None)
			_write(own, content)
		for name in ("assets.json", "assets-rtl.json"):
			# Every rendered mail looks for its style sheet here, also where no desk was built.
			if not (self.sites / "assets" / name).exists():
				_write(self.sites / "assets" / name, {})


def _write(file: Path, content: Mapping[str, object]) -> None:
	file.write_text(json.dumps(content, indent="\t", sort_keys=True) + "\n")
