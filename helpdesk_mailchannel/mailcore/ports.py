"""What the engine asks of the world around it: a mailbox, a ledger, a ticket system, secrets, a clock.

`connect` implements `Session`; `ticketing` implements the rest for a Frappe site; tests bring
their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.model import (
	Capabilities,
	Claim,
	Draft,
	Facts,
	Filed,
	FolderState,
	Listing,
	Message,
	Outcome,
	RawMessage,
	Receipt,
	RemoteFolder,
	RemoteRef,
	TicketRef,
	Withheld,
)
from helpdesk_mailchannel.mailcore.reasons import Fate, Reason
from helpdesk_mailchannel.mailcore.sentences import Sentence


class Clock(Protocol):
	"""Where time comes from."""

	def now(self) -> datetime:
		"""Return the time, aware, in UTC."""
		...


class Credentials(Protocol):
	"""The channel's secrets, requested when they are needed and never kept."""

	def password(self) -> str:
		"""Return the mailbox password."""
		...

	def access_token(self, *, renew: bool = False) -> str:
		"""Return a valid OAuth access token; `renew` asks for a new one after the server refused it.

		Raises ChannelError (TOKEN_DEAD, TOKEN_UNAVAILABLE, OAUTH_MISCONFIGURED).
		"""
		...


# ── What is to be done to the mailbox ────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Move:
	"""Move the message to another folder, in the best way the server has; never by a plain EXPUNGE.

	`resumed` says that an earlier run may have copied it already, so the destination is searched for
	`message_id` first.
	"""

	ref: RemoteRef
	folder: str
	message_id: str = ""
	resumed: bool = False


@dataclass(frozen=True)
class MarkRead:
	"""Set the Seen flag."""

	ref: RemoteRef


@dataclass(frozen=True)
class Delete:
	"""Remove the message from the mailbox."""

	ref: RemoteRef


@dataclass(frozen=True)
class Leave:
	"""Leave it alone: the ledger remembers it."""

	ref: RemoteRef


Action = Move | MarkRead | Delete | Leave


@dataclass(frozen=True)
class Settled:
	"""The mailbox shows the fate. `folder` is where the message is now, as far as that is known (COPYUID):
	its own folder if it stays there, nothing if it is gone."""

	ref: RemoteRef
	folder: str = ""
	uidvalidity: int = 0
	uid: str = ""


@dataclass(frozen=True)
class NotSettled:
	"""The mailbox could not be made to show the fate; `why` is for people."""

	ref: RemoteRef
	why: Sentence


class Session(Protocol):
	"""An open, signed-in connection to one mailbox.

	Every method raises ChannelError, and nothing else, when the server or the connection fails.
	"""

	@property
	def capabilities(self) -> Capabilities:
		"""What the server can do, as known after signing in."""
		...

	@property
	def wasted(self) -> timedelta:
		"""How long the server was waited for, beyond a decent pace and a moment for each message filed."""
		...

	def note_filed(self, messages: int) -> None:
		"""Note that something new was made of this many messages: a slow server is worth the wait."""
		...

	def folders(self) -> Sequence[RemoteFolder]:
		"""Return all folders, by their readable names; POP3 has one, INBOX."""
		...

	def open(self, folder: str) -> FolderState:
		"""Select a folder for what follows. Raises ChannelError(FOLDER_MISSING) if it does not exist."""
		...

	def go_on(self, failure: ChannelError) -> None:
		"""Get ready to open another folder after a failure at one; connect anew if the connection broke.

		Raises `failure` if the server cannot be reached or is not to be waited for any longer.
		"""
		...

	def list(self, since: datetime | None = None) -> Listing:
		"""Return the open folder's messages not marked as deleted, oldest first; exactly those since `since`.

		A message that the server names without describing it is listed too.
		"""
		...

	def fetch(self, refs: Sequence[RemoteRef]) -> Iterator[RawMessage | Withheld]:
		"""Yield whole messages without marking them as read, one at a time, in any order.

		A message the server did not hand out is requested again, alone. It is left out only if it is `gone`;
		nothing is known of those that had not come when an error ends this.
		"""
		...

	def gone(self, refs: Sequence[RemoteRef]) -> Sequence[RemoteRef]:
		"""Return those that have definitely left the open folder; a listing without them is no proof."""
		...

	def fetch_header(self, ref: RemoteRef) -> RawMessage | None:
		"""Return the header alone, at most 64 KiB of it; None if the server does not hand it out."""
		...

	def find(self, message_id: str) -> RemoteRef | None:
		"""Return the open folder's only message with this Message-ID; None if there is not exactly one."""
		...

	def perform(self, actions: Sequence[Action]) -> Sequence[Settled | NotSettled]:
		"""Carry out actions on messages of the open folder; return one result per action, in order."""
		...

	def ensure_folder(self, folder: str) -> bool:
		"""Create a folder if it is missing; return False if the server refuses."""
		...

	def close(self) -> None:
		"""Sign out politely; never raises."""
		...


# ── What is written down ─────────────────────────────────────────────────────────────────────────────


class Ledger(Protocol):
	"""The receipts: one record per copy of a message. Every method that writes has committed when it returns.

	Every writing method raises RunStopped if the channel was changed or another worker has the mailbox.
	"""

	def changes_of_uidvalidity(self, folder: str, uidvalidity: int) -> int:
		"""Note the folder's UIDVALIDITY; return how often it, or all names, changed within the last 24 hours.

		Changes counted at a server of the other protocol do not count; POP3 has no UIDVALIDITY: 0.
		"""
		...

	def note_renaming(self, folder: str) -> None:
		"""Count one more change, because all messages of the folder have new names."""
		...

	def first_folder(self) -> str:
		"""Return the folder that this run begins with, as the last one noted; empty for the usual order."""
		...

	def begin_next_with(self, folder: str) -> None:
		"""Note the folder that the next run is to begin with."""
		...

	def receipts(self, refs: Sequence[RemoteRef]) -> Mapping[RemoteRef, Receipt]:
		"""Return what is known of these copies."""
		...

	def open_receipts(self, folder: str) -> Sequence[Receipt]:
		"""Return receipts of this folder that are not settled, or whose copies were left in it.

		Excludes those a person wants retried.
		"""
		...

	def abandoned(self, folders: Collection[str]) -> Sequence[Receipt]:
		"""Return receipts with a fate that the mailbox does not show yet, of folders other than these.

		Excludes those a person wants retried.
		"""
		...

	def claim(self, refs: Sequence[RemoteRef]) -> Sequence[Claim]:
		"""Count an attempt at each and claim it (commit 1)."""
		...

	def conclude(
		self,
		claim: Claim,
		outcome: Outcome,
		message: Message | None,
		*,
		keep: bytes | None = None,
		note_on: TicketRef | None = None,
	) -> None:
		"""Record a fate that makes no ticket (commit 2).

		`keep`: the original, to be kept in a private file. `note_on`: a ticket to leave a note on.
		"""
		...

	def postpone(
		self,
		claim: Claim,
		outcome: Outcome,
		message: Message | None,
		until: datetime,
		*,
		counts: bool = True,
	) -> None:
		"""Give a message back to be retried, with the reason why this attempt failed.

		`counts`: whether the attempt counts against the message.
		"""
		...

	def give_back(self, claims: Collection[Claim]) -> None:
		"""Undo claims that were not worked on, including the attempt."""
		...

	def settling(self, receipts: Iterable[Receipt]) -> None:
		"""Note that the slow way of moving begins (commit 3a)."""
		...

	def settled(self, results: Mapping[str, Settled]) -> None:
		"""Close receipts, by key (commit 3b)."""
		...

	def forget(self, keys: Collection[str]) -> None:
		"""Close receipts whose copies left the mailbox before their fate was decided: they are gone."""
		...

	def retries(self) -> Sequence[Receipt]:
		"""Return failed messages that a person wants retried; `where` says where their copies are now.

		Includes those that were retried and decided, but whose copies have not been moved yet.
		"""
		...

	def last_filed(self) -> Mapping[Fate, datetime]:
		"""Return when the channel last made a ticket, and when it last added a reply, if it ever did."""
		...

	def refused(self, reason: Reason, fate: Fate, most: int) -> Collection[str]:
		"""Return keys of messages that failed or wait for this reason, none older than the last of that fate.

		At most `most`. `fate`: ticket or reply.
		"""
		...

	def original(self, key: str) -> bytes | None:
		"""Return the octets that were kept of a failed message."""
		...


class Ticketing(Protocol):
	"""The ticket system."""

	def facts(self, messages: Sequence[Message]) -> Facts:
		"""Return what the site knows that bears on these messages; a few queries for all of them."""
		...

	def file(self, claim: Claim, message: Message, draft: Draft, outcome: Outcome) -> Filed:
		"""Make the ticket or the reply and record the outcome, in one transaction (commit 2).

		Raises AlreadyFiled, MessageError or ChannelError; nothing is left behind then.
		"""
		...
