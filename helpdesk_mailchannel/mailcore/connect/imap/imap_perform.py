"""Makes a mailbox show what became of its messages: move, delete, mark read.

How a message is moved depends on the server, best first:

	MOVE            UID MOVE (RFC 6851): one step, and COPYUID says where it went
	UIDPLUS only    UID COPY → UID STORE \\Deleted → UID EXPUNGE of exactly these (RFC 4315)
	neither         UID COPY → UID STORE \\Deleted; marked messages are no longer listed, and stay
	Gmail           MOVE only; deleting means moving to the bin, because expunging only archives
	read-only       nothing; the ledger alone remembers

A message that is no longer in the folder counts as settled: somebody else moved it. A refusal concerns only
the messages it was about: a refused set is retried one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol

from helpdesk_mailchannel.mailcore.connect.imap.imap_responses import copied, uid_sets
from helpdesk_mailchannel.mailcore.connect.imap.imap_wire import Client, Response, quoted
from helpdesk_mailchannel.mailcore.connect.server_errors import refusal, said
from helpdesk_mailchannel.mailcore.model import Capabilities, FolderState, RemoteRef
from helpdesk_mailchannel.mailcore.ports import Action, Delete, Leave, MarkRead, Move, NotSettled, Settled
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import _, in_a_row

DONE_KEYWORD = "$MailChannelDone"
"""Marks a message whose move was refused, if the folder takes keywords, for people and programs to see."""

Result = Settled | NotSettled


class Mailbox(Protocol):
	"""What the session offers to the code that works inside its `perform`."""

	gmail: bool

	@property
	def capabilities(self) -> Capabilities:
		"""See `ports.Session`."""
		...

	def spelled(self, folder: str) -> str:
		"""Return the folder's name as a command carries it."""
		...

	def supply_folder(self, folder: str) -> bool:
		"""Create the folder if it is missing; return True only if it was missing and exists now."""
		...

	def special_folder(self, use: str) -> str:
		"""Return the name of the folder with this use, or an empty string."""
		...

	def still_there(self, refs: Sequence[RemoteRef]) -> Collection[int]:
		"""Return the UIDs of those that the selected folder still holds, as far as the server tells."""
		...

	def copies(self, moves: Sequence[Move]) -> frozenset[str]:
		"""Return the UIDs of those moves whose copy is already in their destination."""
		...


class Performer:
	"""Carries out one list of actions on the open folder."""

	def __init__(self, mailbox: Mailbox, client: Client, state: FolderState) -> None:
		self._mailbox, self._client, self._state = mailbox, client, state

	def perform(self, actions: Sequence[Action]) -> Sequence[Result]:
		"""Return one result per action, in order."""
		results = {action: self._without_server(action) for action in actions}
		doable = [action for action in actions if results[action] is None]
		read = self._mark_read(_refs(doable, MarkRead))
		moved = {folder: self._move_all(folder, moves) for folder, moves in _by_folder(doable).items()}
		deleted = self._delete_all(_refs(doable, Delete))
		for action in doable:
			match action:
				case MarkRead(ref):
					results[action] = read[ref]
				case Move(ref, folder):
					results[action] = moved[folder][ref]
				case Delete(ref):
					results[action] = deleted[ref]
		return [result for action in actions if (result := results[action])]

	def _without_server(self, action: Action) -> Result | None:
		ref, state = action.ref, self._state
		if (ref.folder, ref.uidvalidity) != (state.name, state.uidvalidity):
			return NotSettled(
				ref, _("Folder {0} is open now, or its messages were renumbered.").format(state.name)
			)
		if isinstance(action, Leave) or (isinstance(action, Move) and action.folder == state.name):
			return Settled(ref, state.name, ref.uidvalidity, ref.uid)
		if state.read_only:
			return NotSettled(
				ref,
				_("Folder {0} is read-only: the message stays, and is not read again.").format(state.name),
			)
		return None

	# ── Moving ───────────────────────────────────────────────────────────────────────────────────────

	def _move_all(self, folder: str, moves: Sequence[Move]) -> Mapping[RemoteRef, Result]:
		if self._mailbox.capabilities.move:
			return self._in_sets([move.ref for move in moves], lambda refs: self._move(refs, folder))
		if self._mailbox.gmail:
			return {move.ref: NotSettled(move.ref, _("The server does not offer MOVE.")) for move in moves}
		return self._move_by_copy(folder, moves)

	def _move(self, refs: Sequence[RemoteRef], folder: str) -> Mapping[RemoteRef, Result]:
		"""Send UID MOVE. COPYUID may come in an untagged OK even if the command as a whole was refused."""
		answer = self._to_folder("MOVE", refs, folder)
		moved = _destinations(refs, folder, answer)
		if answer.ok:
			# If COPYUID lists only some of them, the others were already gone.
			return {ref: moved.get(ref) or Settled(ref, "" if moved else folder) for ref in refs}
		rest = [ref for ref in refs if ref not in moved]
		return {**moved, **self._after_refusal(rest, answer, lambda one: self._move(one, folder))}

	def _move_by_copy(self, folder: str, moves: Sequence[Move]) -> Mapping[RemoteRef, Result]:
		"""Move the slow way. A crash leaves a copy, so a resumed move looks for that first."""
		resumed = [move for move in moves if move.resumed and move.message_id]
		there = self._mailbox.copies(resumed) if resumed else frozenset()
		found = [move.ref for move in moves if move.ref.uid in there]
		results: dict[RemoteRef, Result] = {ref: Settled(ref, folder) for ref in found}
		missing = [move.ref for move in moves if move.ref.uid not in there]
		results |= self._in_sets(missing, lambda refs: self._copy(refs, folder))
		# A message that was gone has no copy either: marking finds nothing to mark.
		copies = [ref for ref, result in results.items() if isinstance(result, Settled)]
		return {**results, **self._in_sets(copies, lambda refs: self._remove(refs, results))}

	def _copy(self, refs: Sequence[RemoteRef], folder: str) -> Mapping[RemoteRef, Result]:
		answer = self._to_folder("COPY", refs, folder)
		if answer.ok:
			copies = _destinations(refs, folder, answer)
			return {ref: copies.get(ref) or Settled(ref, "" if copies else folder) for ref in refs}
		return self._after_refusal(refs, answer, lambda one: self._copy(one, folder))

	def _to_folder(self, command: str, refs: Sequence[RemoteRef], folder: str) -> Response:
		"""Send UID MOVE or UID COPY; create the destination once if it turns out to be missing."""
		answer = self._client.uid(command, _set(refs), self._mailbox.spelled(folder))
		_stop_if_throttled(answer)
		if not answer.ok and _may_be_missing(answer) and self._mailbox.supply_folder(folder):
			answer = self._client.uid(command, _set(refs), self._mailbox.spelled(folder))
		return answer

	# ── Deleting, marking ────────────────────────────────────────────────────────────────────────────

	def _delete_all(self, refs: Sequence[RemoteRef]) -> Mapping[RemoteRef, Result]:
		if not self._mailbox.gmail:
			done: dict[RemoteRef, Result] = {ref: Settled(ref) for ref in refs}
			return self._in_sets(refs, lambda part: self._remove(part, done))
		bin_ = self._mailbox.special_folder("\\Trash") if refs else ""
		if refs and not (bin_ and self._mailbox.capabilities.move):
			return {
				ref: NotSettled(ref, _("The server shows no bin to move the message to.")) for ref in refs
			}
		return self._in_sets(refs, lambda part: self._move(part, bin_))

	def _remove(
		self, refs: Sequence[RemoteRef], done: Mapping[RemoteRef, Result]
	) -> Mapping[RemoteRef, Result]:
		"""Mark as deleted, and expunge exactly these if the server can; `done` is the result of success."""
		answer = self._client.uid("STORE", _set(refs), "+FLAGS.SILENT", "(\\Deleted)")
		if not answer.ok:
			return self._after_refusal(refs, answer, lambda one: self._remove(one, done))
		if self._mailbox.capabilities.uidplus:
			# A refusal changes nothing: messages marked as deleted are no longer listed.
			self._client.uid("EXPUNGE", _set(refs))
		return {ref: done[ref] for ref in refs}

	def _mark_read(self, refs: Sequence[RemoteRef]) -> Mapping[RemoteRef, Result]:
		return self._in_sets(refs, self._mark_read_set)

	def _mark_read_set(self, refs: Sequence[RemoteRef]) -> Mapping[RemoteRef, Result]:
		answer = self._client.uid("STORE", _set(refs), "+FLAGS.SILENT", "(\\Seen)")
		if answer.ok:
			return {ref: Settled(ref, ref.folder, ref.uidvalidity, ref.uid) for ref in refs}
		return self._after_refusal(refs, answer, self._mark_read_set)

	# ── Refusals ─────────────────────────────────────────────────────────────────────────────────────

	def _in_sets(
		self, refs: Sequence[RemoteRef], do: Callable[[Sequence[RemoteRef]], Mapping[RemoteRef, Result]]
	) -> dict[RemoteRef, Result]:
		"""Do it in as few commands as the limit on their length allows."""
		by_uid = {int(ref.uid): ref for ref in refs}
		uids = sorted(by_uid)
		results: dict[RemoteRef, Result] = {}
		for _uid_set, count in uid_sets(uids):
			part, uids = uids[:count], uids[count:]
			results |= do([by_uid[uid] for uid in part])
		return results

	def _after_refusal(
		self,
		refs: Sequence[RemoteRef],
		answer: Response,
		again: Callable[[Sequence[RemoteRef]], Mapping[RemoteRef, Result]],
	) -> Mapping[RemoteRef, Result]:
		"""Count missing messages as settled; retry several remaining ones one by one; a single one stays."""
		_stop_if_throttled(answer)
		if not refs:
			return {}
		present = self._mailbox.still_there(refs)
		left = [ref for ref in refs if int(ref.uid) in present]
		results: dict[RemoteRef, Result] = {ref: Settled(ref) for ref in refs if ref not in left}
		if len(refs) > 1:
			for ref in left:
				results |= again([ref])
		else:
			results |= {ref: self._stays(ref, answer.words) for ref in left}
		return results

	def _stays(self, ref: RemoteRef, words: str) -> NotSettled:
		why = in_a_row(_("The server refused to change the message."), said(words))
		if DONE_KEYWORD not in ref.flags and {"\\*", DONE_KEYWORD} & self._state.permanent_flags:
			self._client.uid("STORE", ref.uid, "+FLAGS.SILENT", f"({DONE_KEYWORD})")
		return NotSettled(ref, why)


def message_id_criteria(message_id: str) -> tuple[str, ...]:
	"""Return SEARCH criteria for a Message-ID, or nothing if it cannot be searched for in plain ASCII."""
	if not message_id.isascii() or not message_id.isprintable():
		return ()
	return ("HEADER", "Message-ID", quoted(message_id))


def _refs(actions: Iterable[Action], kind: type[MarkRead] | type[Delete]) -> Sequence[RemoteRef]:
	return [action.ref for action in actions if isinstance(action, kind)]


def _by_folder(actions: Iterable[Action]) -> Mapping[str, list[Move]]:
	groups: dict[str, list[Move]] = {}
	for action in actions:
		if isinstance(action, Move):
			groups.setdefault(action.folder, []).append(action)
	return groups


def _set(refs: Iterable[RemoteRef]) -> str:
	return ",".join(uid_set for uid_set, _ in uid_sets(int(ref.uid) for ref in refs))


def _destinations(refs: Sequence[RemoteRef], folder: str, answer: Response) -> dict[RemoteRef, Result]:
	uidvalidity, uids = copied(answer.copyuid)
	return {
		ref: Settled(ref, folder, uidvalidity, str(uids[int(ref.uid)]))
		for ref in refs
		if int(ref.uid) in uids
	}


def _stop_if_throttled(answer: Response) -> None:
	error = refusal(answer.words, Step.SETTLE, Trouble.SERVER_CONFUSED)
	if not answer.ok and error.trouble is Trouble.THROTTLED:
		raise error


def _may_be_missing(answer: Response) -> bool:
	"""Return whether a refusal may be about the destination; servers without TRYCREATE give no code."""
	words = answer.words.upper()
	return "[TRYCREATE]" in words or "[" not in words or "[NONEXISTENT]" in words or "[CANNOT]" in words
