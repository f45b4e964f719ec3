"""The only place where the site's naive local times and the engine's aware UTC times are converted.

Frappe stores datetimes without a zone, in the time zone of System Settings; the engine uses only aware UTC.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import overload
from zoneinfo import ZoneInfo

from frappe.utils import get_datetime, get_system_timezone


def site_zone() -> str:
	"""Return the name of the site's time zone, such as `Europe/Berlin`."""
	return get_system_timezone() or "UTC"


class SystemClock:
	"""The engine's clock, using the system time."""

	def now(self) -> datetime:
		"""See `mailcore.ports.Clock`."""
		return datetime.now(timezone.utc)


@overload
def to_site(moment: datetime) -> datetime: ...
@overload
def to_site(moment: None) -> None: ...
@overload
def to_site(moment: datetime | None) -> datetime | None: ...
def to_site(moment: datetime | None) -> datetime | None:
	"""Convert an aware time to what the site stores: naive, in its zone; None stays None."""
	if moment is None:
		return None
	return moment.astimezone(ZoneInfo(site_zone())).replace(tzinfo=None)


def from_site(value: object) -> datetime | None:
	"""Convert what the site stores (datetime or text, naive, in its zone) to aware UTC; None if empty."""
	if not value:
		return None
	return _stored(value).replace(tzinfo=ZoneInfo(site_zone())).astimezone(timezone.utc)


def spelled(moment: object) -> str:
	"""Format a time that the site stores as stable, sortable text, with all six decimals."""
	return _stored(moment).strftime("%Y-%m-%d %H:%M:%S.%f")


def _stored(value: object) -> datetime:
	moment: datetime = get_datetime(value)
	return moment
