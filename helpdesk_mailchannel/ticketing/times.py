"""The one place where the site's naive local times and the engine's aware UTC times meet.

Frappe stores datetimes without zone, in the zone of System Settings; the engine knows only aware UTC.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import overload
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


@overload
def to_site(moment: datetime) -> datetime: ...
@overload
def to_site(moment: None) -> None: ...
@overload
def to_site(moment: datetime | None) -> datetime | None: ...
def to_site(moment: datetime | None) -> datetime | None:
	"""An aware time as the site stores it: naive, in its zone; None stays None."""
	if moment is None:
		return None
	return moment.astimezone(ZoneInfo(site_zone())).replace(tzinfo=None)


def from_site(value: object) -> datetime | None:
	"""What the site stores (datetime or text, naive, in its zone) as aware UTC; None where it is empty."""
	if not value:
		return None
	return _stored(value).replace(tzinfo=ZoneInfo(site_zone())).astimezone(timezone.utc)


def spelled(moment: object) -> str:
	"""A moment that the site stores, as text that sorts and never changes: with all six decimals."""
	return _stored(moment).strftime("%Y-%m-%d %H:%M:%S.%f")


def _stored(value: object) -> datetime:
	moment: datetime = get_datetime(value)
	return moment
