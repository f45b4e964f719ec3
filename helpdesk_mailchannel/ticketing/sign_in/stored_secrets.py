"""A channel's secrets, each bound to the server it was entered for and given to no other.

All code that needs a secret asks here, with the Email Channel document it is going to use, saved or not. The
server a secret belongs to is kept among Frappe's encrypted passwords, under a name that is not a field, so
that neither a form nor the API can change it. If the document names another server, for whatever reason, the
stored secret is kept but not given out; it can be used again when the document names its own server again.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import frappe
from frappe.utils.password import get_decrypted_password, remove_encrypted_password, set_encrypted_password

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import _, known_word
from helpdesk_mailchannel.ticketing.settings import connection_settings, trimmed
from helpdesk_mailchannel.ticketing.sign_in.provider import registered_application

CHANNEL = "Email Channel"
SECRETS = ("password", "client_secret", "refresh_token")
SHOWN = "*" * 16
"""What the document holds in place of a stored secret, however long that is."""


def usable(doc: Any, fieldname: str) -> str:
	"""Return the secret to use: what was typed, or what the stars stand for; "" if neither.

	Raises ChannelError if the stars stand for a secret of another server.
	"""
	shown = doc.get(fieldname) or ""
	if not shown:
		return ""
	return stored(doc, fieldname) if doc.is_dummy_password(shown) else typed(doc, fieldname)


def typed(doc: Any, fieldname: str) -> str:
	"""Return what was entered and is not saved yet. A password may begin or end with a space."""
	value = doc.get(fieldname) or ""
	if not value or doc.is_dummy_password(value):
		return ""
	return value if fieldname == "password" else trimmed(value)


def stored(doc: Any, fieldname: str) -> str:
	"""Return this channel's stored secret, "" if none. Raises ChannelError if it is another server's."""
	value = _read(doc.name, fieldname)
	if value and not _is_for(doc, fieldname):
		raise _of_another_server(fieldname)
	return value


def has(doc: Any, fieldname: str) -> bool:
	"""Return whether the document has a secret: one that was typed, or one that its stars stand for."""
	return bool(typed(doc, fieldname)) or _is_set(doc, fieldname)


def is_of_another_server(doc: Any, fieldname: str) -> bool:
	"""Return whether a secret must be entered again because the document names a different server."""
	if typed(doc, fieldname) or not doc.get(fieldname):
		return False
	return bool(_read(doc.name, fieldname)) and not _is_for(doc, fieldname)


def store_typed(doc: Any) -> bool:
	"""Store what was entered, for the server the document names; return whether there was anything.

	Leaves a fixed number of stars in the document: Frappe would sanitize the secret as if it were HTML, and
	show its length.
	"""
	entered = {fieldname: value for fieldname in SECRETS if (value := typed(doc, fieldname))}
	for fieldname, value in entered.items():
		store(doc, fieldname, value)
	for fieldname in SECRETS:
		doc.set(fieldname, SHOWN if _is_set(doc, fieldname) else "")
		if not doc.get(fieldname):
			remove_encrypted_password(CHANNEL, doc.name, _server_name(fieldname))
	return bool(entered)


def store(doc: Any, fieldname: str, value: str) -> None:
	"""Store a secret for the server that the document names."""
	set_encrypted_password(CHANNEL, doc.name, value, fieldname)
	bind(doc, fieldname)


def bind(doc: Any, fieldname: str) -> None:
	"""Record that the stored secret belongs to the server that the document names."""
	set_encrypted_password(CHANNEL, doc.name, server(doc, fieldname), _server_name(fieldname))


def server(doc: Any, fieldname: str = "refresh_token") -> str:
	"""Return a digest of where a secret goes: the mail server, and for OAuth also the provider's application.

	What a client secret or refresh token obtains is sent to the mail server, so they are bound to it too.
	"""
	connection = connection_settings(doc)
	goes_to: list[object] = [
		connection.protocol.value,
		connection.host,
		connection.port,
		connection.security.value,
		connection.ca_file,
		connection.user.casefold(),
		connection.sign_in.value,
	]
	if fieldname != "password":
		application = registered_application(doc)
		goes_to += [
			application.provider.value,
			application.tenant.casefold(),
			application.authority,
			application.authorization_url,
			application.token_endpoint,
			application.client_id,
			application.client_authentication.value,
		]
	return hashlib.sha256(json.dumps(goes_to).encode()).hexdigest()


def _is_set(doc: Any, fieldname: str) -> bool:
	"""Return whether there are stars with a stored secret: a copied document has only the stars."""
	return bool(doc.get(fieldname)) and bool(_read(doc.name, fieldname))


def _is_for(doc: Any, fieldname: str) -> bool:
	return _read(doc.name, _server_name(fieldname)) == server(doc, fieldname)


def _read(channel: str | None, name: str) -> str:
	if not channel:
		return ""
	return get_decrypted_password(CHANNEL, channel, name, raise_exception=False) or ""


def _server_name(fieldname: str) -> str:
	return f"{fieldname} is for"


def _of_another_server(fieldname: str) -> ChannelError:
	if fieldname == "refresh_token":
		return ChannelError(
			Trouble.TOKEN_DEAD,
			Step.TOKEN,
			_("Somebody signed in for another server or application."),
			remedy=_("Save the channel and click Authorize."),
		)
	label = known_word(frappe.get_meta(CHANNEL).get_label(fieldname))
	return ChannelError(
		Trouble.SETTINGS_INCOMPLETE,
		Step.SIGN_IN,
		_("The stored {0} was entered for another server, user or application.").format(label),
		remedy=_("Enter the {0} again.").format(label),
	)
