"""A mailbox over POP3 (RFC 1939): `ports.Session` for mailboxes that offer nothing better.

POP3 has one folder and neither moving nor flags: messages are deleted or left. A message's permanent name is
its UIDL, without which the channel does not start. Deletions take effect only at QUIT, and a connection that
breaks before it undoes them; so deletions are sent in small sets, each with a QUIT of its own, and a message
counts as settled only after that. The next command signs in again.
"""

from __future__ import annotations

import poplib
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from helpdesk_mailchannel.mailcore.connect import sasl, tls
from helpdesk_mailchannel.mailcore.connect.hosts import Place
from helpdesk_mailchannel.mailcore.connect.limits import HEADER_OCTETS, Patience, body_allowance
from helpdesk_mailchannel.mailcore.connect.oauth_sign_in import offered_mechanism, with_token
from helpdesk_mailchannel.mailcore.connect.password_sign_in import Way, by_plain, with_password
from helpdesk_mailchannel.mailcore.connect.pop3.pop3_wire import Pop3Wire
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
from helpdesk_mailchannel.mailcore.outside.plain_text import is_plain
from helpdesk_mailchannel.mailcore.ports import Action, Credentials, Delete, Leave, NotSettled, Settled
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, _, in_a_row
from helpdesk_mailchannel.mailcore.settings import MIB, ConnectionSettings, Security, SignIn

INBOX = "INBOX"
DELETED_AT_ONCE = 20
LONGEST_LISTING = 100_000
"""Messages of a mailbox that a listing has room for."""
SHORTEST_LISTING = 4 * MIB
"""Octets that a listing may have, however few messages the server has counted."""
LONGEST_NAME = 128
"""Characters in a UIDL; RFC 1939 7 allows 70, and some servers use more."""

Capa = Mapping[str, Sequence[str]]


def greet(
	stream: Stream, place: Place, settings: ConnectionSettings, context: ssl.SSLContext | None = None
) -> Pop3Wire:
	"""Secure the connection as the channel says, by immediate TLS or by STLS, and read the greeting.

	Raises ChannelError: STARTTLS_MISSING, TLS, CERTIFICATE, or what the greeting refuses.
	"""
	context = context or tls.context(settings.ca_file)
	if settings.security is Security.TLS:
		stream.start_tls(context, place.name)
	with plainly(Step.CONNECT):
		wire = Pop3Wire(stream, place.name, place.port)
	if settings.security is Security.STARTTLS:
		with plainly(Step.TLS):
			try:
				wire.secure(context)
			except poplib.error_proto as error:
				raise ChannelError(Trouble.STARTTLS_MISSING, Step.TLS, said(words_of(error))) from None
	return wire


def sign_in(wire: Pop3Wire, settings: ConnectionSettings, credentials: Credentials) -> str:
	"""Sign in the channel's way; return its name, such as `USER` or `XOAUTH2`. Raises ChannelError."""
	if settings.sign_in is SignIn.OAUTH:
		mechanism = offered_mechanism(capa(wire).get("SASL", ()))
		return with_token(mechanism, wire.authenticate, settings.user, credentials, poplib.error_proto)
	return with_password(partial(_way, wire), settings.user, credentials.password(), poplib.error_proto)


def capa(wire: Pop3Wire) -> Capa:
	"""Return what the server says it can do (RFC 2449); nothing if it does not know the command."""
	with plainly(Step.SIGN_IN):
		try:
			words = [line.upper().split() for line in wire.lines("CAPA")]
		except poplib.error_proto:
			return {}
		return {name: rest for name, *rest in filter(None, words)}


def _way(wire: Pop3Wire) -> Way:
	"""Return how to send user name and password: USER and PASS, unless the server offers only SASL PLAIN."""
	offered = capa(wire)
	if "USER" not in offered and sasl.PLAIN in offered.get("SASL", ()):
		return by_plain(wire.authenticate)
	return Way("USER", partial(_user_and_pass, wire))


def _user_and_pass(wire: Pop3Wire, user: str, password: str) -> None:
	wire.user(user)
	wire.pass_(password)


class Pop3Session:
	"""See `ports.Session`. `reopen` connects and signs in anew, after a QUIT that carried out deletions."""

	def __init__(
		self, wire: Pop3Wire, reopen: Callable[[], Pop3Wire], patience: Patience | None = None
	) -> None:
		self._wire: Pop3Wire | None = wire
		self._reopen = reopen
		self._patience = patience or Patience()
		self._revivals = Revivals(reopen, self._patience)
		self._numbers: dict[str, int] | None = None
		self._doubt = NOTHING
		self._shared = NOTHING
		self._sizes: dict[int, int] = {}
		self._capabilities: Capabilities | None = None
		self._lost = False

	@property
	def capabilities(self) -> Capabilities:
		"""See `ports.Session`."""
		if self._capabilities is None:
			with self._at(Step.SIGN_IN):
				self._capabilities = _capabilities(capa(self._connected()))
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
		return [RemoteFolder(INBOX)]

	def open(self, folder: str) -> FolderState:
		"""See `ports.Session`."""
		if folder.upper() != INBOX:
			raise ChannelError(
				Trouble.FOLDER_MISSING, Step.FOLDER, _("POP3 knows only {0}, not {1}.").format(INBOX, folder)
			)
		with self._at(Step.FOLDER):
			return FolderState(INBOX, 0, read_only=False, exists=len(self._numbered()))

	def go_on(self, failure: ChannelError) -> None:
		"""See `ports.Session`."""
		if self._lost:
			self._revive(failure)

	def list(self, since: datetime | None = None) -> Listing:
		"""See `ports.Session`; in the server's order. POP3 has no arrival dates: `since` has no effect."""
		with self._at(Step.LIST):
			numbers = self._numbered()
			refs = (RemoteRef(INBOX, 0, name, self._sizes.get(number, 0)) for name, number in numbers.items())
			return Listing(tuple(refs), self._doubt, self._shared)

	def fetch(self, refs: Sequence[RemoteRef]) -> Iterator[RawMessage | Withheld]:
		"""See `ports.Session`. If a message breaks the connection, a new one goes on with the others."""
		for ref in refs:
			if self._lost:
				self._revive(lost(self._patience, Step.FETCH))
			with self._at(Step.LIST):
				self._numbered()
			try:
				got = self._retrieve(ref)
			except ChannelError as error:
				if error.trouble not in CONNECTION_FAILURES:
					raise
				yield Withheld(ref, error.trouble, in_a_row(error.trouble.sentence, error.detail))
				self._revive(error)
				continue
			if got is not None:
				yield got

	def gone(self, refs: Sequence[RemoteRef]) -> Sequence[RemoteRef]:
		"""See `ports.Session`. Certain once UIDL names as many messages as the server counts."""
		with self._at(Step.LIST):
			numbers = self._numbered()
		return () if self._doubt else [ref for ref in refs if ref.uid not in numbers]

	def fetch_header(self, ref: RemoteRef) -> RawMessage | None:
		"""See `ports.Session`. If the server does not support TOP, the header is empty."""
		with self._at(Step.FETCH):
			number = self._numbered().get(ref.uid)
			if number is None:
				return None
			try:
				octets = self._connected().octets(f"TOP {number} 0")
			except poplib.error_proto:
				octets = b""
		return RawMessage(ref, octets[:HEADER_OCTETS], header_only=True)

	def find(self, message_id: str) -> RemoteRef | None:
		"""See `ports.Session`. POP3 cannot search, and a message keeps its name, because none is moved."""
		return None

	def perform(self, actions: Sequence[Action]) -> Sequence[Settled | NotSettled]:
		"""See `ports.Session`. Deletes and leaves; anything POP3 cannot do is not settled."""
		wanted = [action.ref for action in actions if isinstance(action, Delete)]
		deleted: dict[RemoteRef, Settled | NotSettled] = {}
		for start in range(0, len(wanted), DELETED_AT_ONCE):
			with self._at(Step.SETTLE):
				results = self._delete(wanted[start : start + DELETED_AT_ONCE])
			self._patience.earn(sum(isinstance(result, Settled) for result in results.values()))
			deleted |= results
		return [self._result(action, deleted) for action in actions]

	def ensure_folder(self, folder: str) -> bool:
		"""See `ports.Session`. POP3 creates no folders."""
		return folder.upper() == INBOX

	def close(self) -> None:
		"""See `ports.Session`."""
		if self._wire is not None:
			try:
				with plainly(Step.SETTLE):
					self._wire.quit()
			except ChannelError:
				pass
			self._drop()
		self._lost = True

	@contextmanager
	def _at(self, step: Step) -> Iterator[None]:
		"""Wrap everything that talks to the server: plain errors, and no more talk after one."""
		if self._lost:
			raise lost(self._patience, step)
		try:
			with plainly(step):
				yield
		except BaseException:
			# Not only ChannelError: a worker's own signal may have interrupted an answer.
			self._lost = True
			self._drop()
			raise

	def _drop(self) -> None:
		wire, self._wire, self._numbers = self._wire, None, None
		if wire is not None:
			wire.close()

	def _connected(self) -> Pop3Wire:
		if self._wire is None:
			self._wire = self._reopen()
		return self._wire

	def _numbered(self) -> Mapping[str, int]:
		"""Return UIDL → message number. Numbers are valid for one connection only, so each one asks anew."""
		if self._numbers is None:
			wire = self._connected()
			count = _count(wire)
			octets = SHORTEST_LISTING + min(count, LONGEST_LISTING) * (LONGEST_NAME + 16)
			pairs = _named(wire, octets)
			self._sizes = _sizes(wire, octets)
			self._numbers = _numbers_by_name(pairs, self._sizes)
			self._shared = _shared_name(pairs)
			count = max(count, len(self._sizes))
			few = _("The server holds {0} messages and names {1} of them.").format(count, len(pairs))
			self._doubt = few if len(pairs) < count else NOTHING
		return self._numbers

	def _retrieve(self, ref: RemoteRef) -> RawMessage | Withheld | None:
		"""Return one message; None if UIDL no longer names it.

		The mailbox is locked while the connection lasts (RFC 1939 8), so what UIDL has named exists.
		"""
		with self._at(Step.FETCH):
			number = self._numbered().get(ref.uid)
			if number is None:
				return Withheld(ref, Trouble.MESSAGES_WITHHELD, self._doubt) if self._doubt else None
			told = self._sizes.get(number)
			try:
				octets = self._connected().octets(f"RETR {number}", body_allowance(told or ref.size))
			except poplib.error_proto as error:
				words = words_of(error)
				if trouble_of(words, Trouble.SERVER_CONFUSED) is Trouble.THROTTLED:
					raise
				return withheld(ref, words)
			if not octets.strip() and (told is None or told > len(b"\r\n")):
				return withheld(ref, "")
		self._patience.earn(1)
		return RawMessage(ref, octets)

	def _revive(self, failure: ChannelError) -> None:
		"""Connect anew; raise the error that broke the connection if that does not help."""
		self._wire = self._revivals.connect(failure)
		self._lost = False

	def _delete(self, refs: Sequence[RemoteRef]) -> Mapping[RemoteRef, Settled | NotSettled]:
		"""Send DELE for each, then QUIT, which carries it out (RFC 1939 6). Missing names are settled."""
		numbers, wire = self._numbered(), self._connected()
		results: dict[RemoteRef, Settled | NotSettled] = {}
		for ref in refs:
			number = numbers.get(ref.uid)
			try:
				if number is not None:
					wire.dele(number)
				named = number is not None or not self._doubt
				results[ref] = Settled(ref) if named else NotSettled(ref, self._doubt)
			except poplib.error_proto as error:
				results[ref] = NotSettled(
					ref, in_a_row(_("The server did not delete it."), said(words_of(error)))
				)
		try:
			wire.quit()
		except poplib.error_proto as error:
			# RFC 1939 6: some may have been removed and some not; the rest is retried.
			why = in_a_row(_("The server did not delete all of them."), said(words_of(error)))
			results = {ref: NotSettled(ref, why) for ref in refs}
		self._drop()
		return results

	def _result(
		self, action: Action, deleted: Mapping[RemoteRef, Settled | NotSettled]
	) -> Settled | NotSettled:
		match action:
			case Delete(ref):
				return deleted[ref]
			case Leave(ref):
				return Settled(ref, INBOX, 0, ref.uid)
			case _:
				return NotSettled(
					action.ref, _("POP3 knows no folders and no flags: the message stays as it is.")
				)


def _count(wire: Pop3Wire) -> int:
	"""Return how many messages STAT counts; 0 if its answer makes no sense."""
	try:
		words = wire.say("STAT").split()
	except poplib.error_proto:
		return 0
	return int(words[1]) if len(words) > 1 and words[1].isdigit() and len(words[1]) < 10 else 0


def _sizes(wire: Pop3Wire, octets: int) -> dict[int, int]:
	"""Return message number → size, as far as the server tells."""
	pairs = (line.split() for line in wire.lines("LIST", octets))
	numbers = (pair[:2] for pair in pairs if len(pair) > 1 and all(map(_is_number, pair[:2])))
	return {int(number): int(size) for number, size in numbers}


def _is_number(word: str) -> bool:
	return word.isascii() and word.isdigit() and len(word) < 20


def _named(wire: Pop3Wire, octets: int) -> Sequence[tuple[int, str]]:
	"""Return number and UIDL of each message. Raises ChannelError if one has no permanent UIDL."""
	try:
		lines = wire.lines("UIDL", octets)
	except poplib.error_proto as error:
		raise refusal(words_of(error), Step.LIST, Trouble.UIDL_MISSING) from None
	pairs = []
	for number, _space, name in (line.partition(" ") for line in lines):
		name = name.strip()
		if not name or len(name) > LONGEST_NAME:
			raise ChannelError(
				Trouble.UIDL_MISSING, Step.LIST, _("Message {0} has no valid name.").format(number[:20])
			)
		if not _is_number(number):
			raise ChannelError(Trouble.SERVER_CONFUSED, Step.LIST, _("It does not number its messages."))
		pairs.append((int(number), name if is_plain(name) else _plain_name(name)))
	return pairs


def _plain_name(name: str) -> str:
	"""Return another name for a message whose own contains markup: it is shown in the message log."""
	return f"sha256-{sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()}"


def _numbers_by_name(pairs: Sequence[tuple[int, str]], sizes: Mapping[int, int]) -> dict[str, int]:
	"""Return UIDL → message number. Raises ChannelError(UIDL_MISSING) if two messages share a name.

	Two messages of the same name and size are copies of each other, which RFC 1939 7 allows: the first
	represents both, and the other one's turn comes when the first is gone.
	"""
	names: dict[str, int] = {}
	for number, name in pairs:
		first = names.setdefault(name, number)
		if first != number and (first not in sizes or sizes[first] != sizes.get(number)):
			raise ChannelError(
				Trouble.UIDL_MISSING, Step.LIST, _("Two messages have the name {0}.").format(name)
			)
	return names


def _shared_name(pairs: Sequence[tuple[int, str]]) -> Sentence:
	"""Say what follows if messages share a name; nothing if none do."""
	seen: set[str] = set()
	for _number, name in pairs:
		if name in seen:
			return _(
				"The server gives several messages the name {0}. Only the first of them is read as "
				"long as it stays in the mailbox. Use IMAP, or let the channel delete what it has "
				"read."
			).format(name)
		seen.add(name)
	return NOTHING


def _capabilities(offered: Capa) -> Capabilities:
	words = tuple(" ".join((name, *rest)) for name, rest in offered.items())
	return Capabilities(folders=False, flags=False, words=words)
