"""The platform under test: an existing bench, or a throw-away site made from package registries only."""

import os

from devkit.sites.platform import Platform


def chosen() -> Platform:
	"""Return the platform that the environment asks for."""
	if os.environ.get("BENCH"):
		from devkit.sites.bench import Bench

		return Bench()
	from devkit.sites.registry import Registry

	return Registry()
