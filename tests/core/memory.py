"""A mailbox, a ledger and a ticket system in memory, true to `mailcore.ports`: to test the flow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from helpdesk_mailchannel.mailcore.errors import AlreadyFiled, ChannelError
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
	ReplyDraft,
	State,
	TicketRef,
	Withheld,
)
from helpdesk_mailchannel.mailcore.ports import (
	Action,
	Clock,
	Delete,
	Leave,
	Ledger,
	MarkRead,
	Move,
	NotSettled,
	Session,
	Settled,
	Ticketing,
)
from helpdesk_mailchannel.mailcore.reasons import Fate, Reason, Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import verbatim

NOON = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
CHANNEL = "Support"


class StillClock:
	"""A clock that stands, and moves when told."""

	def __init__(self, moment: datetime = NOON) -> None:
		self.moment = moment

	def now(self) -> datetime:
		return self.moment

	def advance(self, **duration: float) -> None:
		self.moment += timedelta(**duration)


@dataclass
class MemoryMailbox:
	"""A mailbox that lives for several sessions."""

	folders: dict[str, dict[str, bytes]] = field(default_factory=lambda: {"INBOX": {}})
	uidvalidity: int = 7
	next_uid: int = 1

	def add(self, octets: bytes, folder: str = "INBOX") -> RemoteRef:
		uid, self.next_uid = str(self.next_uid), self.next_uid + 1
		self.folders.setdefault(folder, {})[uid] = octets
		return self.ref(folder, uid)

	def ref(self, folder: str, uid: str) -> RemoteRef:
		return RemoteRef(folder, self.uidvalidity, uid, len(self.folders[folder][uid]), NOON)


class MemorySession:
	"""See `ports.Session`. `fail_after` messages were fetched, the connection breaks; with
	`no_headers`, it breaks when a header is asked for.

	`shared` is what the listing says of names that messages share.
	`refused` are the UIDs that are not handed out (or "all"), with `trouble`; `unlisted` are left out of the
	listing, about which `doubt` says something; with `lying`, they are called gone as well.
	"""

	wasted = timedelta()

	def __init__(
		self,
		mailbox: MemoryMailbox,
		*,
		move: bool = True,
		read_only: bool = False,
		fail_after: int | None = None,
		refuse_moves: bool = False,
		refused: Iterable[str] = (),
		trouble: Trouble = Trouble.MESSAGES_WITHHELD,
		unlisted: Iterable[str] = (),
		lying: bool = False,
		doubt: str = "",
		shared: str = "",
		no_headers: Trouble | None = None,
	) -> None:
		self.mailbox, self.folder = mailbox, "INBOX"
		self.capabilities = Capabilities(move=move, uidplus=True)
		self.read_only, self.fail_after, self.refuse_moves = read_only, fail_after, refuse_moves
		self.refused, self.trouble = frozenset(refused), trouble
		self.unlisted, self.lying, self.doubt, self.shared = frozenset(unlisted), lying, doubt, shared
		self.no_headers = no_headers
		self.fetched: list[str] = []
		self.performed: list[Action] = []

	def note_filed(self, messages: int) -> None:
		pass

	def folders(self) -> Sequence[RemoteFolder]:
		return [RemoteFolder(name) for name in self.mailbox.folders]

	def open(self, folder: str) -> FolderState:
		if folder not in self.mailbox.folders:
			raise ChannelError(Trouble.FOLDER_MISSING, Step.FOLDER, verbatim(folder))
		self.folder = folder
		return FolderState(folder, self.mailbox.uidvalidity, self.read_only, len(self._messages))

	def go_on(self, failure: ChannelError) -> None:
		pass

	@property
	def _messages(self) -> dict[str, bytes]:
		return self.mailbox.folders[self.folder]

	def list(self, since: datetime | None = None) -> Listing:
		refs = (self.mailbox.ref(self.folder, uid) for uid in self._messages if uid not in self.unlisted)
		return Listing(tuple(refs), verbatim(self.doubt), verbatim(self.shared))

	def fetch(self, refs: Sequence[RemoteRef]) -> Iterator[RawMessage | Withheld]:
		for ref in refs:
			if self.fail_after is not None and len(self.fetched) >= self.fail_after:
				raise ChannelError(Trouble.CONNECTION_LOST, Step.FETCH)
			if ref.uid in self._messages and (ref.uid in self.refused or "all" in self.refused):
				yield Withheld(ref, self.trouble, verbatim('The server said: "no"'))
			elif ref.uid in self._messages:
				self.fetched.append(ref.uid)
				yield RawMessage(ref, self._messages[ref.uid])

	def gone(self, refs: Sequence[RemoteRef]) -> Sequence[RemoteRef]:
		lied_about = self.unlisted if self.lying else ()
		return [ref for ref in refs if ref.uid not in self._messages or ref.uid in lied_about]

	def fetch_header(self, ref: RemoteRef) -> RawMessage | None:
		if self.no_headers:
			raise ChannelError(self.no_headers, Step.FETCH)
		octets = self._messages.get(ref.uid)
		return None if octets is None else RawMessage(ref, octets.partition(b"\n\n")[0] + b"\n\n", True)

	def find(self, message_id: str) -> RemoteRef | None:
		found = [uid for uid, octets in self._messages.items() if message_id.encode() in octets]
		return self.mailbox.ref(self.folder, found[0]) if len(found) == 1 else None

	def perform(self, actions: Sequence[Action]) -> Sequence[Settled | NotSettled]:
		self.performed.extend(actions)
		return [self._perform(action) for action in actions]

	def _perform(self, action: Action) -> Settled | NotSettled:
		match action:
			case Move(ref=ref, folder=folder):
				if self.refuse_moves:
					return NotSettled(
						ref, verbatim(f"The server does not let messages be moved to {folder}.")
					)
				if ref.uid not in self._messages:
					return Settled(ref)
				moved = self.mailbox.add(self._messages.pop(ref.uid), folder)
				return Settled(ref, folder, moved.uidvalidity, moved.uid)
			case Delete(ref=ref):
				self._messages.pop(ref.uid, None)
				return Settled(ref)
			case MarkRead(ref=ref) | Leave(ref=ref):
				return Settled(ref, ref.folder, ref.uidvalidity, ref.uid)

	def ensure_folder(self, folder: str) -> bool:
		return True

	def close(self) -> None:
		pass


class MemoryLedger:
	"""See `ports.Ledger`."""

	def __init__(self, clock: StillClock | None = None) -> None:
		self.rows: dict[str, Receipt] = {}
		self.clock = clock or StillClock()
		self.moments: dict[str, datetime] = {}
		self.outcomes: dict[str, Outcome] = {}
		self.messages: dict[str, Message | None] = {}
		self.kept: dict[str, bytes] = {}
		self.uidvalidities: dict[str, list[int]] = {}
		self.writes: Counter[str] = Counter()
		self.wanted_again: set[str] = set()
		self.left_there: set[str] = set()
		self.first = ""
		self.renamings: Counter[str] = Counter()

	def changes_of_uidvalidity(self, folder: str, uidvalidity: int) -> int:
		seen = self.uidvalidities.setdefault(folder, [])
		if not seen or seen[-1] != uidvalidity:
			seen.append(uidvalidity)
		return len(seen) - 1 + self.renamings[folder]

	def note_renaming(self, folder: str) -> None:
		self.renamings[folder] += 1

	def first_folder(self) -> str:
		return self.first

	def begin_next_with(self, folder: str) -> None:
		self.writes["first"] += 1
		self.first = folder

	def receipts(self, refs: Sequence[RemoteRef]) -> Mapping[RemoteRef, Receipt]:
		return {ref: self.rows[ref.key(CHANNEL)] for ref in refs if ref.key(CHANNEL) in self.rows}

	def open_receipts(self, folder: str) -> Sequence[Receipt]:
		return [
			row
			for row in self.rows.values()
			if row.ref.folder == folder
			and (row.state is not State.SETTLED or row.key in self.left_there)
			and row.key not in self.wanted_again
		]

	def abandoned(self, folders: Collection[str]) -> Sequence[Receipt]:
		return [
			row
			for row in self.rows.values()
			if row.ref.folder not in folders and row.state.is_unsettled and row.key not in self.wanted_again
		]

	def claim(self, refs: Sequence[RemoteRef]) -> Sequence[Claim]:
		self.writes["claim"] += 1
		return [self._claim(ref) for ref in refs]

	def _claim(self, ref: RemoteRef) -> Claim:
		key = ref.key(CHANNEL)
		row = self.rows.get(key) or Receipt(key, ref, State.CLAIMED)
		if row.has_left and key not in self.wanted_again:
			row = Receipt(key, ref, State.CLAIMED)
		self.rows[key] = replace(row, state=State.CLAIMED, attempts=row.attempts + 1, next_attempt_at=None)
		return Claim(key, ref, row.attempts + 1)

	def conclude(
		self,
		claim: Claim,
		outcome: Outcome,
		message: Message | None,
		*,
		keep: bytes | None = None,
		note_on: TicketRef | None = None,
	) -> None:
		self.decide(claim, outcome, message)
		if keep is not None:
			self.kept[claim.key] = keep
			self.rows[claim.key] = replace(self.rows[claim.key], original_kept=True)

	def decide(self, claim: Claim, outcome: Outcome, message: Message | None) -> None:
		self.writes["decide"] += 1
		self.outcomes[claim.key] = outcome
		self.moments[claim.key] = self.clock.now()
		self.messages[claim.key] = message
		message_id = message.message_id if message else ""
		self.rows[claim.key] = replace(
			self.rows[claim.key], state=State.DONE, reason=outcome.reason, message_id=message_id
		)

	def postpone(
		self,
		claim: Claim,
		outcome: Outcome,
		message: Message | None,
		until: datetime,
		*,
		counts: bool = True,
	) -> None:
		self.outcomes[claim.key] = outcome
		self.messages[claim.key] = message
		attempts = claim.attempt if counts else claim.attempt - 1
		self.rows[claim.key] = replace(
			self.rows[claim.key],
			state=State.RELEASED,
			next_attempt_at=until,
			reason=outcome.reason,
			attempts=attempts,
		)
		self.moments[claim.key] = until

	def give_back(self, claims: Collection[Claim]) -> None:
		for claim in claims:
			row = self.rows[claim.key]
			self.rows[claim.key] = replace(row, state=State.RELEASED, attempts=row.attempts - 1)

	def settling(self, receipts: Iterable[Receipt]) -> None:
		for receipt in receipts:
			self.rows[receipt.key] = replace(self.rows[receipt.key], state=State.SETTLING)

	def settled(self, results: Mapping[str, Settled]) -> None:
		self.writes["settled"] += 1
		for key, result in results.items():
			where = RemoteRef(result.folder, result.uidvalidity, result.uid, 0) if result.folder else None
			row = self.rows[key]
			left = result.folder != row.ref.folder
			self.rows[key] = replace(row, state=State.SETTLED, where=where or row.where, left=left)
			self.left_there.discard(key)
			if result.folder == row.ref.folder:
				self.left_there.add(key)
			self.wanted_again.discard(key)

	def forget(self, keys: Collection[str]) -> None:
		for key in keys:
			self.outcomes[key] = Outcome(Reason.GONE)
			self.rows[key] = replace(self.rows[key], state=State.SETTLED, reason=Reason.GONE)

	def retries(self) -> Sequence[Receipt]:
		return [self.rows[key] for key in sorted(self.wanted_again)]

	def original(self, key: str) -> bytes | None:
		return self.kept.get(key)

	def last_filed(self) -> Mapping[Fate, datetime]:
		filed: dict[Fate, datetime] = {}
		for key, outcome in self.outcomes.items():
			if outcome.fate in (Fate.TICKET, Fate.REPLY):
				filed[outcome.fate] = max(self.moments[key], filed.get(outcome.fate, self.moments[key]))
		return filed

	def refused(self, reason: Reason, fate: Fate, most: int) -> Collection[str]:
		since = self.last_filed().get(fate)
		alike = [key for key, row in self.rows.items() if key in self.moments and row.reason is reason]
		return [key for key in alike if since is None or self.moments[key] > since][:most]

	# For the tests

	def want_again(self, key: str) -> None:
		self.wanted_again.add(key)
		self.rows[key] = replace(self.rows[key], attempts=0)

	def fates(self) -> list[Fate]:
		return [self.outcomes[key].fate for key in self.rows if key in self.outcomes]

	def reasons(self) -> list[Reason]:
		return [self.outcomes[key].reason for key in self.rows if key in self.outcomes]

	def states(self) -> set[State]:
		return {row.state for row in self.rows.values()}


class MemoryTicketing:
	"""See `ports.Ticketing`. `failing`: subject → the errors that filing it raises, one by one."""

	def __init__(self, ledger: MemoryLedger, failing: Mapping[str, list[Exception]] | None = None) -> None:
		self.ledger, self.failing = ledger, dict(failing or {})
		self.tickets: dict[str, list[Message]] = {}
		self.identities: set[str] = set()

	def facts(self, messages: Sequence[Message]) -> Facts:
		ids = {
			m.message_id.lower(): TicketRef("Issue", name)
			for name, mails in self.tickets.items()
			for m in mails
		}
		people = {
			TicketRef("Issue", name): frozenset(a.address for m in mails for a in m.authors)
			for name, mails in self.tickets.items()
		}
		return Facts(message_ids=ids, participants=people)

	def file(self, claim: Claim, message: Message, draft: Draft, outcome: Outcome) -> Filed:
		if errors := self.failing.get(message.subject):
			raise errors.pop(0)
		if message.identity in self.identities:
			raise AlreadyFiled()
		self.identities.add(message.identity)
		name = draft.ticket.name if isinstance(draft, ReplyDraft) else f"T{len(self.tickets) + 1}"
		self.tickets.setdefault(name, []).append(message)
		self.ledger.decide(claim, outcome, message)
		return Filed(TicketRef("Issue", name))


if TYPE_CHECKING:
	# mypy holds each of these to its port.
	_clock: Clock = StillClock()
	_session: Session = MemorySession(MemoryMailbox())
	_ledger: Ledger = MemoryLedger()
	_ticketing: Ticketing = MemoryTicketing(MemoryLedger())
