"""The processes of a running site: the web server, the scheduler and a background worker."""

from pathlib import Path

from devkit.platform import Platform
from devkit.services.service import Service


class SiteProcess(Service):
	"""One of our modules, running on the site for as long as it is needed."""

	module = ""

	def __init__(self, platform: Platform | None = None) -> None:
		self._platform = platform

	@property
	def platform(self) -> Platform:
		"""The site it runs on; without one it can only be stopped."""
		assert self._platform, f"{self.name} was given no site to run on"
		return self._platform

	def command(self) -> list[str]:
		"""See `Service`."""
		numbers = [str(self.port(name)) for name in self.port_names]
		return self.platform.command(self.module, *numbers)

	def environment(self) -> dict[str, str]:
		"""See `Service`."""
		return self.platform.environment()

	@property
	def folder(self) -> Path:
		"""See `Service`."""
		return self.platform.sites


class Web(SiteProcess):
	"""The web server that `./dev serve` shows."""

	name = "web"
	port_names = ("http",)
	module = "devkit.inside.serve"

	@property
	def url(self) -> str:
		"""The address for a browser."""
		return f"http://127.0.0.1:{self.port('http')}"


class WebUnderTest(Web):
	"""The web server of the browser tests; it ends with them, so that it always runs the code of today."""

	name = "web-under-test"


class Scheduler(SiteProcess):
	"""The scheduler that `./dev serve` runs."""

	name = "scheduler"
	module = "devkit.inside.scheduler"


class Worker(SiteProcess):
	"""The background worker that `./dev serve` runs."""

	name = "worker"
	module = "devkit.inside.worker"


def all_of(platform: Platform | None = None) -> list[Service]:
	"""Return each of them (without a platform, they can only be stopped)."""
	return [Web(platform), WebUnderTest(platform), Scheduler(platform), Worker(platform)]
