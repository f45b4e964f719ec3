"""A channel's secrets, read from Frappe's encrypted store at the moment of use (see `ports.Credentials`)."""

from __future__ import annotations

from frappe.utils.password import get_decrypted_password

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble


class SiteCredentials:
	"""The secrets of one saved channel."""

	def __init__(self, channel: str) -> None:
		self.channel = channel

	def password(self) -> str:
		"""The mailbox password; ChannelError where none is stored."""
		secret = get_decrypted_password("Email Channel", self.channel, "password", raise_exception=False)
		if not secret:
			raise ChannelError(Trouble.SETTINGS_INCOMPLETE, Step.SETTINGS, "No password is stored.")
		return secret

	def access_token(self, *, renew: bool = False) -> str:
		"""See `ports.Credentials`."""
		raise ChannelError(Trouble.TOKEN_DEAD, Step.TOKEN)
