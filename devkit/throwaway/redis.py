"""A private Redis: cache, queue and events of the throw-away site, in databases of their own."""

from devkit.ports import LOOPBACK
from devkit.services.service import Service
from devkit.system_packages import required


class Redis(Service):
	"""See the module."""

	name = "redis"
	port_names = ("redis",)

	def prepare(self) -> None:
		"""Make the data folder."""
		self.home.mkdir(parents=True, exist_ok=True)

	def command(self) -> list[str]:
		"""See `Service`."""
		return [
			required("redis-server"),
			*("--bind", LOOPBACK),
			*("--port", str(self.port("redis"))),
			*("--dir", str(self.home)),
			*("--save", ""),
			*("--appendonly", "no"),
			*("--daemonize", "no"),
		]

	def url(self, use: str, first: int) -> str:
		"""Return the address of a site's database for cache, queue or socketio; its first one is given."""
		return f"redis://{LOOPBACK}:{self.port('redis')}/{first + ('cache', 'queue', 'socketio').index(use)}"
