"""Lets a site connect to the private mail servers: loopback is refused unless its config allows it."""

import json

from devkit.services.service import Service
from devkit.sites.platform import Platform


def allow(platform: Platform, services: list[Service]) -> None:
	"""Write into the site's config that loopback and the servers' ports may be connected to."""
	file = platform.sites / platform.site / "site_config.json"
	config = json.loads(file.read_text())
	ports = sorted(service.port(name) for service in services for name in service.port_names)
	wanted = {"mailchannel_allow_loopback": 1, "mailchannel_extra_ports": ports}
	if wanted.items() <= config.items():
		return
	file.write_text(json.dumps({**config, **wanted}, indent="\t", sort_keys=True) + "\n")
