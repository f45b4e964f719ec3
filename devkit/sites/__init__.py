"""The platform under test: an existing bench, or a throw-away site made from package registries only."""

import os

from devkit.platform import Platform
from devkit.services.service import Service


def chosen(purpose: str = "tests") -> Platform:
	"""Return the platform that the environment asks for.

	The throw-away tests have a site of their own, so that what the demo leaves does not disturb them.
	"""
	if os.environ.get("BENCH"):
		from devkit.sites.bench import Bench

		return Bench()
	from devkit.throwaway.site import ThrowawaySite

	return ThrowawaySite(purpose)


def services() -> list[Service]:
	"""Return the services that the throw-away site may have left running; a bench has its own."""
	from devkit.throwaway.mariadb import MariaDB
	from devkit.throwaway.redis import Redis

	return [Redis(), MariaDB()]
