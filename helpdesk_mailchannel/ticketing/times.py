"""The one place where the site's naive local times and the engine's aware UTC times meet.

Frappe stores datetimes without zone, in the zone of System Settings; the engine knows only aware UTC.
"""

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from frappe.utils import get_datetime, get_system_timezone


def site_zone() -> str:
	"""The name of the site's time zone, such as `Europe/Berlin`."""
	return get_system_timezone() or "UTC"


class SystemClock:
	"""The engine's clock: the machine's."""

	def now(self) -> datetime:
		"""See `mailcore.ports.Clock`."""
		return datetime.now(timezone.utc)


def to_site(moment: datetime | None) -> datetime | None:
	"""An aware time as the site stores it: naive, in its zone; None stays None."""
	if moment is None:
		return None
	return moment.astimezone(ZoneInfo(site_zone())).replace(tzinfo=None)


def from_site(value: object) -> datetime | None:
	"""What the site stores (datetime or text, naive, in its zone) as aware UTC; None where it is empty."""
	if not value:
		return None
	return get_datetime(value).replace(tzinfo=ZoneInfo(site_zone())).astimezone(timezone.utc)


def spelled(moment: object) -> str:
	"""A moment that the site stores, as text that sorts and never changes: with all six decimals."""
	return get_datetime(moment).strftime("%Y-%m-%d %H:%M:%S.%f")
