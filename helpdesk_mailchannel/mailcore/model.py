"""The values that travel through the engine, in the order in which a message becomes them.

All of them are frozen: a stage takes values and returns new ones. Times are aware and in UTC. Addresses
are lower-case and bare (`name@example.com`), domains in their A-label (`xn--…`) form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import Any

from helpdesk_mailchannel.mailcore.reasons import Fate, Reason, Trouble
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, in_a_row, known_word

# ── On the server ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class RemoteFolder:
	"""A folder as the server lists it: its readable name, its RFC 6154 use, and whether it holds mail."""

	name: str
	special_use: str = ""
	selectable: bool = True


@dataclass(frozen=True)
class FolderState:
	"""What the server said when the folder was opened."""

	name: str
	uidvalidity: int
	read_only: bool
	exists: int
	permanent_flags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RemoteRef:
	"""One copy of a message on a server, and what the listing says of it.

	`uid` is the IMAP UID in decimal, or the POP3 UIDL. `uidvalidity` is 0 for POP3. `received_at` is the
	IMAP INTERNALDATE; POP3 has none.
	"""

	folder: str
	uidvalidity: int
	uid: str
	size: int
	received_at: datetime | None = None
	flags: frozenset[str] = field(default=frozenset(), compare=False)
	"""As they were when listed; they change, so they do not tell one copy from another."""

	def key(self, channel: str) -> str:
		"""The delivery key, hex SHA-256: names this copy for as long as the server keeps its UIDVALIDITY.

		Size and arrival date belong to it because some servers give a UID away twice (RFC 3501 2.3.1.1
		forbids that): the second message then has a key of its own and is not taken for the first.
		"""
		arrived = self.received_at.isoformat() if self.received_at else ""
		parts = (channel, self.folder, str(self.uidvalidity), self.uid, str(self.size), arrived)
		return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

	@property
	def bare(self) -> bool:
		"""Whether the server named the copy without telling its size, so that its key may be another later.

		The arrival tells nothing here: of a POP3 message it is known only once it was read.
		"""
		return not self.size


@dataclass(frozen=True)
class Listing(Sequence[RemoteRef]):
	"""The messages a server named when it was asked what is in a folder."""

	refs: tuple[RemoteRef, ...]
	doubt: Sentence = NOTHING
	"""Why there may be others, for people. Only of a listing without doubt may it be said what has left."""
	shared: Sentence = NOTHING
	"""Where messages share a name, what follows from it if they stay in the mailbox; for people."""

	def __len__(self) -> int:
		return len(self.refs)

	def __getitem__(self, index: Any) -> Any:
		return self.refs[index]


@dataclass(frozen=True)
class RawMessage:
	"""The octets of a message as the server gave them; only its header where it was too large to take."""

	ref: RemoteRef
	octets: bytes
	header_only: bool = False


@dataclass(frozen=True)
class Withheld:
	"""A message that the server still names and does not hand out: what that means, and what it said."""

	ref: RemoteRef
	trouble: Trouble
	"""What it is if the server hands out no other message either."""
	said: Sentence


@dataclass(frozen=True)
class Capabilities:
	"""What a server can do, as far as it changes what we do."""

	move: bool = False
	uidplus: bool = False
	folders: bool = True
	flags: bool = True
	words: tuple[str, ...] = ()
	"""The capabilities in the server's own words, for people."""


# ── Parsed ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Address:
	"""One mailbox of a header: bare lower-case address, and the name shown beside it."""

	address: str
	name: str = ""

	@property
	def domain(self) -> str:
		"""What stands behind the last @, or nothing."""
		return self.address.rpartition("@")[2]


class Importance(Enum):
	"""How urgent the sender says it is."""

	HIGH = "High"
	MEDIUM = "Medium"
	LOW = "Low"


class Disposition(Enum):
	"""What a file is for: shown inside the text, or beside it."""

	INLINE = "inline"
	ATTACHMENT = "attachment"


@dataclass(frozen=True)
class File:
	"""A file a message brings, its name already safe to store (base name, no control characters)."""

	name: str
	content_type: str
	content: bytes = field(repr=False)
	disposition: Disposition = Disposition.ATTACHMENT
	content_id: str = ""
	"""Without angle brackets; what `cid:` links in the HTML name."""


@dataclass(frozen=True)
class Recipient:
	"""One recipient of a delivery report (RFC 3464)."""

	address: str
	action: str = ""
	"""failed, delayed, delivered, relayed, expanded, or nothing where the report does not say."""
	status: str = ""
	"""The enhanced status code (RFC 3463) such as 5.1.1, or nothing."""
	diagnostic: str = ""
	hard: bool | None = None
	"""True where the address itself is dead: no such user or host, moved, or it takes no mail. False where
	another message, or another day, may get through. None where the report does not tell."""

	@property
	def permanent(self) -> bool | None:
		"""True for a hard failure, False for a soft one, None where the report does not tell."""
		return self.hard if self.hard is not None else {"5": True, "4": False}.get(self.status[:1])


@dataclass(frozen=True)
class DeliveryReport:
	"""What a bounce says: who was not reached, and which of our messages it is about."""

	recipients: tuple[Recipient, ...]
	original_message_id: str = ""


@dataclass(frozen=True)
class Headers:
	"""All header fields in order: decoded, unfolded, without control characters; names in lower case."""

	fields: tuple[tuple[str, str], ...] = ()

	def get(self, name: str, default: str = "") -> str:
		"""The first value under this name."""
		return next((value for key, value in self.fields if key == name.lower()), default)

	def all(self, name: str) -> tuple[str, ...]:
		"""Every value under this name, topmost first."""
		return tuple(value for key, value in self.fields if key == name.lower())

	def __contains__(self, name: str) -> bool:
		return any(key == name.lower() for key, _ in self.fields)


@dataclass(frozen=True)
class Message:
	"""A message, read. Nothing here is safe to show yet: `compose` does that."""

	ref: RemoteRef
	identity: str
	"""The content identity (`parse.identity`): hex SHA-256 over what is shown and where the mail goes."""
	message_id: str
	"""Without angle brackets; empty where the message has none."""
	authors: tuple[Address, ...]
	"""Every mailbox of every From field. Exactly one author is a sender; anything else is no identity."""
	subject: str = ""
	reply_to: tuple[Address, ...] = ()
	to: tuple[Address, ...] = ()
	cc: tuple[Address, ...] = ()
	bcc: tuple[Address, ...] = ()
	delivered_to: tuple[str, ...] = ()
	"""Addresses of Delivered-To, X-Original-To, Envelope-To and their like."""
	return_path: str | None = None
	"""The envelope sender; empty for the null sender `<>`; None where none, or none that can be
	read, was given."""
	date: datetime | None = None
	received_at: datetime | None = None
	"""When the server took it: INTERNALDATE, else the topmost Received, else Date, else the poll."""
	in_reply_to: tuple[str, ...] = ()
	references: tuple[str, ...] = ()
	"""Message-IDs without brackets, oldest first, as RFC 5322 3.6.4 orders them."""
	text: str | None = None
	html: str | None = None
	own_words: str | None = None
	"""The text without its history, if screening needs it; None where nobody has looked for it."""
	files: tuple[File, ...] = ()
	importance: Importance = Importance.MEDIUM
	report: DeliveryReport | None = None
	reaction: str = ""
	"""The emoji, or the words of a phone, where the message is nothing but a reaction to another."""
	headers: Headers = Headers()
	size: int = 0
	octets: bytes = field(default=b"", repr=False)
	"""The message as it came, for the .eml attachment and for keeping a failed one."""
	defects: tuple[Sentence, ...] = ()
	"""What was wrong with it and how it was read all the same."""
	first_identity: str = ""
	"""The identity under which earlier versions noted it as filed."""

	def registered_as(self, verdict: Verdict) -> str:
		"""The identity under which it is noted as filed.

		A forged mail has one of its own: it must not make the real one that comes after it a duplicate.
		"""
		return (
			self.identity
			if verdict is not Verdict.FAIL
			else sha256(b"forged" + self.identity.encode()).hexdigest()
		)

	def known_as(self, verdict: Verdict) -> tuple[str, ...]:
		"""Every identity that makes it a duplicate where it is noted as filed."""
		names = dict.fromkeys((self.identity, self.registered_as(verdict), self.first_identity))
		return tuple(name for name in names if name)

	@property
	def sender(self) -> Address | None:
		"""The one author, or None where there is none or more than one."""
		return self.authors[0] if len(self.authors) == 1 else None

	@property
	def recipients(self) -> tuple[Address, ...]:
		"""Everybody in To, Cc and Bcc."""
		return (*self.to, *self.cc, *self.bcc)


# ── Known to the site ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class TicketRef:
	"""A ticket by its DocType and name.

	`created` is the moment of its making, as the site spells it: a deleted ticket's name may come again.
	"""

	doctype: str
	name: str
	created: str = field(default="", compare=False)

	@property
	def words(self) -> Sentence:
		"""The ticket as people know it: its DocType's name can be translated."""
		return in_a_row(known_word(self.doctype), self.name)


class Verdict(Enum):
	"""What a trusted Authentication-Results header says of the sender (RFC 8601); UNKNOWN is never a pass."""

	PASS = "pass"
	FAIL = "fail"
	UNKNOWN = "unknown"


@dataclass(frozen=True)
class Carrier:
	"""A message of a ticket that carries a Message-ID which others carry too."""

	ticket: TicketRef
	author: str = ""
	sent: bool = False
	"""This site sent it."""
	verdict: Verdict = Verdict.UNKNOWN


@dataclass(frozen=True)
class Elsewhere:
	"""Where another channel filed the same message."""

	channel: str
	ticket: TicketRef


@dataclass(frozen=True)
class Facts:
	"""What the site knows that bears on a batch of messages; looked up once, before anything is decided."""

	filed: Mapping[str, TicketRef | None] = field(default_factory=dict)
	"""Content identity → the ticket it was filed on, for messages of the batch that were filed before."""
	elsewhere: Mapping[str, tuple[Elsewhere, ...]] = field(default_factory=dict)
	"""Content identity → where other channels filed the message."""
	message_ids: Mapping[str, TicketRef] = field(default_factory=dict)
	"""Message-ID in lower case → ticket, for every id that the batch's messages name or carry."""
	carriers: Mapping[str, tuple[Carrier, ...]] = field(default_factory=dict)
	"""Message-ID in lower case → all messages that carry it, for ids that lead to more than one ticket."""
	tickets: Mapping[str, tuple[TicketRef, ...]] = field(default_factory=dict)
	"""Ticket name in lower case → tickets of that name, for the names in reply tokens and subject tags."""
	merged: Mapping[TicketRef, TicketRef] = field(default_factory=dict)
	"""Ticket that was merged into another → the one that lives on; the others are left out."""
	types: Mapping[TicketRef, str] = field(default_factory=dict)
	"""Ticket → its type, where it has one."""
	participants: Mapping[TicketRef, frozenset[str]] = field(default_factory=dict)
	"""Ticket → everybody who takes part in it (`thread.participants`), lower-case."""
	same_person: Mapping[str, frozenset[str]] = field(default_factory=dict)
	"""Sender → the other addresses of its Contact, lower-case."""
	own_addresses: frozenset[str] = frozenset()
	"""Addresses this site sends or receives with: channels, their aliases, Email Accounts."""
	recent: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
	"""Sender → when its messages arrived, at least those of the hour before any message of the batch."""
	recent_by_verdict: Mapping[Verdict, Mapping[str, tuple[datetime, ...]]] = field(default_factory=dict)
	"""The same for each verdict apart; see `counting`."""
	sent_ids: frozenset[str] = frozenset()
	"""Those Message-IDs of the batch's messages, in lower case, that this site itself has sent."""
	bounce_notes: Mapping[TicketRef | str, int] = field(default_factory=dict)
	"""Ticket, or sender of bounces → how many notes about bounces it was left, or left, within an hour."""
	roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
	"""Sender → the roles its enabled user holds on the site."""

	def ticket_of(self, message_id: str) -> TicketRef | None:
		"""The ticket a Message-ID belongs to, in whatever case a mail program spelled it."""
		ticket = self.message_ids.get(message_id.lower())
		return None if ticket is None else self.merged.get(ticket, ticket)

	def counting(self, verdict: Verdict) -> Facts:
		"""These facts for a message of this verdict: it counts with its sender's mail of the same verdict.

		Otherwise forged mail would use up what the real sender may send.
		"""
		return replace(self, recent=self.recent_by_verdict.get(verdict, self.recent))

	def people(self, address: str) -> frozenset[str]:
		"""The address itself, and the others of the same person."""
		return frozenset({address.lower()}) | self.same_person.get(address.lower(), frozenset())

	def after(
		self,
		message: Message,
		filed: Filed | None = None,
		*,
		verdict: Verdict = Verdict.UNKNOWN,
		taking_part: frozenset[str] | None = None,
		noted_on: TicketRef | None = None,
	) -> Facts:
		"""These facts, once `message` has been dealt with and perhaps filed: for the next of its batch.

		The next may answer it; what is filed counts towards its sender's flood. `taking_part`: who takes part
		in its ticket because of it; its author where not given. `noted_on`: the ticket that got a note.
		"""
		counted = dict(self.counting(verdict).recent)
		notes = dict(self.bounce_notes)
		if filed and message.sender and message.received_at:
			sender = message.sender.address
			counted[sender] = (*counted.get(sender, ()), message.received_at)
		recent = counted if verdict is Verdict.UNKNOWN else self.recent
		by_verdict = {**self.recent_by_verdict, verdict: counted}
		if noted_on:
			keys: tuple[TicketRef | str, ...] = (noted_on, *(each.address for each in message.authors))
			for key in keys:
				notes[key] = notes.get(key, 0) + 1
		if filed is None:
			return replace(self, recent=recent, recent_by_verdict=by_verdict, bounce_notes=notes)
		ticket = filed.ticket
		known_ids, carriers = dict(self.message_ids), dict(self.carriers)
		if message.message_id:
			own_id = message.message_id.lower()
			first = known_ids.setdefault(own_id, ticket)
			if first != ticket:
				# Whoever repeats another message's id must not draw the answers to it to his own ticket.
				author = message.sender.address if message.sender else ""
				earlier = carriers.get(own_id, (Carrier(first),))
				carriers[own_id] = (*earlier, Carrier(ticket, author, verdict=verdict))
		people = taking_part
		if people is None:
			people = frozenset(address.address for address in message.authors)
		return replace(
			self,
			filed={**self.filed, message.registered_as(verdict): ticket},
			message_ids=known_ids,
			carriers=carriers,
			participants={**self.participants, ticket: self.participants.get(ticket, frozenset()) | people},
			recent=recent,
			recent_by_verdict=by_verdict,
			bounce_notes=notes,
		)


# ── Decided ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Accept:
	"""The message is for people: file it."""

	automatic: bool = False
	"""A robot wrote it, or may have: a ticket that it joins does not notice (no status or clock changes)."""
	only_as_reply: Exclude | None = None
	"""Where set, it may only join a ticket, without reopening it or notifying anybody. Where it belongs to
	none, this becomes of it."""


@dataclass(frozen=True)
class Exclude:
	"""Not for the help desk: to the exclusion folder, with its reason and, if of use, a detail."""

	reason: Reason
	detail: Sentence = NOTHING
	note_on: TicketRef | None = None
	"""A ticket to leave a note on: the one whose mail bounced."""


@dataclass(frozen=True)
class Refuse:
	"""It cannot be filed: to the failure folder, with its reason."""

	reason: Reason
	detail: Sentence = NOTHING


Screening = Accept | Exclude | Refuse


@dataclass(frozen=True)
class NewTicket:
	"""It starts a ticket. `claimed` is the ticket it says it answers, where that could not be proven."""

	claimed: TicketRef | None = None
	why: Sentence = NOTHING


@dataclass(frozen=True)
class Reply:
	"""It belongs to a ticket; `reason` says by which proof."""

	ticket: TicketRef
	reason: Reason
	note: Sentence = NOTHING
	"""For the agents, where the proof says less than usual: a valid token from somebody new to the ticket."""


Threading = NewTicket | Reply


# ── Composed ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class LeftOut:
	"""A file that was not kept, and why in words: it is listed on the ticket."""

	name: str
	size: int
	why: Sentence


@dataclass(frozen=True)
class MailDraft:
	"""The message as people will read it: what becomes the Communication."""

	subject: str
	sender: Address
	to: tuple[Address, ...]
	cc: tuple[Address, ...]
	html: str
	"""Safe HTML, complete: new words, folded history, notices. Inline images stand as `src="cid:ID"`."""
	text: str
	message_id: str
	received_at: datetime
	files: tuple[File, ...] = ()
	left_out: tuple[LeftOut, ...] = ()
	bcc: tuple[Address, ...] = ()
	automatic: bool = False
	verdict: Verdict = Verdict.UNKNOWN
	"""Whether a trusted mail server says that the sender is genuine: it is kept with the mail."""


@dataclass(frozen=True)
class TicketDraft:
	"""A ticket to make: values by field name, and the mail that opens it. `notes` are for agents only."""

	mail: MailDraft
	values: Mapping[str, object] = field(default_factory=dict)
	notes: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class ReplyDraft:
	"""A mail to add to a ticket."""

	mail: MailDraft
	ticket: TicketRef
	reason: Reason
	notes: tuple[Sentence, ...] = ()


Draft = TicketDraft | ReplyDraft


# ── Done ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Filed:
	"""Where a message ended up on the site."""

	ticket: TicketRef
	communication: str = ""


@dataclass(frozen=True)
class Outcome:
	"""What became of a message and why. `detail` adds to the reason's sentence, secrets removed."""

	reason: Reason
	detail: Sentence = NOTHING
	filed: Filed | None = None
	verdict: Verdict = Verdict.UNKNOWN
	"""Whether the sender is proven; it is kept with the message, because forged mail counts apart."""

	@property
	def fate(self) -> Fate:
		"""Decided by the reason alone."""
		return self.reason.fate


class State(Enum):
	"""How far a message's receipt is (see docs/promises.md)."""

	CLAIMED = "Claimed"
	"""A run works on it, or died doing so."""
	DONE = "Done"
	"""Its fate is committed; the mailbox does not show it yet."""
	SETTLING = "Settling"
	"""Done, and the slow way of moving it has begun."""
	SETTLED = "Settled"
	"""Done, and the mailbox shows it."""
	RELEASED = "Released"
	"""Given back: gone from the server before it was read, or to be tried again."""

	@property
	def is_decided(self) -> bool:
		"""Whether the message has its fate; the mailbox may show it or not."""
		return self.is_unsettled or self is State.SETTLED

	@property
	def is_unsettled(self) -> bool:
		"""Whether the message has a fate that the mailbox does not show yet."""
		return self in (State.DONE, State.SETTLING)


@dataclass(frozen=True)
class Receipt:
	"""The ledger's line about one copy of a message."""

	key: str
	ref: RemoteRef
	state: State
	attempts: int = 0
	next_attempt_at: datetime | None = None
	reason: Reason | None = None
	message_id: str = ""
	where: RemoteRef | None = None
	"""The copy in the folder it was moved to, as far as the server told (COPYUID)."""
	original_kept: bool = False
	"""The site holds the whole message in a private file."""
	left: bool = False
	"""Its copy has left the folder, by our hands or others'; nothing of that name should be listed."""

	@property
	def fate(self) -> Fate | None:
		"""Decided by the reason alone; None while there is none."""
		return self.reason.fate if self.reason else None

	@property
	def has_left(self) -> bool:
		"""Closed because its copy had left the folder after it was decided."""
		return self.state is State.SETTLED and self.left and not self.is_gone

	@property
	def is_gone(self) -> bool:
		"""Closed because its copy had left the mailbox unread. Where that is listed after all, it is read."""
		return self.state is State.SETTLED and self.reason is Reason.GONE


@dataclass(frozen=True)
class Claim:
	"""The right of this run, and of no other, to decide a message's fate."""

	key: str
	ref: RemoteRef
	attempt: int
	"""This attempt included: 1 for the first."""
