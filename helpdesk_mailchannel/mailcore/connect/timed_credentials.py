"""A channel's secrets, counting the time that asking for them takes: a token endpoint may be slow too."""

from __future__ import annotations

from helpdesk_mailchannel.mailcore.connect.limits import Patience
from helpdesk_mailchannel.mailcore.ports import Credentials


class TimedCredentials:
	"""See `ports.Credentials`. The session's patience pays for each answer."""

	def __init__(self, credentials: Credentials, patience: Patience) -> None:
		self._credentials, self._patience = credentials, patience

	def password(self) -> str:
		"""See `ports.Credentials`."""
		with self._patience.waiting():
			return self._credentials.password()

	def access_token(self, *, renew: bool = False) -> str:
		"""See `ports.Credentials`."""
		with self._patience.waiting():
			return self._credentials.access_token(renew=renew)
