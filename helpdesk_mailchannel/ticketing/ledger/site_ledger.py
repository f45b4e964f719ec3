"""The ledger on a Frappe site: one Email Channel Message per copy of a message (see `ports.Ledger`).

The database enforces uniqueness: a receipt's name is its delivery key. Every write first locks the rows
concerned and checks that this run may still write them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import frappe
from frappe.query_builder import Order
from frappe.utils import now_datetime

from helpdesk_mailchannel.mailcore.compose.draft import NO_SUBJECT
from helpdesk_mailchannel.mailcore.errors import LeaseLost
from helpdesk_mailchannel.mailcore.model import (
	Claim,
	Filed,
	Message,
	Outcome,
	Receipt,
	RemoteRef,
	State,
	TicketRef,
)
from helpdesk_mailchannel.mailcore.outside.plain_text import plain_line
from helpdesk_mailchannel.mailcore.ports import Clock, Settled
from helpdesk_mailchannel.mailcore.reasons import Fate, Reason
from helpdesk_mailchannel.mailcore.sentences import _, in_a_row
from helpdesk_mailchannel.ticketing import run_state
from helpdesk_mailchannel.ticketing.language import in_sites_language, stored
from helpdesk_mailchannel.ticketing.ledger import lease as leases
from helpdesk_mailchannel.ticketing.ledger.originals import (
	RECEIPT,
	drop_original,
	keep_original,
	read_original,
)
from helpdesk_mailchannel.ticketing.times import from_site, to_site
from helpdesk_mailchannel.ticketing.transaction import transaction

NOT_READ = _("(not read)")
"""Stands for the subject until the message was read, and stays where it never could be."""
FIELDS = [
	"name",
	"folder",
	"uidvalidity",
	"uid",
	"size",
	"received_at",
	"state",
	"attempts",
	"next_attempt_at",
	"reason_code",
	"message_id",
	"dest_folder",
	"dest_uidvalidity",
	"dest_uid",
	"original",
	"left_mailbox",
]
CLAIM_FIELDS = ["name", "state", "attempts", "retry_requested", "reason_code", "left_mailbox"]
NOT_YET_DECIDED = dict.fromkeys(
	(
		"ticket_doctype",
		"ticket",
		"communication",
		"dest_folder",
		"dest_uid",
		"original",
		"original_files",
	)
) | {"dest_uidvalidity": 0}
"""What a receipt says of one message must not be taken for what became of another of its name."""
UNSETTLED_STATES = [state.value for state in State if state.is_unsettled]
OPEN_STATES = [state.value for state in State if state is not State.SETTLED]
FILED = [Fate.TICKET.value, Fate.REPLY.value, Fate.DUPLICATE.value]
REASONS = {reason.code: reason for reason in Reason}
NO_FOLDER = ""
"""The key in a channel's `folder_state` of what is not about one folder: the one to begin with."""
CHUNK = 500
"""Names in one query: far below what either database takes."""


class SiteLedger:
	"""The receipts of one channel, for the run that holds its lease."""

	def __init__(self, lease: leases.Lease, protocol: str, clock: Clock) -> None:
		self.lease, self.protocol, self.clock = lease, protocol, clock
		self.channel = lease.channel
		self._keys: dict[RemoteRef, str] = {}

	# ── Reading ───────────────────────────────────────────────────────────────────────────────────

	def receipts(self, refs: Sequence[RemoteRef]) -> Mapping[RemoteRef, Receipt]:
		"""See `ports.Ledger`."""
		by_key = {self._key(ref): ref for ref in refs}
		found = {}
		for names in _chunks(list(by_key)):
			for row in frappe.get_all(RECEIPT, {"name": ["in", names]}, FIELDS, order_by="name"):
				found[by_key[row.name]] = self._receipt(row)
		return found

	def open_receipts(self, folder: str) -> Sequence[Receipt]:
		"""See `ports.Ledger`."""
		table = frappe.qb.DocType(RECEIPT)
		query = (
			frappe.qb.from_(table)
			.select(*FIELDS)
			.where((table.channel == self.channel) & (table.folder == folder) & (table.retry_requested == 0))
			.where(table.state.isin(OPEN_STATES) | (table.left_mailbox == 0))
			.orderby(table.creation)
		)
		return [self._receipt(row) for row in query.run(as_dict=True)]

	def abandoned(self, folders: Collection[str]) -> Sequence[Receipt]:
		"""See `ports.Ledger`."""
		filters = {
			"channel": self.channel,
			"folder": ["not in", list(folders)],
			"state": ["in", UNSETTLED_STATES],
			"retry_requested": 0,
		}
		return [self._receipt(row) for row in frappe.get_all(RECEIPT, filters, FIELDS, order_by="creation")]

	def retries(self) -> Sequence[Receipt]:
		"""See `ports.Ledger`."""
		filters = {"channel": self.channel, "retry_requested": 1}
		return [self._receipt(row) for row in frappe.get_all(RECEIPT, filters, FIELDS, order_by="creation")]

	def last_filed(self) -> Mapping[Fate, datetime]:
		"""See `ports.Ledger`."""
		moments = {fate: self._last(fate) for fate in (Fate.TICKET, Fate.REPLY)}
		return {fate: moment for fate, moment in moments.items() if moment}

	def _last(self, fate: Fate) -> datetime | None:
		filters = {"channel": self.channel, "fate": fate.value}
		return from_site(frappe.db.get_value(RECEIPT, filters, "concluded_at", order_by="concluded_at desc"))

	def refused(self, reason: Reason, fate: Fate, most: int) -> Collection[str]:
		"""See `ports.Ledger`."""
		table = frappe.qb.DocType(RECEIPT)
		failed = table.fate == Fate.FAILED.value
		waits = (table.state == State.RELEASED.value) & table.next_attempt_at.isnotnull()
		if last := self._last(fate):
			failed &= table.concluded_at > to_site(last)
			waits &= table.next_attempt_at > to_site(last)
		query = (
			frappe.qb.from_(table)
			.select(table.name)
			.where((table.channel == self.channel) & (table.reason_code == reason.code) & (failed | waits))
			.orderby(table.creation, order=Order.desc)
			.limit(most)
		)
		return [key for (key,) in query.run()]

	def original(self, key: str) -> bytes | None:
		"""See `ports.Ledger`."""
		return read_original(key)

	def _key(self, ref: RemoteRef) -> str:
		return self._keys.get(ref) or ref.key(self.channel)

	def _receipt(self, row: frappe._dict) -> Receipt:
		ref = RemoteRef(row.folder, row.uidvalidity or 0, row.uid, row.size or 0, from_site(row.received_at))
		self._keys[ref] = row.name
		where = None
		if row.dest_folder:
			where = RemoteRef(row.dest_folder, row.dest_uidvalidity or 0, row.dest_uid or "", ref.size)
		return Receipt(
			key=row.name,
			ref=ref,
			state=State(row.state),
			attempts=row.attempts or 0,
			next_attempt_at=from_site(row.next_attempt_at),
			reason=REASONS[row.reason_code] if row.reason_code else None,
			message_id=row.message_id or "",
			where=where,
			original_kept=bool(row.original),
			left=bool(row.left_mailbox),
		)

	# ── Commit 1: claiming ────────────────────────────────────────────────────────────────────────

	def claim(self, refs: Sequence[RemoteRef]) -> Sequence[Claim]:
		"""See `ports.Ledger`. Leaves out a receipt that another run has decided in the meantime."""
		with transaction():
			leases.renew(self.lease, self.clock.now())
			known = self._locked_rows([self._key(ref) for ref in refs])
			claims = [self._claim(ref, known.get(self._key(ref))) for ref in refs]
			self._insert([claim for claim in claims if claim and claim.key not in known])
			return [claim for claim in claims if claim]

	def _claim(self, ref: RemoteRef, row: frappe._dict | None) -> Claim | None:
		key = self._key(ref)
		if row is None:
			return Claim(key, ref, 1)
		if State(row.state).is_unsettled:
			return None
		came_back = row.reason_code == Reason.GONE.code
		history = bool(row.left_mailbox) and not (came_back or row.retry_requested)
		if row.state == State.SETTLED.value and not (row.retry_requested or came_back or history):
			return None
		attempt = 1 if history else (row.attempts or 0) + 1
		values = {**self._mine(), "attempts": attempt, "next_attempt_at": None}
		if came_back or history:
			values |= {"fate": None, "left_mailbox": 0}
		if history:
			values |= NOT_YET_DECIDED
		self._update(key, values)
		return Claim(key, ref, attempt)

	def _mine(self) -> dict[str, object]:
		return {
			"state": State.CLAIMED.value,
			"claimed_by": self.lease.owner,
			"claim_epoch": self.lease.epoch,
		}

	def _insert(self, claims: Sequence[Claim]) -> None:
		if not claims:
			return
		first = now_datetime()
		# One microsecond apart, so that lists show them in mailbox order.
		stamps = [first + timedelta(microseconds=number) for number in range(len(claims))]
		user = frappe.session.user
		rows = [
			{
				"name": claim.key,
				"creation": stamp,
				"modified": stamp,
				"owner": user,
				"modified_by": user,
				"docstatus": 0,
				"idx": 0,
				"channel": self.channel,
				"protocol": self.protocol,
				"folder": claim.ref.folder,
				"uidvalidity": claim.ref.uidvalidity,
				"uid": claim.ref.uid,
				"size": claim.ref.size,
				"received_at": to_site(claim.ref.received_at),
				"subject": in_sites_language(NOT_READ),
				"attempts": claim.attempt,
				"retry_requested": 0,
				**self._mine(),
			}
			for claim, stamp in zip(claims, stamps, strict=True)
		]
		fields = list(rows[0])
		frappe.db.bulk_insert(RECEIPT, fields, [tuple(row[field] for field in fields) for row in rows])

	def give_back(self, claims: Collection[Claim]) -> None:
		"""See `ports.Ledger`."""
		with transaction():
			for claim in claims:
				self.check(claim)
				values = {"state": State.RELEASED.value, "attempts": claim.attempt - 1}
				self._update(claim.key, {**values, "claimed_by": None})

	def postpone(
		self,
		claim: Claim,
		outcome: Outcome,
		message: Message | None,
		until: datetime,
		*,
		counts: bool = True,
	) -> None:
		"""See `ports.Ledger`."""
		values = {
			"state": State.RELEASED.value,
			"next_attempt_at": to_site(until),
			"claimed_by": None,
			"attempts": claim.attempt if counts else claim.attempt - 1,
			"fate": None,
			"verdict": outcome.verdict.value,
		}
		with transaction():
			self.check(claim)
			self._update(claim.key, {**describe(message), **_reason(outcome), **values})

	# ── Commit 2: fates ───────────────────────────────────────────────────────────────────────────

	def conclude(
		self,
		claim: Claim,
		outcome: Outcome,
		message: Message | None,
		*,
		keep: bytes | None = None,
		note_on: TicketRef | None = None,
	) -> None:
		"""See `ports.Ledger`."""
		with transaction():
			self.check_may_decide(claim)
			self.write_fate(claim, outcome, message, Filed(note_on) if note_on else None)
			if keep is not None:
				keep_original(claim.key, keep)
			if note_on:
				_leave_note(note_on, outcome, message)

	def check(self, claim: Claim) -> None:
		"""Lock a claim's receipt for the current transaction. Raises LeaseLost if another run took it."""
		row = frappe.db.get_value(RECEIPT, claim.key, ["state", "claim_epoch"], as_dict=True, for_update=True)
		if row is None or (row.state, row.claim_epoch) != (State.CLAIMED.value, self.lease.epoch):
			raise LeaseLost()

	def check_may_decide(self, claim: Claim) -> None:
		"""Do what `check` does. Also raises SettingsChanged if the channel changed since the run began."""
		self.check(claim)
		leases.check(self.lease)

	def write_fate(
		self, claim: Claim, outcome: Outcome, message: Message | None, filed: Filed | None = None
	) -> None:
		"""Set a receipt to Done, within the caller's transaction and after `check_may_decide`."""
		values = {
			**describe(message),
			**_reason(outcome),
			"fate": outcome.fate.value,
			"verdict": outcome.verdict.value,
			"state": State.DONE.value,
			"concluded_at": to_site(self.clock.now()),
			"claimed_by": None,
			"next_attempt_at": None,
		}
		if filed:
			values |= {
				"ticket_doctype": filed.ticket.doctype,
				"ticket": filed.ticket.name,
				"communication": filed.communication or None,
			}
		self._update(claim.key, values)

	# ── Commit 3: the mailbox ─────────────────────────────────────────────────────────────────────

	def settling(self, receipts: Iterable[Receipt]) -> None:
		"""See `ports.Ledger`."""
		with transaction():
			for receipt in receipts:
				self._update(receipt.key, {"state": State.SETTLING.value})

	def settled(self, results: Mapping[str, Settled]) -> None:
		"""See `ports.Ledger`."""
		stamp = to_site(self.clock.now())
		with transaction():
			folders = self._folders(list(results))
			for key, result in results.items():
				values = {
					"state": State.SETTLED.value,
					"settled_at": stamp,
					"retry_requested": 0,
					"left_mailbox": int(result.folder != folders.get(key)),
				}
				if result.folder:
					values |= {
						"dest_folder": result.folder,
						"dest_uidvalidity": result.uidvalidity,
						"dest_uid": result.uid,
					}
				self._update(key, values)
			self._drop_needless_originals(list(results))

	def _folders(self, keys: Sequence[str]) -> dict[str, str]:
		rows: dict[str, str] = {}
		for names in _chunks(keys):
			found = frappe.get_all(RECEIPT, {"name": ["in", names]}, ["name", "folder"], order_by="name")
			rows |= {row.name: row.folder for row in found}
		return rows

	def _drop_needless_originals(self, keys: Sequence[str]) -> None:
		"""Remove originals of messages that were filed after all; their fate has already been committed."""
		for names in _chunks(keys):
			filters = {"name": ["in", names], "original": ["is", "set"], "fate": ["in", FILED]}
			for key in frappe.get_all(RECEIPT, filters, pluck="name", order_by="name"):
				drop_original(key)

	def forget(self, keys: Collection[str]) -> None:
		"""See `ports.Ledger`."""
		outcome = Outcome(Reason.GONE)
		with transaction():
			for key in keys:
				values = {**_reason(outcome), "fate": outcome.fate.value, "state": State.SETTLED.value}
				stamp = to_site(self.clock.now())
				self._update(key, {**values, "settled_at": stamp, "left_mailbox": 1})

	# ── Folders ───────────────────────────────────────────────────────────────────────────────────

	def first_folder(self) -> str:
		"""See `ports.Ledger`. Kept in the channel's `folder_state`, next to the folders."""
		return str(self._folder_state().get(NO_FOLDER, ""))

	def begin_next_with(self, folder: str) -> None:
		"""See `ports.Ledger`."""
		self._write_folder_state(self._folder_state() | {NO_FOLDER: folder})

	def changes_of_uidvalidity(self, folder: str, uidvalidity: int) -> int:
		"""See `ports.Ledger`. Kept in `folder_state` of the channel: folder → [number, times of changes]."""
		state = self._folder_state()
		last, changes = state.get(folder, [uidvalidity, []])
		day_ago = (self.clock.now() - timedelta(days=1)).isoformat()
		recent = [moment for moment in changes if moment > day_ago]
		if bool(last) != bool(uidvalidity):
			recent = []
		elif last != uidvalidity:
			recent.append(self.clock.now().isoformat())
		if state.get(folder) != [uidvalidity, recent]:
			self._write_folder_state(state | {folder: [uidvalidity, recent]})
		return len(recent)

	def note_renaming(self, folder: str) -> None:
		"""See `ports.Ledger`."""
		state = self._folder_state()
		number, changes = state[folder]
		changed = {folder: [number, [*changes, self.clock.now().isoformat()]]}
		self._write_folder_state(state | changed)

	def _folder_state(self) -> dict[str, Any]:
		stored = frappe.db.get_value("Email Channel", self.channel, "folder_state")
		return dict(json.loads(stored or "{}"))

	def _write_folder_state(self, state: Mapping[str, Any]) -> None:
		with transaction():
			run_state.write(self.channel, folder_state=json.dumps(state, sort_keys=True))

	# ── Underneath ────────────────────────────────────────────────────────────────────────────────

	def _locked_rows(self, keys: Sequence[str]) -> dict[str, frappe._dict]:
		rows: dict[str, frappe._dict] = {}
		for names in _chunks(keys):
			table = frappe.qb.DocType(RECEIPT)
			query = frappe.qb.from_(table).select(*CLAIM_FIELDS).where(table.name.isin(names)).for_update()
			rows |= {row.name: row for row in query.run(as_dict=True)}
		return rows

	def _update(self, key: str, values: dict[str, object]) -> None:
		frappe.db.set_value(RECEIPT, key, values, update_modified=True)


def describe(message: Message | None) -> dict[str, object]:
	"""Return what the log shows of a message: only what was in its header."""
	if message is None:
		return {}
	return {
		"message_id": message.message_id,
		"identity": message.identity,
		"sender": stored_sender(", ".join(author.address for author in message.authors)),
		"subject": plain_line(message.subject) or in_sites_language(NO_SUBJECT),
		"received_at": to_site(message.received_at),
		"defect_details": stored(in_a_row(*message.defects, between="\n")),
	}


def stored_sender(addresses: str) -> str:
	"""Return the sender as a receipt stores it: not the exact address if that is unusual or long."""
	return plain_line(addresses)[:140]


def _reason(outcome: Outcome) -> dict[str, object]:
	return {"reason_code": outcome.reason.code, "reason_details": stored(outcome.detail)}


def _leave_note(ticket: TicketRef, outcome: Outcome, message: Message | None) -> None:
	"""Leave a note for the agents on a ticket, within the caller's transaction."""
	if not frappe.db.exists(ticket.doctype, ticket.name):
		return
	words = in_sites_language(in_a_row(outcome.reason.sentence, outcome.detail))
	doc = frappe.get_doc(ticket.doctype, ticket.name)
	doc.add_comment("Comment", frappe.utils.escape_html(words))


def _chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
	for start in range(0, len(names), CHUNK):
		yield names[start : start + CHUNK]
