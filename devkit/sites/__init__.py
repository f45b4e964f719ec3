"""The platform under test: an existing bench, or a throw-away site made from package registries only."""

import os

from devkit.sites.platform import Platform


def chosen(purpose: str = "tests") -> Platform:
	"""Return the platform that the environment asks for.

	The throw-away tests have a site of their own, so that what the demo leaves does not disturb them.
	"""
	if os.environ.get("BENCH"):
		from devkit.sites.bench import Bench

		return Bench()
	from devkit.sites.registry import Registry

	return Registry(purpose)
