"""The Authorize button: off to the sign-in provider and back to the form, signed in.

`authorize` returns the address to open; the provider redirects to `callback`, which checks that the response
belongs to a sign-in started by this same user, obtains and stores the tokens, and redirects to the form.
The form then shows the result once: `outcome`.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html, get_url_to_form, get_url_to_list, now_datetime

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.oauth import state as states
from helpdesk_mailchannel.mailcore.oauth.state import Pending, StateRefused
from helpdesk_mailchannel.mailcore.oauth.tokens import TokenSet
from helpdesk_mailchannel.mailcore.sentences import in_a_row
from helpdesk_mailchannel.ticketing import run_state
from helpdesk_mailchannel.ticketing.desk.permissions import must_manage
from helpdesk_mailchannel.ticketing.language import said
from helpdesk_mailchannel.ticketing.polling import schedule
from helpdesk_mailchannel.ticketing.settings import connection_settings
from helpdesk_mailchannel.ticketing.sign_in import tokens
from helpdesk_mailchannel.ticketing.sign_in.provider import registered_application, sign_in_provider
from helpdesk_mailchannel.ticketing.sign_in.stored_secrets import SHOWN, server, stored
from helpdesk_mailchannel.ticketing.times import SystemClock

CHANNEL = "Email Channel"
OUTCOME_LIFETIME = timedelta(minutes=10)


@frappe.whitelist(methods=["POST"])
def authorize(channel: str) -> str:
	"""Begin a sign-in for a saved channel; return the address of the provider's page to open."""
	doc = _channel_to_manage(channel)
	state = states.new_state(secrets.token_bytes)
	try:
		begun = sign_in_provider(doc, stored(doc, "client_secret")).begin(state)
	except ChannelError as error:
		frappe.throw(escape_html(said(error.sentence)), title=_("Signing In Is Not Possible Yet"))
	pending = Pending(
		user=frappe.session.user,
		channel=doc.name,
		application=states.fingerprint(registered_application(doc), server(doc)),
		expires_at=SystemClock().now() + states.LIFETIME,
		remembered=begun.remembered,
	)
	states.remember(CacheStore(), state, pending)
	return begun.url


@frappe.whitelist(methods=["GET"])
def callback(
	state: str = "", code: str = "", error: str = "", error_description: str = "", error_subtype: str = ""
) -> None:
	"""Handle the provider's redirect; whatever the result, redirect to the channel's form."""
	answer = {
		"state": state,
		"code": code,
		"error": error,
		"error_description": error_description,
		"error_subtype": error_subtype,
	}
	channel = ""
	try:
		must_manage()
		pending = states.recall(CacheStore(), state, user=frappe.session.user, now=SystemClock().now())
		channel = pending.channel
		result = _signed_in(pending, {name: value for name, value in answer.items() if value})
	except ChannelError as refusal:
		# Leave out the trouble's own sentence: it is worded for a channel that has been running.
		result = Outcome(False, said(in_a_row(refusal.detail, refusal.remedy)))
	except StateRefused as refusal:
		result = Outcome(False, said(refusal.sentence))
	_lead_back(channel, result)


def outcome(channel: str) -> dict[str, object] | None:
	"""Return the result of this user's last sign-in for a channel, once; None if there is nothing new."""
	kept = CacheStore().take(_outcome_key(channel))
	return frappe.parse_json(kept) if kept else None


@dataclass(frozen=True)
class Outcome:
	"""What the user is told on return: whether it worked, and a message."""

	signed_in: bool
	words: str


class CacheStore:
	"""Sign-ins in progress, in the Redis that all processes share (`state.StateStore`)."""

	def put(self, key: str, value: str, seconds: int) -> None:
		"""See `state.StateStore`."""
		frappe.cache.set_value(self._name(key), value, expires_in_sec=seconds)

	def take(self, key: str) -> str | None:
		"""See `state.StateStore`. Redis deletes a key once: only the caller that deletes it gets it."""
		name = self._name(key)
		value = frappe.cache.get_value(name, expires=True)
		deleted = frappe.cache.delete(frappe.cache.make_key(name))
		return value if value is not None and deleted else None

	@staticmethod
	def _name(key: str) -> str:
		return f"mailchannel_sign_in:{key}"


def _channel_to_manage(channel: str) -> Any:
	must_manage()
	doc = frappe.get_doc(CHANNEL, channel)
	doc.check_permission("write")
	return doc


def _signed_in(pending: Pending, answer: dict[str, str]) -> Outcome:
	"""Redeem the code and store the tokens. Raises ChannelError, StateRefused."""
	doc = _channel_to_manage(pending.channel)
	states.same_application(pending, registered_application(doc), server(doc))
	try:
		found = sign_in_provider(doc, stored(doc, "client_secret")).redeem(pending.remembered, answer)
		tokens.lock(doc.name)
		_start_afresh(doc, found)
		tokens.store(doc, found)
	except ChannelError:
		frappe.db.rollback()
		raise
	except Exception as error:
		# The site logs unexpected errors with local variables, which here include codes and tokens.
		frappe.db.rollback()
		return Outcome(False, _("The site could not keep the sign-in ({0}).").format(type(error).__name__))
	mailbox = connection_settings(doc).user
	if found.account and found.account.casefold() != mailbox.casefold():
		return Outcome(True, _("Signed in as {0}, to read {1}.").format(found.account, mailbox))
	return Outcome(True, _("Signed in."))


def _start_afresh(doc: Any, found: TokenSet) -> None:
	"""Record who signed in, and make a channel that had stopped due at once.

	Updates the channel's `modified`, so that a form opened earlier cannot overwrite the new refresh token.
	"""
	token = {
		"authorized_by": frappe.session.user,
		"authorized_on": now_datetime(),
		"account": found.account[:140],
	}
	frappe.db.set_value(tokens.TOKEN, doc.name, token)
	frappe.db.set_value(CHANNEL, doc.name, "refresh_token", SHOWN)
	run_state.write(doc.name, **run_state.afresh(now_datetime()))
	if doc.status == "Active":
		schedule.enqueue(doc.name)


def _lead_back(channel: str, result: Outcome) -> None:
	if not channel:
		frappe.respond_as_web_page(
			_("Not Signed In"),
			escape_html(result.words),
			http_status_code=400,
			indicator_color="red",
			primary_action=get_url_to_list(CHANNEL),
			primary_label=_("Mail Channels"),
		)
		return
	told = frappe.as_json({"signed_in": result.signed_in, "words": escape_html(result.words)})
	CacheStore().put(_outcome_key(channel), told, int(OUTCOME_LIFETIME.total_seconds()))
	frappe.local.response["type"] = "redirect"
	frappe.local.response["location"] = get_url_to_form(CHANNEL, channel)


def _outcome_key(channel: str) -> str:
	return f"outcome:{frappe.session.user}:{channel}"
