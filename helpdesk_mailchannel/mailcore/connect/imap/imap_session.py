"""A mailbox over IMAP (RFC 3501, RFC 9051): `ports.Session` for every server that speaks it.

Opening: connect → greeting → STARTTLS if chosen → sign in → read the capabilities again, because Dovecot
and Exchange announce MOVE only then. Reading never marks anything as read. `imap_perform` knows how messages
are moved. The session never sends EXPUNGE without UIDs, and never CLOSE, which expunges too: both would
remove messages that other people have marked as deleted.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from imaplib import IMAP4

from helpdesk_mailchannel.mailcore.connect import tls
from helpdesk_mailchannel.mailcore.connect.hosts import Place
from helpdesk_mailchannel.mailcore.connect.imap import folder_names, imap_responses
from helpdesk_mailchannel.mailcore.connect.imap.imap_perform import Performer, message_id_criteria
from helpdesk_mailchannel.mailcore.connect.imap.imap_responses import Items
from helpdesk_mailchannel.mailcore.connect.imap.imap_wire import Client, mailbox
from helpdesk_mailchannel.mailcore.connect.limits import HEADER_OCTETS, USUAL_ANSWER, Patience, body_allowance
from helpdesk_mailchannel.mailcore.connect.oauth_sign_in import offered_mechanism, with_token
from helpdesk_mailchannel.mailcore.connect.password_sign_in import Way, by_plain, with_password
from helpdesk_mailchannel.mailcore.connect.revivals import Revivals
from helpdesk_mailchannel.mailcore.connect.server_errors import (
	CONNECTION_FAILURES,
	lost,
	plainly,
	refusal,
	said,
	trouble_of,
	withheld,
	words_of,
)
from helpdesk_mailchannel.mailcore.connect.stream import Stream
from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.model import (
	Capabilities,
	FolderState,
	Listing,
	RawMessage,
	RemoteFolder,
	RemoteRef,
	Withheld,
)
from helpdesk_mailchannel.mailcore.ports import Action, Credentials, Leave, Move, NotSettled, Settled
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, _, in_a_row
from helpdesk_mailchannel.mailcore.settings import MIB, ConnectionSettings, Security, SignIn

_LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)
LISTED_AT_ONCE = 5_000
"""Messages in one listing command: about half a megabyte of answer."""
LONGEST_DESCRIPTION = 1_024
"""Octets of one message's line in a listing; keywords make it long."""
LONGEST_LISTING = 250_000
"""Messages of one folder that a run looks at; the newest ones if there are more."""
MOST_QUESTIONS = 100
"""Commands with which one listing may ask again for what the server left out."""


def greet(
	stream: Stream, place: Place, settings: ConnectionSettings, context: ssl.SSLContext | None = None
) -> Client:
	"""Secure the connection as the channel says, by immediate TLS or by STARTTLS, and read the greeting.

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
				Trouble.SERVER_CONFUSED,
				Step.CONNECT,
				_("It took the connection for signed in before it was."),
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
	"""Sign in the channel's way; return its name, such as `LOGIN` or `XOAUTH2`.

	Raises ChannelError: SIGN_IN_REFUSED, TOKEN_REFUSED, SIGN_IN_UNSUPPORTED, what the server's words mean,
	and what `credentials` raises.
	"""
	with plainly(Step.SIGN_IN):
		offered = {word.decode("ascii", "replace") for word in client.capabilities()}
	if settings.sign_in is SignIn.OAUTH:
		mechanism = offered_mechanism({word.removeprefix("AUTH=") for word in offered if "AUTH=" in word})
		return with_token(mechanism, client.authenticate, settings.user, credentials, IMAP4.error)
	user, password = settings.user, credentials.password()
	return with_password(lambda: _way(client, user + password, offered), user, password, IMAP4.error)


def _way(client: Client, sent: str, offered: set[str]) -> Way:
	"""Return how to send user name and password; `sent` is both. Raises ChannelError(SIGN_IN_UNSUPPORTED)."""
	if sent.isascii() and "LOGINDISABLED" not in offered:
		return Way("LOGIN", client.log_in)
	if "AUTH=PLAIN" in offered:
		return by_plain(client.authenticate)
	raise ChannelError(Trouble.SIGN_IN_UNSUPPORTED, Step.SIGN_IN, _without_password(offered))


def _without_password(offered: set[str]) -> Sentence:
	if "LOGINDISABLED" in offered:
		return _("It takes no passwords here; perhaps only over TLS, or only OAuth.")
	return _("It cannot take a user name or password with other than ASCII letters.")


class ImapSession:
	"""See `ports.Session`."""

	def __init__(
		self,
		client: Client,
		reopen: Callable[[], Client] | None = None,
		patience: Patience | None = None,
		*,
		create_folders: bool = True,
	) -> None:
		"""`reopen` connects and signs in anew, after a message broke the connection."""
		self._client = client
		self._patience = patience or Patience()
		self._revivals = Revivals(reopen, self._patience)
		self._create_folders = create_folders
		self._state: FolderState | None = None
		self._spellings: dict[str, str] = {}
		self._listed: Sequence[RemoteFolder] | None = None
		self._delimiter = "/"
		self._lost = False
		with self._at(Step.SIGN_IN):
			words = tuple(word.decode("ascii", "replace") for word in client.capabilities())
		self.gmail = "X-GM-EXT-1" in words
		self._capabilities = Capabilities(
			move="MOVE" in words, uidplus="UIDPLUS" in words and not self.gmail, words=words
		)

	@property
	def capabilities(self) -> Capabilities:
		"""See `ports.Session`. Gmail counts as lacking UIDPLUS: expunging there only archives."""
		return self._capabilities

	@property
	def wasted(self) -> timedelta:
		"""See `ports.Session`."""
		return timedelta(seconds=self._patience.wasted)

	def note_filed(self, messages: int) -> None:
		"""See `ports.Session`."""
		self._patience.note_filed(messages)

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

	def go_on(self, failure: ChannelError) -> None:
		"""See `ports.Session`."""
		if self._lost:
			self._client = self._revivals.connect(failure)
			self._lost = False
		self._state = None

	def list(self, since: datetime | None = None) -> Listing:
		"""See `ports.Session`. One SEARCH, then sizes, arrival dates and flags in one FETCH for up to 5,000.

		SINCE knows only dates, in the server's own time zone, so it asks for one more day and the arrival
		date decides. A message is listed if the server does not give its arrival date.
		"""
		state = self._opened()
		with self._at(Step.LIST):
			uids, doubt = self._named("UNDELETED", *_since(since))
			refs = self._describe(state, uids)
		if not (uids or state.exists):
			doubt = NOTHING  # Some servers answer only OK if nothing is found.
		kept = (ref for ref in refs if since is None or ref.received_at is None or ref.received_at >= since)
		ordered = sorted(kept, key=lambda ref: (ref.received_at or _LONG_AGO, int(ref.uid)))
		return Listing(tuple(ordered), doubt)

	def fetch(self, refs: Sequence[RemoteRef]) -> Iterator[RawMessage | Withheld]:
		"""See `ports.Session`. Takes the whole batch in one command; the caller has limited it by size.

		What did not come is requested alone. If a message breaks the connection, a new one goes on with the
		others, the last of them first, because the broken answer was most likely about the first.
		"""
		bodies: dict[int, bytes] = {}
		left = {int(ref.uid): ref for ref in self._of_open_folder(refs)}
		failure = self._take_bodies(left, bodies)
		for uid in list(left):
			if uid in bodies:
				self._patience.earn(1)
				yield RawMessage(left.pop(uid), bodies.pop(uid))
		if failure is not None:
			self._revive(failure)
		if not left:
			return
		with self._at(Step.FETCH):
			there = set(left) - self._gone(set(left) - set(self._still_there(left)))
		for uid in sorted(there, reverse=failure is not None):
			yield from self._fetch_alone(left[uid])

	def gone(self, refs: Sequence[RemoteRef]) -> Sequence[RemoteRef]:
		"""See `ports.Session`. UIDs of another UIDVALIDITY are gone with it."""
		present = {int(ref.uid): ref for ref in self._of_open_folder(refs)}
		with self._at(Step.LIST):
			for uid in self._gone(set(present) - self._searched(present, "UNDELETED")):
				del present[uid]
		there = set(present.values())
		return [ref for ref in refs if ref not in there]

	def fetch_header(self, ref: RemoteRef) -> RawMessage | None:
		"""See `ports.Session`. If the server does not give the header, ENVELOPE may tell most of it."""
		self._opened()
		with self._at(Step.FETCH):
			if not self._of_open_folder([ref]):
				return None
			answers, _ = self._ask([int(ref.uid)], f"(UID BODY.PEEK[HEADER]<0.{HEADER_OCTETS}>)")
			octets = imap_responses.body_of(answers.get(int(ref.uid), {}))
			if not octets:
				answers, _ = self._ask([int(ref.uid)], "(UID ENVELOPE)")
				octets = imap_responses.header_of(answers.get(int(ref.uid), {}))
			return None if octets is None else RawMessage(ref, octets[:HEADER_OCTETS], header_only=True)

	def find(self, message_id: str) -> RemoteRef | None:
		"""See `ports.Session`. Searches with the brackets, because SEARCH also finds substrings."""
		state = self._opened()
		criteria = message_id_criteria(f"<{message_id}>")
		if not message_id or not criteria:
			return None
		with self._at(Step.LIST):
			uids, doubt = self._named("UNDELETED", *criteria)
			refs = self._describe(state, uids) if len(uids) == 1 and not doubt else ()
		return refs[0] if refs else None

	def perform(self, actions: Sequence[Action]) -> Sequence[Settled | NotSettled]:
		"""See `ports.Session`; carried out by `imap_perform`."""
		state = self._opened()
		with self._at(Step.SETTLE):
			results = Performer(self, self._client, state).perform(actions)
		left = {action.ref for action in actions if isinstance(action, Leave)}
		done = [result.ref for result in results if isinstance(result, Settled)]
		self._patience.earn(sum(ref not in left for ref in done))
		return results

	def ensure_folder(self, folder: str) -> bool:
		"""See `ports.Session`."""
		with self._at(Step.FOLDER):
			return self._made(folder, self._names())

	def close(self) -> None:
		"""See `ports.Session`. LOGOUT does not touch messages that are marked as deleted."""
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
		"""Return the folder's name as a command carries it."""
		return mailbox(self._spellings.get(folder, folder))

	def supply_folder(self, folder: str) -> bool:
		"""Create the folder if it is missing; return True only if it was (by this name) and exists now."""
		used = self._spellings.get(folder, folder)
		existing = self._names()
		return used not in existing and self._made(folder, existing)

	def special_folder(self, use: str) -> str:
		"""Return the name of the folder with this RFC 6154 use, or an empty string."""
		return next((each.name for each in self._list_folders() if each.special_use == use), "")

	def still_there(self, refs: Sequence[RemoteRef]) -> Collection[int]:
		"""Return the UIDs of those that the selected folder still holds, as far as the server tells."""
		return self._still_there([int(ref.uid) for ref in refs])

	def copies(self, moves: Sequence[Move]) -> frozenset[str]:
		"""Return the UIDs of those moves, all to one folder, already copied there: same Message-ID and size.

		Selects that folder read-only, and the open one again afterwards.
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
		"""Wrap everything that talks to the server: plain errors, and no more talk after one."""
		if self._lost:
			raise lost(self._patience, step)
		try:
			with plainly(step):
				yield
		except ChannelError as error:
			if error.trouble not in (Trouble.FOLDER_MISSING, Trouble.MAILBOX_UNAVAILABLE):
				self._lose()
			raise
		except BaseException:
			# A worker's own signal, such as a job's time limit, may have interrupted an answer.
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
		"""Return those refs whose UID is valid in the open folder."""
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
		if b"EXISTS" not in answer:
			raise ChannelError(
				Trouble.SERVER_CONFUSED,
				Step.FOLDER,
				_("It does not say how many messages {0} holds.").format(folder),
			)
		if not uidvalidity or b"UIDNOTSTICKY" in answer:
			raise ChannelError(
				Trouble.SERVER_CONFUSED,
				Step.FOLDER,
				_("It gives messages in {0} no lasting numbers.").format(folder),
			)
		flags = (flag.decode("ascii", "replace") for flag in answer.get(b"PERMANENTFLAGS", ()))
		return FolderState(folder, uidvalidity, read_only, answer[b"EXISTS"], frozenset(flags))

	def _other_way(self, folder: str, words: str) -> str:
		"""Return what to select after a refusal: the same after sending ID, or another spelling."""
		if "unsafe login" in words.lower():
			# NetEase (163.com, 126.com) opens no folder for clients that have not sent ID (RFC 2971).
			self._client.id_({"name": "helpdesk_mailchannel"})
			return folder
		existing = self._names()
		name = self._respell(folder, existing)
		return name if name != folder and name in existing else ""

	def _not_opened(self, folder: str, words: str) -> ChannelError:
		default = Trouble.FOLDER_MISSING
		if any(each.name == self._spellings.get(folder, folder) for each in self._list_folders()):
			default = Trouble.MAILBOX_UNAVAILABLE
		return refusal(words, Step.FOLDER, default, hint=_("Folder: {0}.").format(folder))

	def _made(self, folder: str, existing: Collection[str]) -> bool:
		"""Create the folder unless it exists, in the server's spelling; return False if not allowed."""
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
		"""Return the personal namespace's prefix, such as `INBOX.`, above all folders of the user."""
		if not self._client.has_capability("NAMESPACE"):
			return ""
		personal = self._client.namespace().personal
		return str(personal[0][0]) if personal else ""

	def _reselected(self, state: FolderState, uids: frozenset[str]) -> frozenset[str]:
		self._selected_anew(state, Step.SETTLE)
		return uids

	def _selected_anew(self, state: FolderState, step: Step) -> FolderState:
		"""Select the folder again. Raises ChannelError if the server has renumbered it."""
		fresh = self._select(state.name)
		if fresh.uidvalidity != state.uidvalidity:
			raise _renumbered(state.name, step)
		return fresh

	def _has_copy(self, move: Move) -> bool:
		"""Return whether the selected folder holds a message of this Message-ID and this size."""
		criteria = message_id_criteria(move.message_id)
		candidates = self._named(*criteria, "UNDELETED")[0] if criteria else []
		sizes = (ref.size for ref in self._describe(self._opened(), candidates))
		return any(size in (0, move.ref.size) for size in sizes)

	def _list_folders(self, *, again: bool = False) -> Sequence[RemoteFolder]:
		if self._listed is None or again:
			answers = self._client.list_folders()
			self._delimiter = next((_word(delimiter) for _, delimiter, _ in answers if delimiter), "/")
			self._listed = folder_names.with_guessed_uses(
				[_folder(map(_word, flags), str(name)) for flags, _, name in answers], self._delimiter
			)
		return self._listed

	# What is there

	def _named(self, *criteria: str) -> tuple[Sequence[int], Sentence]:
		"""Return the UIDs that a SEARCH names, and why there may be others."""
		answer = self._client.uid("SEARCH", *criteria, octets=SEARCH_ANSWER)
		self._stop_if_renumbered()
		if not answer.ok:
			raise refusal(answer.words, Step.LIST, Trouble.SERVER_CONFUSED)
		uids = sorted(set(imap_responses.search_result(answer.lines)))
		doubt = (
			NOTHING
			if imap_responses.is_whole_search(answer.lines)
			else _("The server did not say what is in the folder.")
		)
		if len(uids) > LONGEST_LISTING:
			doubt = _("The folder holds {0} messages; a run looks at the newest {1}.").format(
				len(uids), LONGEST_LISTING
			)
		return uids[-LONGEST_LISTING:], doubt

	def _still_there(self, uids: Collection[int]) -> Collection[int]:
		"""Return those that a fresh SEARCH names; all of those the server does not answer for.

		An outdated view names too many, never too few: they are requested in vain, and again later.
		"""
		return self._searched(uids)

	def _searched(self, uids: Collection[int], *criteria: str) -> set[int]:
		"""Return those of these UIDs that SEARCH finds; all of those the server does not answer for."""
		found: set[int] = set()
		for uid_set, _count in imap_responses.uid_sets(uids, most=LISTED_AT_ONCE):
			asked = set(imap_responses.expanded(uid_set))
			answer = self._client.uid("SEARCH", *criteria, "UID", uid_set)
			self._stop_if_renumbered()
			told = answer.ok and imap_responses.is_whole_search(answer.lines)
			found |= asked & set(imap_responses.search_result(answer.lines)) if told else asked
		return found

	def _gone(self, absent: Collection[int]) -> set[int]:
		"""Return the UIDs, of those SEARCH does not name, that FETCH does not know or knows only as deleted.

		An index that is being rebuilt names nothing, or not everything. So nothing is gone while SEARCH names
		fewer messages than the folder is said to hold.
		"""
		gone = set(absent)
		if not gone or not self._names_all():
			return set()
		for uid_set, _count in imap_responses.uid_sets(gone, most=LISTED_AT_ONCE):
			asked = imap_responses.expanded(uid_set)
			octets = len(asked) * LONGEST_DESCRIPTION + USUAL_ANSWER
			answers, words = self._ask(asked, "(UID FLAGS)", octets)
			known = {uid for uid, items in answers.items() if imap_responses.is_undeleted(items)}
			gone -= set(asked) if words else known
		return gone

	def _names_all(self) -> bool:
		"""Return whether SEARCH names as many messages as the folder, selected anew, is said to hold."""
		fresh = self._selected_anew(self._opened(), Step.FOLDER)
		uids, doubt = self._named("ALL")
		return len(uids) >= fresh.exists and (not doubt or not fresh.exists)

	def _stop_if_renumbered(self) -> None:
		if self._client.renumbered():
			raise _renumbered(self._opened().name, Step.FOLDER)

	# What it is

	def _describe(self, state: FolderState, uids: Sequence[int]) -> Sequence[RemoteRef]:
		"""Describe size, arrival date and flags of the messages, as far as the server tells.

		Messages that have since left the folder are omitted; others stay, even with nothing but their UID.
		"""
		found: dict[int, Items] = {}
		for uid_set, _count in imap_responses.uid_sets(uids, most=LISTED_AT_ONCE):
			found |= self._descriptions(imap_responses.expanded(uid_set))[0]
		missing = [uid for uid in uids if uid not in found]
		if missing:
			there = self._still_there(missing)
			found |= self._descriptions_of_rest([uid for uid in missing if uid in there])
			uids = [uid for uid in uids if uid in found or uid in there]
		return [_ref(state, uid, found.get(uid, {})) for uid in uids]

	def _descriptions_of_rest(self, uids: Sequence[int]) -> dict[int, Items]:
		"""Ask again in ever smaller sets, so that a problem with one message costs only that message.

		Ends with a round in which the server refuses nothing and tells nothing new.
		"""
		found: dict[int, Items] = {}
		parts = (
			imap_responses.expanded(part) for part, _ in imap_responses.uid_sets(uids, most=LISTED_AT_ONCE)
		)
		sets = [half for part in parts for half in _halves(part)]
		questions = MOST_QUESTIONS
		while sets and questions:
			asked, smaller, helped = sets[:questions], list[Sequence[int]](), False
			questions -= len(asked)
			for part in asked:
				told, refusal_words = self._descriptions(part)
				found |= told
				helped = helped or bool(told or refusal_words)
				smaller += _halves([uid for uid in part if uid not in found]) if len(part) > 1 else []
			sets = smaller if helped else []
		return found

	def _descriptions(self, uids: Sequence[int]) -> tuple[dict[int, Items], str]:
		"""Return what the server tells of these messages, by UID, and its words if it refused."""
		octets = len(uids) * LONGEST_DESCRIPTION + USUAL_ANSWER
		answers, words = self._ask(uids, "(UID RFC822.SIZE INTERNALDATE FLAGS)", octets)
		return {uid: items for uid, items in answers.items() if b"RFC822.SIZE" in items}, words

	# The messages themselves

	def _take_bodies(self, refs: Mapping[int, RemoteRef], bodies: dict[int, bytes]) -> ChannelError | None:
		"""Fill in what the server gives at once, and return why the connection broke, if it did."""
		try:
			with self._at(Step.FETCH):
				for uid_set, _count in imap_responses.uid_sets(refs):
					asked = imap_responses.expanded(uid_set)
					try:
						octets = body_allowance(*(refs[uid].size for uid in asked))
						answers, _ = self._ask(asked, "(UID BODY.PEEK[])", octets)
					except PROTOCOL_END:
						lines = self._client.leftover("FETCH")
						_collect(
							imap_responses.by_uid(imap_responses.fetch_answers(lines), asked), refs, bodies
						)
						raise
					_collect(answers, refs, bodies)
		except ChannelError as error:
			if error.trouble not in CONNECTION_FAILURES:
				raise
			return error
		return None

	def _fetch_alone(self, ref: RemoteRef) -> Iterator[RawMessage | Withheld]:
		uid, bodies = int(ref.uid), dict[int, bytes]()
		if self._lost:
			self._revive(lost(self._patience, Step.FETCH))
		try:
			with self._at(Step.FETCH):
				answers, words = self._ask([uid], "(UID BODY.PEEK[])", body_allowance(ref.size))
				_collect(answers, {uid: ref}, bodies)
		except ChannelError as error:
			if error.trouble not in CONNECTION_FAILURES:
				raise
			yield Withheld(ref, error.trouble, in_a_row(error.trouble.sentence, error.detail))
			self._revive(error)
			return
		if uid in bodies:
			self._patience.earn(1)
			yield RawMessage(ref, bodies[uid])
		else:
			yield withheld(ref, words)

	def _revive(self, failure: ChannelError) -> None:
		"""Connect anew and open the same folder; raise what broke the connection if that fails."""
		state = self._opened()
		self._client = self._revivals.connect(failure)
		self._lost = False
		with self._at(Step.FOLDER):
			self._reselected(state, frozenset())

	def _ask(
		self, uids: Sequence[int], items: str, octets: int = USUAL_ANSWER
	) -> tuple[dict[int, Items], str]:
		"""Send one UID FETCH; return what came, by UID, and the server's words if it refused."""
		uid_set = ",".join(part for part, _ in imap_responses.uid_sets(uids, longest=1_000_000))
		answer = self._client.uid("FETCH", uid_set, items, octets=octets)
		self._stop_if_renumbered()
		if not answer.ok and trouble_of(answer.words, Trouble.SERVER_CONFUSED) is Trouble.THROTTLED:
			raise refusal(answer.words, Step.FETCH, Trouble.THROTTLED)
		words = answer.words or ("" if answer.ok else "NO")
		return imap_responses.by_uid(imap_responses.fetch_answers(answer.lines), set(uids)), words


def _renumbered(folder: str, step: Step) -> ChannelError:
	return ChannelError(Trouble.SERVER_CONFUSED, step, _("It renumbered {0} meanwhile.").format(folder))


SEARCH_ANSWER = 16 * MIB
"""Octets of a SEARCH answer: one million UIDs are 8 MB."""

PROTOCOL_END = (IMAP4.abort, OSError, EOFError, ValueError)
"""What ends a conversation halfway; whatever came before is still good."""


def _halves(uids: Sequence[int]) -> list[Sequence[int]]:
	"""Return two halves, or single UIDs if there are few."""
	if len(uids) <= 8:
		return [[uid] for uid in uids]
	middle = len(uids) // 2
	return [uids[:middle], uids[middle:]]


def _collect(answers: Mapping[int, Items], refs: Mapping[int, RemoteRef], bodies: dict[int, bytes]) -> None:
	"""Take the bodies out of answers; an empty body does not count if the server has given a size."""
	for uid, items in answers.items():
		octets = imap_responses.body_of(items)
		if octets or (octets is not None and not refs[uid].size and refs[uid].received_at):
			bodies[uid] = octets


def _ref(state: FolderState, uid: int, items: Items) -> RemoteRef:
	return RemoteRef(
		folder=state.name,
		uidvalidity=state.uidvalidity,
		uid=str(uid),
		size=imap_responses.size_of(items),
		received_at=imap_responses.received_at(items),
		flags=imap_responses.flags_of(items),
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
