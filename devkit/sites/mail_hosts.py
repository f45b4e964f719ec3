"""Lets a site connect to the private mail servers: loopback is refused unless its config allows it."""

import atexit
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from devkit.platform import Platform
from devkit.services.service import Service


def allow(platform: Platform, services: list[Service]) -> None:
	"""Write into the site's config that loopback and the servers' ports may be connected to.

	On a borrowed site the settings are put back when the command ends.
	"""
	file = platform.sites / platform.site / "site_config.json"
	config = json.loads(file.read_text())
	ports = sorted(service.port(name) for service in services for name in service.port_names)
	wanted = {"mailchannel_allow_loopback": 1, "mailchannel_extra_ports": ports}
	if wanted.items() <= config.items():
		return
	_write(file, {**config, **wanted})
	if platform.is_borrowed:
		atexit.register(_put_back, file, {name: config[name] for name in wanted if name in config}, wanted)


def _put_back(file: Path, before: Mapping[str, Any], ours: Mapping[str, Any]) -> None:
	"""Give our settings their former values, and leave what somebody else has changed meanwhile."""
	config = json.loads(file.read_text())
	kept = {name: value for name, value in config.items() if name not in ours or value != ours[name]}
	_write(file, {**kept, **{name: value for name, value in before.items() if name not in kept}})


def _write(file: Path, config: Mapping[str, Any]) -> None:
	file.write_text(json.dumps(config, indent="\t", sort_keys=True) + "\n")
