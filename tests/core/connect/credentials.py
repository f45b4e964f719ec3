"""The secrets of the tests: what may never appear where people or logs can see it."""

from __future__ import annotations

PASSWORD = "hunter2-hunter2"
TOKEN = "ya29.a-token-nobody-may-see"


class Credentials:
	"""A password, and a first and a renewed access token."""

	def __init__(self, password: str = PASSWORD) -> None:
		self._password = password
		self.renewals = 0

	def password(self) -> str:
		return self._password

	def access_token(self, *, renew: bool = False) -> str:
		self.renewals += renew
		return f"{TOKEN}-{self.renewals}"
