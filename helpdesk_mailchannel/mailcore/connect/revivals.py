"""A new connection for a session that a message broke, so that the other messages are still fetched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from helpdesk_mailchannel.mailcore.connect.limits import Patience
from helpdesk_mailchannel.mailcore.errors import ChannelError

MOST_REVIVALS = 5
"""New connections per session."""

Connection = TypeVar("Connection")


class Revivals(Generic[Connection]):
	"""Connects and signs in anew, a few times, while there is patience with the server."""

	def __init__(self, reopen: Callable[[], Connection] | None, patience: Patience) -> None:
		self._reopen, self._patience, self._left = reopen, patience, MOST_REVIVALS

	def connect(self, failure: ChannelError) -> Connection:
		"""Return a new connection; raise `failure`, which broke the old one, if there can be none."""
		if self._reopen is None or not self._left or self._patience.is_over:
			raise failure
		self._left -= 1
		try:
			return self._reopen()
		except ChannelError:
			raise failure from None
