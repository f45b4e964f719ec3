"""The Authorize button: to the sign-in provider, and back to the form signed in.

`authorize` gives the address to go to; the provider sends the person back to `callback`, which checks that
the answer belongs to a sign-in that this very user began, obtains the tokens, stores them and leads to the
form. What came of it waits for the form to show, once: `outcome`.
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
	"""Begin a sign-in for a saved channel; returns the provider's page to open."""
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
	"""Where the provider sends the person back to; leads to the channel's form, whatever came of it."""
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
		# Without the trouble's own sentence: it speaks of a channel that ran until now.
		result = Outcome(False, said(in_a_row(refusal.detail, refusal.remedy)))
	except StateRefused as refusal:
		result = Outcome(False, said(refusal.sentence))
	_lead_back(channel, result)


def outcome(channel: str) -> dict[str, object] | None:
	"""What came of this user's last sign-in for a channel, to be shown once; None for nothing new."""
	kept = CacheStore().take(_outcome_key(channel))
	return frappe.parse_json(kept) if kept else None


@dataclass(frozen=True)
class Outcome:
	"""What a person is told when back: whether it worked, and words."""

	signed_in: bool
	words: str


class CacheStore:
	"""What waits for a person to come back, in the Redis that all processes share (`state.StateStore`)."""

	def put(self, key: str, value: str, seconds: int) -> None:
		"""See `state.StateStore`."""
		frappe.cache.set_value(self._name(key), value, expires_in_sec=seconds)

	def take(self, key: str) -> str | None:
		"""See `state.StateStore`. Redis deletes once: whoever did not delete it does not get it."""
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
	"""Redeem the code and keep what came of it. Raises ChannelError, StateRefused."""
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
		# The site logs unexpected errors with local variables, and here these are codes and tokens.
		frappe.db.rollback()
		return Outcome(False, _("The site could not keep the sign-in ({0}).").format(type(error).__name__))
	mailbox = connection_settings(doc).user
	if found.account and found.account.casefold() != mailbox.casefold():
		return Outcome(True, _("Signed in as {0}, to read {1}.").format(found.account, mailbox))
	return Outcome(True, _("Signed in."))


def _start_afresh(doc: Any, found: TokenSet) -> None:
	"""Note who signed in, and let a channel that had stopped be polled at once.

	The channel's `modified` moves, so that a form opened before cannot be saved over the new refresh token.
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
