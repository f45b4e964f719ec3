"""Prints what a bench's site is made of, as JSON."""

import json
import re
from importlib import metadata
from typing import Any

from devkit import paths
from devkit.inside import connected


def main() -> None:
	"""Print the facts."""
	distributions = {
		_plain(found.metadata["Name"]) for found in metadata.distributions() if found.metadata["Name"]
	}
	required = re.findall(r"(?m)^([A-Za-z0-9._-]+)", (paths.ROOT / "requirements.txt").read_text())
	with connected() as frappe:
		from frappe.utils.scheduler import is_scheduler_inactive

		facts = {
			"apps": {app: _version(frappe, app) for app in frappe.get_installed_apps()},
			"distributions": sorted(distributions),
			"missing": [name for name in required if _plain(name) not in distributions],
			"scheduler": not is_scheduler_inactive(),
		}
	print(json.dumps(facts))


def _version(frappe: Any, app: str) -> str:
	return str(getattr(frappe.get_module(app), "__version__", "?"))


def _plain(name: str) -> str:
	return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
	main()
