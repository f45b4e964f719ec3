"""Which folders of a mailbox are read. The poll and Test Connection both ask here, so that they agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from helpdesk_mailchannel.mailcore.model import RemoteFolder
from helpdesk_mailchannel.mailcore.outside.plain_text import is_plain
from helpdesk_mailchannel.mailcore.settings import FolderRoute, ReadingSettings


def routes(reading: ReadingSettings, folders: Sequence[RemoteFolder]) -> tuple[FolderRoute, ...]:
	"""Return the folders to read: the mapped ones, or all that are neither skipped nor outcome folders.

	A folder whose name contains markup is not read: its name is shown wherever its messages are.
	"""
	if not reading.all_folders or not reading.routes:
		return reading.routes
	mapped = {route.read: route for route in reading.routes}
	outcomes = {name for route in reading.routes for name in route.destinations}
	names = [
		folder.name
		for folder in folders
		if folder.selectable
		and folder.special_use not in reading.skipped_uses
		and folder.name not in outcomes | reading.skipped_folders
		and is_plain(folder.name)
	]
	return tuple(mapped.get(name) or replace(reading.routes[0], read=name) for name in names)
