"""SASL mechanisms (RFC 4422) as the conversations they are: challenge in, response out.

PLAIN (RFC 4616) for passwords; XOAUTH2 (Google's and Microsoft's) and OAUTHBEARER (RFC 7628) for access
tokens. After refusing a token the server sends a challenge with the reason in JSON, which the client must
acknowledge before the actual refusal; it must not send the token again.
"""

from __future__ import annotations

import json

XOAUTH2 = "XOAUTH2"
OAUTHBEARER = "OAUTHBEARER"
TOKEN_MECHANISMS = (XOAUTH2, OAUTHBEARER)
"""In order of preference: every provider with either has the first, and it is the one they test."""

PLAIN = "PLAIN"


def plain(user: str, password: str) -> bytes:
	"""Return the initial response of PLAIN. Raises ValueError if a NUL would change its meaning."""
	if "\0" in user or "\0" in password:
		raise ValueError("a NUL in user name or password")
	return f"\0{user}\0{password}".encode()


class TokenExchange:
	"""One attempt at XOAUTH2 or OAUTHBEARER; `reason` is what the server said of a refused token."""

	def __init__(self, mechanism: str, user: str, token: str) -> None:
		self.mechanism = mechanism
		self.reason = ""
		self._first: bytes | None = _initial_response(mechanism, user, token)

	def __repr__(self) -> str:
		return f"TokenExchange({self.mechanism})"

	def __call__(self, challenge: bytes) -> bytes:
		"""Answer the server's challenge, already decoded from base64."""
		if self._first is not None:
			response, self._first = self._first, None
			return response
		self.reason = _reason(challenge)
		return b"\x01" if self.mechanism == OAUTHBEARER else b""


def _initial_response(mechanism: str, user: str, token: str) -> bytes:
	if any(letter < " " for letter in user + token):
		raise ValueError("a control character in user name or token")
	if mechanism == XOAUTH2:
		return f"user={user}\x01auth=Bearer {token}\x01\x01".encode()
	authzid = user.replace("=", "=3D").replace(",", "=2C")
	return f"n,a={authzid},\x01auth=Bearer {token}\x01\x01".encode()


def _reason(challenge: bytes) -> str:
	"""Return `status 401, scope …` from the server's JSON (RFC 7628 3.2.2), or an empty string."""
	try:
		answer = json.loads(challenge)
	except (ValueError, RecursionError):
		return ""
	if not isinstance(answer, dict):
		return ""
	return ", ".join(
		f"{key} {answer[key]}" for key in ("status", "scope", "error_description") if key in answer
	)
