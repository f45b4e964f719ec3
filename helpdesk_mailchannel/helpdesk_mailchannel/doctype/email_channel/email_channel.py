"""A mailbox and what becomes of its mail.

Thin: `desk/new_channel.py` fills, `checks.py` refuses what is wrong, `missing.py` names what is open. What a
channel does is the business of `ticketing`; what it last did is its run state (`ticketing.run_state`).
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from helpdesk_mailchannel.helpdesk_mailchannel.doctype.email_channel import checks
from helpdesk_mailchannel.helpdesk_mailchannel.doctype.email_channel.missing import Gap, missing
from helpdesk_mailchannel.ticketing import run_state
from helpdesk_mailchannel.ticketing.desk import new_channel
from helpdesk_mailchannel.ticketing.desk.authorize import outcome
from helpdesk_mailchannel.ticketing.language import said
from helpdesk_mailchannel.ticketing.polling.same_mailbox import other_reader
from helpdesk_mailchannel.ticketing.settings import redirect_url
from helpdesk_mailchannel.ticketing.sign_in import stored_secrets, tokens
from helpdesk_mailchannel.ticketing.targets.source_field import add_source_fields
from helpdesk_mailchannel.ticketing.why import health_of

CONNECTION = (
	"protocol",
	"security",
	"host",
	"port",
	"user_name",
	"email_address",
	"sign_in",
	"password",
	"oauth_provider",
	"grant_type",
	"tenant_id",
	"authority",
	"client_id",
	"client_secret",
	"client_authentication",
	"scope",
	"token_endpoint",
	"refresh_token",
	"ca_file",
)
"""Fields whose change gives a channel that had stopped another chance at once."""


class EmailChannel(Document):
	"""An Email Channel."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from helpdesk_mailchannel.helpdesk_mailchannel.doctype.email_channel_alias.email_channel_alias import (
			EmailChannelAlias,
		)
		from helpdesk_mailchannel.helpdesk_mailchannel.doctype.email_channel_domain.email_channel_domain import (
			EmailChannelDomain,
		)
		from helpdesk_mailchannel.helpdesk_mailchannel.doctype.email_channel_skip_time.email_channel_skip_time import (
			EmailChannelSkipTime,
		)
		from helpdesk_mailchannel.helpdesk_mailchannel.doctype.email_channel_ticket_type.email_channel_ticket_type import (
			EmailChannelTicketType,
		)
		from helpdesk_mailchannel.helpdesk_mailchannel.doctype.field_mapping.field_mapping import FieldMapping
		from helpdesk_mailchannel.helpdesk_mailchannel.doctype.folder_mapping.folder_mapping import (
			FolderMapping,
		)

		activated_at: DF.Datetime | None
		after_processing: DF.Literal["Move", "Mark as Read", "Delete", "Leave in Place"]
		alerted: DF.Check
		aliases: DF.Table[EmailChannelAlias]
		all_folders: DF.Check
		allowed_extensions: DF.SmallText | None
		attach_original: DF.Check
		authority: DF.Literal[
			"login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"
		]
		authorization_url: DF.Data | None
		automatic_replies: DF.Literal["Exclude", "Add to Ticket Silently", "File Like Other Mail"]
		ca_file: DF.Data | None
		channel_name: DF.Data
		client_authentication: DF.Literal["In the Request", "HTTP Basic"]
		client_id: DF.Data | None
		client_secret: DF.Password | None
		client_secret_expires_on: DF.Date | None
		connection_timeout: DF.Int
		cool_off: DF.Int
		copies_take_part: DF.Check
		domains: DF.Table[EmailChannelDomain]
		email_address: DF.Data
		exclude_automatic_mail: DF.Check
		excluded_senders: DF.SmallText | None
		exclusion_keywords: DF.SmallText | None
		existing_mail: DF.Literal["Start from Now", "File as Open", "File as Closed"]
		failed: DF.Int
		failed_step: DF.Literal[
			"",
			"reading the settings",
			"finding the host",
			"connecting",
			"securing the connection",
			"signing in",
			"getting an access token",
			"opening the folder",
			"listing messages",
			"reading messages",
			"filing messages",
			"moving messages",
			"reading the mailbox",
		]
		failures: DF.Int
		field_mapping: DF.Table[FieldMapping]
		folder_mapping: DF.Table[FolderMapping]
		folder_state: DF.LongText | None
		from_name: DF.Data | None
		grant_type: DF.Literal["Authorization Code", "Client Credentials"]
		health: DF.Literal["Not Polled Yet", "Connected", "Cooling Off", "Needs Authorization", "Failing"]
		health_details: DF.LongText | None
		host: DF.Data | None
		last_polled_at: DF.Datetime | None
		last_success_at: DF.Datetime | None
		lease_epoch: DF.Int
		lease_owner: DF.Data | None
		lease_until: DF.Datetime | None
		list_unsubscribe: DF.Literal["Always Bulk", "Bulk When Another Sign Says So", "Never Bulk By Itself"]
		mailing_lists: DF.Literal["Exclude", "File as Ticket"]
		max_attachment_size: DF.Int
		max_attachments: DF.Int
		max_message_size: DF.Int
		max_tries: DF.Int
		next_poll_at: DF.Datetime | None
		oauth_provider: DF.Literal["Microsoft", "Google", "Other"]
		other_types: DF.Literal["New Ticket", "Exclude"]
		outgoing_account: DF.Link | None
		password: DF.Password | None
		per_sender_hourly_limit: DF.Int
		poll_interval: DF.Int
		port: DF.Int
		protocol: DF.Literal["IMAP", "POP3"]
		recipient_only: DF.Check
		refresh_token: DF.Password | None
		refused_extensions: DF.SmallText | None
		reply_to: DF.Data | None
		results_below_received: DF.Check
		scope: DF.SmallText | None
		security: DF.Literal["TLS", "STARTTLS", "None"]
		sign_in: DF.Literal["Password", "OAuth"]
		sign_in_user: DF.Data | None
		signed_reply_address: DF.Check
		skip_drafts: DF.Check
		skip_junk: DF.Check
		skip_sent: DF.Check
		skip_times: DF.Table[EmailChannelSkipTime]
		skip_trash: DF.Check
		skipped_folders: DF.SmallText | None
		status: DF.Literal["Draft", "Active", "Paused"]
		sync_start: DF.Datetime | None
		target_doctype: DF.Link | None
		tenant_id: DF.Data | None
		token_endpoint: DF.Data | None
		trouble_code: DF.Data | None
		trust_exchange_online: DF.Check
		trusted_authserv_ids: DF.SmallText | None
		updatable_types: DF.Table[EmailChannelTicketType]
		user_name: DF.Data | None
		waiting: DF.Int
	# end: auto-generated types

	@property
	def redirect_url(self) -> str:
		"""What to register at the sign-in provider; computed, so that it follows the site."""
		return redirect_url()

	@property
	def health_reason(self) -> str:
		"""Why the channel is as it is, in the language of whoever asks."""
		return said(health_of(self))

	def onload(self) -> None:
		"""Tell the form what it cannot know by itself."""
		self.set_onload("missing", [vars(gap) for gap in (*checks.wrong(self), *missing(self))])
		self.set_onload("has_filed", checks.has_filed(self))
		self.set_onload("sign_in", outcome(self.name))
		self.set_onload("plain_allowed", checks.plain_allowed(self.host or ""))

	def before_validate(self) -> None:
		"""Fill what nobody chose."""
		if self.is_new():
			new_channel.fill_new(self)
		if self.target_doctype:
			new_channel.fill_mapping(self)

	def validate(self) -> None:
		"""Refuse what this save makes wrong or incomplete; activation refuses what was so before, too."""
		checks.tidy(self)
		before = self.get_doc_before_save()
		activated = self.status == "Active" and not (before and before.status == "Active")
		known = checks.wrong(before) if before and not activated else []
		for gap in checks.wrong(self):
			if gap not in known:
				frappe.throw(gap.sentence, title=_("Please Check"))
		if self.status == "Active":
			self._refuse_if_incomplete([] if activated else missing(before))
			if self._starts_afresh():
				self._refuse_if_read_elsewhere()

	def before_save(self) -> None:
		"""Store secrets; keep the poller's fields, unless this save starts the channel afresh."""
		entered = stored_secrets.store_typed(self)
		if self.is_new():
			return
		self._keep_run_state()
		if self.status == "Active" and (entered or self._starts_afresh()):
			self._start_afresh()

	def on_update(self) -> None:
		"""See that its tickets can name it."""
		if self.status == "Active" and self.target_doctype:
			add_source_fields(self.target_doctype)

	def on_trash(self) -> None:
		"""Take the channel's own records along. Tickets that name it keep it from being deleted at all."""
		for doctype in ("Email Channel Run", "Email Channel Identity", "Email Channel Message"):
			frappe.db.delete(doctype, {"channel": self.name})
		tokens.forget(self.name)

	def _refuse_if_incomplete(self, known: list[Gap]) -> None:
		"""What was missing before (the ticket DocType may have changed) must keep nobody from saving."""
		gaps = [gap for gap in missing(self) if gap not in known]
		if gaps:
			frappe.throw(
				[f"{gap.tab} → {gap.sentence}" for gap in gaps],
				title=_("The Channel Cannot Be Active Yet"),
				as_list=True,
			)

	def _refuse_if_read_elsewhere(self) -> None:
		if other := other_reader(self):
			frappe.throw(
				_(
					"Host: {0} is another name of the server of the active channel {1}, which reads the same "
					"mailbox. Pause it, or use another mailbox here."
				).format(frappe.bold(frappe.utils.escape_html(self.host)), frappe.bold(other)),
				title=_("The Channel Cannot Be Active Yet"),
			)

	def _keep_run_state(self) -> None:
		"""Take the run state from the row, which stays locked until the save is committed."""
		self.update(run_state.locked(self.name) or {})

	def _starts_afresh(self) -> bool:
		return any(self.has_value_changed(fieldname) for fieldname in ("status", *CONNECTION))

	def _start_afresh(self) -> None:
		"""Forget the troubles that were, and be polled next."""
		# Servers note arrivals by the second: what comes within this one must not count as older.
		now = now_datetime().replace(microsecond=0)
		self.update(run_state.afresh(now))
		if not self.activated_at:
			self.activated_at = now
			if self.existing_mail == "Start from Now" and not self.sync_start:
				self.sync_start = now.replace(second=0)
