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
	"""One copy of a message on a server, and what the listing says about it.

	`uid` is the IMAP UID in decimal, or the POP3 UIDL. `uidvalidity` is 0 for POP3. `received_at` is the
	IMAP INTERNALDATE; POP3 has none.
	"""

	folder: str
	uidvalidity: int
	uid: str
	size: int
	received_at: datetime | None = None
	flags: frozenset[str] = field(default=frozenset(), compare=False)
	"""As they were when listed; they change, so they do not distinguish copies."""

	def key(self, channel: str) -> str:
		"""Return the delivery key, hex SHA-256: names this copy while the server keeps its UIDVALIDITY.

		It includes size and arrival date because some servers assign a UID twice (RFC 3501 2.3.1.1 forbids
		that): the second message then has its own key and is not taken for the first.
		"""
		arrived = self.received_at.isoformat() if self.received_at else ""
		parts = (channel, self.folder, str(self.uidvalidity), self.uid, str(self.size), arrived)
		return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

	@property
	def bare(self) -> bool:
		"""Return whether the server named the copy without its size, so that its key may change later.

		The arrival tells nothing here: for a POP3 message it is known only after reading.
		"""
		return not self.size


@dataclass(frozen=True)
class Listing(Sequence[RemoteRef]):
	"""The messages a server named when it was asked what is in a folder."""

	refs: tuple[RemoteRef, ...]
	doubt: Sentence = NOTHING
	"""Why there may be others, for people. Only a listing without doubt can show what has left."""
	shared: Sentence = NOTHING
	"""If messages share a name, what follows if they stay in the mailbox; for people."""

	def __len__(self) -> int:
		return len(self.refs)

	def __getitem__(self, index: Any) -> Any:
		return self.refs[index]


@dataclass(frozen=True)
class RawMessage:
	"""The octets of a message as the server gave them; only its header if it was too large to fetch."""

	ref: RemoteRef
	octets: bytes
	header_only: bool = False


@dataclass(frozen=True)
class Withheld:
	"""A message that the server still names but does not hand out: what that means, and what it said."""

	ref: RemoteRef
	trouble: Trouble
	"""What the trouble is if the server hands out no other message either."""
	said: Sentence


@dataclass(frozen=True)
class Capabilities:
	"""What a server can do, as far as it affects what we do."""

	move: bool = False
	uidplus: bool = False
	folders: bool = True
	flags: bool = True
	words: tuple[str, ...] = ()
	"""The capabilities in the server's own words, for people."""


# ── Parsed ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Address:
	"""One mailbox of a header: the bare lower-case address, and the name shown with it."""

	address: str
	name: str = ""

	@property
	def domain(self) -> str:
		"""What follows the last @, or an empty string."""
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
	"""A file that a message brings, with a name that is safe to store (base name, no control characters)."""

	name: str
	content_type: str
	content: bytes = field(repr=False)
	disposition: Disposition = Disposition.ATTACHMENT
	content_id: str = ""
	"""Without angle brackets; what `cid:` links in the HTML refer to."""


@dataclass(frozen=True)
class Recipient:
	"""One recipient of a delivery report (RFC 3464)."""

	address: str
	action: str = ""
	"""failed, delayed, delivered, relayed, expanded, or empty if the report does not say."""
	status: str = ""
	"""The enhanced status code (RFC 3463) such as 5.1.1, or empty."""
	diagnostic: str = ""
	hard: bool | None = None
	"""True if the address itself is dead: no such user or host, moved, or it accepts no mail. False if
	another message, or another day, may get through. None if the report does not tell."""

	@property
	def permanent(self) -> bool | None:
		"""True for a hard failure, False for a soft one, None if the report does not tell."""
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
		"""Return the first value under this name."""
		return next((value for key, value in self.fields if key == name.lower()), default)

	def all(self, name: str) -> tuple[str, ...]:
		"""Return every value under this name, topmost first."""
		return tuple(value for key, value in self.fields if key == name.lower())

	def __contains__(self, name: str) -> bool:
		return any(key == name.lower() for key, _ in self.fields)


@dataclass(frozen=True)
class Message:
	"""A parsed message. Nothing here is safe to show yet: `compose` does that."""

	ref: RemoteRef
	identity: str
	"""The content identity (`parse.identity`): hex SHA-256 over what is shown and where the message goes."""
	message_id: str
	"""Without angle brackets; empty if the message has none."""
	authors: tuple[Address, ...]
	"""Every mailbox of every From field. Exactly one author is a sender; anything else is no identity."""
	subject: str = ""
	reply_to: tuple[Address, ...] = ()
	to: tuple[Address, ...] = ()
	cc: tuple[Address, ...] = ()
	bcc: tuple[Address, ...] = ()
	delivered_to: tuple[str, ...] = ()
	"""Addresses of Delivered-To, X-Original-To, Envelope-To and the like."""
	return_path: str | None = None
	"""The envelope sender; empty for the null sender `<>`; None if none, or no readable one,
	was given."""
	date: datetime | None = None
	received_at: datetime | None = None
	"""When the server took it: INTERNALDATE, else the topmost Received, else Date, else the poll."""
	in_reply_to: tuple[str, ...] = ()
	references: tuple[str, ...] = ()
	"""Message-IDs without brackets, oldest first, as RFC 5322 3.6.4 orders them."""
	text: str | None = None
	html: str | None = None
	own_words: str | None = None
	"""The text without its history, if screening needs it; None if nobody has looked for it."""
	files: tuple[File, ...] = ()
	importance: Importance = Importance.MEDIUM
	report: DeliveryReport | None = None
	reaction: str = ""
	"""The emoji, or a phone's words, if the message is nothing but a reaction to another."""
	headers: Headers = Headers()
	size: int = 0
	octets: bytes = field(default=b"", repr=False)
	"""The message as it came, for the .eml attachment and for keeping a failed one."""
	defects: tuple[Sentence, ...] = ()
	"""What was wrong with it and how it was read anyway."""
	first_identity: str = ""
	"""The identity under which earlier versions recorded it as filed."""

	def registered_as(self, verdict: Verdict) -> str:
		"""Return the identity under which it is recorded as filed.

		A forged message has one of its own: it must not make the real one that follows a duplicate.
		"""
		return (
			self.identity
			if verdict is not Verdict.FAIL
			else sha256(b"forged" + self.identity.encode()).hexdigest()
		)

	def known_as(self, verdict: Verdict) -> tuple[str, ...]:
		"""Return every identity that makes it a duplicate if recorded as filed."""
		names = dict.fromkeys((self.identity, self.registered_as(verdict), self.first_identity))
		return tuple(name for name in names if name)

	@property
	def sender(self) -> Address | None:
		"""The only author, or None if there is none or more than one."""
		return self.authors[0] if len(self.authors) == 1 else None

	@property
	def recipients(self) -> tuple[Address, ...]:
		"""Everybody in To, Cc and Bcc."""
		return (*self.to, *self.cc, *self.bcc)


# ── Known to the site ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class TicketRef:
	"""A ticket by its DocType and name.

	`created` is when it was created, as the site writes it: a deleted ticket's name may be used again.
	"""

	doctype: str
	name: str
	created: str = field(default="", compare=False)

	@property
	def words(self) -> Sentence:
		"""Return the ticket as people know it: its DocType's name can be translated."""
		return in_a_row(known_word(self.doctype), self.name)


class Verdict(Enum):
	"""What a trusted Authentication-Results header says of the sender (RFC 8601); UNKNOWN is never a pass."""

	PASS = "pass"
	FAIL = "fail"
	UNKNOWN = "unknown"


@dataclass(frozen=True)
class Carrier:
	"""A message of a ticket that has a Message-ID which others have too."""

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
	"""Message-ID in lower case → ticket, for every ID that the batch's messages name or have."""
	carriers: Mapping[str, tuple[Carrier, ...]] = field(default_factory=dict)
	"""Message-ID in lower case → all messages that have it, for IDs that lead to more than one ticket."""
	tickets: Mapping[str, tuple[TicketRef, ...]] = field(default_factory=dict)
	"""Ticket name in lower case → tickets of that name, for the names in reply tokens and subject tags."""
	merged: Mapping[TicketRef, TicketRef] = field(default_factory=dict)
	"""Ticket that was merged into another → the one that lives on; the others are left out."""
	types: Mapping[TicketRef, str] = field(default_factory=dict)
	"""Ticket → its type, if it has one."""
	participants: Mapping[TicketRef, frozenset[str]] = field(default_factory=dict)
	"""Ticket → everybody who takes part in it (`thread.participants`), lower-case."""
	same_person: Mapping[str, frozenset[str]] = field(default_factory=dict)
	"""Sender → the other addresses of its Contact, lower-case."""
	own_addresses: frozenset[str] = frozenset()
	"""Addresses this site sends or receives with: channels, their aliases, Email Accounts."""
	recent: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
	"""Sender → when its messages arrived, at least those of the hour before any message of the batch."""
	recent_by_verdict: Mapping[Verdict, Mapping[str, tuple[datetime, ...]]] = field(default_factory=dict)
	"""The same, separately for each verdict; see `counting`."""
	sent_ids: frozenset[str] = frozenset()
	"""Those Message-IDs of the batch's messages, in lower case, that this site itself has sent."""
	bounce_notes: Mapping[TicketRef | str, int] = field(default_factory=dict)
	"""Ticket, or sender of bounces → how many notes about bounces it received, or caused, within an hour."""
	roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
	"""Sender → the roles its enabled user holds on the site."""

	def ticket_of(self, message_id: str) -> TicketRef | None:
		"""Return the ticket a Message-ID belongs to, however an email program changed its case."""
		ticket = self.message_ids.get(message_id.lower())
		return None if ticket is None else self.merged.get(ticket, ticket)

	def counting(self, verdict: Verdict) -> Facts:
		"""Return these facts for a message of this verdict: it counts with its sender's mail of that verdict.

		Otherwise forged messages would use up what the real sender may send.
		"""
		return replace(self, recent=self.recent_by_verdict.get(verdict, self.recent))

	def people(self, address: str) -> frozenset[str]:
		"""Return the address itself, and the others of the same person."""
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
		"""Return the facts after `message` was dealt with and perhaps filed: for the next one of its batch.

		The next may answer it; what is filed counts towards its sender's flood. `taking_part`: who takes part
		in its ticket because of it; its author if not given. `noted_on`: the ticket that got a note.
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
				# Repeating another message's ID must not draw the answers to it to the repeater's own ticket.
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
	"""A robot wrote it, or may have: a ticket that it joins is unaffected (no status or clock changes)."""
	only_as_reply: Exclude | None = None
	"""If set, it may only join a ticket, without reopening it or notifying anybody. If it belongs to
	none, this becomes of it."""


@dataclass(frozen=True)
class Exclude:
	"""Not for the help desk: to the exclusion folder, with its reason and, if useful, a detail."""

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
	"""It starts a ticket. `claimed` is the ticket it claims to answer, if that could not be proven."""

	claimed: TicketRef | None = None
	why: Sentence = NOTHING


@dataclass(frozen=True)
class Reply:
	"""It belongs to a ticket; `reason` says by which proof."""

	ticket: TicketRef
	reason: Reason
	note: Sentence = NOTHING
	"""For the agents, if the proof says less than usual: a valid token from somebody new to the ticket."""


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
	"""Safe HTML, complete: new words, folded history, notices. Inline images appear as `src="cid:ID"`."""
	text: str
	message_id: str
	received_at: datetime
	files: tuple[File, ...] = ()
	left_out: tuple[LeftOut, ...] = ()
	bcc: tuple[Address, ...] = ()
	automatic: bool = False
	verdict: Verdict = Verdict.UNKNOWN
	"""Whether a trusted mail server says that the sender is genuine: it is kept with the message."""


@dataclass(frozen=True)
class TicketDraft:
	"""A ticket to make: values by field name, and the message that opens it. `notes` are for agents only."""

	mail: MailDraft
	values: Mapping[str, object] = field(default_factory=dict)
	notes: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class ReplyDraft:
	"""A message to add to a ticket."""

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
	"""Whether the sender is proven; kept with the message, because forged messages are counted separately."""

	@property
	def fate(self) -> Fate:
		"""Decided by the reason alone."""
		return self.reason.fate


class State(Enum):
	"""How far a message's receipt is (see docs/promises.md)."""

	CLAIMED = "Claimed"
	"""A run is working on it, or died doing so."""
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
		"""Return whether the message has its fate, whether or not the mailbox shows it."""
		return self.is_unsettled or self is State.SETTLED

	@property
	def is_unsettled(self) -> bool:
		"""Whether the message has a fate that the mailbox does not show yet."""
		return self in (State.DONE, State.SETTLING)


@dataclass(frozen=True)
class Receipt:
	"""The ledger's record of one copy of a message."""

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
		"""Decided by the reason alone; None if there is none yet."""
		return self.reason.fate if self.reason else None

	@property
	def has_left(self) -> bool:
		"""Closed because its copy had left the folder after it was decided."""
		return self.state is State.SETTLED and self.left and not self.is_gone

	@property
	def is_gone(self) -> bool:
		"""Closed because its copy left the mailbox unread. If it is listed again after all, it is read."""
		return self.state is State.SETTLED and self.reason is Reason.GONE


@dataclass(frozen=True)
class Claim:
	"""The exclusive right of this run to decide a message's fate."""

	key: str
	ref: RemoteRef
	attempt: int
	"""Including this attempt: 1 for the first."""
