"""A mailbox over IMAP (RFC 3501, RFC 9051): `ports.Session` for every server that speaks it.

Opening: connect → greeting → STARTTLS where chosen → sign in → read the capabilities again, because Dovecot
and Exchange announce MOVE only then. Reading never marks anything read. How messages are moved is in
`imap_perform`. The session never sends EXPUNGE without UIDs, and never CLOSE, which expunges too: both would
remove what other people have marked as deleted.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from imaplib import IMAP4

from helpdesk_mailchannel.mailcore.connect import folder_names, imap_answers, sasl, tls
from helpdesk_mailchannel.mailcore.connect.hosts import Place
from helpdesk_mailchannel.mailcore.connect.imap_answers import Items
from helpdesk_mailchannel.mailcore.connect.imap_perform import Performer, message_id_criteria
from helpdesk_mailchannel.mailcore.connect.imap_wire import Client, mailbox
from helpdesk_mailchannel.mailcore.connect.oauth_sign_in import offered_mechanism, with_token
from helpdesk_mailchannel.mailcore.connect.refusals import plainly, refusal, said, trouble_of, words_of
from helpdesk_mailchannel.mailcore.connect.stream import Stream
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.model import Abilities, FolderState, RawMessage, RemoteFolder, RemoteRef
from helpdesk_mailchannel.mailcore.ports import Action, Credentials, Move, NotSettled, Settled
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.settings import ConnectionSettings, Security, SignIn

HEADER_OCTETS = 64 * 1024
_LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)
LISTED_AT_ONCE = 5_000
"""Messages in one listing command: about half a megabyte of answer."""


def greet(
	stream: Stream, place: Place, settings: ConnectionSettings, context: ssl.SSLContext | None = None
) -> Client:
	"""Secure the connection as the channel says, by TLS at once or by STARTTLS, and read the greeting.

	Raises ChannelError: STARTTLS_MISSING, TLS, CERTIFICATE, or what the greeting refuses.
	"""
	secured = settings.security is Security.TLS
	context = context or tls.context(settings.ca_file)
	if secured:
		stream.start_tls(context, place.name)
	with plainly(Step.CONNECT):
		client = Client(stream, place.name, place.port, secured=secured, timeout=settings.timeout)
		if client.wire.state != "NONAUTH":
			raise ChannelError(
				Trouble.SERVER_CONFUSED, Step.CONNECT, "It took the connection for signed in before it was."
			)
	if settings.security is Security.STARTTLS:
		_start_tls(client, context)
	return client


def _start_tls(client: Client, context: ssl.SSLContext) -> None:
	with plainly(Step.TLS):
		if not client.has_capability("STARTTLS"):
			raise ChannelError(Trouble.STARTTLS_MISSING, Step.TLS)
		try:
			client.starttls(context)
		except IMAP4.abort:
			raise
		except IMAP4.error as error:
			raise ChannelError(Trouble.STARTTLS_MISSING, Step.TLS, said(words_of(error))) from None


def sign_in(client: Client, settings: ConnectionSettings, credentials: Credentials) -> str:
	"""Sign in by the channel's way; says how, such as `LOGIN` or `XOAUTH2`.

	Raises ChannelError: SIGN_IN_REFUSED, TOKEN_REFUSED, SIGN_IN_UNSUPPORTED, what the server's words mean,
	and what `credentials` raises.
	"""
	with plainly(Step.SIGN_IN):
		offered = {word.decode("ascii", "replace") for word in client.capabilities()}
	if settings.sign_in is SignIn.OAUTH:
		mechanism = offered_mechanism({word.removeprefix("AUTH=") for word in offered if "AUTH=" in word})
		return with_token(mechanism, client.authenticate, settings.user, credentials, IMAP4.error)
	return _sign_in_with_password(client, settings.user, credentials.password(), offered)


def _sign_in_with_password(client: Client, user: str, password: str, offered: set[str]) -> str:
	if any(letter in "\r\n\0" for letter in user + password):
		raise ChannelError(
			Trouble.SIGN_IN_REFUSED,
			Step.SIGN_IN,
			"User name or password contains a line break; it was not sent.",
		)
	way: Callable[[], None]
	if (user + password).isascii() and "LOGINDISABLED" not in offered:
		name, way = "LOGIN", lambda: client.log_in(user, password)
	elif "AUTH=PLAIN" in offered:
		name, way = sasl.PLAIN, lambda: client.authenticate(sasl.PLAIN, lambda _: sasl.plain(user, password))
	else:
		raise ChannelError(Trouble.SIGN_IN_UNSUPPORTED, Step.SIGN_IN, _without_password(offered))
	with plainly(Step.SIGN_IN, [password]):
		try:
			way()
		except IMAP4.abort:
			raise
		except IMAP4.error as error:
			raise refusal(words_of(error), Step.SIGN_IN, Trouble.SIGN_IN_REFUSED, [password]) from None
	return name


def _without_password(offered: set[str]) -> str:
	if "LOGINDISABLED" in offered:
		return "It takes no passwords here; perhaps only over TLS, or only OAuth."
	return "It cannot take a user name or password with other than ASCII letters."


class ImapSession:
	"""See `ports.Session`."""

	def __init__(self, client: Client, *, create_folders: bool = True) -> None:
		self._client = client
		self._create_folders = create_folders
		self._state: FolderState | None = None
		self._spellings: dict[str, str] = {}
		self._listed: Sequence[RemoteFolder] | None = None
		self._delimiter = "/"
		self._lost = False
		with self._at(Step.SIGN_IN):
			words = tuple(word.decode("ascii", "replace") for word in client.capabilities())
		self.gmail = "X-GM-EXT-1" in words
		self._abilities = Abilities(
			move="MOVE" in words, uidplus="UIDPLUS" in words and not self.gmail, words=words
		)

	@property
	def abilities(self) -> Abilities:
		"""See `ports.Session`. Gmail counts as without UIDPLUS: there, deleting only archives."""
		return self._abilities

	def folders(self) -> Sequence[RemoteFolder]:
		"""See `ports.Session`."""
		with self._at(Step.FOLDER):
			return self._list_folders(again=True)

	def open(self, folder: str) -> FolderState:
		"""See `ports.Session`. A folder that cannot be written to is opened for reading."""
		with self._at(Step.FOLDER):
			try:
				self._state = self._select(folder)
			except IMAP4.abort:
				raise
			except IMAP4.error as error:
				raise self._not_opened(folder, words_of(error)) from None
			return self._state

	def list(self, since: datetime | None = None) -> Sequence[RemoteRef]:
		"""See `ports.Session`. One SEARCH, then sizes, arrival dates and flags in one FETCH for up to 5,000.

		SINCE knows only dates, in the server's own time zone, so it asks for a day more and the arrival date
		decides. A message whose arrival date the server does not tell is listed.
		"""
		state = self._opened()
		with self._at(Step.LIST):
			refs = self._describe(state, self._search("UNDELETED", *_since(since)))
		kept = (ref for ref in refs if since is None or ref.received_at is None or ref.received_at >= since)
		return sorted(kept, key=lambda ref: (ref.received_at or _LONG_AGO, int(ref.uid)))

	def fetch(self, refs: Sequence[RemoteRef]) -> Iterator[RawMessage]:
		"""See `ports.Session`. Takes the whole batch in one command; the caller has cut it by weight.

		Where the connection ends half-way, the messages that came whole are given before the error is raised.
		"""
		self._opened()
		bodies: dict[int, bytes] = {}
		failure: ChannelError | None = None
		try:
			with self._at(Step.FETCH):
				self._take_bodies([int(ref.uid) for ref in self._of_open_folder(refs)], bodies)
		except ChannelError as error:
			failure = error
		for ref in refs:
			if (octets := bodies.pop(int(ref.uid), None)) is not None:
				yield RawMessage(ref, octets)
		if failure is not None:
			raise failure

	def fetch_header(self, ref: RemoteRef) -> RawMessage | None:
		"""See `ports.Session`."""
		self._opened()
		with self._at(Step.FETCH):
			if not self._of_open_folder([ref]):
				return None
			answers = self._fetch(ref.uid, f"(UID BODY.PEEK[HEADER]<0.{HEADER_OCTETS}>)", b"BODY[")
			octets = imap_answers.body_of(answers.get(int(ref.uid), {}))
			return None if octets is None else RawMessage(ref, octets[:HEADER_OCTETS], header_only=True)

	def find(self, message_id: str) -> RemoteRef | None:
		"""See `ports.Session`. With its brackets, because SEARCH also finds what only contains the words."""
		state = self._opened()
		criteria = message_id_criteria(f"<{message_id}>")
		if not message_id or not criteria:
			return None
		with self._at(Step.LIST):
			refs = self._describe(state, self._search("UNDELETED", *criteria))
		return refs[0] if len(refs) == 1 else None

	def perform(self, actions: Sequence[Action]) -> Sequence[Settled | NotSettled]:
		"""See `ports.Session`; carried out by `imap_perform`."""
		state = self._opened()
		with self._at(Step.SETTLE):
			return Performer(self, self._client, state).perform(actions)

	def ensure_folder(self, folder: str) -> bool:
		"""See `ports.Session`."""
		with self._at(Step.FOLDER):
			return self._made(folder, self._names())

	def close(self) -> None:
		"""See `ports.Session`. LOGOUT leaves messages that are marked as deleted alone."""
		if not self._lost:
			try:
				with plainly(Step.SETTLE):
					self._client.logout()
			except ChannelError:
				pass
		self._lost = True
		self._client.wire.shutdown()

	# ── For imap_perform, which works inside `perform` ───────────────────────────────────────────────

	def spelled(self, folder: str) -> str:
		"""The folder's name as a command carries it."""
		return mailbox(self._spellings.get(folder, folder))

	def supply_folder(self, folder: str) -> bool:
		"""Create the folder if it is missing; True only if it was, by its name so far, and is there now."""
		used = self._spellings.get(folder, folder)
		existing = self._names()
		return used not in existing and self._made(folder, existing)

	def special_folder(self, use: str) -> str:
		"""The name of the folder with this RFC 6154 use, or nothing."""
		return next((each.name for each in self._list_folders() if each.special_use == use), "")

	def search(self, *criteria: str) -> Sequence[int]:
		"""UIDs in the selected folder."""
		return self._search(*criteria)

	def copies(self, moves: Sequence[Move]) -> frozenset[str]:
		"""UIDs of those moves, all to one folder, whose copy stands there already: same Message-ID and size.

		Selects that folder, read-only, and the open one again after it.
		"""
		state = self._opened()
		try:
			self._client.select_folder(self._spellings.get(moves[0].folder, moves[0].folder), readonly=True)
		except IMAP4.abort:
			raise
		except IMAP4.error:
			return self._reselected(state, frozenset())
		return self._reselected(state, frozenset(move.ref.uid for move in moves if self._has_copy(move)))

	# ── Inside ───────────────────────────────────────────────────────────────────────────────────────

	@contextmanager
	def _at(self, step: Step) -> Iterator[None]:
		"""Around everything that talks to the server: plain errors, and no more talk once it went wrong."""
		if self._lost:
			raise ChannelError(Trouble.CONNECTION_LOST, step)
		try:
			with plainly(step):
				yield
		except ChannelError as error:
			if error.trouble not in (Trouble.FOLDER_MISSING, Trouble.MAILBOX_UNAVAILABLE):
				self._lose()
			raise
		except BaseException:
			# A worker's own signal, such as a job's time limit, may have come in the middle of an answer.
			self._lose()
			raise

	def _lose(self) -> None:
		self._lost = True
		self._client.wire.shutdown()

	def _opened(self) -> FolderState:
		if self._state is None:
			raise ValueError("open a folder first")
		return self._state

	def _of_open_folder(self, refs: Sequence[RemoteRef]) -> Sequence[RemoteRef]:
		"""Those refs whose UID means something in the open folder."""
		state = self._opened()
		return [ref for ref in refs if (ref.folder, ref.uidvalidity) == (state.name, state.uidvalidity)]

	def _select(self, folder: str) -> FolderState:
		try:
			name = self._spellings.get(folder, folder)
			return self._selected(folder, name)
		except IMAP4.abort:
			raise
		except IMAP4.error as error:
			name = self._other_way(folder, words_of(error))
			if not name:
				raise
			return self._selected(folder, name)

	def _selected(self, folder: str, name: str) -> FolderState:
		read_only = False
		try:
			answer = self._client.select_folder(name)
		except IMAP4.readonly:
			read_only = True
			answer = self._client.select_folder(name, readonly=True)
		uidvalidity = answer.get(b"UIDVALIDITY", 0)
		if not uidvalidity or b"UIDNOTSTICKY" in answer:
			raise ChannelError(
				Trouble.SERVER_CONFUSED, Step.FOLDER, f"It gives messages in {folder} no lasting numbers."
			)
		flags = (flag.decode("ascii", "replace") for flag in answer.get(b"PERMANENTFLAGS", ()))
		return FolderState(folder, uidvalidity, read_only, answer.get(b"EXISTS", 0), frozenset(flags))

	def _other_way(self, folder: str, words: str) -> str:
		"""What to select after a refusal: the same after introducing ourselves, or another spelling."""
		if "unsafe login" in words.lower():
			# NetEase (163.com, 126.com) opens no folder to clients that have not sent ID (RFC 2971).
			self._client.id_({"name": "helpdesk_mailchannel"})
			return folder
		existing = self._names()
		name = self._respell(folder, existing)
		return name if name != folder and name in existing else ""

	def _not_opened(self, folder: str, words: str) -> ChannelError:
		default = Trouble.FOLDER_MISSING
		if any(each.name == self._spellings.get(folder, folder) for each in self._list_folders()):
			default = Trouble.MAILBOX_UNAVAILABLE
		return refusal(words, Step.FOLDER, default, hint=f"Folder: {folder}.")

	def _made(self, folder: str, existing: Collection[str]) -> bool:
		"""Create the folder unless it is there, spelled as the server spells; False where that may not be."""
		name = self._respell(folder, existing)
		if name in existing or name.upper() == "INBOX":
			return True
		if not self._create_folders:
			return False
		try:
			self._client.create_folder(name)
		except IMAP4.abort:
			raise
		except IMAP4.error as error:
			return "ALREADYEXISTS" in words_of(error).upper()
		return True

	def _names(self) -> Collection[str]:
		return {each.name for each in self._list_folders(again=True)}

	def _respell(self, folder: str, existing: Collection[str]) -> str:
		name = folder_names.spelling(folder, existing, self._delimiter, self._prefix())
		self._spellings[folder] = name
		return name

	def _prefix(self) -> str:
		"""The personal namespace's prefix, such as `INBOX.`, below which all folders of the user stand."""
		if not self._client.has_capability("NAMESPACE"):
			return ""
		personal = self._client.namespace().personal
		return str(personal[0][0]) if personal else ""

	def _reselected(self, state: FolderState, uids: frozenset[str]) -> frozenset[str]:
		if self._select(state.name).uidvalidity != state.uidvalidity:
			raise ChannelError(Trouble.SERVER_CONFUSED, Step.SETTLE, f"It renumbered {state.name} meanwhile.")
		return uids

	def _has_copy(self, move: Move) -> bool:
		"""Whether the selected folder holds a message of this Message-ID and this size."""
		criteria = message_id_criteria(move.message_id)
		candidates = self._search(*criteria, "UNDELETED") if criteria else []
		for uid_set, _ in imap_answers.uid_sets(candidates, most=LISTED_AT_ONCE):
			answers = self._fetch(uid_set, "(UID RFC822.SIZE)", b"RFC822.SIZE")
			if any(imap_answers.size_of(items) in (0, move.ref.size) for items in answers.values()):
				return True
		return False

	def _list_folders(self, *, again: bool = False) -> Sequence[RemoteFolder]:
		if self._listed is None or again:
			answers = self._client.list_folders()
			self._delimiter = next((_word(delimiter) for _, delimiter, _ in answers if delimiter), "/")
			self._listed = folder_names.with_guessed_uses(
				[_folder(map(_word, flags), str(name)) for flags, _, name in answers], self._delimiter
			)
		return self._listed

	def _search(self, *criteria: str) -> Sequence[int]:
		answer = self._client.uid("SEARCH", *criteria)
		if not answer.ok:
			raise refusal(answer.words, Step.LIST, Trouble.SERVER_CONFUSED)
		return imap_answers.search_result(answer.lines)

	def _describe(self, state: FolderState, uids: Sequence[int]) -> Sequence[RemoteRef]:
		"""Size, arrival date and flags of the messages; those that are gone meanwhile are left out."""
		found: dict[int, Items] = {}
		for uid_set, _ in imap_answers.uid_sets(uids, most=LISTED_AT_ONCE):
			found |= self._fetch(uid_set, "(UID RFC822.SIZE INTERNALDATE FLAGS)", b"RFC822.SIZE")
		return [_ref(state, uid, found[uid]) for uid in sorted(set(uids)) if uid in found]

	def _take_bodies(self, uids: Sequence[int], bodies: dict[int, bytes]) -> None:
		"""Fill in what the server gives, even if it breaks off or refuses one of the messages."""
		for uid_set, _ in imap_answers.uid_sets(uids):
			try:
				answers = self._fetch(uid_set, "(UID BODY.PEEK[])", b"BODY[")
			except PROTOCOL_END:
				_collect(imap_answers.fetch_answers(self._client.leftover("FETCH"), lenient=True), bodies)
				raise
			_collect(({**items, b"UID": uid} for uid, items in answers.items()), bodies)

	def _fetch(self, uid_set: str, items: str, wanted: bytes) -> dict[int, Items]:
		"""UID FETCH, by UID. Where answers lack their UID or the whole set is refused, asks one by one.

		One by one an answer without a UID is unambiguous, and one message's refusal costs only that message.
		"""
		answer = self._client.uid("FETCH", uid_set, items)
		if not answer.ok and trouble_of(answer.words, Trouble.SERVER_CONFUSED) is Trouble.THROTTLED:
			raise refusal(answer.words, Step.FETCH, Trouble.THROTTLED)
		found: dict[int, Items] = {}
		nameless: list[Items] = []
		for each in imap_answers.fetch_answers(answer.lines):
			uid = imap_answers.uid_of(each)
			if uid is not None:
				found[uid] = {**found.get(uid, {}), **each}
			elif any(name.startswith(wanted) for name in each):
				nameless.append(each)
		asked = imap_answers.expanded(uid_set)
		if len(asked) == 1:
			return found if found or len(nameless) != 1 else {asked[0]: nameless[0]}
		if answer.ok and not nameless:
			return found
		for uid in asked:
			if not any(name.startswith(wanted) for name in found.get(uid, {})):
				found |= self._fetch(str(uid), items, wanted)
		return found


PROTOCOL_END = (IMAP4.abort, OSError, EOFError, ValueError)
"""What ends a conversation half-way; what came before is still good."""


def _collect(answers: Iterable[Items], bodies: dict[int, bytes]) -> None:
	for items in answers:
		uid, octets = imap_answers.uid_of(items), imap_answers.body_of(items)
		if uid is not None and octets is not None:
			bodies[uid] = octets


def _ref(state: FolderState, uid: int, items: Items) -> RemoteRef:
	return RemoteRef(
		folder=state.name,
		uidvalidity=state.uidvalidity,
		uid=str(uid),
		size=imap_answers.size_of(items),
		received_at=imap_answers.received_at(items),
		flags=imap_answers.flags_of(items),
	)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _since(since: datetime | None) -> tuple[str, ...]:
	if since is None:
		return ()
	day = since - timedelta(days=1)
	return ("SINCE", f"{day.day:02d}-{_MONTHS[day.month - 1]}-{day.year:04d}")


def _folder(flags: Iterable[str], name: str) -> RemoteFolder:
	words = [flag.lower() for flag in flags]
	selectable = not {"\\noselect", "\\nonexistent"} & set(words)
	return RemoteFolder(name, folder_names.special_use(words), selectable)


def _word(value: object) -> str:
	return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
